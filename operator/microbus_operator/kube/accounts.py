"""The accounts' ConfigMap: read and verified, signed and written. Account JWTs are public; nothing here is secret but
the signer.
"""

from __future__ import annotations

from typing import Any

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind
from microbus_operator.core.actions import PublishAccounts
from microbus_operator.core.names import ACCOUNTS_LABEL, FIELD_MANAGER
from microbus_operator.core.observed import PublishedAccount, PublishedAccounts, Trouble
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.keys import load_seed, signed

OPERATOR_ENTRY = "operator.jwt"


async def observe_accounts(cluster: Cluster, namespace: str, name: str) -> PublishedAccounts:
    """What is published, decoded and verified."""
    found = await cluster.get("ConfigMap", namespace, name)
    if found is None:
        return PublishedAccounts()
    labels = found["metadata"].get("labels", {})
    if labels.get(ACCOUNTS_LABEL) != "true" or labels.get("app.kubernetes.io/managed-by") != FIELD_MANAGER:
        message = f"ConfigMap {namespace}/{name} exists but is not the operator's; rename or delete it"
        return PublishedAccounts(trouble=Trouble("ConfigMapConflict", message))
    try:
        return _decoded(found)
    except TokenInvalid as error:
        message = f"ConfigMap {namespace}/{name} holds a JWT that does not verify ({error}); restore it from a backup"
        return PublishedAccounts(trouble=Trouble("AccountsInvalid", message))


def _decoded(found: dict[str, Any]) -> PublishedAccounts:
    operator_jwt: str | None = None
    operator: OperatorClaims | None = None
    operator_issued_at = 0
    accounts: dict[str, PublishedAccount] = {}
    for entry, token in found.get("data", {}).items():
        if entry == OPERATOR_ENTRY:
            signed = decode(token, KeyKind.OPERATOR)
            if isinstance(signed.claims, OperatorClaims):
                operator_jwt, operator, operator_issued_at = token, signed.claims, signed.issued_at
        elif entry.endswith(".jwt"):
            decoded = decode(token, KeyKind.ACCOUNT)
            if not isinstance(decoded.claims, AccountClaims) or f"{decoded.claims.subject}.jwt" != entry:
                raise TokenInvalid(f"entry {entry} holds the JWT of another account")
            accounts[decoded.claims.subject] = PublishedAccount(
                token, decoded.claims, decoded.issuer, decoded.issued_at
            )
    metadata = found["metadata"]
    return PublishedAccounts(
        resource_version=metadata["resourceVersion"],
        uid=metadata["uid"],
        operator_jwt=operator_jwt,
        operator=operator,
        accounts=accounts,
        operator_issued_at=operator_issued_at,
    )


async def publish(cluster: Cluster, action: PublishAccounts, now: int) -> None:
    """Sign what changed and write the whole ConfigMap in one request; another writer in between is a conflict.

    `iat` is later than that of the JWT which it replaces, whatever the clock says.
    """
    entries = dict(action.kept)
    if action.operator is not None:
        signer = await load_seed(cluster, action.operator_signer)
        entries[OPERATOR_ENTRY] = signed(action.operator, signer, issued_at=max(now, action.operator_not_before + 1))
    if action.accounts:
        signer = await load_seed(cluster, action.account_signer)
        for item in action.accounts:
            issued_at = max(now, item.not_before + 1)
            entries[f"{item.claims.subject}.jwt"] = signed(item.claims, signer, issued_at=issued_at)
    namespace, name = action.config_map
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(action.labels)},
        "data": entries,
    }
    if not action.resource_version:
        await cluster.create(manifest)
        return
    manifest["metadata"]["resourceVersion"] = action.resource_version
    await cluster.apply(manifest)
