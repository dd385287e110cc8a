"""`MicrobusApp`: the bundles of one application, and the credentials of each microservice in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from microbus_operator.api.meta import Condition, Duration, Interval, Model, ObjectMeta
from microbus_operator.api.revocations import AppRevocationRequest, Receipt

DNS_SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"


class PlaneRef(Model):
    """The Plane that the app joins."""

    name: str = Field(pattern=DNS_LABEL, max_length=63)
    namespace: str | None = Field(
        default=None, pattern=DNS_LABEL, max_length=63, description="The app's own where left out."
    )


class ConfigSource(Model):
    """Where `config.yaml`, `env.yaml`, their `.local.yaml` and `*.pem` come from: files beside the credentials."""

    secret_ref: str | None = Field(default=None, max_length=253)
    config_map_ref: str | None = Field(default=None, max_length=253)


class ExistingWorkload(Model):
    """A workload of somebody else's, in the app's namespace."""

    kind: Literal["Deployment", "StatefulSet", "DaemonSet"] = "Deployment"
    name: str = Field(pattern=DNS_SUBDOMAIN, max_length=253)


class Workload(Model):
    """The Deployment that the operator makes for a bundle, or the workload that it only checks and rolls."""

    existing: ExistingWorkload | None = Field(
        default=None, description="Not made, but checked, and rolled by an annotation of its pod template."
    )
    replicas: Annotated[int, Field(ge=0, le=1000)] = 1
    command: tuple[str, ...] | None = Field(
        default=None, max_length=64, description="Absolute: the working directory is the credentials'."
    )
    template: dict[str, Any] = Field(
        default={},
        description="A partial pod template, merged under the operator's own fields; lists by name.",
        json_schema_extra={"x-kubernetes-preserve-unknown-fields": True},
    )


class Bundle(Model):
    """One image of one or more microservices."""

    name: str = Field(pattern=DNS_LABEL, max_length=40)
    image: str = Field(min_length=1, max_length=512, description="Resolved to a digest, and run by that digest.")
    main: str | None = Field(
        default=None,
        max_length=256,
        pattern=r"^[^/].*\.go$",
        description="The bundle's main.go in its source, where the source archive does not say.",
    )
    workload: Workload = Workload()
    config: ConfigSource | None = None


class AppSigningKeyRotation(Model):
    """The account signing key that signs this app's credentials."""

    generation: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=1,
        description="Raise it to have the key replaced, and with it every credential of the app.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {
                    "rule": "self >= oldSelf",
                    "message": "generation only grows; each raise replaces the app's signing key once",
                }
            ]
        },
    )


class AppCredentials(Model):
    """What this app wants otherwise than its Plane, and how its pods get it."""

    delivery: Literal["Restart", "Reload"] = Field(
        default="Restart",
        description="Restart: by a rolling update. Reload: the file changes in place, and old connections are closed, "
        "one of a microservice at a time; what is on its way to such a connection is lost.",
    )
    expiration: Duration | None = None
    rotate_every: Interval | None = None
    generation: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=1,
        description="Raise it to have every credential of the app replaced, and the old ones revoked once unused.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {
                    "rule": "self >= oldSelf",
                    "message": "generation only grows; each raise replaces the app's credentials once",
                }
            ]
        },
    )
    restart_deaf_per_hour: Annotated[int, Field(ge=0, le=60)] = Field(
        default=0,
        description="How many pods an hour are evicted because a microservice in them has no connection, though the "
        "brokers are well; 0 only reports them.",
    )

    signing_key: AppSigningKeyRotation = AppSigningKeyRotation()


class MicrobusAppSpec(Model):
    """What is wanted of an app."""

    plane_ref: PlaneRef = Field(
        description="Cannot be changed: the app's signing key and credentials are of that Plane's account.",
        json_schema_extra={
            "x-kubernetes-validations": [
                {"rule": "self == oldSelf", "message": "an app cannot move to another Plane; make a new one there"}
            ]
        },
    )
    bundles: tuple[Bundle, ...] = Field(
        min_length=1,
        max_length=32,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    )
    credentials: AppCredentials = AppCredentials()
    revocations: tuple[AppRevocationRequest, ...] = Field(
        default=(),
        max_length=256,
        description="Each with one of publicKey and issuedBefore. Taking one out again undoes nothing.",
    )


class BundleStatus(Model):
    """What a bundle's image turned out to be."""

    name: str
    image: str
    digest: str | None = None
    source_digest: str | None = None
    trust: str | None = None
    workload: str | None = None
    ready_replicas: int = 0


class PreviousKey(Model):
    """A user key that was replaced and is not revoked yet. `signer` and `expiresAt` are what its own JWT said while it
    was in use; without a signer that is not known.
    """

    public_key: str
    issued_at: int
    signer: str | None = None
    expires_at: int | None = None
    connections: int | None = None


class ServiceStatus(Model):
    """One microservice and the credentials it has been issued."""

    hostname: str
    bundle: str
    secret_name: str
    user_public_key: str | None = None
    issuance: str | None = None
    issued_at: int | None = None
    signer: str | None = Field(default=None, description="The key of the account that signed for it.")
    expires_at: int | None = None
    pub: int = 0
    sub: int = 0
    trust_roots: int = 0
    wildcards: int = 0
    connect_bytes: int = 0
    phase: str = ""
    previous: tuple[PreviousKey, ...] = ()


class FindingStatus(Model):
    """A finding of the analysis, as gencreds reports it."""

    rule: str
    severity: str
    message: str
    file: str
    line: int
    hostname: str


class Revocation(Model):
    """A user key that the app wants revoked, and as of when (unix seconds)."""

    public_key: str
    issued_at: int


class Unconnected(Model):
    """A microservice without a connection in a pod that is ready, and since when that is seen (unix seconds)."""

    pod: str
    hostname: str
    since: int


class PodRestart(Model):
    """A pod that was evicted because it was deaf, and when (unix seconds)."""

    pod: str
    at: int


class AppSigningKey(Model):
    """A key that may sign this app's credentials: the one that does, one that is being replaced, one for the account
    that is to come, or one whose Secret is lost. `planeGeneration` and `appGeneration` are what it was made for.
    """

    public_key: str
    secret: str
    generation: int = 1
    state: Literal["Active", "Retiring", "Lost", "Coming"] = "Active"
    plane_generation: int = 1
    app_generation: int = 1


class MicrobusAppStatus(Model):
    """What is so."""

    observed_generation: int = 0
    phase: str = ""
    conditions: tuple[Condition, ...] = ()
    signing_key: str | None = None
    signing_keys: tuple[AppSigningKey, ...] = ()
    bundles: tuple[BundleStatus, ...] = ()
    services: tuple[ServiceStatus, ...] = ()
    findings: tuple[FindingStatus, ...] = ()
    revoking: tuple[Revocation, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    unconnected: tuple[Unconnected, ...] = ()
    restarts: tuple[PodRestart, ...] = ()


class MicrobusApp(Model):
    """A MicrobusApp as the API server holds it."""

    metadata: ObjectMeta
    spec: MicrobusAppSpec
    status: MicrobusAppStatus = MicrobusAppStatus()

    @property
    def key(self) -> str:
        """`namespace/name`, as people and events name an app."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def plane_key(self) -> tuple[str, str]:
        """Namespace and name of the Plane that the app joins."""
        return (self.spec.plane_ref.namespace or self.metadata.namespace, self.spec.plane_ref.name)
