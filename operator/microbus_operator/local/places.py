"""Which file an object is in: kind/namespace/name.yaml, from names that are checked first."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import NamedTuple

from microbus_operator.kube.errors import ApiRefused
from microbus_operator.kube.resources import RESOURCES

SUFFIX = ".yaml"
# A file's name has at most 255 bytes, an object's 253 characters.
_LONGEST_STEM = 240
_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"


class Place(NamedTuple):
    """Kind, namespace (empty for a Namespace itself) and name of an object."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def folder(self) -> str:
        """The folder below `objects/`."""
        return f"{self.kind}/{self.namespace}" if self.namespace else self.kind

    @property
    def path(self) -> str:
        """The file below `objects/`. A name that is too long for a file is cut and told apart by its hash."""
        stem = self.name
        if len(stem) > _LONGEST_STEM:
            stem = f"{stem[:150]}~{sha256(stem.encode()).hexdigest()}"
        return f"{self.folder}/{stem}{SUFFIX}"


def place_of(kind: str, namespace: object, name: object) -> Place:
    """The place. Raises `ApiRefused`: 404 for an unknown kind, 422 for a name that is none by RFC 1123."""
    if kind not in RESOURCES:
        raise ApiRefused(f"{kind}: the store keeps no such kind, only {', '.join(sorted(RESOURCES))}", 404)
    if not (isinstance(name, str) and is_name(kind, name)):
        what = "metadata.name: it must be a lowercase RFC 1123 name of a-z, 0-9, - and ."
        raise ApiRefused(f"{kind} {_shown(name)} is invalid: {what}", 422)
    if not RESOURCES[kind].namespaced:
        return Place(kind, "", name)
    if not (isinstance(namespace, str) and re.fullmatch(_LABEL, namespace)):
        what = f"metadata.namespace: {_shown(namespace)} is no RFC 1123 label of a-z, 0-9 and -"
        raise ApiRefused(f'{kind} "{name}" is invalid: {what}', 422)
    return Place(kind, namespace, name)


def _shown(name: object) -> str:
    """What was given for a name, in one line, and not all of it where it is long."""
    return json.dumps(name if isinstance(name, str) else str(name))[:100]


def is_name(kind: str, name: object) -> bool:
    """Whether an object of that kind may be named so. A Service's name is also one in the DNS, and begins with a
    letter.
    """
    if not isinstance(name, str):
        return False
    if kind == "Namespace":
        return re.fullmatch(_LABEL, name) is not None
    if kind == "Service":
        return re.fullmatch(_LABEL, name) is not None and name[0].isalpha()
    return len(name) <= 253 and re.fullmatch(_SUBDOMAIN, name) is not None
