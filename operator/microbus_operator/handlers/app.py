"""A look at a MicrobusApp: read its sources, then observe, decide, perform, report, until nothing is left to do."""

from __future__ import annotations

import asyncio

from microbus_operator.api.app import Bundle, MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core.account_keys import alive, target, with_tombstones
from microbus_operator.core.app import decide_app, is_allowed
from microbus_operator.core.app_workload import pull_secrets
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import AppObserved, BrokerObservation, BundleReading, PublishedAccounts, Trouble
from microbus_operator.handlers.plane import MOST_STEPS, UNSETTLED, observe_broker
from microbus_operator.handlers.queue import Key, Outcome
from microbus_operator.handlers.world import World
from microbus_operator.kube import observe
from microbus_operator.kube.configs import observe_configs
from microbus_operator.kube.keys import observe_account_keys, observe_signing_keys
from microbus_operator.kube.report import report
from microbus_operator.source.errors import SourceError


async def look_at_app(world: World, key: Key) -> Outcome:
    """One look. Sources are read first, outside the Plane's lock: a slow registry holds up nobody else."""
    app = await observe.get_app(world.cluster, key.namespace, key.name)
    if app is None:
        return Outcome(gone=True)
    place = app.plane_key
    plane = await observe.get_plane(world.cluster, *place)
    readings = await read_sources(world, app, plane)
    async with world.planes[place]:
        changed = False
        for _ in range(MOST_STEPS):
            # Observed within the lock: another app of the plane may have claimed a hostname meanwhile.
            current = await observe.get_app(world.cluster, key.namespace, key.name)
            if current is None:
                world.wake(Key("Plane", *place))
                return Outcome(gone=True)
            if current.spec != app.spec or current.metadata.uid != app.metadata.uid:
                return Outcome(look_again=0.0)
            observed = await observe_app(world, current, readings)
            decision = decide_app(observed, world.now(), world.settings.network, world.settings.pace)
            for action in decision.actions:
                await world.perform(key, place, action)
            changed |= await report(world.cluster, current, decision.status)
            if not decision.actions:
                break
            changed = True
    if changed or app.metadata.is_deleting:
        world.wake(Key("Plane", *place))
    return Outcome(UNSETTLED if decision.actions else decision.look_again)


async def read_sources(world: World, app: MicrobusApp, plane: Plane | None) -> dict[str, BundleReading]:
    """Each bundle's reading, side by side; none for an app that its Plane does not let in or that is being deleted."""
    if plane is None or app.metadata.is_deleting:
        return {}
    labels = await observe.namespace_labels(world.cluster, app.metadata.namespace)
    if not is_allowed(app, plane, labels):
        return {}
    readings = await asyncio.gather(*(_read(world, app, plane, bundle) for bundle in app.spec.bundles))
    return dict(zip((bundle.name for bundle in app.spec.bundles), readings, strict=True))


async def _read(world: World, app: MicrobusApp, plane: Plane, bundle: Bundle) -> BundleReading:
    secrets = await observe.pull_secrets(world.cluster, app.metadata.namespace, pull_secrets(bundle))
    try:
        found = await world.sources.read(bundle.image, secrets, plane=plane.spec.plane, main=bundle.main)
    except SourceError as error:
        message = f"bundle {bundle.name}: {error}"
        return BundleReading(trouble=Trouble(type(error).__name__, message, passing=error.passing))
    return BundleReading(
        digest=found.digest,
        reference=found.reference,
        source_digest=found.source_digest,
        trust=found.trust,
        report=found.report,
    )


async def observe_app(world: World, app: MicrobusApp, readings: dict[str, BundleReading]) -> AppObserved:
    """All that `decide_app` rests on."""
    cluster, place = world.cluster, app.plane_key
    plane = await observe.get_plane(cluster, *place)
    labels = await observe.namespace_labels(cluster, app.metadata.namespace)
    if plane is None:
        return AppObserved(app, None, labels, (), {}, (), PublishedAccounts(), None, BrokerObservation(), {}, {})
    published = await observe.observe_published(cluster, plane)
    accounts = with_tombstones(
        await observe_account_keys(cluster, plane), (item.claims for item in published.accounts.values())
    )
    here = target(accounts, plane)
    signing_keys = await observe_signing_keys(cluster, app, plane, here.generation)
    others = [each for each in accounts if each.public_key and each != here]
    other_keys = await asyncio.gather(*(observe_signing_keys(cluster, app, plane, each.generation) for each in others))
    # One that is closed matters while the app has a key of it.
    usable = {each.generation for each in alive(accounts)}
    asked = {here.public_key} | {
        each.public_key
        for each, keys in zip(others, other_keys, strict=True)
        if each.generation in usable or any(key.key.state is not KeyState.ABSENT for key in keys)
    }
    jwts = {key: item.jwt for key, item in published.accounts.items() if key in asked}
    # Only what the next step needs: the brokers are asked once the app is in the account, or was.
    broker, served = (
        BrokerObservation(trouble=Trouble("NatsPending", "the brokers have not been asked", passing=True)),
        None,
    )
    is_keyed = any(key.key.state is not KeyState.ABSENT for key in signing_keys)
    if here.public_key in jwts and (is_keyed or app.status.signing_key):
        served = (await world.brokers.served(jwts)).trouble
        broker = await observe_broker(world, plane, tuple(jwts), connections_of=tuple(sorted(jwts)))
    hostnames = {service.hostname for service in app.status.services}
    hostnames |= {
        service.hostname for reading in readings.values() if reading.report for service in reading.report.services
    }
    apps = await observe.apps_of(cluster, world.namespaces, place)
    deployments = await observe.observe_deployments(cluster, app)
    existing = await observe.observe_existing(cluster, app)
    workloads = {bundle: found for bundle, found in deployments.items() if bundle not in existing} | existing
    named = {bundle.name for bundle in app.spec.bundles if bundle.workload.existing is not None}
    return AppObserved(
        app=app,
        plane=plane,
        namespace_labels=labels,
        others=tuple(other for other in apps if other.metadata.uid != app.metadata.uid),
        readings=readings,
        signing_keys=signing_keys,
        published=published,
        served=served,
        broker=broker,
        creds=await observe.observe_all_creds(cluster, app, hostnames),
        deployments={bundle: found for bundle, found in deployments.items() if bundle not in named} | existing,
        configs=await observe_configs(cluster, app, existing),
        superseded={bundle: found for bundle, found in deployments.items() if bundle in named},
        pods=await world.pods.of(app, workloads) if broker.trouble is None else (),
        account_key=here.public_key,
        accounts=accounts,
        other_keys=tuple(key for keys in other_keys for key in keys),
    )
