"""What the operator's own user in the system account may do, and nothing beside it.

The system account is all-powerful in NATS (CVE-2022-28357), so this list is as short as the requests that
`servers.py`, `claims.py`, `drift.py` and `connections.py` make. Answers come to an inbox that has the user's own key
in it: no two users share one.
"""

from __future__ import annotations

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import Creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed

ROSTER = "$SYS.REQ.SERVER.PING.STATSZ"
ACCOUNTS_HELD = "$SYS.REQ.SERVER.PING.ACCOUNTZ"
KICK = "$SYS.REQ.SERVER.{server}.KICK"
CLAIMS_UPDATE = "$SYS.REQ.ACCOUNT.{account}.CLAIMS.UPDATE"
CONNECTIONS = "$SYS.REQ.ACCOUNT.{account}.CONNZ"

PUB_ALLOW = (
    CLAIMS_UPDATE.format(account="*"),
    CONNECTIONS.format(account="*"),
    KICK.format(server="*"),
    ACCOUNTS_HELD,
    ROSTER,
)

USER_NAME = "microbus-operator"
USER_LIFE = 12 * 3600
"""Seconds. Every connection is made with a user of its own, signed for it on the spot; its expiry costs one reconnect.
"""


def inbox_prefix(user: str) -> str:
    """Where answers to a user come, less the last token."""
    return f"_INBOX.{user}"


def sub_allow(user: str) -> tuple[str, ...]:
    """What a user may subscribe to: its inbox."""
    return (f"{inbox_prefix(user)}.*",)


def system_user(account: str, signer: Seed, now: int) -> Creds:
    """A new user of the system account `account`, signed by its signing key. `now` is in Unix seconds."""
    seed = Seed.create(KeyKind.USER)
    claims = UserClaims(
        subject=seed.public_key,
        name=USER_NAME,
        issuer_account=account,
        pub_allow=PUB_ALLOW,
        sub_allow=sub_allow(seed.public_key),
        expires=now + USER_LIFE,
        allowed_connection_types=("STANDARD",),
    )
    return Creds(encode(claims, signer, issued_at=now), seed)
