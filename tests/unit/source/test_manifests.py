"""Manifests, indexes and configurations are strangers' JSON: read as what they must be, or refused by name."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbus_operator.source.errors import ImageInvalid, ImageNotFound
from microbus_operator.source.manifests import Index, Manifest, layers_of_config, parse_manifest

D = "sha256:" + "0" * 64
BLOB = {"mediaType": "application/octet-stream", "digest": D, "size": 1}
MANIFEST: dict[str, Any] = {"schemaVersion": 2, "config": BLOB, "layers": [BLOB, BLOB]}
IMAGE = "image registry.example/shop:1"


def parsed(document: object) -> Manifest | Index:
    return parse_manifest(json.dumps(document).encode(), IMAGE, 256)


def on(platform: object) -> dict[str, object]:
    return {**BLOB, "platform": platform}


@pytest.mark.parametrize(
    "media_type",
    ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
)
def test_manifests_of_oci_and_docker_are_read(media_type: str) -> None:
    manifest = parsed({**MANIFEST, "mediaType": media_type})
    assert isinstance(manifest, Manifest)
    assert len(manifest.layers) == 2
    assert parsed(MANIFEST) == manifest


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        {},
        {**MANIFEST, "schemaVersion": 1},
        {**MANIFEST, "schemaVersion": "2"},
        {**MANIFEST, "manifests": []},
        {**MANIFEST, "mediaType": "application/vnd.oci.image.index.v1+json"},
        {**MANIFEST, "mediaType": ["application/vnd.oci.image.manifest.v1+json"]},
        {**MANIFEST, "mediaType": "application/vnd.oci.artifact.manifest.v1+json"},
        {**MANIFEST, "config": None},
        {**MANIFEST, "layers": {}},
        {**MANIFEST, "layers": [BLOB] * 257},
        {**MANIFEST, "layers": [{**BLOB, "digest": "sha256:../../../etc/passwd"}]},
        {**MANIFEST, "layers": [{**BLOB, "digest": D + "\n"}]},
        {**MANIFEST, "layers": [{**BLOB, "size": -1}]},
        {**MANIFEST, "layers": [{**BLOB, "size": True}]},
        {**MANIFEST, "layers": [{**BLOB, "size": 1.5}]},
        {**MANIFEST, "layers": [{**BLOB, "mediaType": None}]},
        {"schemaVersion": 2, "manifests": "x"},
    ],
)
def test_what_is_no_manifest_is_refused(document: object) -> None:
    with pytest.raises(ImageInvalid) as invalid:
        parsed(document)
    assert str(invalid.value).startswith(IMAGE)
    assert str(invalid.value).isprintable()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 200_000, b'{"schemaVersion": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ImageInvalid):
        parse_manifest(body, IMAGE, 256)
    with pytest.raises(ImageInvalid):
        layers_of_config(body, IMAGE)


@pytest.mark.parametrize(
    ("platforms", "chosen"),
    [
        ([{"os": "linux", "architecture": "arm64"}, {"os": "linux", "architecture": "amd64"}], 1),
        ([{"os": "linux", "architecture": "arm64"}, {"os": "linux", "architecture": "amd64", "variant": "v2"}], 1),
        ([{"os": "unknown", "architecture": "unknown"}, {"os": "linux", "architecture": "arm64"}], 1),
        ([{"os": "linux", "architecture": "amd64"}], 0),
    ],
)
def test_the_platform_is_chosen(platforms: list[dict[str, str]], chosen: int) -> None:
    manifests = [{**on(platform), "size": index} for index, platform in enumerate(platforms)]
    index = parsed({"schemaVersion": 2, "manifests": manifests})
    assert isinstance(index, Index)
    assert index.manifest_for("linux/amd64", IMAGE).size == chosen


@pytest.mark.parametrize("manifests", [[], [on(None)], [on({"os": "a"}), on({"os": "b"}), on("linux/amd64")]])
def test_without_the_platform_nothing_is_chosen(manifests: list[object]) -> None:
    index = parsed({"schemaVersion": 2, "manifests": manifests})
    assert isinstance(index, Index)
    with pytest.raises(ImageNotFound, match="is not built for linux/amd64"):
        index.manifest_for("linux/amd64", IMAGE)


def test_a_configuration_counts_layers() -> None:
    assert layers_of_config(json.dumps({"rootfs": {"diff_ids": [D, D]}}).encode(), IMAGE) == 2
    documents: list[dict[str, Any]] = [{}, {"rootfs": None}, {"rootfs": {"diff_ids": {}}}]
    for document in documents:
        with pytest.raises(ImageInvalid, match="no container image"):
            layers_of_config(json.dumps(document).encode(), IMAGE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(D),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["schemaVersion", "config", "layers", "manifests", "digest", "size", "mediaType", "platform"]
            ),
            inner,
            max_size=5,
        )
    ),
)


@given(json_values)
def test_any_json_is_a_manifest_or_refused(document: object) -> None:
    with suppress(ImageInvalid):
        assert isinstance(parsed(document), Manifest | Index)
