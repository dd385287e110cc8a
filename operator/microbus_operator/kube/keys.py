"""Seeds in Secrets: created once, immutable, verified at every read. They leave this module only as `Seed`, never as
text.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from gencreds.nats.claims import Claims, ClaimsUnsafe
from gencreds.nats.jwt import TokenInvalid, encode
from gencreds.nats.nkeys import KeyInvalid, Seed
from microbus_operator.core.keys import KeyObservation, KeyRef, KeyState
from microbus_operator.core.names import FIELD_MANAGER, KEY_LABEL, KEY_SECRET_TYPE
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
    secret = await cluster.get("Secret", ref.namespace, ref.secret)
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


async def mint(cluster: Cluster, ref: KeyRef, labels: Mapping[str, str]) -> None:
    """Create the Secret of a new key. Where one exists already it stays, and the next look verifies it.

    It has no owner: no deletion may cascade to it (pitfall K6).
    """
    seed = Seed.create(ref.kind)
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": ref.secret, "namespace": ref.namespace, "labels": dict(labels)},
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
