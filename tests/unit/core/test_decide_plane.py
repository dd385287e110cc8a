"""A Plane step by step: from each set of facts the next action, and none where nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.actions import (
    Apply,
    Decision,
    Delete,
    MintKey,
    PublishAccounts,
    PushAccount,
    SetFinalizer,
)
from microbus_operator.core.keys import KeyState
from microbus_operator.core.observed import BrokerObservation, PlaneObserved, PublishedAccounts, Trouble
from microbus_operator.core.plane import decide_plane

from .builders import (
    APP_KEY,
    NO_BROKER,
    NOW,
    SETTINGS,
    account_jwt,
    app,
    broker,
    key,
    keys,
    member,
    new_plane,
    plane,
    plane_observed,
    public,
    published,
    settled_plane,
    signing_key,
    user,
)

DELETED = "2027-01-15T08:00:00Z"


def decide(observed: PlaneObserved, now: int = NOW) -> Decision:
    """The decision."""
    return decide_plane(observed, SETTINGS, now)


def reason(decision: Decision, kind: str = "Ready") -> tuple[str, str]:
    """A condition's status and reason."""
    found = {item.type: (item.status, item.reason) for item in decision.status.conditions}
    return found[kind]


def bare(**parts: Any) -> PlaneObserved:
    """A Plane that was just made."""
    nothing: dict[str, Any] = {"plane": new_plane(), "keys": {r: key(r, KeyState.ABSENT) for r in keys()}}
    return plane_observed(**{**nothing, "members": (), "published": PublishedAccounts(), "broker": NO_BROKER, **parts})


def publication(observed: PlaneObserved, now: int = NOW) -> PublishAccounts:
    """The one action, which publishes."""
    (action,) = decide(observed, now).actions
    assert isinstance(action, PublishAccounts)
    return action


def revocations(observed: PlaneObserved, now: int = NOW) -> Mapping[str, int]:
    """What the Plane's account would revoke."""
    (account,) = [a.claims for a in publication(observed, now).accounts if a.claims.subject == public("account")]
    return account.revocations


def test_first_our_finalizer() -> None:
    assert decide(bare(plane=new_plane(finalizers=["other"]))).actions == (
        SetFinalizer("Plane", "infra", "prod", present=True),
    )


def test_then_every_key_and_nothing_that_refers_to_one() -> None:
    decision = decide(bare())
    assert {action.key.role for action in decision.actions if isinstance(action, MintKey)} == set(keys())
    assert all(isinstance(action, MintKey) for action in decision.actions)
    assert reason(decision) == ("False", "KeysPending")


def test_only_the_missing_keys_are_minted() -> None:
    observed = bare(keys=keys(account=KeyState.ABSENT))
    (action,) = decide(observed).actions
    assert isinstance(action, MintKey)
    assert action.key.role == "account"


def test_then_all_jwts_in_one_write_that_expects_no_other() -> None:
    action = publication(bare(keys=keys()))
    assert [item.claims.subject for item in action.accounts] == [public("system-account"), public("account")]
    assert action.operator is not None
    assert action.operator.strict_signing_key_usage
    assert action.resource_version == ""
    assert action.operator_signer.role == "operator"
    assert action.account_signer.role == "operator-signing"


def test_then_the_resolver_is_waited_for_before_any_broker_starts_n1_n6() -> None:
    waiting = plane_observed(served=Trouble("ResolverBehind", "10.0.0.1 serves another"), broker=NO_BROKER)
    decision = decide(waiting)
    assert decision.actions == ()
    assert reason(decision) == ("False", "ResolverBehind")


def test_then_the_brokers_objects() -> None:
    actions = decide(plane_observed(broker=NO_BROKER)).actions
    assert [action.manifest["kind"] for action in actions if isinstance(action, Apply)] == [
        "ConfigMap",
        "Service",
        "Service",
        "StatefulSet",
    ]


def test_several_servers_get_a_disruption_budget() -> None:
    several = plane_observed(plane=plane(spec={"plane": "prod", "nats": {"replicas": 3, "image": "nats"}}))
    assert decide(several).actions[-1].manifest["kind"] == "PodDisruptionBudget"


def test_then_brokers_that_do_not_answer_are_waited_for() -> None:
    decision = decide(settled_plane(broker=NO_BROKER))
    assert decision.actions == ()
    assert reason(decision) == ("False", "NatsUnavailable")
    assert reason(decision, "Stalled")[0] == "False"


def test_then_a_server_that_holds_another_jwt_has_the_published_one_pushed_n21() -> None:
    old = account_jwt(signing=())
    observed = settled_plane()
    (server,) = observed.broker.servers
    behind = replace(server, accounts={**server.accounts, public("account"): old})
    decision = decide(replace(observed, broker=BrokerObservation((behind,))))
    (push,) = decision.actions
    assert isinstance(push, PushAccount)
    assert (push.account, push.servers) == (public("account"), ("N0",))
    assert push.jwt == observed.published.accounts[public("account")].jwt
    assert reason(decision) == ("False", "AccountsOutOfSync")
    assert reason(decision, "BrokerInSync")[0] == "False"


def test_a_server_that_has_not_loaded_the_account_is_in_sync_n7() -> None:
    observed = settled_plane()
    (server,) = observed.broker.servers
    idle = replace(observed, broker=BrokerObservation((replace(server, accounts={}),)))
    assert decide(idle).actions == ()
    assert reason(decide(idle)) == ("True", "InSync")


def test_a_server_that_is_missing_keeps_the_plane_from_being_ready_p14() -> None:
    three = plane(spec={"plane": "prod", "nats": {"replicas": 3, "image": "nats"}})
    decision = decide(settled_plane(plane=three, broker=broker(servers=2)))
    assert reason(decision) == ("False", "ServersMissing")
    assert "prod-nats-2" in {c.type: c.message for c in decision.status.conditions}["Ready"]


def test_with_all_of_it_nothing_is_done_and_the_second_look_says_the_same() -> None:
    observed = settled_plane()
    first = decide(observed)
    assert first.actions == ()
    assert reason(first) == ("True", "InSync")
    again = replace(observed, plane=observed.plane.model_copy(update={"status": first.status}))
    second = decide(again, NOW + 60)
    assert second.actions == ()
    assert second.status == first.status
    assert second.look_again == SETTINGS.compare_every


@pytest.mark.parametrize(
    "role", ["operator", "operator-signing", "system-account", "system-account-signing", "account"]
)
@pytest.mark.parametrize("state", [KeyState.ABSENT, KeyState.INVALID, KeyState.FOREIGN])
def test_a_lost_or_spoilt_key_stops_everything_and_changes_nothing_k2_k9(role: str, state: KeyState) -> None:
    decision = decide(settled_plane(keys=keys(**{role.replace("-", "_"): state})))
    assert decision.actions == ()
    assert reason(decision, "Stalled")[0] == "True"
    assert reason(decision, "KeysReady")[0] == "False"
    assert decision.status.account_public_key == public("account")


def test_an_unusable_config_map_stops_everything() -> None:
    conflict = PublishedAccounts(trouble=Trouble("ConfigMapConflict", "it is not ours"))
    decision = decide(plane_observed(published=conflict))
    assert decision.actions == ()
    assert reason(decision) == ("False", "ConfigMapConflict")


def test_a_strangers_object_is_refused_and_nothing_is_applied_k9() -> None:
    observed = settled_plane()
    theirs = {**observed.objects[("Service", "prod-nats")]}
    theirs["metadata"] = {"name": "prod-nats", "labels": {}, "ownerReferences": []}
    decision = decide(replace(observed, objects={("Service", "prod-nats"): theirs}))
    assert decision.actions == ()
    assert reason(decision, "Stalled") == ("True", "ObjectConflict")


def test_the_signing_key_of_each_allowed_app_is_in_the_account() -> None:
    members = (
        member(),
        member(app(name="two"), signing_key(name="two")),
        member(app(name="out", namespace="out"), signing_key(name="out"), allowed=False),
        member(app(name="new"), signing_key(KeyState.ABSENT, name="new")),
        member(app(name="going", deletionTimestamp=DELETED), signing_key(name="going")),
    )
    (account,) = publication(plane_observed(members=members)).accounts
    assert account.claims.signing_keys == tuple(sorted([public(APP_KEY), public("two")]))
    assert account.not_before == NOW - 100


def test_the_key_of_an_app_that_is_deleted_leaves_the_account() -> None:
    (account,) = publication(plane_observed(members=(member(app(deletionTimestamp=DELETED)),))).accounts
    assert account.claims.signing_keys == ()


@pytest.mark.parametrize("state", [KeyState.ABSENT, KeyState.INVALID, KeyState.FOREIGN])
def test_an_app_whose_key_cannot_be_read_is_not_revoked_k2(state: KeyState) -> None:
    decision = decide(settled_plane(members=(member(None, signing_key(state)),)))
    assert decision.actions == ()
    assert [item.public_key for item in decision.status.signing_keys] == [public(APP_KEY)]


def test_an_app_in_a_namespace_that_is_not_watched_any_more_is_not_revoked() -> None:
    first = decide(settled_plane())
    recorded = first.status.model_dump(by_alias=True, mode="json")
    alone = settled_plane(plane=plane(status=recorded), members=(), unwatched=frozenset({"infra/shop"}))
    assert decide(alone).actions == ()
    assert len(publication(replace(alone, unwatched=frozenset())).accounts) == 1


def test_an_apps_status_alone_never_brings_a_key_into_the_account() -> None:
    recorded = {"signingKeys": [{"app": "infra/evil", "publicKey": public("evil")}]}
    evil = member(app(name="evil", status={"signingKey": public("evil")}), signing_key(KeyState.ABSENT, name="evil"))
    observed = settled_plane(plane=plane(status=recorded), members=(member(), evil))
    assert decide(observed).actions == ()


SERVICE = {"hostname": "orders.example", "bundle": "main", "secretName": "s"}


def revoking(**keys_at: int) -> Any:
    """A member that wants user keys revoked."""
    wanted = [{"publicKey": user(name), "issuedAt": at} for name, at in keys_at.items()]
    return member(app(status={"revoking": wanted}))


def test_a_revocation_is_dated_now_or_later_where_the_key_was_issued_later_n15() -> None:
    found = revocations(plane_observed(members=(revoking(old=NOW - 500, fast=NOW + 500),)))
    assert found == {user("old"): NOW, user("fast"): NOW + 500}


def test_a_revocation_keeps_its_time_and_the_second_look_does_nothing_n15() -> None:
    held = published(revocations={user("old"): NOW - 50})
    observed = settled_plane(published=held, members=(revoking(old=NOW - 500),))
    assert decide(observed, NOW + 1000).actions == ()


def test_a_revocation_that_came_too_early_for_a_key_is_made_later() -> None:
    held = published(revocations={user("old"): NOW - 600})
    assert revocations(plane_observed(published=held, members=(revoking(old=NOW - 500),))) == {user("old"): NOW}


def test_an_app_can_have_neither_every_user_nor_another_apps_user_revoked() -> None:
    victim = member(app(name="victim", status={"services": [SERVICE | {"userPublicKey": user("victim")}]}))
    wanted = [{"publicKey": key, "issuedAt": NOW + 99999} for key in ("*", "no key", user("victim"), user("own"))]
    evil = member(app(name="evil", status={"revoking": wanted}), signing_key(name="evil"))
    assert revocations(plane_observed(members=(victim, evil))) == {user("own"): NOW + 99999}


def test_no_revocation_is_ever_undone() -> None:
    held = published(revocations={user("gone"): NOW - 600})
    found = revocations(plane_observed(published=held, members=(revoking(old=NOW - 500),)))
    assert found == {user("gone"): NOW - 600, user("old"): NOW}


def test_a_restored_backup_gets_back_what_the_servers_still_list_n18() -> None:
    newer = account_jwt(revocations={user("leaked"): NOW - 10})
    observed = settled_plane()
    (server,) = observed.broker.servers
    remembering = replace(server, accounts={**server.accounts, public("account"): newer})
    found = revocations(replace(observed, broker=BrokerObservation((remembering,))))
    assert found == {user("leaked"): NOW - 10}


def test_a_lost_config_map_is_made_again_with_what_the_servers_list_n18() -> None:
    newer = account_jwt(revocations={user("leaked"): NOW - 10})
    observed = settled_plane(published=PublishedAccounts(), plane=plane(status={"revocations": {"count": 1}}))
    (server,) = broker().servers
    remembering = replace(server, accounts={public("account"): newer})
    found = revocations(replace(observed, broker=BrokerObservation((remembering,))))
    assert found == {user("leaked"): NOW - 10}


def test_a_lost_config_map_waits_for_the_servers_where_there_were_revocations_n18() -> None:
    lost = plane(status={"revocations": {"count": 1}})
    decision = decide(settled_plane(plane=lost, published=PublishedAccounts(), broker=NO_BROKER))
    assert decision.actions == ()
    assert reason(decision) == ("False", "AccountsLost")


def test_what_a_server_holds_and_cannot_be_read_says_nothing() -> None:
    observed = settled_plane()
    (server,) = observed.broker.servers
    odd = replace(server, accounts={**server.accounts, public("account"): "garbage"})
    (push,) = decide(replace(observed, broker=BrokerObservation((odd,)))).actions
    assert isinstance(push, PushAccount)


def test_a_signing_key_that_the_operator_jwt_does_not_know_is_refused_k1() -> None:
    observed = plane_observed(keys={**keys(), "operator-signing": key("operator-signing", name="second")})
    assert reason(decide(observed)) == ("False", "KeyInvalid")


def test_an_account_signed_by_another_key_is_signed_anew() -> None:
    held = published()
    other = public("former", KeyKind.OPERATOR)
    accounts = {name: replace(item, issuer=other) for name, item in held.accounts.items()}
    action = publication(plane_observed(published=replace(held, accounts=accounts)))
    assert len(action.accounts) == 2
    assert action.operator is None
    assert action.resource_version == "7"
    assert set(action.kept) == {"operator.jwt"}


def test_a_plane_in_use_is_not_torn_down() -> None:
    decision = decide(settled_plane(plane=plane(deletionTimestamp=DELETED)))
    assert decision.actions == ()
    assert reason(decision) == ("False", "InUse")


def test_a_plane_that_is_deleted_still_removes_the_keys_of_apps_that_are_deleted_with_it() -> None:
    going = member(app(deletionTimestamp=DELETED))
    observed = settled_plane(plane=plane(deletionTimestamp=DELETED), members=(going,))
    (account,) = publication(observed).accounts
    assert account.claims.signing_keys == ()


def test_a_plane_that_is_deleted_makes_nothing_anew_p4() -> None:
    observed = plane_observed(plane=plane(deletionTimestamp=DELETED))
    assert decide(replace(observed, published=PublishedAccounts())).actions == ()
    assert decide(replace(observed, keys=keys(account=KeyState.ABSENT))).actions == ()
    assert decide(observed).actions == ()


def test_apps_that_the_plane_never_let_in_do_not_hold_it_up() -> None:
    stranger = member(app(name="x", finalizers=[]), allowed=False)
    observed = settled_plane(plane=plane(deletionTimestamp=DELETED), members=(stranger,))
    assert decide(observed).actions == (SetFinalizer("Plane", "infra", "prod", present=False),)


def test_a_deleted_planes_keys_and_revocations_stay_k6() -> None:
    observed = settled_plane(plane=plane(deletionTimestamp=DELETED), members=())
    assert decide(observed).actions == (SetFinalizer("Plane", "infra", "prod", present=False),)


def test_destroy_deletes_only_what_is_ours_and_last_the_finalizer() -> None:
    spec = {"plane": "prod", "nats": {"replicas": 1, "image": "nats"}, "deletionPolicy": "Destroy"}
    observed = settled_plane(
        plane=plane(deletionTimestamp=DELETED, spec=spec), members=(), keys=keys(account=KeyState.FOREIGN)
    )
    actions = decide(observed).actions
    deleted = [action for action in actions if isinstance(action, Delete)]
    assert {(item.kind, item.uid) for item in deleted} == {
        ("Secret", "operator-uid"),
        ("Secret", "operator-signing-uid"),
        ("Secret", "system-account-uid"),
        ("Secret", "system-account-signing-uid"),
        ("ConfigMap", "accounts-uid"),
    }
    assert actions[-1] == SetFinalizer("Plane", "infra", "prod", present=False)


def test_a_deleted_plane_without_our_finalizer_is_left_alone() -> None:
    assert decide(settled_plane(plane=plane(deletionTimestamp=DELETED, finalizers=["x"]))).actions == ()
