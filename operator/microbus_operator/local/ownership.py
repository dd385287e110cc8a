"""Who has which field: what an apply and any other write do to an object and to its `metadata.managedFields`.

A manager that applies has what it stated last, and what it states no longer goes, unless somebody else has it too. Any
other write has what it changed. Ours always force: what they state becomes theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from microbus_operator.kube.cluster import Object
from microbus_operator.local.fields import (
    Fields,
    compare,
    decoded,
    encoded,
    field_set,
    merged,
    swept,
    with_containers,
    without,
)
from microbus_operator.local.merge_rules import Merged, rule_of

# What the API server gives an object; nobody has it.
SYSTEM = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
    "generateName",
)
_NAME = (("f:metadata", "f:name"),)
_METADATA = ("f:metadata",)


class Owner(NamedTuple):
    """A manager and the way it writes: `Apply` or `Update`, of the object or of its status."""

    operation: str
    subresource: str
    manager: str


Owned = dict[Owner, Fields]


def essence(found: Mapping[str, Any]) -> Object:
    """What of an object can be somebody's; its name stands for the metadata that is nobody's."""
    metadata = {key: value for key, value in found.get("metadata", {}).items() if key not in SYSTEM}
    metadata.pop("namespace", None)
    rest = {key: value for key, value in found.items() if key not in ("apiVersion", "kind", "metadata")}
    return {"metadata": metadata, **rest}


def owned(found: Mapping[str, Any]) -> Owned:
    """The `managedFields` of an object; entries that somebody spoilt by hand own nothing."""
    result: Owned = {}
    for entry in found.get("metadata", {}).get("managedFields") or ():
        if isinstance(entry, dict) and isinstance(entry.get("fieldsV1"), dict):
            owner = Owner(str(entry.get("operation")), str(entry.get("subresource", "")), str(entry.get("manager")))
            result[owner] = frozenset(decoded(entry["fieldsV1"]))
    return result


def managed_fields(api_version: str, owners: Owned) -> list[Object]:
    """`metadata.managedFields`, without times: a file changes when something does."""
    entries = []
    for owner, fields in sorted(owners.items()):
        entry = {"manager": owner.manager, "operation": owner.operation, "apiVersion": api_version}
        if owner.subresource:
            entry["subresource"] = owner.subresource
        tree = encoded(fields)
        if tree:
            entries.append({**entry, "fieldsType": "FieldsV1", "fieldsV1": tree})
    return entries


def created(kind: str, new: Object, owner: Owner) -> Owned:
    """The owners of a new object: all is the creator's."""
    return after_update(kind, {"metadata": {"name": new["metadata"]["name"]}}, new, {}, owner)


def before_an_apply(kind: str, live: Object, owners: Owned) -> Owned:
    """The owners that an apply finds. Where nobody has anything, all counts as written before by an unnamed one."""
    return owners or created(kind, live, Owner("Update", "", "before-first-apply"))


def after_update(kind: str, old: Object, new: Object, owners: Owned, owner: Owner) -> Owned:
    """The owners after a write other than an apply made `new` of `old`, both without what is nobody's."""
    added, modified, removed = compare(old, new, rule_of(kind))
    result = _taken(owners, owner, added | modified, removed)
    mine = (result.get(owner, frozenset()) - removed) | added | modified
    return _told({**result, owner: mine})


def after_apply(kind: str, live: Object, config: Object, owners: Owned, owner: Owner) -> tuple[Object, Owned]:
    """What an apply of `config` makes of `live`, and whose its fields are then."""
    rule = rule_of(kind)
    stated = field_set(config, rule)
    last, now = owners.get(owner, frozenset()), {**owners, owner: stated}
    result = _pruned(merged(live, config, rule), now, last, rule)
    added, modified, removed = compare(live, result, rule)
    kept: Object = swept(result)
    return kept, _told(_taken(now, owner, added | modified, removed))


def _pruned(found: Object, owners: Owned, last: Fields, rule: Merged) -> Object:
    """Without what the manager stated last and nobody states or has now; emptied containers stay, to be `swept`."""
    if not last:
        return found
    mine = with_containers(last, rule)
    everyones = with_containers(frozenset[tuple[str, ...]]().union(*owners.values()) | {_METADATA}, rule)
    whole = with_containers(field_set(found, rule), rule)
    left = with_containers(field_set(without(found, mine, rule), rule), rule)
    without_theirs = without(found, whole - (left | everyones), rule)
    left = with_containers(field_set(without_theirs, rule), rule)
    return without(found, (whole - left) & mine, rule)


def _taken(owners: Owned, by: Owner, changed: Fields, removed: Fields) -> Owned:
    return {owner: fields if owner == by else fields - changed - removed for owner, fields in owners.items()}


def _told(owners: Owned) -> Owned:
    named = {owner: fields.difference(_NAME) for owner, fields in owners.items()}
    return {owner: fields for owner, fields in named.items() if fields}
