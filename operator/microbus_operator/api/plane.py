"""`Plane`: the isolation prefix of every subject, one NATS account, and the brokers that enforce it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from microbus_operator.api.meta import Condition, Duration, Interval, Model, ObjectMeta
from microbus_operator.api.revocations import Receipt, RevocationRequest

# Each has a Secret, and is asked for by name at every look.
MOST_GENERATIONS = 100
PLANE_PATTERN = r"^[0-9A-Za-z]{1,32}$"


class LabelSelector(Model):
    """The equality part of `metav1.LabelSelector`."""

    match_labels: dict[str, str] = Field(default={}, description="Labels that a namespace must carry, all of them.")

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether `labels` carry every wanted pair. An empty selector matches nothing: it was forgotten, not meant."""
        return bool(self.match_labels) and self.match_labels.items() <= labels.items()


class AllowedNamespaces(Model):
    """From which namespaces a MicrobusApp may join this Plane."""

    from_: Literal["Same", "Selector", "All"] = Field(
        default="Same", alias="from", description="Same: the Plane's own namespace. Selector: by label. All: any."
    )
    selector: LabelSelector = LabelSelector()


class Limits(Model):
    """The broker's own bounds on a connection, whatever its permissions allow."""

    max_payload: Annotated[int, Field(ge=1024, le=67108864)] = Field(
        default=1048576, description="Bytes of one message (max_payload)."
    )
    max_subscriptions: Annotated[int, Field(ge=0, le=1000000)] = Field(
        default=0, description="Subscriptions of one connection; 0 sets no bound."
    )
    max_pending: Annotated[int, Field(ge=1048576, le=4294967296)] = Field(
        default=67108864, description="Bytes that may wait for a slow consumer before it is disconnected."
    )
    max_control_line: Annotated[int, Field(ge=4096, le=1048576)] = Field(
        default=65536, description="Bytes of a protocol line; a CONNECT carries a microservice's whole allow-list."
    )
    auth_timeout: Duration = Field(default="5s", description="How long a client may take to present its credentials.")


class Nats(Model):
    """The NATS cluster that the operator runs for this Plane."""

    replicas: Literal[1, 3, 5] = Field(default=3, description="Servers; 1 on a laptop.")
    image: str = Field(
        min_length=1, max_length=512, description="An image whose entrypoint is nats-server 2.14.2 or later."
    )
    limits: Limits = Limits()
    resources: dict[str, Any] = Field(
        default={},
        description="The server container's resources.",
        json_schema_extra={"x-kubernetes-preserve-unknown-fields": True},
    )


class Credentials(Model):
    """How long a microservice's credentials live."""

    expiration: Duration = Field(
        default="720h",
        description="Life of a credential, renewed at two thirds of it; 0s never expires, as upstream's default.",
    )
    rotate_every: Interval = Field(
        default="0s",
        description="How often credentials are replaced before their time, spread over the last tenth; 0s is never.",
    )


class SigningKeys(Model):
    """When each app's account signing key is replaced, and with it every credential that it signed."""

    generation: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=1,
        description="Raise it to have every app's signing key replaced, a few apps at a time.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {
                    "rule": "self >= oldSelf",
                    "message": "generation only grows; each raise replaces every app's signing key once",
                }
            ]
        },
    )
    rotate_every: Interval = Field(
        default="0s",
        description="How often signing keys are replaced by themselves, spread over the last tenth; 0s is never.",
    )


class AccountIdentity(Model):
    """Which account the Plane is, and so when all of it is replaced by another one."""

    generation: Annotated[int, Field(ge=1, le=MOST_GENERATIONS)] = Field(
        default=1,
        description="Raise it where the account is compromised: every microservice moves into a new account, all at "
        "once and without a restart, and the old one is closed for good.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {
                    "rule": "self >= oldSelf",
                    "message": "generation only grows; to call a new account off name it in abandoned",
                }
            ]
        },
    )
    abandoned: Annotated[
        tuple[Annotated[int, Field(ge=2, le=MOST_GENERATIONS)], ...], Field(max_length=MOST_GENERATIONS)
    ] = Field(
        default=(),
        description="Generations that are called off: until the old account is closed, all stay in it or return to it.",
    )


class PlaneKeys(Model):
    """How long keys stay."""

    account: AccountIdentity = AccountIdentity()
    signing_keys: SigningKeys = SigningKeys()


class PlaneSpec(Model):
    """What is wanted of a Plane."""

    plane: str = Field(
        pattern=PLANE_PATTERN,
        max_length=32,
        description="The first segment of every subject, MICROBUS_PLANE. Cannot be changed.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {"rule": "self == oldSelf", "message": "plane is part of every subject and cannot be changed"}
            ]
        },
    )
    allowed_namespaces: AllowedNamespaces = AllowedNamespaces()
    nats: Nats
    keys: PlaneKeys = PlaneKeys()
    credentials: Credentials = Credentials()
    revocations: tuple[RevocationRequest, ...] = Field(
        default=(),
        max_length=256,
        description="Users of any app, each with one of publicKey and issuedBefore, which is of the whole plane. "
        "Taking one out again undoes nothing.",
    )
    deletion_policy: Literal["Retain", "Destroy"] = Field(
        default="Retain", description="What becomes of the keys and revocations when the Plane is deleted."
    )


class SigningKeyStatus(Model):
    """An account signing key that may sign users of one app, the one of that `uid`; `since` is when it was first seen
    in the account (unix seconds).
    """

    app: str
    uid: str | None = None
    public_key: str
    state: Literal["Active", "Retiring"] = "Active"
    since: int | None = None


class ServerStatus(Model):
    """A nats-server as last seen through the system account."""

    name: str
    id: str
    version: str = ""
    account_in_sync: bool = False
    connections: int = Field(default=0, description="Clients, when this status last changed for another reason.")


class RevocationsStatus(Model):
    """The account's revocation list in figures; the broker refuses an account JWT over 1 MiB."""

    count: int = 0
    bytes: int = 0


class RotationStatus(Model):
    """How far the replacement of the Plane's account is: `from` and `to` are accounts' public keys.

    `remaining` counts the microservices that the phase waits for; `receipt` is the proof that the old account is dead.
    Times are in unix seconds, each when it was first seen.
    """

    kind: Literal["Account"] = "Account"
    phase: str
    message: str = ""
    from_: str = Field(alias="from")
    to: str
    generation: int
    started_at: int
    finished_at: int | None = None
    remaining: int = 0
    receipt: Receipt


class PlaneStatus(Model):
    """What is so."""

    observed_generation: int = 0
    phase: str = ""
    conditions: tuple[Condition, ...] = ()
    operator_public_key: str | None = None
    system_account_public_key: str | None = None
    account_public_key: str | None = None
    url: str | None = None
    signing_keys: tuple[SigningKeyStatus, ...] = ()
    servers: tuple[ServerStatus, ...] = ()
    revocations: RevocationsStatus = RevocationsStatus()
    receipts: tuple[Receipt, ...] = ()
    operator_may_be_down_until: str | None = Field(
        default=None,
        description="Until then every credential is valid and can still be renewed in time; absent where none ends.",
        json_schema_extra={"format": "date-time"},
    )
    rotation: RotationStatus | None = None


class Plane(Model):
    """A Plane as the API server holds it."""

    metadata: ObjectMeta
    spec: PlaneSpec
    status: PlaneStatus = PlaneStatus()
