"""Image references as people write them, parsed and normalised; the first step of `discover.py`.

The grammar and the defaults (`docker.io`, `library/`, `latest`) are those of github.com/distribution/reference, which
the kubelet and the container runtimes use, so that the operator asks for the very image that a node would pull.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from microbus_operator.source.errors import ReferenceInvalid, quoted

DEFAULT_REGISTRY = "docker.io"
DIGEST_PATTERN = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])"
    r"(?::[0-9]{1,5})?"
)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONGEST_REFERENCE = 512
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Reference:
    """A normalised image reference: `registry/repository` and a tag, a digest, or both (then the digest counts)."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    @property
    def name(self) -> str:
        """`registry/repository`."""
        return f"{self.registry}/{self.repository}"

    @property
    def api_host(self) -> str:
        """The `host[:port]` that serves the registry's API; Docker Hub's is not its name."""
        return "registry-1.docker.io" if self.registry == DEFAULT_REGISTRY else self.registry

    @property
    def target(self) -> str:
        """What the registry is asked for: the digest where there is one, otherwise the tag."""
        return self.digest or self.tag or "latest"

    def pinned(self, digest: str) -> str:
        """`registry/repository@digest`: what a pod runs, whatever happens to the tag."""
        return f"{self.name}@{digest}"


def parse_reference(text: str) -> Reference:
    """Parse `[host[:port]/]repository[:tag][@digest]`.

    Raises `ReferenceInvalid`, saying which part is wrong.
    """
    if not text or len(text) > _LONGEST_REFERENCE:
        raise _invalid(text, f"has {len(text)} characters; give 1 to {_LONGEST_REFERENCE}")
    rest, at, digest = text.partition("@")
    if at and not DIGEST_PATTERN.fullmatch(digest):
        raise _invalid(text, "what follows `@` is not a digest; write sha256: and 64 lower-case hexadecimal digits")
    registry, repository = _split_registry(rest)
    head, slash, last = repository.rpartition("/")
    last, colon, tag = last.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise _invalid(text, f"{quoted(tag)!r} is not a tag; use up to 128 letters, digits, `_`, `.` and `-`")
    repository = head + slash + last
    if not _HOST.fullmatch(registry) or not _is_port(registry):
        raise _invalid(text, f"{quoted(registry)!r} is not a registry's host[:port]")
    if len(f"{registry}/{repository}") > _LONGEST_NAME:
        raise _invalid(text, f"its name is longer than {_LONGEST_NAME} characters")
    for component in repository.split("/"):
        if not _COMPONENT.fullmatch(component):
            raise _invalid(
                text,
                f"{quoted(component)!r} is not part of a repository's name; "
                "use lower-case letters and digits, with `.`, `_`, `__` or `-` between them",
            )
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(registry, repository, tag or (None if at else "latest"), digest or None)


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if not slash or not (first == "localhost" or first != first.lower() or "." in first or ":" in first):
        return DEFAULT_REGISTRY, name
    return (DEFAULT_REGISTRY if first == "index.docker.io" else first), rest


def _is_port(host: str) -> bool:
    _, colon, port = host.rpartition("]")[2].rpartition(":")
    return not colon or 0 < int(port) < 65536


def _invalid(text: str, why: str) -> ReferenceInvalid:
    return ReferenceInvalid(f"image {quoted(text)!r}: {why}")
