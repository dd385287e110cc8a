"""When a look itself fails: the object's conditions say so, and everything else in its status stays as last seen."""

from __future__ import annotations

from microbus_operator.core.conditions import READY, RECONCILING, STALLED, State, merged
from microbus_operator.handlers.outcome import Failure
from microbus_operator.handlers.queue import Key
from microbus_operator.handlers.world import World
from microbus_operator.kube import observe
from microbus_operator.kube.report import report


async def mark_stale(world: World, key: Key, failure: Failure) -> None:
    """Set `Ready` to Unknown with the failure's reason. What was issued stays valid: it could not be checked, no
    more.
    """
    getter = observe.get_plane if key.kind == "Plane" else observe.get_app
    subject = await getter(world.cluster, key.namespace, key.name)
    if subject is None:
        return
    kept = {c.type: State(c.status, c.reason, c.message) for c in subject.status.conditions}
    failed = {
        READY: State.unknown(failure.reason, failure.message),
        RECONCILING: State.true(failure.reason, failure.message),
        STALLED: State.false(failure.reason, "it is tried again by itself"),
    }
    conditions = merged(subject.status.conditions, {**kept, **failed}, subject.metadata.generation, world.now())
    await report(world.cluster, subject, subject.status.model_copy(update={"conditions": conditions}))
