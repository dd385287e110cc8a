"""Seeds in Secrets: created once, immutable, verified at every read. They leave this module only as `Seed`, never as
text.
"""

from __future__ import annotations

import base64
import binascii
from asyncio import gather
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from gencreds.nats.claims import Claims, ClaimsUnsafe
from gencreds.nats.jwt import TokenInvalid, encode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed, check_public_key
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core.account_keys import KNOWN_ANNOTATION, account_refs
from microbus_operator.core.compaction import read
from microbus_operator.core.conditions import unix
from microbus_operator.core.keys import AccountKey, KeyObservation, KeyRef, KeyState, SigningKey
from microbus_operator.core.names import FIELD_MANAGER, KEY_GENERATION_LABEL, KEY_LABEL, KEY_SECRET_TYPE
from microbus_operator.core.signing_keys import (
    MADE_FOR_ANNOTATION,
    REPLACED_ANNOTATION,
    REPLACES_ANNOTATION,
    REVOKED_ANNOTATION,
    places,
)
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import Conflict, KubeError, Unsignable


class SeedUnusable(KubeError):
    """A key that was there when it was decided upon does not verify now. Looked at again."""


def _is_ours(secret: Mapping[str, Any], ref: KeyRef) -> bool:
    labels = secret["metadata"].get("labels", {})
    managed = labels.get("app.kubernetes.io/managed-by") == FIELD_MANAGER
    return bool(managed and labels.get(KEY_LABEL) == ref.role and secret.get("type") == KEY_SECRET_TYPE)


def _seed_of(secret: Mapping[str, Any], ref: KeyRef) -> Seed:
    try:
        seed = Seed.parse(base64.b64decode(secret.get("data", {}).get("seed", ""), validate=True), ref.kind)
        recorded = base64.b64decode(secret.get("data", {}).get("publicKey", ""), validate=True).decode("ascii")
    except (KeyInvalid, binascii.Error, UnicodeDecodeError) as error:
        raise KeyInvalid(f"its data does not hold a valid {ref.kind.name.lower()} seed and public key") from error
    if recorded != seed.public_key:
        raise KeyInvalid(f"publicKey is {recorded[:56]}, but the seed's is {seed.public_key}")
    return seed


async def observe_key(cluster: Cluster, ref: KeyRef) -> KeyObservation:
    """One look at a key's Secret. Raises for what could not be read: only a 404 is an absence (pitfall K2)."""
    return key_of(await cluster.get("Secret", ref.namespace, ref.secret), ref)


def key_of(secret: Mapping[str, Any] | None, ref: KeyRef) -> KeyObservation:
    """What a key's Secret holds, None where there is none."""
    if secret is None:
        return KeyObservation(ref, KeyState.ABSENT)
    uid = secret["metadata"]["uid"]
    if not _is_ours(secret, ref):
        return KeyObservation(
            ref, KeyState.FOREIGN, problem=f"it has not the type {KEY_SECRET_TYPE} and our labels", uid=uid
        )
    try:
        return KeyObservation(ref, KeyState.PRESENT, _seed_of(secret, ref).public_key, uid=uid)
    except KeyInvalid as error:
        return KeyObservation(ref, KeyState.INVALID, problem=str(error), uid=uid)


async def observe_account_keys(cluster: Cluster, plane: Plane) -> tuple[AccountKey, ...]:
    """What is at the places for the identities of a Plane's account, the first generation first."""
    refs = account_refs(plane)
    found = await gather(*(cluster.get("Secret", ref.namespace, ref.secret) for ref in refs))
    return tuple(_account_key(*each) for each in zip(found, refs, range(1, len(refs) + 1), strict=True))


def _account_key(secret: Mapping[str, Any] | None, ref: KeyRef, generation: int) -> AccountKey:
    key = key_of(secret, ref)
    if secret is None or key.state is not KeyState.PRESENT:
        return AccountKey(key, generation)
    metadata = secret["metadata"]
    noted = metadata.get("annotations", {})
    return AccountKey(
        key,
        generation,
        is_known=noted.get(KNOWN_ANNOTATION) == "true",
        replaced_by=next(iter(_keys(noted.get(REPLACED_ANNOTATION, ""), KeyKind.ACCOUNT)), ""),
        made_at=_made_at(metadata),
    )


async def observe_signing_keys(
    cluster: Cluster, app: MicrobusApp, plane: Plane, account: int = 1
) -> tuple[SigningKey, ...]:
    """What is at both places for an app's signing keys for a generation of the account."""
    first, second = places(app, plane, account)
    found = await gather(*(cluster.get("Secret", ref.namespace, ref.secret) for ref in (first, second)))
    return (_signing_key(found[0], first, account), _signing_key(found[1], second, account))


def _signing_key(secret: Mapping[str, Any] | None, ref: KeyRef, account: int) -> SigningKey:
    """A key with what is written beside it. What somebody edited there counts as not written."""
    key = key_of(secret, ref)
    if secret is None or key.state is not KeyState.PRESENT:
        return SigningKey(key, account=account)
    metadata = secret["metadata"]
    noted = metadata.get("annotations", {})
    generation = metadata.get("labels", {}).get(KEY_GENERATION_LABEL, "")
    made_for = [_number(each) for each in noted.get(MADE_FOR_ANNOTATION, "").split("/")]
    revoked, ends = read(noted.get(REVOKED_ANNOTATION, ""))
    return SigningKey(
        key,
        generation=_number(generation),
        made_for=(made_for[0], made_for[1]) if len(made_for) == 2 else (1, 1),
        made_at=_made_at(metadata),
        replaced_by=next(iter(_keys(noted.get(REPLACED_ANNOTATION, ""), KeyKind.ACCOUNT)), ""),
        replaces=_keys(noted.get(REPLACES_ANNOTATION, ""), KeyKind.ACCOUNT),
        revoked=revoked,
        ends=ends,
        account=account,
    )


def _made_at(metadata: Mapping[str, Any]) -> int | None:
    try:
        return unix(metadata["creationTimestamp"])
    except (KeyError, ValueError):
        return None


def _number(text: str) -> int:
    """A generation; the first, where nothing says which (pitfall K4)."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def _keys(text: str, kind: KeyKind) -> frozenset[str]:
    found = set()
    for word in text.split():
        with suppress(KeyInvalid):
            found.add(check_public_key(word, kind))
    return frozenset(found)


async def load_seed(cluster: Cluster, ref: KeyRef) -> Seed:
    """The seed, verified, to sign one thing with."""
    secret = await cluster.get("Secret", ref.namespace, ref.secret)
    if secret is None or not _is_ours(secret, ref):
        raise SeedUnusable(f"Secret {ref.namespace}/{ref.secret} with the {ref.role} key is gone or not ours any more")
    try:
        return _seed_of(secret, ref)
    except KeyInvalid as error:
        raise SeedUnusable(f"Secret {ref.namespace}/{ref.secret} with the {ref.role} key: {error}") from None


def signed(claims: Claims, signer: Seed, *, issued_at: int) -> str:
    """The JWT. Raises `Unsignable` where there must not be one, naming the claims."""
    try:
        return encode(claims, signer, issued_at=issued_at)
    except (ClaimsUnsafe, TokenInvalid, KeyInvalid) as error:
        raise Unsignable(f"{claims.kind.name.lower()} {claims.name or claims.subject}: {error}") from None


async def mint(
    cluster: Cluster, ref: KeyRef, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None
) -> None:
    """Create the Secret of a new key. Where one exists already it stays, and the next look verifies it.

    It has no owner: no deletion may cascade to it (pitfall K6).
    """
    seed = Seed.create(ref.kind)
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": ref.secret,
            "namespace": ref.namespace,
            "labels": dict(labels),
            **({"annotations": dict(annotations)} if annotations else {}),
        },
        "type": KEY_SECRET_TYPE,
        "immutable": True,
        "data": {
            "seed": base64.b64encode(seed.reveal().encode()).decode(),
            "publicKey": base64.b64encode(seed.public_key.encode()).decode(),
        },
    }
    try:
        await cluster.create(manifest)
    except Conflict:
        return
