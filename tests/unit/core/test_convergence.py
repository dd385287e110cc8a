"""Decide and perform from any crash point: the same end, the same keys, and nobody thrown out on the way.

Every write of each story is a place to crash. After it the operator starts from what it then sees.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gencreds.report import ServiceReport
from microbus_operator.api.revocations import AppRevocationRequest
from microbus_operator.core.account_keys import REPLACED_ANNOTATION
from microbus_operator.core.signing_keys import REVOKED_ANNOTATION

from .builders import LIFE, app, new_plane, service
from .test_existing import workload
from .worlds import Crash, World

DELETED = "2027-01-15T08:00:00Z"
ORDERS, PAY, EXTRA = service("orders.example"), service("pay.example"), service("extra.example")
SHOP = {"bundles": [{"name": "main", "image": "shop:1"}]}
BANK = {"bundles": [{"name": "main", "image": "bank:1"}, {"name": "side", "image": "side:1"}]}


def fresh() -> World:
    """A Plane and two apps that were just applied."""
    never: dict[str, None] = {"signingKey": None}
    apps = {
        "shop": app(name="shop", finalizers=[], spec=SHOP, status=never),
        "bank": app(name="bank", finalizers=[], spec=BANK, status=never),
    }
    sources: dict[str, tuple[ServiceReport, ...] | None] = {"shop:1": (ORDERS,), "bank:1": (PAY,), "side:1": (EXTRA,)}
    return World(new_plane(finalizers=[]), apps, sources)


def running() -> World:
    """The same, settled."""
    world = fresh()
    world.settle()
    world.backup = dict(world.entries)
    return world


def rotated() -> World:
    """The same after a rotation, so that keys are revoked which the backup of the accounts does not revoke."""
    world = running()
    requested(world)
    world.settle()
    assert world.revoked
    return world


def legacy() -> World:
    """The same, where the shop runs in a workload that somebody else made before there were credentials."""
    world = fresh()
    world.deployments["legacy"] = workload(mark="")
    world.apps["shop"] = app(name="shop", finalizers=[], spec=existing("legacy"), status={"signingKey": None})
    world.settle()
    return world


def existing(name: str) -> dict[str, object]:
    """The spec of an app whose bundle runs in a workload of that name."""
    return {"bundles": [{"name": "main", "image": "shop:1", "workload": {"existing": {"name": name}}}]}


def moved(world: World) -> None:
    """The shop moves into a workload that somebody else made."""
    world.deployments.setdefault("legacy", workload(mark=""))
    shop = world.apps["shop"]
    spec = app(spec=existing("legacy")).spec.model_copy(update={"revocations": shop.spec.revocations})
    world.apps["shop"] = shop.model_copy(update={"spec": spec})


def reloading() -> World:
    """The same, where the shop's credentials change in place."""
    world = running()
    reload(world)
    world.settle()
    return world


def reload(world: World) -> None:
    """The shop's credentials are to change in place."""
    shop = world.apps["shop"]
    wanted = shop.spec.credentials.model_copy(update={"delivery": "Reload"})
    world.apps["shop"] = shop.model_copy(update={"spec": shop.spec.model_copy(update={"credentials": wanted})})


def lagging() -> World:
    """The same, where kubelets give pods that start the former credentials for a while."""
    return lag(running())


def lag(world: World) -> World:
    """The world with kubelets that lag."""
    world.is_lagging = True
    return world


def nothing(world: World) -> None:
    """Nothing happens."""


def renewal(world: World) -> None:
    """Two thirds of the credentials' life pass."""
    world.now += LIFE * 2 // 3 + 1


def wider(world: World) -> None:
    """The shop's code calls one more endpoint."""
    more = "prod.safe.443.orders_example.new_example.~.GET.x"
    world.sources["shop:1"] = (service("orders.example", pub=(*ORDERS.pub, more)),)


def grown(world: World) -> None:
    """The shop has one more microservice."""
    world.sources["shop:1"] = (ORDERS, service("more.example"))


def replaced(world: World) -> None:
    """The shop's only microservice is another one now."""
    world.sources["shop:1"] = (service("more.example"),)


def requested(world: World) -> None:
    """A person asks for new credentials of the shop."""
    spec = world.apps["shop"].spec
    wanted = spec.credentials.model_copy(update={"generation": spec.credentials.generation + 1})
    world.apps["shop"] = world.apps["shop"].model_copy(update={"spec": spec.model_copy(update={"credentials": wanted})})


def rekeyed(world: World) -> None:
    """A person asks for a new signing key of the shop."""
    spec = world.apps["shop"].spec
    key = spec.credentials.signing_key
    wanted = key.model_copy(update={"generation": key.generation + 1})
    credentials = spec.credentials.model_copy(update={"signing_key": wanted})
    world.apps["shop"] = world.apps["shop"].model_copy(
        update={"spec": spec.model_copy(update={"credentials": credentials})}
    )


def all_rekeyed(world: World) -> None:
    """A person asks for new signing keys of every app."""
    if world.plane is not None:
        spec = world.plane.spec
        wanted = spec.keys.signing_keys.model_copy(update={"generation": spec.keys.signing_keys.generation + 1})
        keys = spec.keys.model_copy(update={"signing_keys": wanted})
        world.plane = world.plane.model_copy(update={"spec": spec.model_copy(update={"keys": keys})})


def another_account(world: World) -> None:
    """A person asks for a new account."""
    if world.plane is not None:
        generation = world.plane.spec.keys.account.generation + 1
        _account(world, {"generation": generation})


def called_off(world: World) -> None:
    """A person calls the newest account off."""
    if world.plane is not None:
        account = world.plane.spec.keys.account
        off = {account.generation} if account.generation > 1 else set()
        _account(world, {"abandoned": tuple(sorted({*account.abandoned, *off}))})


def _account(world: World, changed: dict[str, object]) -> None:
    assert world.plane is not None
    spec = world.plane.spec
    keys = spec.keys.model_copy(update={"account": spec.keys.account.model_copy(update=changed)})
    world.plane = world.plane.model_copy(update={"spec": spec.model_copy(update={"keys": keys})})


def unreadable(world: World) -> None:
    """The registry does not answer, and credentials come of age."""
    world.sources["shop:1"] = None
    renewal(world)


def without_side(world: World) -> None:
    """The bank loses a bundle."""
    spec = app(spec={"bundles": BANK["bundles"][:1]}).spec
    world.apps["bank"] = world.apps["bank"].model_copy(update={"spec": spec})


def secret_deleted(world: World) -> None:
    """Somebody deletes a microservice's Secret."""
    world.credentials.pop("shop-orders.example-creds", None)


def deleted(world: World, name: str = "shop") -> None:
    """The shop is deleted."""
    if name in world.apps:
        gone = world.apps[name].metadata.model_copy(update={"deletion_timestamp": DELETED})
        world.apps[name] = world.apps[name].model_copy(update={"metadata": gone})


def all_deleted(world: World) -> None:
    """`kubectl delete -f` of everything, in no order."""
    for name in world.apps:
        deleted(world, name)
    if world.plane is not None:
        gone = world.plane.metadata.model_copy(update={"deletion_timestamp": DELETED})
        world.plane = world.plane.model_copy(update={"metadata": gone})


def servers_restart(world: World) -> None:
    """Every server restarts at once."""
    world.restart_servers()


def leaked(world: World) -> None:
    """A person finds a key of the shop in a log, and has it revoked."""
    shop = world.apps["shop"]
    keys = [service.user_public_key for service in shop.status.services if service.user_public_key]
    asked = [AppRevocationRequest(public_key=key) for key in keys]
    spec = shop.spec.model_copy(update={"revocations": (*shop.spec.revocations, *asked)})
    world.apps["shop"] = shop.model_copy(update={"spec": spec})


def statuses_lost(world: World) -> None:
    """All objects are restored from a backup, which has no status."""
    if world.plane is not None:
        world.plane = world.plane.model_copy(update={"status": type(world.plane.status)()})
    world.apps = {name: app.model_copy(update={"status": type(app.status)()}) for name, app in world.apps.items()}


def accounts_restored(world: World) -> None:
    """The accounts' ConfigMap is restored as it was when all was new."""
    world.version += 1
    world.entries, world.entries_version = dict(world.backup), world.version


def accounts_lost(world: World) -> None:
    """The accounts' ConfigMap is deleted."""
    world.entries = {}


def clock_back(world: World) -> None:
    """The operator moves to a machine whose clock is behind."""
    world.now -= 3600


Event = Callable[[World], None]
STORIES: dict[str, tuple[Callable[[], World], Event]] = {
    "install": (fresh, nothing),
    "renewal": (running, renewal),
    "a rotation on request": (running, requested),
    "a new signing key": (rotated, rekeyed),
    "new signing keys for all": (rotated, all_rekeyed),
    "another account": (rotated, another_account),
    "a key revoked on request": (running, leaked),
    "statuses lost": (rotated, statuses_lost),
    "accounts restored": (rotated, accounts_restored),
    "accounts lost": (rotated, accounts_lost),
    "wider grants": (running, wider),
    "one more microservice": (running, grown),
    "another microservice": (running, replaced),
    "a registry that is down": (running, unreadable),
    "a bundle less": (running, without_side),
    "a Secret deleted": (running, secret_deleted),
    "a rotation by reloading": (reloading, requested),
    "a rotation while kubelets lag": (lagging, requested),
    "a rotation by reloading while kubelets lag": (lambda: lag(reloading()), requested),
    "an existing workload": (legacy, requested),
    "an existing workload instead of ours": (running, moved),
    "an app in an existing workload deleted": (legacy, deleted),
    "an app deleted": (running, deleted),
    "everything deleted": (running, all_deleted),
}


@pytest.mark.parametrize("story", STORIES)
def test_from_any_crash_point_the_same_end_with_the_same_keys(story: str) -> None:
    make, happens = STORIES[story]
    start = make()
    reference = start.copy()
    happens(reference)
    reference.settle()
    assert reference.wrong == []
    count = reference.writes - start.writes
    assert count > 0
    for point in range(count):
        world = start.copy()
        happens(world)
        world.writes_left = point
        with pytest.raises(Crash):
            world.settle()
        world.writes_left, before = None, dict(world.seeds)
        world.settle()
        assert world.wrong == [], f"crash before write {point}"
        assert world.summary() == reference.summary(), f"crash before write {point}"
        assert {name: seed for name, seed in before.items() if name in world.seeds} == {
            name: world.seeds[name] for name in before if name in world.seeds
        }


def test_an_installation_ends_ready_with_every_pod_connected() -> None:
    world = running()
    assert world.wrong == []
    assert world.summary()["plane"] == ("Ready", 0)
    assert {phase for phase, _ in world.summary()["apps"].values()} == {"Ready"}
    assert len(world.pods) == 3


def test_a_settled_world_is_looked_at_without_a_write() -> None:
    world = running()
    writes = world.writes
    world.now += 3600
    world.round()
    assert world.writes == writes


def test_a_renewal_gives_a_new_key_and_revokes_the_old_one_r8_r9() -> None:
    world = running()
    old = {pod: credential.public_key for pod, credential in world.pods.items()}
    renewal(world)
    world.settle()
    assert all(world.pods[pod].public_key != key for pod, key in old.items())
    assert set(world.revoked) == set(old.values())
    assert world.summary()["plane"] == ("Ready", 3)


def test_however_often_credentials_are_renewed_the_list_of_revocations_does_not_grow_n17() -> None:
    world = running()
    counts = []
    for _ in range(6):
        renewal(world)
        world.settle()
        counts.append(world.summary()["plane"])
    assert world.wrong == []
    assert counts[1:] == [counts[1]] * 5
    assert world.plane is not None
    texts = [noted.get(REVOKED_ANNOTATION, "") for noted in world.noted.values()]
    assert sum(len(text.split()) for text in texts) == world.plane.status.revocations.count


def test_reloading_restarts_no_pod_and_revokes_the_old_key() -> None:
    world = reloading()
    before, old = dict(world.deployments), world.pods["shop-main", "orders.example"].public_key
    requested(world)
    world.settle()
    assert world.deployments == before
    assert world.pods["shop-main", "orders.example"].public_key != old
    assert set(world.revoked) == {old}


def test_a_key_that_is_revoked_on_request_is_replaced_by_a_rollout_also_where_others_are_reloaded_n9() -> None:
    world = reloading()
    before = world.deployments["shop-main"]["metadata"]["generation"]
    leaked(world)
    world.settle()
    assert world.wrong == []
    assert world.deployments["shop-main"]["metadata"]["generation"] == before + 1
    assert ("shop-main", "orders.example") in world.pods


def test_a_pod_that_began_with_the_former_file_is_helped_once_n11() -> None:
    world = lagging()
    old = world.pods["shop-main", "orders.example"].public_key
    requested(world)
    for _ in range(10):
        world.round()
    assert world.pods["shop-main", "orders.example"].public_key == old, "its kubelet is behind"
    assert world.revoked == {}
    world.settle()
    assert world.pods["shop-main", "orders.example"].public_key != old
    assert set(world.revoked) == {old}


def test_another_account_takes_everybody_without_a_rollout_and_the_old_one_is_dead() -> None:
    world = rotated()
    before, old = dict(world.deployments), dict(world.pods)
    another_account(world)
    world.settle()
    assert world.wrong == []
    assert world.deployments == before
    assert world.pods.keys() == old.keys()
    accounts = {credential.issuer_account for credential in world.pods.values()}
    assert accounts == {world.active_account().subject}
    assert accounts.isdisjoint(credential.issuer_account for credential in old.values())
    assert all(world.is_closed(credential.issuer_account) for credential in old.values())
    assert dict(world.active_account().revocations) == {}
    assert len(world.seeds) == len(rotated().seeds) + 1
    assert world.plane is not None
    assert world.plane.status.rotation is not None
    assert world.plane.status.rotation.phase == "Done"


@pytest.mark.parametrize("what", [accounts_restored, accounts_lost, servers_restart], ids=lambda what: what.__name__)
def test_what_is_put_back_opens_no_closed_account_again(what: Event) -> None:
    world = running()
    old = {credential.issuer_account for credential in world.pods.values()}
    another_account(world)
    world.settle()
    pods = dict(world.pods)
    del world.noted["prod-account-1"][REPLACED_ANNOTATION]
    what(world)
    statuses_lost(world)
    world.settle()
    assert world.wrong == []
    assert world.pods.keys() == pods.keys()
    assert {credential.issuer_account for credential in world.pods.values()}.isdisjoint(old)
    assert all(world.is_closed(account) for account in old)
    assert REPLACED_ANNOTATION in world.noted["prod-account-1"]


def test_an_account_that_is_called_off_in_time_takes_nobody_along() -> None:
    world = running()
    before = dict(world.pods)
    old = world.active_account().subject
    another_account(world)
    for _ in range(4):
        world.round()
    assert {item.issuer_account for item in world.credentials.values()}.isdisjoint({old})
    called_off(world)
    world.settle()
    assert world.wrong == []
    assert world.pods.keys() == before.keys()
    assert {item.issuer_account for item in world.pods.values()} == {old}
    assert {item.issuer_account for item in world.credentials.values()} == {old}
    assert world.plane is not None
    assert world.plane.status.rotation is not None
    assert world.plane.status.rotation.phase == "CalledOff"


def test_an_unreadable_source_keeps_what_works_d3() -> None:
    world = running()
    before = dict(world.pods)
    world.sources["shop:1"] = None
    world.settle()
    assert world.wrong == []
    assert world.pods == before
    assert world.revoked == {}


def test_deleting_a_plane_keeps_its_own_keys_and_nothing_else_k6() -> None:
    world = running()
    all_deleted(world)
    world.settle()
    assert (world.plane, world.apps) == (None, {})
    assert len(world.seeds) == 5
    assert world.entries


EVENTS: list[Event] = [
    *(renewal, requested, wider, grown, replaced, unreadable, without_side, secret_deleted, servers_restart),
    *(another_account, called_off),
    *(reload, rekeyed, all_rekeyed, leaked, statuses_lost, accounts_restored, accounts_lost, clock_back, moved),
]
STEP = st.tuples(st.sampled_from(EVENTS), st.integers(0, 12))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=1, max_size=5), st.sampled_from([nothing, deleted, all_deleted]))
def test_whatever_happens_between_crashes_nobody_is_refused_and_no_revocation_is_undone(
    steps: list[tuple[Event, int]], end: Event
) -> None:
    world = _RUNNING.copy()
    for happens, writes in steps:
        happens(world)
        world.writes_left = writes
        with contextlib.suppress(Crash):
            world.round()
        world.writes_left = None
        world.tick()
    world.sources["shop:1"] = world.sources["shop:1"] or (ORDERS,)
    end(world)
    world.settle()
    assert world.wrong == []
    if end is nothing:
        # What somebody else made has to be told by its owner of one more microservice.
        owners = {"CredentialsNotMounted"} if "legacy" in world.deployments else set()
        assert {phase for phase, _ in world.summary()["apps"].values()} - owners == {"Ready"}
    elif end is all_deleted:
        assert (world.plane, world.apps) == (None, {})


_RUNNING = running()
