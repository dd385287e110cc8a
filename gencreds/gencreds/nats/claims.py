"""What an operator, account or user JWT says, as values: built by `core` and by the CLI, signed in `jwt.py`.

The defaults are what we always want: every limit stated as -1, nothing imported, exported or denied. Field names are
the JSON names of Go's structs, but for a user's `pub_allow`, `pub_deny`, `sub_allow` and `sub_deny` and the standard
claims (`expires`, `not_before`: Unix seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gencreds.nats.gojson import JsonInvalid, from_json, to_json
from gencreds.nats.keykinds import KeyKind
from gencreds.nats.standard import BaseClaims, opened, values_of
from gencreds.nats.structs import (
    Export,
    ExternalAuthorization,
    Import,
    MsgTrace,
    OperatorLimits,
    Permission,
    Permissions,
    ResponsePermission,
    TimeRange,
    UserPermissionLimits,
    UserScope,
    WeightedMapping,
)

EVERY_KEY = "*"


class ClaimsUnsafe(ValueError):
    """Claims that would let more than anybody means them to."""


@dataclass(frozen=True)
class _OperatorBody:
    signing_keys: tuple[str, ...] = ()
    account_server_url: str = ""
    operator_service_urls: tuple[str, ...] = ()
    system_account: str = ""
    assert_server_version: str = ""
    strict_signing_key_usage: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _AccountBody:
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    limits: OperatorLimits = field(default_factory=OperatorLimits)
    revocations: Mapping[str, int] = field(default_factory=dict)
    default_permissions: Permissions = field(default_factory=Permissions)
    mappings: Mapping[str, tuple[WeightedMapping, ...]] = field(default_factory=dict)
    authorization: ExternalAuthorization = field(default_factory=ExternalAuthorization)
    trace: MsgTrace | None = None
    cluster_traffic: str = ""
    description: str = ""
    info_url: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _UserOwn:
    issuer_account: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OperatorClaims(BaseClaims):
    """The root of trust: which keys may sign accounts, and which account is the system's."""

    kind = KeyKind.OPERATOR
    signers = (KeyKind.OPERATOR,)

    signing_keys: tuple[str, ...] = ()
    account_server_url: str = ""
    operator_service_urls: tuple[str, ...] = ()
    system_account: str = ""
    assert_server_version: str = ""
    strict_signing_key_usage: bool = False

    def check(self) -> None:
        """Raise `KeyInvalid` if a key in here is none of its kind."""
        keys = {f"signing_keys[{index}]": (key, KeyKind.OPERATOR) for index, key in enumerate(self.signing_keys)}
        if self.system_account:
            keys["system_account"] = (self.system_account, KeyKind.ACCOUNT)
        self.check_keys(keys)

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        return self.payload_with(to_json(_OperatorBody(**values_of(self, _OperatorBody))))

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> OperatorClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = opened(payload, cls.kind)
        return cls(**common, **values_of(from_json(_OperatorBody, body, "nats"), _OperatorBody))


@dataclass(frozen=True, kw_only=True)
class AccountClaims(BaseClaims):
    """A space of subjects: which keys may sign its users, and which users are revoked (public key to Unix seconds).

    A user is refused if its JWT's `iat` is not later than its revocation; the key `*` stands for every user.
    `signing_keys` and `scopes` together are Go's `SigningKeys`, which is a set: they are written sorted, each once.
    """

    kind = KeyKind.ACCOUNT
    signers = (KeyKind.OPERATOR, KeyKind.ACCOUNT)

    signing_keys: tuple[str, ...] = ()
    revocations: Mapping[str, int] = field(default_factory=dict)
    limits: OperatorLimits = field(default_factory=OperatorLimits)
    scopes: tuple[UserScope, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    default_permissions: Permissions = field(default_factory=Permissions)
    mappings: Mapping[str, tuple[WeightedMapping, ...]] = field(default_factory=dict)
    authorization: ExternalAuthorization = field(default_factory=ExternalAuthorization)
    trace: MsgTrace | None = None
    cluster_traffic: str = ""
    description: str = ""
    info_url: str = ""

    def check(self) -> None:
        """Raise `KeyInvalid` if a key in here is none of its kind."""
        signing = (*self.signing_keys, *(scope.key for scope in self.scopes))
        keys = {f"signing_keys[{index}]": (key, KeyKind.ACCOUNT) for index, key in enumerate(signing)}
        revoked = {f"revocations[{key}]": (key, KeyKind.USER) for key in self.revocations if key != EVERY_KEY}
        self.check_keys({**keys, **revoked})

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        body = to_json(_AccountBody(**values_of(self, _AccountBody)))
        keys: dict[str, Any] = {key: key for key in self.signing_keys}
        keys.update({scope.key: to_json(scope) for scope in self.scopes})
        if keys:
            body["signing_keys"] = [keys[key] for key in sorted(keys)]
        order = ("imports", "exports", "limits", "signing_keys")
        ordered = {name: body[name] for name in order if name in body}
        return self.payload_with({**ordered, **body})

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> AccountClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = opened(payload, cls.kind)
        entries = body.pop("signing_keys", None) or []
        if not isinstance(entries, list):
            raise JsonInvalid("nats.signing_keys: it is no list")
        keys = tuple(entry for entry in entries if isinstance(entry, str))
        scopes = tuple(
            from_json(UserScope, entry, f"nats.signing_keys[{index}]")
            for index, entry in enumerate(entries)
            if not isinstance(entry, str)
        )
        if any(scope.kind != "user_scope" for scope in scopes):
            raise JsonInvalid("nats.signing_keys: a scope's kind is not user_scope")
        values = values_of(from_json(_AccountBody, body, "nats"), _AccountBody)
        values["limits"] = values["limits"].settled()
        return cls(**common, **values, signing_keys=keys, scopes=scopes)


@dataclass(frozen=True, kw_only=True)
class UserClaims(BaseClaims):
    """Who may connect, and what it may publish and subscribe.

    `issuer_account` is the account's identity and has to be set where an account signing key signs. An empty
    `pub_allow` or `sub_allow` reads, but is not signed: it would allow everything.
    """

    kind = KeyKind.USER
    signers = (KeyKind.ACCOUNT,)

    issuer_account: str | None = None
    pub_allow: tuple[str, ...] = ()
    sub_allow: tuple[str, ...] = ()
    pub_deny: tuple[str, ...] = ()
    sub_deny: tuple[str, ...] = ()
    resp: ResponsePermission | None = None
    src: tuple[str, ...] = ()
    times: tuple[TimeRange, ...] = ()
    times_location: str = ""
    subs: int = -1
    data: int = -1
    payload: int = -1
    bearer_token: bool = False
    proxy_required: bool = False
    allowed_connection_types: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise `KeyInvalid` if a key in here is none of its kind, `ClaimsUnsafe` if a list that allows is empty."""
        for name in ("pub_allow", "sub_allow"):
            if not getattr(self, name):
                raise ClaimsUnsafe(
                    f"user claims, {name}: it is empty, and to NATS that allows every subject; name some"
                )
        self.check_keys({"issuer_account": (self.issuer_account, KeyKind.ACCOUNT)} if self.issuer_account else {})

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        pub, sub = Permission(self.pub_allow, self.pub_deny), Permission(self.sub_allow, self.sub_deny)
        limits = values_of(self, UserPermissionLimits, but=("pub", "sub"))
        body = to_json(UserPermissionLimits(pub=pub, sub=sub, **limits))
        if self.issuer_account:
            body["issuer_account"] = self.issuer_account
        if self.tags:
            body["tags"] = list(self.tags)
        return self.payload_with(body)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> UserClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = opened(payload, cls.kind)
        own = from_json(_UserOwn, {key: body.pop(key) for key in ("issuer_account", "tags") if key in body}, "nats")
        permits = from_json(UserPermissionLimits, body, "nats")
        return cls(
            **common,
            **values_of(permits, UserPermissionLimits, but=("pub", "sub")),
            pub_allow=permits.pub.allow,
            pub_deny=permits.pub.deny,
            sub_allow=permits.sub.allow,
            sub_deny=permits.sub.deny,
            issuer_account=own.issuer_account or None,
            tags=own.tags,
        )


Claims = OperatorClaims | AccountClaims | UserClaims
