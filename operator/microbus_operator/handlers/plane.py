"""A look at a Plane: observe, decide, perform, report, until nothing is left to do."""

from __future__ import annotations

from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import ACCOUNT, active, with_tombstones
from microbus_operator.core.flip_status import is_over
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import BrokerObservation, PlaneObserved, Served, Trouble
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.plane_keys import SYSTEM, SYSTEM_SIGNING, key_refs
from microbus_operator.handlers.queue import Key, Outcome
from microbus_operator.handlers.world import World
from microbus_operator.kube import observe
from microbus_operator.kube.keys import SeedUnusable, load_seed, observe_account_keys, observe_key
from microbus_operator.kube.report import report
from microbus_operator.nats.brokers import SystemUser

MOST_STEPS = 20
# Seconds until a look that still had something to do after so many steps is followed by another: never a hot loop
# (pitfall P11).
UNSETTLED = 5.0


async def look_at_plane(world: World, key: Key) -> Outcome:
    """One look. A look that acted is followed by another at once: what it did is only believed when it is seen."""
    place = (key.namespace, key.name)
    async with world.planes[place]:
        changed = False
        for _ in range(MOST_STEPS):
            plane = await observe.get_plane(world.cluster, *place)
            if plane is None:
                await world.brokers.forget(place)
                return Outcome(gone=True)
            observed = await observe_plane(world, plane)
            decision = decide_plane(observed, world.settings, world.now())
            for action in decision.actions:
                await world.perform(key, place, action)
            changed |= await report(world.cluster, plane, decision.status)
            if not decision.actions:
                break
            changed = True
        if changed:
            for member in observed.members:
                world.wake(Key("MicrobusApp", member.app.metadata.namespace, member.app.metadata.name))
        return Outcome(UNSETTLED if decision.actions else decision.look_again)


async def observe_plane(world: World, plane: Plane) -> PlaneObserved:
    """All that `decide_plane` rests on. What depends on something that is not there yet is not asked for."""
    cluster, place = world.cluster, (plane.metadata.namespace, plane.metadata.name)
    published = await observe.observe_published(cluster, plane)
    accounts = with_tombstones(
        await observe_account_keys(cluster, plane), (account.claims for account in published.accounts.values())
    )
    keys = {**await observe.observe_keys(cluster, plane), ACCOUNT: active(accounts).key}
    recorded = {item.app for item in plane.status.signing_keys}
    apps = await observe.apps_of(cluster, world.namespaces, place, recorded)
    members = await observe.observe_members(cluster, plane, apps, accounts)
    objects = await observe.observe_nats(cluster, plane)
    jwts = {account: item.jwt for account, item in published.accounts.items()}
    # A Plane that is being deleted serves its apps until the last of them has left.
    in_use = bool(members) or not plane.metadata.is_deleting
    # Accounts are asked for by their key and by their record too: where the ConfigMap is gone, or an older one was put
    # back, servers and resolvers know the revocations.
    known = {*jwts, *filter(None, [plane.status.account_public_key, *(each.public_key for each in accounts)])}
    served = await world.brokers.served(jwts, known) if known and in_use else Served()
    running = ("StatefulSet", names.nats(plane.metadata.name)) in objects
    broker = BrokerObservation(trouble=Trouble("NatsPending", "the brokers have not been set up yet", passing=True))
    if running and in_use and all(key.state is KeyState.PRESENT for key in keys.values()):
        # Who is connected is asked only where somebody's death is to be proven.
        asks = plane.spec.revocations or any(each.closed_at is None for each in plane.status.receipts)
        asked = {keys[ACCOUNT].public_key} if asks else set()
        asked |= set() if is_over(plane, accounts) else {each.public_key for each in accounts}
        broker = await observe_broker(world, plane, tuple(sorted(known)), tuple(sorted(filter(None, asked))))
    return PlaneObserved(
        plane,
        keys,
        members,
        published,
        served.trouble,
        broker,
        objects,
        unwatched=_unwatched(world, plane),
        served_instead=served.instead,
        watches_all=None in world.namespaces,
        accounts=accounts,
    )


def _unwatched(world: World, plane: Plane) -> frozenset[str]:
    """Apps on record in namespaces that are not watched (any more): nobody can say whether they still exist."""
    if None in world.namespaces:
        return frozenset()
    recorded = {item.app for item in plane.status.signing_keys}
    return frozenset(app for app in recorded if app.partition("/")[0] not in world.namespaces)


async def observe_broker(
    world: World, plane: Plane, accounts: tuple[str, ...], connections_of: tuple[str, ...] = ()
) -> BrokerObservation:
    """What the brokers say through the system account, by a user signed for it on the spot."""
    refs = key_refs(plane)
    identity = await observe_key(world.cluster, refs[SYSTEM])
    try:
        signer = await load_seed(world.cluster, refs[SYSTEM_SIGNING])
    except SeedUnusable as error:
        return BrokerObservation(trouble=Trouble("KeyInvalid", str(error), passing=True))
    user = SystemUser(url=world.settings.network.client_url(plane), account=identity.public_key or "", signer=signer)
    place = (plane.metadata.namespace, plane.metadata.name)
    return await world.brokers.observe(place, user, accounts, connections_of)
