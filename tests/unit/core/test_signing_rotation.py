"""Replacing an app's signing key: when it is due, what each step waits for, and what is said where it cannot go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.actions import Annotate, Decision, Delete, IssueUser, MintKey
from microbus_operator.core.app import decide_app
from microbus_operator.core.keys import KeyState, SigningKey
from microbus_operator.core.observed import AppObserved, Trouble
from microbus_operator.core.planning import spread
from microbus_operator.core.rotation import STALLS_AFTER

from .builders import (
    APP_KEY,
    LIFE,
    NOW,
    app,
    broker,
    connection,
    creds,
    plane,
    public,
    published,
    service,
    settled_app,
    signing_key,
    signing_keys,
)

NEXT = "next-app-signing"
HOUR = 3600
BOTH = published((APP_KEY, NEXT))


def decide(observed: AppObserved, now: int = NOW) -> Decision:
    """The decision."""
    return decide_app(observed, now)


def told(decision: Decision, kind: str = "SigningKeyReplaced") -> tuple[str, str]:
    """A condition's reason and message."""
    return next((item.reason, item.message) for item in decision.status.conditions if item.type == kind)


def asking(generation: int = 2, **more: Any) -> MicrobusApp:
    """The shop with that generation of its signing key asked for."""
    spec = {"bundles": [{"name": "main", "image": "registry.example/shop:1"}]}
    return app(spec={**spec, "credentials": {"signingKey": {"generation": generation}}}, **more)


def newer(**more: Any) -> SigningKey:
    """The key that was made for that."""
    return signing_key(name=NEXT, place=2, **{"generation": 2, "made_for": (1, 2), "made_at": NOW - 60, **more})


def with_both(**parts: Any) -> AppObserved:
    """The shop with both keys, in an account that every server holds."""
    both = {"signing_keys": signing_keys(signing_key(made_at=NOW - HOUR), newer()), "published": BOTH}
    return settled_app(**{"app": asking(), **both, **parts})


def reissued(**parts: Any) -> AppObserved:
    """The same with every credential signed by the new key, and delivered."""
    return with_both(**{"creds": {"orders.example": creds(issuer=public(NEXT))}, **parts})


def rotating(name: str, reason: str = "Replacing") -> MicrobusApp:
    """Another app in the middle of it."""
    keys = [{"publicKey": public(f"{name}-{number}"), "secret": "x", "generation": number} for number in (1, 2)]
    said = {"type": "SigningKeyReplaced", "status": "False", "reason": reason, "message": "m", "lastTransitionTime": ""}
    return app(name=name, status={"signingKeys": keys, "conditions": [said]})


def test_nothing_is_due_where_nobody_asked_k4() -> None:
    decision = decide(settled_app())
    assert decision.actions == ()
    assert told(decision)[0] == "Current"


def test_a_raise_of_the_apps_generation_makes_a_key_at_the_free_place() -> None:
    (action,) = decide(settled_app(app=asking())).actions
    assert isinstance(action, MintKey)
    assert action.key.secret == "prod-app-signing-2"
    assert action.labels["microbus.io/key-generation"] == "2"
    assert action.annotations == {"microbus.io/made-for": "1/2"}


def test_a_raise_of_the_planes_generation_makes_one_in_each_app() -> None:
    raised = plane(spec={"plane": "prod", "nats": {"image": "nats"}, "keys": {"signingKeys": {"generation": 4}}})
    (action,) = decide(settled_app(plane=raised)).actions
    assert isinstance(action, MintKey)
    assert action.annotations == {"microbus.io/made-for": "4/1"}


def test_a_key_that_answers_is_not_replaced_again_whatever_goes_back() -> None:
    answered = signing_keys(signing_key(generation=5, made_for=(3, 7)))
    for generation in (7, 2):
        assert decide(settled_app(app=asking(generation), signing_keys=answered)).actions == ()


def test_rotate_every_makes_one_when_the_key_is_of_age_spread_by_app() -> None:
    often = {"plane": "prod", "nats": {"image": "nats"}, "keys": {"signingKeys": {"rotateEvery": "720h"}}}
    every = spread(720 * HOUR, app())
    assert 0.9 * 720 * HOUR <= every <= 720 * HOUR
    for age, count in ((every - 1, 0), (every, 1)):
        observed = settled_app(plane=plane(spec=often), signing_keys=signing_keys(signing_key(made_at=NOW - age)))
        assert len(decide(observed).actions) == count


def test_until_every_server_holds_the_new_key_nothing_is_signed_by_it_n9() -> None:
    for unknown in (
        {"broker": broker(published())},
        {"broker": broker(BOTH, servers=0)},
        {"served": Trouble("ResolverBehind", "10.0.0.1 serves another", passing=True)},
        {"published": published()},
    ):
        decision = decide(with_both(**unknown))
        assert decision.actions == ()
        assert told(decision)[0] in ("Replacing", "Current")


def test_a_new_microservice_is_signed_by_the_old_key_meanwhile() -> None:
    observed = with_both(creds={}, deployments={}, broker=broker(published()))
    claimed = [{"hostname": "orders.example", "bundle": "main", "secretName": "x"}]
    decision = decide(replace(observed, app=asking(status={"services": claimed})))
    assert [action.signer.secret for action in decision.actions if isinstance(action, IssueUser)] == [
        "prod-app-signing-1"
    ]


def test_then_every_credential_is_signed_anew_k5() -> None:
    claimed = [{"hostname": "orders.example", "bundle": "main", "secretName": "x"}]
    (action,) = decide(with_both(app=asking(status={"services": claimed}))).actions
    assert isinstance(action, IssueUser)
    assert action.signer.secret == "prod-app-signing-2"
    assert action.annotations["microbus.io/issued-because"] == "SigningKeyChanged"
    assert public(APP_KEY) in action.annotations["microbus.io/previous-signers"]


def test_what_the_new_key_signed_stands_while_a_server_is_away_r3() -> None:
    decision = decide(reissued(broker=broker(BOTH, servers=0)))
    assert decision.actions == ()
    assert "prod-nats-0" in told(decision)[1]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"broker": broker(BOTH, [connection("orders-1")])}, "connections that the old key signed for: orders-1"),
        ({"broker": broker(published())}, "N0 have not been seen to hold"),
        (
            {"creds": {"orders.example": creds(issuer=public(NEXT), previous={public("x"): NOW})}},
            "replaced keys are not revoked yet: orders.example",
        ),
        ({"deployments": {}}, "not every pod runs with credentials of the new key"),
    ],
)
def test_the_old_key_stays_while_anybody_may_depend_on_it_r1_r6(parts: dict[str, Any], says: str) -> None:
    decision = decide(reissued(**parts))
    assert not any(isinstance(action, Annotate) for action in decision.actions)
    reason, message = told(decision)
    assert reason == "Replacing"
    assert says in message


def test_what_cannot_be_signed_anew_keeps_the_old_key_and_is_named() -> None:
    observed = with_both()
    blocked = replace(observed, creds={"orders.example": creds(foreign=None, issuer="", invalid="it is no .creds")})
    assert "not signed anew: orders.example" in told(decide(blocked))[1]


def test_a_replacement_that_takes_too_long_stalls_with_both_keys_valid() -> None:
    observed = reissued(broker=broker(BOTH, [connection("orders-1")]))
    decision = decide(observed, NOW + STALLS_AFTER)
    reason, message = told(decision)
    assert reason == "SigningKeyStalled"
    assert "both keys stay valid" in message
    assert "orders-1" in message
    assert decision.actions == ()


def test_when_provably_nobody_uses_it_that_is_written_on_the_old_keys_secret() -> None:
    (action,) = decide(reissued()).actions
    assert action == Annotate(
        "infra", "prod-app-signing-1", {"microbus.io/replaced-by": public(NEXT)}, "SigningKeyReplaced"
    )


def gone(**parts: Any) -> AppObserved:
    """The old key replaced, and out of the account."""
    both = signing_keys(signing_key(replaced_by=public(NEXT)), newer())
    return reissued(**{"signing_keys": both, "published": published((NEXT,)), **parts})


def test_its_secret_goes_when_the_receipt_is_complete_and_not_before() -> None:
    first = decide(gone())
    assert first.actions == ()
    assert first.look_again == 1.0
    (receipt,) = first.status.receipts
    assert (receipt.public_key, receipt.reason) == (public(APP_KEY), "signing key replaced")
    assert receipt.closed_at == NOW
    status = first.status.model_dump(by_alias=True)
    (action,) = decide(gone(app=asking(status=status))).actions
    assert action == Delete("Secret", "infra", "prod-app-signing-1", "app-signing-1-uid", "SigningKeyReplaced")


@pytest.mark.parametrize(
    "parts",
    [
        {"published": BOTH},
        {"broker": broker(BOTH)},
        {"broker": broker(published((NEXT,)), servers=0)},
        {"broker": broker(published((NEXT,)), [connection("orders-1")])},
    ],
)
def test_until_every_server_refuses_it_the_secret_stays_and_no_receipt_is_complete(parts: dict[str, Any]) -> None:
    decision = decide(gone(**parts))
    assert decision.actions == ()
    assert [each.closed_at for each in decision.status.receipts] == [None]
    assert told(decision)[0] == "Retiring"


def test_a_raise_meanwhile_waits_until_its_place_is_free() -> None:
    decision = decide(gone(app=asking(3)))
    assert decision.actions == ()
    done = settled_app(
        app=asking(3), signing_keys=signing_keys(newer()), published=published((NEXT,)),
        creds={"orders.example": creds(issuer=public(NEXT))},
    )  # fmt: skip
    (action,) = decide(done).actions
    assert isinstance(action, MintKey)
    assert (action.key.secret, action.labels["microbus.io/key-generation"]) == ("prod-app-signing-1", "3")


def test_a_strangers_secret_at_the_free_place_is_told_and_left_k9() -> None:
    theirs = signing_key(KeyState.FOREIGN, place=2, problem="it has not our labels")
    decision = decide(settled_app(app=asking(), signing_keys=signing_keys(signing_key(), theirs)))
    assert decision.actions == ()
    assert told(decision)[0] == "SecretConflict"
    assert "rename or delete Secret infra/prod-app-signing-2" in told(decision)[1]


def test_a_plane_wide_raise_goes_a_few_apps_at_a_time_r4() -> None:
    busy = tuple(rotating(name) for name in ("a", "b", "c"))
    decision = decide(settled_app(app=asking(), others=busy))
    assert decision.actions == ()
    assert told(decision)[0] == "WaitingForOthers"
    assert "infra/a, infra/b, infra/c" in told(decision)[1]
    assert len(decide(settled_app(app=asking(), others=busy[:2])).actions) == 1


def test_of_many_apps_a_tenth_goes_at_once() -> None:
    calm = tuple(app(name=f"calm-{number}") for number in range(40))
    busy = tuple(rotating(f"busy-{number}") for number in range(5))
    assert decide(settled_app(app=asking(), others=(*calm, *busy))).actions == ()
    assert len(decide(settled_app(app=asking(), others=(*calm, *busy[:4]))).actions) == 1


def test_apps_that_stall_do_not_hold_up_the_others() -> None:
    stuck = tuple(rotating(name, "SigningKeyStalled") for name in ("a", "b", "c"))
    assert len(decide(settled_app(app=asking(), others=stuck)).actions) == 1


def test_a_lost_new_key_is_told_with_both_ways_out_k2() -> None:
    known = [
        {"publicKey": public(APP_KEY), "secret": "prod-app-signing-1", "generation": 1, "state": "Retiring"},
        {"publicKey": public(NEXT), "secret": "prod-app-signing-2", "generation": 2, "appGeneration": 2},
    ]
    observed = with_both(app=asking(status={"signingKeys": known}), signing_keys=signing_keys())
    decision = decide(observed)
    assert decision.actions == ()
    reason, message = told(decision, "Ready")
    assert reason == "SeedLost"
    assert "Secret infra/prod-app-signing-2 is gone" in message
    assert "or raise spec.credentials.signingKey.generation" in message
    assert [each.state for each in decision.status.signing_keys] == ["Active", "Lost"]
    mint, *_ = decide(replace(observed, app=asking(3, status={"signingKeys": known}))).actions
    assert isinstance(mint, MintKey)
    assert mint.labels["microbus.io/key-generation"] == "3"


def test_a_key_that_the_account_of_a_former_app_of_that_name_had_is_not_its_own() -> None:
    former = {"app": "infra/shop", "uid": "former-uid", "publicKey": public("former")}
    host = plane(status={"signingKeys": [former]})
    decision = decide(settled_app(plane=host, published=published((APP_KEY, "former"))))
    assert decision.actions == ()
    assert told(decision)[0] == "Current"


def test_renewals_go_on_with_the_newest_key_while_the_old_one_stalls() -> None:
    old = creds(issuer=public(NEXT), issued_at=NOW - LIFE, expires_at=NOW + 10)
    claimed = [{"hostname": "orders.example", "bundle": "main", "secretName": "x"}]
    observed = reissued(
        app=asking(status={"services": claimed}),
        creds={"orders.example": old},
        broker=broker(BOTH, [connection("elsewhere")]),
    )
    (action,) = decide(observed).actions
    assert isinstance(action, IssueUser)
    assert action.signer.secret == "prod-app-signing-2"
    assert service().hostname == action.hostname
