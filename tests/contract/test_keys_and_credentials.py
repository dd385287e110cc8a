"""Keys, account JWTs and credentials in an API server and a state folder: minted once, written whole, verified when
read.
"""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import replace
from typing import Any

import pytest

from gencreds.nats.creds import parse_creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.core import actions as do
from microbus_operator.core import names
from microbus_operator.core.accounts import plane_account_claims, system_account_claims
from microbus_operator.core.issuing import GENERATION_ANNOTATION, PREVIOUS_ANNOTATION, PUBLIC_KEY_ANNOTATION
from microbus_operator.core.keys import KeyRef, KeyState
from microbus_operator.core.signing_keys import (
    MADE_FOR_ANNOTATION,
    REPLACED_ANNOTATION,
    REPLACES_ANNOTATION,
    REVOKED_ANNOTATION,
    places,
)
from microbus_operator.kube.accounts import observe_accounts
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.credentials import observe_creds
from microbus_operator.kube.errors import ApiRefused, Conflict, Unsignable
from microbus_operator.kube.keys import SeedUnusable, load_seed, observe_key, observe_signing_keys
from microbus_operator.kube.perform import perform

from ..unit.core.builders import NOW, operator_said, public, user
from ..unit.core.builders import app as built_app
from ..unit.core.builders import plane as built_plane

UID = "11111111-2222-3333-4444-555555555555"
OWNER = {"apiVersion": "microbus.io/v1alpha1", "kind": "MicrobusApp", "name": "shop", "uid": UID}


def ref(namespace: str, role: str = "account", kind: KeyKind = KeyKind.ACCOUNT) -> KeyRef:
    """A key's Secret."""
    return KeyRef(namespace, f"prod-{role}-1", kind, role)


async def minted(cluster: Cluster, key: KeyRef) -> str:
    """The public key of a key that is made now, or was before."""
    await perform(cluster, do.MintKey(key, {**names.MANAGED_BY, names.KEY_LABEL: key.role}, "NoKey"), NOW)
    found = await observe_key(cluster, key)
    assert found.state is KeyState.PRESENT
    return found.public_key or ""


def key_secret(key: KeyRef, seed: str, public_key: str, **more: Any) -> dict[str, Any]:
    """A key's Secret as somebody may have written it."""
    labels = {**names.MANAGED_BY, names.KEY_LABEL: key.role}
    meta = {"name": key.secret, "namespace": key.namespace, "labels": labels}
    data = {"seed": seed, "publicKey": public_key}
    base = {"apiVersion": "v1", "kind": "Secret", "type": names.KEY_SECRET_TYPE, "metadata": meta}
    return {**base, "data": {name: base64.b64encode(text.encode()).decode() for name, text in data.items()}, **more}


async def test_a_key_is_minted_once_and_stays_k1(cluster: Cluster, namespace: str) -> None:
    assert (await observe_key(cluster, ref(namespace))).state is KeyState.ABSENT
    first = await minted(cluster, ref(namespace))
    assert await minted(cluster, ref(namespace)) == first
    assert (await load_seed(cluster, ref(namespace))).public_key == first


async def test_racing_minters_converge_on_one_key_k1(cluster: Cluster, another: Cluster, namespace: str) -> None:
    found = await asyncio.gather(*(minted(one, ref(namespace)) for one in (cluster, another) for _ in range(8)))
    assert len(set(found)) == 1


async def test_a_keys_secret_is_immutable_and_owned_by_nobody_k6(cluster: Cluster, namespace: str) -> None:
    await minted(cluster, ref(namespace))
    found = await cluster.get("Secret", namespace, "prod-account-1")
    assert found is not None
    assert found["immutable"] is True
    assert "ownerReferences" not in found["metadata"]
    with pytest.raises(ApiRefused):
        await cluster.merge("Secret", namespace, "prod-account-1", {"data": {"seed": None}})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Opaque"},
        {"metadata": {"labels": {}}},
        {"metadata": {"labels": {**names.MANAGED_BY, names.KEY_LABEL: "operator"}}},
    ],
)
async def test_a_secret_that_is_not_ours_is_foreign_whatever_it_holds_k9(
    cluster: Cluster, namespace: str, change: dict[str, Any]
) -> None:
    seed, key = Seed.create(KeyKind.ACCOUNT), ref(namespace)
    theirs = key_secret(key, seed.reveal(), seed.public_key)
    changed = {**theirs, **change, "metadata": {**theirs["metadata"], **change.get("metadata", {})}}
    await cluster.create(changed)
    assert (await observe_key(cluster, key)).state is KeyState.FOREIGN
    with pytest.raises(SeedUnusable):
        await load_seed(cluster, key)


def spoilt(which: str) -> tuple[str, str]:
    """A seed and a public key that do not fit each other, or their Secret."""
    mine, other = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
    text = mine.reveal()
    changed = text[:-1] + ("A" if text[-1] != "A" else "B")
    return {
        "checksum": (changed, mine.public_key),
        "kind": (other.reveal(), other.public_key),
        "another public key": (text, Seed.create(KeyKind.ACCOUNT).public_key),
        "empty": ("", ""),
        "no text": ("\x00\xff", mine.public_key),
    }[which]


@pytest.mark.parametrize("which", ["checksum", "kind", "another public key", "empty", "no text"])
async def test_a_key_that_does_not_verify_is_invalid_and_never_shown(
    cluster: Cluster, namespace: str, which: str
) -> None:
    seed, public_key = spoilt(which)
    await cluster.create(key_secret(ref(namespace), seed, public_key))
    found = await observe_key(cluster, ref(namespace))
    assert found.state is KeyState.INVALID
    assert not seed or seed not in repr(found)
    with pytest.raises(SeedUnusable) as refused:
        await load_seed(cluster, ref(namespace))
    assert not seed or seed not in str(refused.value)


async def test_a_key_without_data_is_invalid(cluster: Cluster, namespace: str) -> None:
    await cluster.create(key_secret(ref(namespace), "", "", data=None))
    assert (await observe_key(cluster, ref(namespace))).state is KeyState.INVALID


# An app's signing keys.


async def test_both_places_of_an_apps_signing_keys_are_read_with_what_is_noted_beside_them(
    cluster: Cluster, namespace: str
) -> None:
    plane = built_plane(namespace=namespace)
    first, second = places(built_app(), plane)
    found = await observe_signing_keys(cluster, built_app(), plane)
    assert [key.key.state for key in found] == [KeyState.ABSENT, KeyState.ABSENT]
    labels = {**names.MANAGED_BY, names.KEY_LABEL: first.role, names.KEY_GENERATION_LABEL: "7"}
    await perform(cluster, do.MintKey(first, labels, "x", {MADE_FOR_ANNOTATION: "3/5"}), NOW)
    noted = {REPLACED_ANNOTATION: public("next"), REVOKED_ANNOTATION: f"{user('one')} {user('two')}={NOW}"}
    await perform(cluster, do.Annotate(namespace, first.secret, noted, "x"), NOW)
    key, other = await observe_signing_keys(cluster, built_app(), plane)
    assert other.key.ref == second
    assert (key.generation, key.made_for, key.replaced_by) == (7, (3, 5), public("next"))
    assert (key.revoked, key.ends) == ({user("one"), user("two")}, {user("two"): NOW})
    assert key.made_at is not None
    assert abs(key.made_at - time.time()) < 60


@pytest.mark.parametrize("text", ["", "*", "x/y", "-1/0", "1/2/3", "9" * 40])
async def test_what_somebody_wrote_beside_a_signing_key_counts_as_not_written_k4(
    cluster: Cluster, namespace: str, text: str
) -> None:
    plane = built_plane(namespace=namespace)
    (first, _) = places(built_app(), plane)
    await minted(cluster, first)
    edited = dict.fromkeys((MADE_FOR_ANNOTATION, REPLACED_ANNOTATION, REPLACES_ANNOTATION, REVOKED_ANNOTATION), text)
    await perform(cluster, do.Annotate(namespace, first.secret, edited, "x"), NOW)
    (key, _) = await observe_signing_keys(cluster, built_app(), plane)
    assert (key.generation, key.made_for, key.replaced_by) == (1, (1, 1), "")
    assert key.replaces | key.revoked == frozenset()


# Credentials.


async def issuance(cluster: Cluster, namespace: str, **more: Any) -> do.IssueUser:
    """An issuance for `orders.example`, its signer minted."""
    signer = ref(namespace, "app-signing")
    await minted(cluster, signer)
    labels = {**names.MANAGED_BY, names.APP_LABEL: "shop"}
    defaults: dict[str, Any] = {
        "hostname": "orders.example",
        "namespace": namespace,
        "secret": "shop-orders.example-creds",
        "owner": OWNER,
        "labels": labels,
        "annotations": {PREVIOUS_ANNOTATION: "{}"},
        "pub": ("prod.safe.443.orders_example.pay_example.~.GET.x",),
        "sub": ("prod.safe.443.*.orders_example.~.GET.>",),
        "issuer_account": public("account"),
        "signer": signer,
        "issued_after": 0,
        "life": 3600,
        "replaces": "",
        "reason": "there are none",
    }
    return do.IssueUser(**{**defaults, **more})


async def observed(cluster: Cluster, action: do.IssueUser, uid: str = UID) -> Any:
    """What is seen of what was issued."""
    return await observe_creds(cluster, action.namespace, action.secret, action.hostname, uid)


async def test_what_was_issued_is_what_is_observed(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace)
    assert await observed(cluster, action) is None
    await perform(cluster, action, NOW)
    found = await observed(cluster, action)
    assert (found.pub, found.sub, found.issuer_account) == (action.pub, action.sub, action.issuer_account)
    assert found.issuer == (await observe_key(cluster, action.signer)).public_key
    assert (found.issued_at, found.expires_at) == (NOW, NOW + 3600)
    assert (found.foreign, found.invalid, found.previous) == (None, "", {})


@pytest.mark.parametrize(
    ("said", "expected"), [({}, 1), ("7", 7), ("", 1), ("0", 1), ("-3", 1), ("many", 1), ("²", 1), ("9" * 40, 1)]
)
async def test_the_generation_is_read_back_and_what_is_none_is_the_first_k4(
    cluster: Cluster, namespace: str, said: str | dict[str, str], expected: int
) -> None:
    annotations = {GENERATION_ANNOTATION: said} if isinstance(said, str) else said
    action = replace(await issuance(cluster, namespace), annotations=annotations)
    await perform(cluster, action, NOW)
    assert (await observed(cluster, action)).generation == expected


async def test_the_secret_holds_one_file_that_fabric_finds_and_nothing_else_n12(
    cluster: Cluster, namespace: str
) -> None:
    action = await issuance(cluster, namespace)
    await perform(cluster, action, NOW)
    secret = await cluster.get("Secret", namespace, action.secret)
    assert secret is not None
    assert list(secret["data"]) == ["orders.example_nats.creds"]
    creds = parse_creds(base64.b64decode(secret["data"]["orders.example_nats.creds"]).decode())
    claims = decode(creds.jwt, KeyKind.USER).claims
    assert claims.subject == creds.seed.public_key == secret["metadata"]["annotations"][PUBLIC_KEY_ANNOTATION]
    assert secret["metadata"]["ownerReferences"][0]["uid"] == UID
    assert creds.seed.reveal() not in str(secret["metadata"])


async def test_each_issuance_is_a_new_key_later_than_the_last_r8_n15(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace)
    await perform(cluster, action, NOW)
    first = await observed(cluster, action)
    previous = {PREVIOUS_ANNOTATION: f'{{"{first.public_key}": {first.issued_at}}}'}
    again = replace(action, replaces=first.resource_version, issued_after=first.issued_at, annotations=previous, life=0)
    await perform(cluster, again, NOW)
    second = await observed(cluster, again)
    assert second.public_key != first.public_key
    assert second.issued_at == first.issued_at + 1
    assert second.expires_at is None
    assert second.previous == {first.public_key: first.issued_at}


@pytest.mark.parametrize("replaces", ["", "1"])
async def test_two_issuers_of_one_secret_never_overwrite_each_other(
    cluster: Cluster, namespace: str, replaces: str
) -> None:
    action = await issuance(cluster, namespace)
    await perform(cluster, action, NOW)
    with pytest.raises(Conflict):
        await perform(cluster, replace(action, replaces=replaces), NOW)


async def test_revoked_keys_are_forgotten_and_the_credentials_stay(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace, annotations={PREVIOUS_ANNOTATION: f'{{"{user("old")}": 5}}'})
    await perform(cluster, action, NOW)
    before = await observed(cluster, action)
    assert before.previous == {user("old"): 5}
    await perform(cluster, do.Annotate(namespace, action.secret, {PREVIOUS_ANNOTATION: "{}"}, "Revoked"), NOW)
    after = await observed(cluster, action)
    assert after == replace(before, previous={}, resource_version=after.resource_version)


async def test_a_secret_of_another_app_is_foreign_k9(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace)
    await perform(cluster, action, NOW)
    found = await observed(cluster, action, uid="another")
    assert found.foreign is not None
    assert found.public_key is None


@pytest.mark.parametrize("data", [{"orders.example_nats.creds": "bm9uZQ=="}, {"other": "eA=="}])
async def test_an_edited_secret_is_invalid_and_its_key_still_known(
    cluster: Cluster, namespace: str, data: dict[str, str]
) -> None:
    action = await issuance(cluster, namespace)
    await perform(cluster, action, NOW)
    before = await observed(cluster, action)
    await cluster.merge("Secret", namespace, action.secret, {"data": {"orders.example_nats.creds": None, **data}})
    found = await observed(cluster, action)
    assert found.invalid
    assert found.public_key == before.public_key
    await perform(cluster, replace(action, replaces=found.resource_version), NOW)
    assert (await observed(cluster, action)).invalid == ""


async def test_credentials_signed_by_a_key_that_is_gone_are_not_written(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace, signer=ref(namespace, "gone"))
    with pytest.raises(SeedUnusable):
        await perform(cluster, action, NOW)
    assert await observed(cluster, action) is None


async def test_nobody_is_signed_without_an_allow_list(cluster: Cluster, namespace: str) -> None:
    action = await issuance(cluster, namespace, pub=())
    with pytest.raises(Unsignable, match=r"orders\.example"):
        await perform(cluster, action, NOW)
    assert await observed(cluster, action) is None


# Account JWTs.


async def publication(cluster: Cluster, namespace: str, **more: Any) -> do.PublishAccounts:
    """The first publication of a Plane, its keys minted."""
    operator = ref(namespace, "operator", KeyKind.OPERATOR)
    signing = ref(namespace, "operator-signing", KeyKind.OPERATOR)
    for key in (operator, signing):
        await minted(cluster, key)
    system = system_account_claims(public("system-account"), public("system-account-signing"))
    account = plane_account_claims(built_plane(), public("account"), [public("app-signing")], {user("old"): 7})
    defaults: dict[str, Any] = {
        "config_map": (namespace, "prod-accounts"),
        "labels": {**names.MANAGED_BY, names.ACCOUNTS_LABEL: "true"},
        "resource_version": "",
        "operator": operator_said(),
        "operator_not_before": 0,
        "operator_signer": operator,
        "accounts": (do.AccountToSign(system, 0), do.AccountToSign(account, 0)),
        "account_signer": signing,
        "kept": {},
        "reason": "ClaimsChanged",
    }
    return do.PublishAccounts(**{**defaults, **more})


async def test_what_was_published_is_what_is_observed(cluster: Cluster, namespace: str) -> None:
    assert (await observe_accounts(cluster, namespace, "prod-accounts")).accounts == {}
    action = await publication(cluster, namespace)
    await perform(cluster, action, NOW)
    found = await observe_accounts(cluster, namespace, "prod-accounts")
    assert found.trouble is None
    assert found.operator == action.operator
    for item in action.accounts:
        assert found.accounts[item.claims.subject].claims == item.claims
        assert found.accounts[item.claims.subject].issued_at == NOW


async def test_an_accounts_time_only_grows_n6(cluster: Cluster, namespace: str) -> None:
    await perform(cluster, await publication(cluster, namespace), NOW)
    first = await observe_accounts(cluster, namespace, "prod-accounts")
    claims = first.accounts[public("account")].claims
    changed = replace(claims, revocations={**claims.revocations, user("new"): NOW})
    kept = {f"{key}.jwt": item.jwt for key, item in first.accounts.items() if key != claims.subject}
    action = await publication(
        cluster,
        namespace,
        resource_version=first.resource_version,
        operator=None,
        accounts=(do.AccountToSign(changed, first.accounts[claims.subject].issued_at),),
        kept={**kept, "operator.jwt": first.operator_jwt or ""},
    )
    await perform(cluster, action, NOW - 1000)
    second = await observe_accounts(cluster, namespace, "prod-accounts")
    assert second.accounts[claims.subject].issued_at == NOW + 1
    assert second.accounts[claims.subject].claims == changed
    assert second.accounts[public("system-account")] == first.accounts[public("system-account")]
    assert second.operator_jwt == first.operator_jwt


async def test_a_second_publisher_fails_instead_of_undoing_the_first(cluster: Cluster, namespace: str) -> None:
    action = await publication(cluster, namespace)
    await perform(cluster, action, NOW)
    with pytest.raises(Conflict):
        await perform(cluster, action, NOW)
    first = await observe_accounts(cluster, namespace, "prod-accounts")
    ahead = replace(action, resource_version=first.resource_version)
    await perform(cluster, ahead, NOW + 10)
    with pytest.raises(Conflict):
        await perform(cluster, ahead, NOW + 20)


async def test_a_config_map_of_that_name_that_is_not_ours_is_a_conflict_k9(cluster: Cluster, namespace: str) -> None:
    meta = {"name": "prod-accounts", "namespace": namespace}
    await cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"a": "b"}})
    found = await observe_accounts(cluster, namespace, "prod-accounts")
    assert found.trouble is not None
    assert found.trouble.reason == "ConfigMapConflict"


@pytest.mark.parametrize("how", ["garbage", "swapped"])
async def test_a_jwt_that_does_not_verify_is_a_trouble_and_not_a_new_identity(
    cluster: Cluster, namespace: str, how: str
) -> None:
    await perform(cluster, await publication(cluster, namespace), NOW)
    found = await observe_accounts(cluster, namespace, "prod-accounts")
    wrong = "a.b.c" if how == "garbage" else found.accounts[public("system-account")].jwt
    await cluster.merge("ConfigMap", namespace, "prod-accounts", {"data": {f"{public('account')}.jwt": wrong}})
    spoilt_now = await observe_accounts(cluster, namespace, "prod-accounts")
    assert spoilt_now.trouble is not None
    assert spoilt_now.trouble.reason == "AccountsInvalid"
