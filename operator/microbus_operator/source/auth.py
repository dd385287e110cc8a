"""Registry credentials: what pull secrets hold, which of it fits an image, and what a registry's challenge asks for.

Pure; `registry.py` does the asking. The format is Docker's config.json, matched as the kubelet does it
(https://kubernetes.io/docs/concepts/containers/images/#config-json): globs over host labels, then path prefixes, the
most specific entry first. A password never appears in a repr or a message.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from microbus_operator.source.errors import PullSecretInvalid
from microbus_operator.source.references import DEFAULT_REGISTRY, Reference

_CHALLENGE = re.compile(r'([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_LONGEST_SECRET = 1 << 20
_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})


@dataclass(frozen=True)
class Credential:
    """User name and password, or an identity token, of one entry; `source` says where it stands, for messages."""

    source: str
    username: str
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The value of an `Authorization: Basic` header."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Entry:
    """One key of `auths`: a host pattern with its port, a path prefix, and the credential for what matches."""

    host: str
    path: tuple[str, ...]
    credential: Credential

    def is_for(self, reference: Reference) -> bool:
        """Whether the kubelet would use this entry for the image."""
        if reference.registry == DEFAULT_REGISTRY and self.host in _DOCKER_HUB:
            host_matches = True
        else:
            pattern, _, port = self.host.partition(":")
            host, _, wanted = reference.registry.partition(":")
            labels, patterns = host.split("."), pattern.split(".")
            host_matches = port == wanted and len(labels) == len(patterns) and all(map(fnmatchcase, labels, patterns))
        return host_matches and tuple(reference.repository.split("/"))[: len(self.path)] == self.path


@dataclass(frozen=True)
class Challenge:
    """A `WWW-Authenticate` header: scheme in lower case, parameters by lower-case name."""

    scheme: str
    parameters: Mapping[str, str]


def credentials_for(reference: Reference, pull_secrets: Iterable[bytes]) -> tuple[Credential, ...]:
    """What the pull secrets offer for an image, most specific first.

    `pull_secrets` are the `.dockerconfigjson` of Secrets of type kubernetes.io/dockerconfigjson.
    Raises `PullSecretInvalid`.
    """
    entries = [entry for index, secret in enumerate(pull_secrets) for entry in _entries(secret, index)]
    fitting = [entry for entry in entries if entry.is_for(reference)]
    fitting.sort(key=lambda entry: (-len(entry.path), "*" in entry.host or "?" in entry.host))
    return tuple(dict.fromkeys(entry.credential for entry in fitting))


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """The challenges of a `WWW-Authenticate` header (RFC 9110 section 11.6.1), unknown schemes included."""
    found: list[Challenge] = []
    for part in re.split(r",\s*(?=[A-Za-z]+\s+[A-Za-z]+\s*=)", header[:8192].strip()):
        scheme, _, rest = part.strip().partition(" ")
        parameters = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
            for name, quoted, bare in _CHALLENGE.findall(rest)
        }
        found.append(Challenge(scheme.lower(), parameters))
    return tuple(found)


def _entries(secret: bytes, index: int) -> Iterable[Entry]:
    where = f"image pull secret number {index + 1}"
    if len(secret) > _LONGEST_SECRET:
        raise PullSecretInvalid(f"{where} has {len(secret)} bytes; a Secret holds no more than {_LONGEST_SECRET}")
    try:
        # From here on errors carry no cause: theirs would show the secret's text.
        config = json.loads(secret)
    except (ValueError, RecursionError):
        config = None
    auths = config.get("auths") if isinstance(config, dict) else None
    if not isinstance(auths, dict):
        raise PullSecretInvalid(
            f'{where}: .dockerconfigjson is not {{"auths": {{…}}}}; make it with kubectl create secret docker-registry'
        )
    for key, value in auths.items():
        host, path = _split_key(key)
        yield Entry(host, path, _credential(value, f"{where}, auths[{key!r}]"))


def _split_key(key: str) -> tuple[str, tuple[str, ...]]:
    host, _, path = key.partition("://")[2].partition("/") if "://" in key else key.partition("/")
    parts = tuple(part for part in path.split("/") if part)
    # `https://index.docker.io/v1/` is Docker's own spelling of the Hub; the version is not part of a repository.
    return host, parts[1:] if parts[:1] in (("v1",), ("v2",)) else parts


def _credential(value: object, where: str) -> Credential:
    fields = value if isinstance(value, dict) else {}
    texts = {name: fields.get(name, "") for name in ("username", "password", "auth", "identitytoken")}
    if any(not isinstance(text, str) for text in texts.values()):
        raise PullSecretInvalid(f"{where}: username, password, auth and identitytoken must be text")
    username, password = texts["username"], texts["password"]
    if texts["auth"]:
        try:
            username, colon, password = base64.b64decode(texts["auth"], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if not colon:
            raise PullSecretInvalid(f"{where}.auth is not the base64 of user:password")
    return Credential(where, username, password.rstrip("\0"), texts["identitytoken"])
