"""A chain of trust for one check: made in memory, known to its broker only, gone when the check ends."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gencreds.nats.claims import AccountClaims, OperatorClaims, UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.report import ServiceReport
from microbus_operator.core.names import creds_file


@dataclass(frozen=True, repr=False)
class Trust:
    """`config` is nats-server's, `files` the creds by file name, `users` says whose each user key is."""

    config: str
    files: Mapping[str, str]
    users: Mapping[str, str]


def trust_for(services: Iterable[ServiceReport], testers: Iterable[str], plane: str) -> Trust:
    """A user for each microservice, allowed what its report says, and one for each tester, allowed the whole plane."""
    now = int(time.time())
    operator, system, account, signer = (
        Seed.create(kind) for kind in (KeyKind.OPERATOR, KeyKind.ACCOUNT, KeyKind.ACCOUNT, KeyKind.ACCOUNT)
    )
    mode = OperatorClaims(
        subject=operator.public_key,
        name="check",
        system_account=system.public_key,
        strict_signing_key_usage=True,
        signing_keys=(operator.public_key,),
    )
    accounts = (
        AccountClaims(subject=system.public_key, name="SYS"),
        AccountClaims(subject=account.public_key, name=plane, signing_keys=(signer.public_key,)),
    )
    preload = "".join(f"  {each.subject}: {encode(each, operator, issued_at=now)}\n" for each in accounts)
    config = (
        f"operator: {encode(mode, operator, issued_at=now)}\nsystem_account: {system.public_key}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preload}}}\n"
    )
    allowed = {service.hostname: (service.pub, service.sub) for service in services}
    allowed |= dict.fromkeys(testers, ((f"{plane}.>",), (f"{plane}.>",)))
    files, users = dict[str, str](), dict[str, str]()
    for hostname, (pub, sub) in allowed.items():
        user = Seed.create(KeyKind.USER)
        claims = UserClaims(
            subject=user.public_key,
            name=hostname,
            issuer_account=account.public_key,
            pub_allow=tuple(pub),
            sub_allow=tuple(sub),
        )
        files[creds_file(hostname)] = format_creds(encode(claims, signer, issued_at=now), user)
        users[user.public_key] = hostname
    return Trust(config, files, users)
