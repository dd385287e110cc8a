"""Whose connection is whose, and which old ones are closed: one of a microservice at a time, each at most once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from microbus_operator.core.actions import Apply, Decision, Kick
from microbus_operator.core.app import decide_app
from microbus_operator.core.observed import AppObserved, Connection, PodSeen
from microbus_operator.core.presence import place_of, pod_of
from microbus_operator.core.rotation import STALLS_AFTER
from microbus_operator.core.settings import PACE

from .builders import NOW, app, broker, connection, creds, pod, settled_app, user, workload_of

ONE, TWO = pod("shop-main-1", "10.0.0.1"), pod("shop-main-2", "10.0.0.2")
OLD, NEW = "orders-1", "orders-2"


def held(key: str, of: PodSeen, cid: int = 1, age: int = 3600, **more: Any) -> Connection:
    """A connection of a pod."""
    return connection(key, **{"cid": cid, "ip": of.ip, "age": age, **more})


def rotating(
    *connections: Connection,
    since: int = PACE.kubelet_bound,
    delivery: str = "Restart",
    pods: Any = (ONE, TWO),
    **parts: Any,
) -> AppObserved:
    """An app so many seconds after its credentials were replaced, with these connections."""
    found = creds(NEW, previous={user(OLD): NOW - 9000}, issued_at=NOW - since)
    wanted = app(spec={"credentials": {"delivery": delivery}})
    observed = settled_app(app=wanted, creds={"orders.example": found}, broker=broker(connections=connections))
    if delivery == "Reload":
        # Its pods were made with the former credentials.
        before = replace(observed, creds={"orders.example": creds(OLD)})
        observed = replace(observed, deployments={"main": workload_of(before)})
    return replace(observed, pods=tuple(pods), **parts)


def kicked(decision: Decision) -> list[int]:
    """The connections that are closed."""
    return [action.cid for action in decision.actions if isinstance(action, Kick)]


def said(decision: Decision) -> tuple[str, str]:
    """Reason and message of `CredentialsReplaced`."""
    return next((c.reason, c.message) for c in decision.status.conditions if c.type == "CredentialsReplaced")


def test_a_connection_is_the_pods_whose_address_it_comes_from() -> None:
    assert pod_of(held(OLD, ONE), (ONE, TWO)) == ONE
    assert place_of(held(OLD, TWO), (ONE, TWO)) == "pod shop-main-2"
    assert place_of(connection(OLD, ip="10.9.9.9"), (ONE, TWO)) == "10.9.9.9"
    assert pod_of(connection(OLD), (ONE, pod("pending", ""))) is None


def test_of_pods_with_one_address_none_is_told_from_another_but_by_its_ports() -> None:
    same = pod("shop-main-3", ONE.ip)
    assert pod_of(held(OLD, ONE), (ONE, same)) is None
    left, right = replace(ONE, ports=frozenset({1, 2})), replace(same, ports=frozenset({3}))
    assert pod_of(held(OLD, ONE, port=3), (left, right)) == right


def test_a_rotation_that_stalls_says_which_pod_holds_the_old_key() -> None:
    observed = rotating(held(OLD, ONE), held(OLD, TWO, 2), since=STALLS_AFTER + 1, pods=(ONE,))
    decision = decide_app(replace(observed, pods=(replace(ONE, is_deleting=True),)), NOW)
    assert said(decision)[0] == "ReplacementStalled"
    assert "orders.example (2 in 10.0.0.2, pod shop-main-1)" in said(decision)[1]
    assert "both keys stay valid" in said(decision)[1]
    assert decision.status.revoking == ()


def test_a_pod_that_began_with_the_former_file_is_kicked_once_its_kubelet_must_have_caught_up_n11() -> None:
    stuck = (held(OLD, ONE, 7, age=PACE.kubelet_bound - 5), held(NEW, TWO, 8))
    assert kicked(decide_app(rotating(*stuck, since=PACE.kubelet_bound - 1), NOW)) == []
    (action,) = decide_app(rotating(*stuck), NOW).actions
    assert action == Kick("N0", 7, user(OLD), "OldKey of orders.example")


def test_who_came_back_with_the_old_key_is_not_kicked_again() -> None:
    since = PACE.kubelet_bound + 60
    for age, expected in ((60, []), (61, [7])):
        decision = decide_app(rotating(held(OLD, ONE, 7, age=age), held(NEW, TWO), since=since), NOW)
        assert kicked(decision) == expected


def test_one_at_a_time_and_the_next_when_all_are_back() -> None:
    assert kicked(decide_app(rotating(held(OLD, TWO, 2), held(OLD, ONE, 1)), NOW)) == [1]
    assert kicked(decide_app(rotating(held(OLD, TWO, 2)), NOW)) == [], "the other pod is away"
    assert kicked(decide_app(rotating(held(OLD, TWO, 2), held(NEW, ONE, 3, age=1)), NOW)) == [2]


def test_nobody_is_kicked_who_is_no_pod_of_the_app_while_a_rollout_goes_on_or_a_server_is_silent() -> None:
    stranger = connection(OLD, cid=5, ip="10.9.9.9", age=9000)
    assert kicked(decide_app(rotating(stranger, held(NEW, ONE), held(NEW, TWO)), NOW)) == []
    observed = rotating(held(OLD, ONE), held(NEW, TWO))
    rolling = {**observed.deployments["main"], "status": {}}
    assert kicked(decide_app(replace(observed, deployments={"main": rolling}), NOW)) == []
    silent = replace(observed.broker, servers=())
    assert kicked(decide_app(replace(observed, broker=silent), NOW)) == []
    behind = replace(observed, served=replace(observed.reading("none").trouble))  # type: ignore[type-var]
    assert kicked(decide_app(behind, NOW)) == []


def test_reloading_rolls_nothing_and_closes_one_old_connection_after_the_other() -> None:
    early = decide_app(rotating(held(OLD, ONE), held(OLD, TWO, 2), since=10, delivery="Reload"), NOW)
    assert early.actions == ()
    assert early.look_again == 1.0
    late = decide_app(rotating(held(OLD, ONE), held(OLD, TWO, 2), delivery="Reload"), NOW)
    assert [type(action) for action in late.actions] == [Kick]


def test_restarting_rolls_at_once() -> None:
    before = rotating(held(OLD, ONE), held(OLD, TWO, 2), since=10, delivery="Reload")
    restarting = replace(before, app=app())
    assert [type(action) for action in decide_app(restarting, NOW).actions] == [Apply]


def test_with_reloading_the_old_key_is_revoked_only_when_every_pod_is_seen_with_the_new_one_n9() -> None:
    everybody = (held(NEW, ONE, age=5), held(NEW, TWO, 2, age=5))
    done = decide_app(rotating(*everybody, delivery="Reload"), NOW)
    assert [each.public_key for each in done.status.revoking] == [user(OLD)]
    proofs: list[AppObserved] = [
        rotating(everybody[0], delivery="Reload"),
        rotating(*everybody, delivery="Reload", pods=()),
        rotating(*everybody, delivery="Reload", pods=(ONE, replace(TWO, ready_at=None))),
        rotating(*everybody, delivery="Reload", pods=(ONE, TWO, pod("shop-main-3", "10.0.0.3"))),
        rotating(*everybody, held(OLD, TWO, 3), delivery="Reload"),
    ]
    assert [decide_app(each, NOW).status.revoking for each in proofs] == [()] * len(proofs)


def test_another_image_or_microservice_is_rolled_out_also_where_keys_are_reloaded() -> None:
    observed = rotating(held(NEW, ONE), held(NEW, TWO), delivery="Reload")
    bundle = observed.app.spec.bundles[0]
    moved = bundle.model_copy(update={"workload": bundle.workload.model_copy(update={"command": ("/a",)})})
    spec = observed.app.spec.model_copy(update={"bundles": (moved,)})
    changed = replace(observed, app=observed.app.model_copy(update={"spec": spec}))
    assert [type(action) for action in decide_app(changed, NOW).actions] == [Apply]
