"""Sets of fields of an object, as server-side apply reckons with them: whose, what changed, what to take away.

A path is a tuple of elements as `metadata.managedFields` writes them: `f:name` a field, `k:{"name":"x"}` a list's item
by its keys, `v:"x"` a member of a set. The rules are those of Kubernetes' documentation of server-side apply and of
what a real API server was seen to do; the contract tests compare the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from microbus_operator.kube.errors import ApiRefused
from microbus_operator.local.merge_rules import Atomic, ByKeys, Members, Merged, Rule, child_of

Path = tuple[str, ...]
Fields = frozenset[Path]
Tree = dict[str, Any]
_ABSENT = object()
# Where everything was taken out of a container: the container is still there.
_EMPTIED = object()


def children(value: Any, rule: Rule) -> dict[str, Any] | None:  # noqa: ANN401 - any JSON
    """What is below a value by path element, None for a leaf: a scalar, or what is one value as a whole."""
    if value is _EMPTIED:
        return {}
    if isinstance(value, dict) and isinstance(rule, Merged):
        return {f"f:{key}": item for key, item in value.items()}
    if isinstance(value, list) and isinstance(rule, ByKeys | Members):
        result: dict[str, Any] = {}
        for item in value:
            element = _element(item, rule)
            if element in result:
                raise ApiRefused(f"duplicate entries for {element[2:]} in a list that is merged by it", 422)
            result[element] = item
        return result
    return None


def _element(item: Any, rule: ByKeys | Members) -> str:  # noqa: ANN401 - any JSON
    if isinstance(rule, Members):
        return f"v:{_json(item)}"
    if not isinstance(item, dict):
        raise ApiRefused(f"a list that is merged by {', '.join(rule.keys)} has an item that is no map", 422)
    keys = {key: item.get(key, rule.defaults.get(key)) for key in rule.keys}
    return f"k:{_json({key: value for key, value in sorted(keys.items()) if value is not None})}"


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether two values are the same JSON: true is not 1, and the order of a map's keys says nothing."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def field_set(value: Mapping[str, Any], rule: Rule) -> Fields:
    """The fields that an applied manifest states."""
    return frozenset(_stated(dict(value), rule, ()))


def _stated(value: Any, rule: Rule, path: Path) -> Iterator[Path]:  # noqa: ANN401 - any JSON
    below = children(value, rule)
    if below is None:
        yield path
        return
    for element, item in below.items():
        yield from _stated(item, child_of(rule, element, item), (*path, element))
        undeclared = isinstance(rule, Merged) and not rule.declared
        if item in (None, {}) or item is _EMPTIED or undeclared or not isinstance(rule, Merged):
            yield (*path, element)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], rule: Rule) -> tuple[Fields, Fields, Fields]:
    """The fields of `new` that were added, those that changed, and those of `old` that are gone; containers too."""
    added: set[Path] = set()
    modified: set[Path] = set()
    removed: set[Path] = set()
    _compared(dict(old), dict(new), rule, (), (added, modified, removed))
    return frozenset(added), frozenset(modified), frozenset(removed)


def _compared(old: Any, new: Any, rule: Rule, path: Path, into: tuple[set[Path], ...]) -> None:  # noqa: ANN401
    added, modified, removed = into
    before = {} if old is _ABSENT else children(old, rule)
    after = {} if new is _ABSENT else children(new, rule)
    if before is not None and after is not None and (before or after):
        for element in {**before, **after}:
            one, other = before.get(element, _ABSENT), after.get(element, _ABSENT)
            child = child_of(rule, element, one if other is _ABSENT else other)
            _compared(one, other, child, (*path, element), into)
    elif old is not _ABSENT and new is not _ABSENT and new is not _EMPTIED and not same(old, new):
        modified.add(path)
    if old is _ABSENT:
        added.add(path)
    elif new is _ABSENT:
        removed.add(path)


def with_containers(fields: Iterable[Path], rule: Rule) -> Fields:
    """The fields and the declared fields around them: who has something in `spec` has `spec`."""
    result: set[Path] = set()
    for path in fields:
        result.add(path)
        around: Rule = rule
        for depth, element in enumerate(path[:-1], 1):
            if isinstance(around, Merged) and around.declared:
                result.add(path[:depth])
            around = child_of(around, element)
    return frozenset(result)


def without(value: Mapping[str, Any], fields: Iterable[Path], rule: Rule) -> dict[str, Any]:
    """The value without those fields. A container that is emptied thereby stays until `swept`."""
    result = _removed(dict(value), _tree(fields), rule)
    return result if isinstance(result, dict) else {}


def swept(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The value without what `without` has emptied."""
    if isinstance(value, dict):
        return {key: swept(item) for key, item in value.items() if item is not _EMPTIED}
    return [swept(item) for item in value if item is not _EMPTIED] if isinstance(value, list) else value


def _removed(value: Any, tree: Tree, rule: Rule) -> Any:  # noqa: ANN401 - any JSON
    below = children(value, rule)
    if below is None or isinstance(rule, Atomic):
        return value
    kept: dict[str, Any] = {}
    for element, item in below.items():
        deeper = tree.get(element)
        if deeper is None:
            kept[element] = item
        elif "." not in deeper:
            kept[element] = _removed(item, deeper, child_of(rule, element, item))
    if not kept:
        return _EMPTIED
    return {element[2:]: item for element, item in kept.items()} if isinstance(value, dict) else list(kept.values())


def merged(live: Any, config: Any, rule: Rule) -> Any:  # noqa: ANN401 - any JSON
    """`config` laid over `live`: what it states wins, and what it does not state stays."""
    if isinstance(live, dict) and isinstance(config, dict) and isinstance(rule, Merged):
        result = dict(live)
        for key, value in config.items():
            child = child_of(rule, f"f:{key}", value)
            result[key] = merged(live[key], value, child) if key in live else value
        return result
    if isinstance(live, list) and isinstance(config, list) and isinstance(rule, ByKeys | Members):
        before, wanted = children(live, rule) or {}, children(config, rule) or {}
        items = {key: merged(before[key], value, rule.item) if key in before and isinstance(rule, ByKeys) else value
                 for key, value in wanted.items()}  # fmt: skip
        return [items.get(key, before.get(key)) for key in _order(list(before), list(wanted))]
    return config


def _order(live: list[str], config: list[str]) -> list[str]:
    """The order of a merged list: the applied one's, and what only the live one has where it was among its
    neighbours.
    """
    result: list[str] = []
    waiting, taken = list(config), set[str]()
    shared = [key for key in config if key in set(live)]
    wanted = set(config)
    for key in live:
        if key not in wanted:
            result.append(key)
            continue
        if key in taken or (shared and key != shared[0]):
            continue
        while waiting:
            head = waiting.pop(0)
            taken.add(head)
            result.append(head)
            if head in shared:
                shared.remove(head)
            if head == key:
                break
    return result + waiting


def _tree(fields: Iterable[Path]) -> Tree:
    tree: Tree = {}
    for path in fields:
        node = tree
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return tree


def encoded(fields: Iterable[Path]) -> Tree:
    """The set as `fieldsV1`: a field that has none below it needs no dot."""
    tree = _tree(sorted(fields))
    _shortened(tree)
    return tree


def _shortened(tree: Tree) -> None:
    for node in tree.values():
        if node == {".": {}}:
            node.clear()
        else:
            _shortened(node)


def decoded(tree: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """The set that `fieldsV1` writes. Raises ValueError for what is none."""
    for element, below in tree.items():
        if not isinstance(below, Mapping):
            raise ValueError("a field's own fields are a map")
        if element == ".":
            yield path
        elif not below:
            yield (*path, element)
        else:
            yield from decoded(below, (*path, element))
