"""An object as the text of its file and back: YAML that a person can read and edit, between a line that shows an edit
and one that a file which was cut off lacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import yaml

from microbus_operator.kube.cluster import Object

MOST_BYTES = 8 * 1024 * 1024
MOST_PARTS = 1_000_000
# A pod template has a dozen.
MOST_LEVELS = 100
TWICE = "a key stands twice in one map"
_LAST_LINE = "# end\n"
# A file from before there was a last line says nothing of it.
_HEADER = re.compile(
    r'# microbus-operator wrote this(?P<whole>, down to "# end")?; '
    r"text (?P<text>[0-9a-f]{32}) spec (?P<spec>[0-9a-f]{32})\n"
)
# The line after it, of an object of which something may not change whoever edits the file.
_STAYS = re.compile(r"# what may not change: (?P<json>\{.*\})\n")


class DocumentInvalid(ValueError):
    """A text that is no object. The message never repeats it: it may hold a seed."""


class Document(NamedTuple):
    """An object as read. `is_ours` is false where somebody has edited it, `spec_is_ours` where its spec too. `stays` is
    what of it may not change (`admission.what_stays`), as it was when we wrote it.
    """

    found: Object
    is_ours: bool
    spec_is_ours: bool
    stays: Object | None = None


class Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: a time is a string, and a key stands once."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - as of every YAML loader
        super().__init__(stream)
        self._checked: dict[int, yaml.MappingNode] = {}

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put into a map what it takes from others by `<<`; its own keys are checked before that."""
        if id(node) not in self._checked:
            seen = set[tuple[str, str]]()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and (key.tag, key.value) in seen:
                    raise yaml.constructor.ConstructorError(None, None, TWICE, key.start_mark)
                seen.add((key.tag, str(key.value)))
            self._checked[id(node)] = node
        super().flatten_mapping(node)


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _Dumper(yaml.CSafeDumper):
    """YAML without anchors: equal parts are written twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def plain(found: object) -> Any:  # noqa: ANN401 - any JSON
    """What was read, as JSON has it. Raises ValueError and TypeError for what it cannot have, and for aliases that make
    more of a text than any object has, or a part of its own.
    """
    sizes: dict[int, tuple[int, int]] = {}

    def size(value: object) -> tuple[int, int]:
        """How many parts it has, and levels."""
        if not isinstance(value, dict | list):
            return 1, 1
        known = sizes.get(id(value))
        if known is None:
            # Nobody who is still being counted can be a part of a part of themselves.
            sizes[id(value)] = MOST_PARTS, MOST_LEVELS
            inside = [size(item) for item in (value.values() if isinstance(value, dict) else value)]
            levels = 1 + max((levels for _, levels in inside), default=0)
            known = sizes[id(value)] = 1 + sum(parts for parts, _ in inside), levels
        return known

    parts, levels = size(found)
    if parts > MOST_PARTS or levels > MOST_LEVELS:
        raise ValueError("too large")
    return json.loads(json.dumps(found, allow_nan=False))


def written(manifest: Mapping[str, Any], stays: Mapping[str, Any] | None = None) -> str:
    """The text of a file. `stays` is what of the object may not change."""
    body = yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)
    if stays:
        body = f"# what may not change: {json.dumps(stays, sort_keys=True)}\n{body}"
    digests = f"text {_digest(body)} spec {_digest(_stated(manifest))}"
    return f'# microbus-operator wrote this, down to "# end"; {digests}\n{body}{_LAST_LINE}'


def read(text: str) -> Document:
    """The object in a text. Raises `DocumentInvalid`."""
    header = _HEADER.match(text)
    body = (text[header.end() :] if header else text).removesuffix(_LAST_LINE)
    try:
        found = yaml.load(body, Loader=Loader)  # noqa: S506 - a safe loader
        found = plain(found)
        kept = _STAYS.match(body)
        stays = json.loads(kept["json"]) if kept else None
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + (2 if header else 1)
        raise DocumentInvalid(f"line {line} is no YAML{_why(error)}") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise DocumentInvalid(f"it is no YAML of a Kubernetes object ({type(error).__name__})") from None
    if header and header["whole"] and f"\n{_LAST_LINE}" not in f"{text}\n":
        # What is left may be valid, and miss the half of a key: nobody meant that by an edit.
        raise DocumentInvalid('it ends before its last line, "# end": it was cut off or is half-written')
    if not isinstance(found, dict) or not isinstance(found.get("metadata"), dict):
        raise DocumentInvalid("it has no metadata: it is empty, half-written or no Kubernetes object")
    return Document(
        found,
        is_ours=header is not None and header["text"] == _digest(body),
        spec_is_ours=header is not None and header["spec"] == _digest(_stated(found)),
        stays=stays,
    )


def _why(error: yaml.MarkedYAMLError) -> str:
    """Of a key that stands twice; what else libyaml says may repeat a part of the text."""
    twice = isinstance(error, yaml.constructor.ConstructorError) and error.problem == TWICE
    return f": {TWICE}" if twice else ""


def _stated(manifest: Mapping[str, Any]) -> str:
    """What a generation counts the changes of."""
    stated = {key: value for key, value in manifest.items() if key not in ("metadata", "status")}
    return json.dumps(stated, sort_keys=True)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
