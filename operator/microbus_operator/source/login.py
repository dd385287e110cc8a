"""Answers a registry's challenge with a credential: Basic, or a bearer token from the token server that it names.

The flow is https://distribution.github.io/distribution/spec/auth/token/; `registry.py` calls it on a 401.
"""

from __future__ import annotations

import json

from microbus_operator.source.auth import Challenge, Credential
from microbus_operator.source.errors import RegistryRefused, quoted
from microbus_operator.source.references import Reference
from microbus_operator.source.transport import Transport

_TOKEN_BYTES = 64 << 10


async def authorization_for(
    transport: Transport, reference: Reference, challenges: tuple[Challenge, ...], credential: Credential | None
) -> str | None:
    """The `Authorization` header that a challenge asks for; None where the credential is not accepted, or not enough.

    Raises `RegistryRefused` and what `Transport` raises.
    """
    for challenge in challenges:
        if challenge.scheme == "bearer" and "realm" in challenge.parameters:
            return await _token(transport, reference, challenge, credential)
    if any(challenge.scheme == "basic" for challenge in challenges):
        return credential.basic if credential and credential.username else None
    schemes = quoted(", ".join(challenge.scheme for challenge in challenges)) or "no"
    raise RegistryRefused(
        f"image {reference}: the registry asks for {schemes} authentication; Bearer and Basic are supported"
    )


async def _token(
    transport: Transport, reference: Reference, challenge: Challenge, credential: Credential | None
) -> str | None:
    realm = transport.checked(challenge.parameters["realm"], "token server")
    # The scope is ours to state: a registry that asks for more than pulling this repository gets no such token.
    query = {"scope": f"repository:{reference.repository}:pull"}
    if "service" in challenge.parameters:
        query["service"] = challenge.parameters["service"]
    if credential and credential.identity_token:
        grant = {"grant_type": "refresh_token", "refresh_token": credential.identity_token}
        response = await transport.post(realm, {**query, **grant, "client_id": "microbus-operator"})
    else:
        basic = credential.basic if credential else None
        response = await transport.send("GET", realm.update_query(query), authorization=basic)
    try:
        if response.status in (400, 401, 403):
            return None
        transport.check_status(response)
        body = await transport.body(response, _TOKEN_BYTES)
    finally:
        response.close()
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    token = (fields.get("token") or fields.get("access_token")) if isinstance(fields, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise RegistryRefused(
            f"image {reference}: the token server {realm.host} answers without a token; check the registry"
        )
    return f"Bearer {token}"
