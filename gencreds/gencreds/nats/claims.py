"""What an operator, account or user JWT says, as values: built by `core` and by the CLI, signed in `jwt.py`.

The defaults are what we always want: every limit stated as -1, nothing imported, exported or denied. Field names are
the JSON names of Go's structs, but for a user's `pub_allow`, `pub_deny`, `sub_allow` and `sub_deny` and the standard
claims (`expires`, `not_before`: Unix seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from gencreds.nats.gojson import JsonInvalid, from_json, to_json
from gencreds.nats.nkeys import KeyInvalid, KeyKind, check_public_key
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

CLAIMS_VERSION = 2
EVERY_KEY = "*"


@dataclass(frozen=True)
class _Standard:
    """The claims of every JWT that do not come from signing it."""

    aud: str = ""
    exp: int = 0
    name: str = ""
    nbf: int = 0
    sub: str = ""


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
class _Claims:
    """What every kind of claims has: whose they are and when they hold."""

    kind: ClassVar[KeyKind]
    signers: ClassVar[tuple[KeyKind, ...]]

    subject: str
    name: str = ""
    audience: str = ""
    expires: int | None = None
    not_before: int | None = None
    tags: tuple[str, ...] = ()

    def _payload(self, body: dict[str, Any]) -> dict[str, Any]:
        standard = _Standard(self.audience, self.expires or 0, self.name, self.not_before or 0, self.subject)
        tail = {"type": self.kind.name.lower(), "version": CLAIMS_VERSION}
        return {**to_json(standard), "nats": {**body, **tail}}

    def _check(self, problems: Mapping[str, tuple[str, KeyKind]]) -> None:
        for where, (text, kind) in {"sub": (self.subject, self.kind), **problems}.items():
            try:
                check_public_key(text, kind)
            except KeyInvalid as error:
                raise KeyInvalid(f"{self.kind.name.lower()} claims, {where}: {error}") from None


def _opened(payload: Mapping[str, Any], kind: KeyKind) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments that every kind of claims takes, and the body without its type and version."""
    body = payload.get("nats")
    if not isinstance(body, dict):
        raise JsonInvalid("nats: it is no object")
    if body.get("version") != CLAIMS_VERSION or type(body["version"]) is not int:
        raise JsonInvalid(f"nats.version: it is not {CLAIMS_VERSION}")
    if body.get("type") != kind.name.lower():
        raise JsonInvalid(f"nats.type: it is not {kind.name.lower()}")
    rest = {key: value for key, value in payload.items() if key not in ("nats", "iss", "iat", "jti")}
    standard = from_json(_Standard, rest, "claims")
    common = {
        "subject": standard.sub,
        "name": standard.name,
        "audience": standard.aud,
        "expires": standard.exp or None,
        "not_before": standard.nbf or None,
    }
    return common, {key: value for key, value in body.items() if key not in ("type", "version")}


def _values(source: object, struct: type, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what `source` has of the fields of `struct`."""
    return {item.name: getattr(source, item.name) for item in fields(struct) if item.name not in but}


@dataclass(frozen=True, kw_only=True)
class OperatorClaims(_Claims):
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
        self._check(keys)

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        return self._payload(to_json(_OperatorBody(**_values(self, _OperatorBody))))

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> OperatorClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = _opened(payload, cls.kind)
        return cls(**common, **_values(from_json(_OperatorBody, body, "nats"), _OperatorBody))


@dataclass(frozen=True, kw_only=True)
class AccountClaims(_Claims):
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
        self._check({**keys, **revoked})

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        body = to_json(_AccountBody(**_values(self, _AccountBody)))
        keys: dict[str, Any] = {key: key for key in self.signing_keys}
        keys.update({scope.key: to_json(scope) for scope in self.scopes})
        if keys:
            body["signing_keys"] = [keys[key] for key in sorted(keys)]
        order = ("imports", "exports", "limits", "signing_keys")
        ordered = {name: body[name] for name in order if name in body}
        return self._payload({**ordered, **body})

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> AccountClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = _opened(payload, cls.kind)
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
        values = _values(from_json(_AccountBody, body, "nats"), _AccountBody)
        values["limits"] = values["limits"].settled()
        return cls(**common, **values, signing_keys=keys, scopes=scopes)


@dataclass(frozen=True, kw_only=True)
class UserClaims(_Claims):
    """Who may connect, and what it may publish and subscribe.

    `issuer_account` is the account's identity and has to be set where an account signing key signs.
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
        """Raise `KeyInvalid` if a key in here is none of its kind."""
        self._check({"issuer_account": (self.issuer_account, KeyKind.ACCOUNT)} if self.issuer_account else {})

    def to_payload(self) -> dict[str, Any]:
        """Return the JWT's payload without `jti`, `iat` and `iss`."""
        pub, sub = Permission(self.pub_allow, self.pub_deny), Permission(self.sub_allow, self.sub_deny)
        limits = _values(self, UserPermissionLimits, but=("pub", "sub"))
        body = to_json(UserPermissionLimits(pub=pub, sub=sub, **limits))
        if self.issuer_account:
            body["issuer_account"] = self.issuer_account
        if self.tags:
            body["tags"] = list(self.tags)
        return self._payload(body)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> UserClaims:
        """Read a payload; raises `JsonInvalid`."""
        common, body = _opened(payload, cls.kind)
        own = from_json(_UserOwn, {key: body.pop(key) for key in ("issuer_account", "tags") if key in body}, "nats")
        permits = from_json(UserPermissionLimits, body, "nats")
        return cls(
            **common,
            **_values(permits, UserPermissionLimits, but=("pub", "sub")),
            pub_allow=permits.pub.allow,
            pub_deny=permits.pub.deny,
            sub_allow=permits.sub.allow,
            sub_deny=permits.sub.deny,
            issuer_account=own.issuer_account or None,
            tags=own.tags,
        )


Claims = OperatorClaims | AccountClaims | UserClaims
