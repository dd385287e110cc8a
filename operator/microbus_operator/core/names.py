"""Names and labels of everything the operator makes. A name says plane, kind and generation."""

from __future__ import annotations

import re
from hashlib import sha256

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane

FIELD_MANAGER = "microbus-operator"
FINALIZER = "microbus.io/operator"
MANAGED_BY = {"app.kubernetes.io/managed-by": FIELD_MANAGER}
KEY_LABEL = "microbus.io/key"
PLANE_LABEL = "microbus.io/plane"
APP_LABEL = "microbus.io/app"
APP_NAMESPACE_LABEL = "microbus.io/app-namespace"
KEY_GENERATION_LABEL = "microbus.io/key-generation"
SERVICE_LABEL = "microbus.io/microservice"
ACCOUNTS_LABEL = "microbus.io/accounts"
APPLIED_ANNOTATION = "microbus.io/applied"

KEY_SECRET_TYPE = "microbus.io/nkey"  # noqa: S105 - a type
CREDS_SECRET_TYPE = "microbus.io/creds"  # noqa: S105 - a type


def bounded(name: str, limit: int = 63) -> str:
    """`name`, or where it is longer than `limit` its beginning and a hash of the whole: still unique and readable."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 11].rstrip('-.')}-{sha256(name.encode()).hexdigest()[:10]}"


def key_secret(plane: str, role: str, generation: int = 1) -> str:
    """The Secret of one of a Plane's keys."""
    return bounded(f"{plane}-{role}-{generation}", 253)


def app_key_secret(plane: str, app_namespace: str, app: str, uid: str, place: int = 1, account: int = 1) -> str:
    """The Secret of an account signing key of an app, in the Plane's namespace: at one of two places, 1 and 2, for each
    generation of the Plane's account.

    The app's uid is part of it, so that an app deleted and made again never adopts the key that its old
    credentials were signed by. There are two places, since an app has the key that it uses and the one before or
    after it, and each has to be found by name (ADR 9).
    """
    of_account = f"a{account}-" if account > 1 else ""
    return bounded(f"{plane}-app-{app_namespace}.{app}-{uid[:8]}-{of_account}{place}", 253)


def accounts_config_map(plane: str) -> str:
    """The ConfigMap that holds a Plane's account JWTs; the resolver serves it."""
    return bounded(f"{plane}-accounts", 253)


def nats(plane: str) -> str:
    """The StatefulSet, Service and configuration of a Plane's brokers."""
    return bounded(f"{plane}-nats", 52)


def nats_peers(plane: str) -> str:
    """The headless Service through which the brokers find one another."""
    return bounded(f"{plane}-nats-peers", 63)


def workload(app: str, bundle: str) -> str:
    """A bundle's Deployment."""
    return bounded(f"{app}-{bundle}", 63)


def creds_secret(app: str, hostname: str) -> str:
    """The Secret of one microservice's credentials, legible: hostnames are DNS-like.

    One that is not (`a_b.example`) gets a hash too, so that it never shares a Secret with its neighbour `a-b.example`.
    """
    if re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", hostname):
        return bounded(f"{app}-{hostname}-creds", 253)
    legible = re.sub(r"[^a-z0-9]+", "-", hostname.lower()).strip("-")
    return bounded(f"{app}-{legible}-{sha256(hostname.encode()).hexdigest()[:10]}-creds", 253)


def creds_file(hostname: str) -> str:
    """The file that fabric's connector looks for in its working directory."""
    return f"{hostname}_nats.creds"


def plane_labels(plane: Plane) -> dict[str, str]:
    """Labels of what belongs to a Plane."""
    return {**MANAGED_BY, PLANE_LABEL: bounded(plane.metadata.name)}


def app_labels(app: MicrobusApp) -> dict[str, str]:
    """Labels of what belongs to an app; never the app's own labels (a GitOps tool would prune what carries its)."""
    return {**MANAGED_BY, APP_LABEL: bounded(app.metadata.name), PLANE_LABEL: bounded(app.spec.plane_ref.name)}
