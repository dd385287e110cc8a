"""What a registry's JSON documents say: an image index, an image manifest, an image configuration.

Pure; bytes arrive with their digest already verified. Formats: https://github.com/opencontainers/image-spec, and
Docker's schema 2, which has the same shape under other media types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from microbus_operator.source.errors import ImageInvalid, ImageNotFound, quoted
from microbus_operator.source.references import DIGEST_PATTERN

INDEX_TYPES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFEST_TYPES = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
ACCEPTED_TYPES = ", ".join((*MANIFEST_TYPES, *INDEX_TYPES))


@dataclass(frozen=True)
class Descriptor:
    """A blob or manifest that a document refers to; `size` in bytes."""

    media_type: str
    digest: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """One image: its configuration and its layers, oldest first."""

    config: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(frozen=True)
class Index:
    """The manifests of an image for several platforms, by `os/architecture[/variant]`."""

    manifests: tuple[tuple[str, Descriptor], ...]

    def manifest_for(self, platform: str, image: str) -> Descriptor:
        """The manifest for a platform, or the only one that there is: all carry the same index digest.

        Raises `ImageNotFound` that lists the platforms.
        """
        # Builders list attestations as manifests of the platform `unknown/unknown`.
        real = [(name, manifest) for name, manifest in self.manifests if not name.startswith("unknown/")]
        fitting = [manifest for name, manifest in real if name == platform or name.startswith(f"{platform}/")]
        if fitting:
            return fitting[0]
        if len(real) == 1:
            return real[0][1]
        names = quoted(", ".join(name for name, _ in real)) or "none"
        raise ImageNotFound(f"{image}: is not built for {platform} but for: {names}; build it for {platform} as well")


def parse_manifest(body: bytes, image: str, most_layers: int) -> Manifest | Index:
    """Parse a manifest or an index; `image` is for messages. Raises `ImageInvalid`."""
    document = _object(body, image, "manifest")
    if document.get("schemaVersion") != 2:
        raise ImageInvalid(
            f"{image}: its manifest has schemaVersion {_shown(document, 'schemaVersion')}, not 2; "
            "push it with a current builder"
        )
    has_manifests = "manifests" in document
    # A document that can be read both ways means different images to different readers (CVE-2021-41190).
    if has_manifests == ("layers" in document or "config" in document):
        raise ImageInvalid(
            f"{image}: its manifest must have either manifests, or config and layers; push the image again"
        )
    media_type = document.get("mediaType")
    if media_type is not None and media_type not in (INDEX_TYPES if has_manifests else MANIFEST_TYPES):
        raise ImageInvalid(
            f"{image}: its manifest is of type {_shown(document, 'mediaType')}, which is no container image"
        )
    if has_manifests:
        entries = _list(document, "manifests", image)
        return Index(tuple((_platform(entry), _descriptor(entry, image)) for entry in entries))
    layers = _list(document, "layers", image)
    if len(layers) > most_layers:
        raise ImageInvalid(f"{image}: has {len(layers)} layers, more than {most_layers}; build it with fewer")
    return Manifest(_descriptor(document.get("config"), image), tuple(_descriptor(layer, image) for layer in layers))


def layers_of_config(body: bytes, image: str) -> int:
    """How many layers an image configuration speaks of. Raises `ImageInvalid`."""
    rootfs = _object(body, image, "configuration").get("rootfs")
    diff_ids = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(diff_ids, list):
        raise ImageInvalid(f"{image}: its configuration has no rootfs.diff_ids, so it is no container image")
    return len(diff_ids)


def _object(body: bytes, image: str, what: str) -> dict[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ImageInvalid(f"{image}: its {what} is not JSON ({quoted(str(error))}); push the image again") from error
    if not isinstance(document, dict):
        raise ImageInvalid(f"{image}: its {what} is not a JSON object; push the image again")
    return document


def _list(document: Mapping[str, object], key: str, image: str) -> list[object]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise ImageInvalid(f"{image}: {key} of its manifest is not a list; push the image again")
    return value


def _descriptor(value: object, image: str) -> Descriptor:
    fields = value if isinstance(value, dict) else {}
    media_type, digest, size = fields.get("mediaType"), fields.get("digest"), fields.get("size")
    if not (
        isinstance(media_type, str)
        and isinstance(digest, str)
        and DIGEST_PATTERN.fullmatch(digest)
        and type(size) is int
        and size >= 0
    ):
        raise ImageInvalid(
            f"{image}: its manifest has a descriptor without a usable mediaType, digest and size; push the image again"
        )
    return Descriptor(media_type, digest, size)


def _platform(value: object) -> str:
    platform = value.get("platform") if isinstance(value, dict) else None
    fields = platform if isinstance(platform, dict) else {}
    parts = [fields.get("os", "unknown"), fields.get("architecture", "unknown"), fields.get("variant", "")]
    return "/".join(str(part) for part in parts if part)


def _shown(document: Mapping[str, object], key: str) -> str:
    return quoted(str(document.get(key)))
