"""Report: an object's status, written only where it changed, and an event where a condition did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from microbus_operator.api.app import MicrobusApp, MicrobusAppStatus
from microbus_operator.api.meta import API_VERSION, Condition, ObjectMeta
from microbus_operator.api.plane import Plane, PlaneStatus
from microbus_operator.api.revocations import Receipt
from microbus_operator.core.conditions import READY
from microbus_operator.core.connected import CONNECTED
from microbus_operator.core.keys import is_user_key
from microbus_operator.core.names import FIELD_MANAGER
from microbus_operator.core.receipts import named
from microbus_operator.core.verifying import DELIVERY_VERIFIED
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError

# Conditions whose changes are events too.
TOLD = (READY, DELIVERY_VERIFIED, CONNECTED)


async def report(cluster: Cluster, subject: Plane | MicrobusApp, status: PlaneStatus | MicrobusAppStatus) -> bool:
    """Write `status` where it differs from what the object has; true where it was written.

    It says what was so when `subject` was read: one that has changed since, or was made again, is a `Conflict`. (A uid
    would not do: the API server ignores that of a status.)
    """
    if _lasting(status) == _lasting(subject.status):
        return False
    kind, meta = type(subject).__name__, subject.metadata
    manifest = {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {"name": meta.name, "namespace": meta.namespace, "resourceVersion": meta.resource_version},
        "status": status.to_manifest(),
    }
    await cluster.apply(manifest, "status")
    for condition in _news(subject.status.conditions, status.conditions):
        await _event(cluster, kind, meta, condition.status, condition.reason, condition.message)
    for receipt in _closed(subject.status.receipts, status.receipts):
        await _event(cluster, kind, meta, "True", "Revoked", _told(receipt))
    now = status.rotation if isinstance(status, PlaneStatus) else None
    before = subject.status.rotation if isinstance(subject, Plane) else None
    if now is not None and (before is None or now.phase != before.phase):
        await _event(cluster, kind, meta, "True", f"Account{now.phase}", now.message)
    return True


def _lasting(status: PlaneStatus | MicrobusAppStatus) -> PlaneStatus | MicrobusAppStatus:
    """A status without what changes by itself: how many clients a server has is told of when something else changed."""
    if not isinstance(status, PlaneStatus):
        return status
    servers = tuple(server.model_copy(update={"connections": 0}) for server in status.servers)
    return status.model_copy(update={"servers": servers})


def _news(before: Iterable[Condition], after: Iterable[Condition]) -> list[Condition]:
    """What has another reason than before: one event a transition, not one a look. Of others than `Ready` only what
    is wrong, and that it is not any more.
    """
    old = {condition.type: (condition.status, condition.reason) for condition in before}
    changed = [c for c in after if c.type in TOLD and old.get(c.type) != (c.status, c.reason)]
    return [c for c in changed if c.type == READY or "False" in (c.status, old.get(c.type, ("", ""))[0])]


def _closed(before: Iterable[Receipt], after: Iterable[Receipt]) -> list[Receipt]:
    """Receipts that are complete now and were not before."""
    old = {receipt.about for receipt in before if receipt.closed_at is not None}
    return [each for each in after if each.closed_at is not None and each.about not in old]


def _told(receipt: Receipt) -> str:
    if receipt.issued_before is not None:
        return f"{named(receipt)} is refused by every server, and has no connection"
    of = f" of {receipt.hostname}" if receipt.hostname else ""
    kind = "user key" if is_user_key(receipt.public_key) else "signing key"
    return f"{kind} {receipt.public_key}{of} is refused by every server, and has no connection"


async def _event(cluster: Cluster, kind: str, meta: ObjectMeta, status: str, reason: str, message: str) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    unique = sha256(f"{meta.uid}{reason}{message}{now}".encode()).hexdigest()[:12]
    manifest = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{meta.name}.{unique}", "namespace": meta.namespace},
        "involvedObject": {
            "apiVersion": API_VERSION,
            "kind": kind,
            "name": meta.name,
            "namespace": meta.namespace,
            "uid": meta.uid,
        },
        "type": "Normal" if status == "True" or reason.endswith("ing") else "Warning",
        "reason": reason,
        "message": message[:1000],
        "source": {"component": FIELD_MANAGER},
        "reportingComponent": FIELD_MANAGER,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    try:
        await cluster.create(manifest)
    except KubeError:
        # An event is a courtesy; the condition says the same, and a namespace that is going refuses new objects.
        return
