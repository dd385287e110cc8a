"""The process in a workload that an app names and does not own: its variables, its command, what it may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core.actions import Manifest
from microbus_operator.core.config_files import (
    NATS_VARIABLE,
    OTHER_CREDENTIALS,
    PLANE_VARIABLE,
    ConfigFiles,
    Mistake,
    other_credentials,
)
from microbus_operator.core.network import SERVICES, Network
from microbus_operator.core.templates import Container, mapping, volumes_of


def variable_mistakes(
    app: MicrobusApp, plane: Plane, container: Container, configs: Sequence[ConfigFiles], network: Network, inside: str
) -> Iterator[Mistake]:
    """What its variables say of the plane, the servers and credentials. `inside` is how messages name the container."""
    others = [name for name in OTHER_CREDENTIALS if name in container.env]
    if others:
        yield other_credentials(inside, others)
    stated = {said for config in configs for said in config.planes.values()}
    wanted = plane.spec.plane
    said = container.env.get(PLANE_VARIABLE, "" if not stated else next(iter(sorted(stated))))
    if (PLANE_VARIABLE in container.env and said is None) or (not said and container.is_env_from_elsewhere):
        message = f"{inside} has {PLANE_VARIABLE} from elsewhere, which is not looked into; state it as {wanted}"
        yield Mistake("PlaneUnknown", message)
    elif said != wanted:
        message = f"{inside} has {PLANE_VARIABLE} {said or 'unset'}, and its credentials are of plane {wanted}"
        yield Mistake("PlaneDiffers", f"{message}; set it to that", blocking=True)
    address = container.env.get(NATS_VARIABLE, "")
    urls = _urls(plane, app.metadata.namespace, network)
    if address is None or (not address and container.is_env_from_elsewhere):
        yield Mistake("BrokerUnknown", f"{inside} has {NATS_VARIABLE} from elsewhere, which is not looked into")
    elif address not in urls:
        # What it says is not repeated: a URL may have a password in it.
        found = "another one" if address else "none"
        message = f"{inside} needs {NATS_VARIABLE} {urls[0]}, and it has {found}; set it to that"
        yield Mistake("BrokerDiffers", message, blocking=True)


def process_mistakes(container: Container, workload: Manifest, inside: str) -> Iterator[Mistake]:
    """Whether its process starts there, and can read what is there."""
    command = container.command[0] if container.command else ""
    if "/" in command and not command.startswith("/"):
        message = f"{inside} has the command {command}, which is looked for in its workingDir; write its absolute path"
        yield Mistake("RelativeCommand", message)
    mode = _unreadable_mode(container, workload)
    if mode is not None:
        message = (
            f"{inside} does not run as root, and the credentials' files are root's with mode {mode:04o}; set "
            "securityContext.fsGroup of the pod"
        )
        yield Mistake("FileUnreadable", message, blocking=True)


def _unreadable_mode(container: Container, workload: Manifest) -> int | None:
    """The mode of the volume's files where the process cannot read them; None where it can, or nobody knows.

    Files of such volumes are root's; with an `fsGroup` kubelet makes them that group's, and readable for it.
    """
    pod = mapping(mapping(workload["spec"]["template"].get("spec")).get("securityContext"))
    user = container.security.get("runAsUser", pod.get("runAsUser"))
    non_root = container.security.get("runAsNonRoot", pod.get("runAsNonRoot"))
    if pod.get("fsGroup") is not None or user == 0 or (user is None and not non_root):
        return None
    mode = 0o644
    for mount in container.mounts:
        volume = volumes_of(workload["spec"]["template"]).get(mount.volume, {})
        if mount.path.rstrip("/") == container.working_dir.rstrip("/"):
            said = mapping(volume.get("projected") or volume.get("secret")).get("defaultMode", mode)
            mode = said if isinstance(said, int) else mode
    group = container.security.get("runAsGroup", pod.get("runAsGroup"))
    return None if mode & 0o004 or (group in (0, None) and mode & 0o040) else mode


def _urls(plane: Plane, namespace: str, network: Network) -> tuple[str, ...]:
    """What `MICROBUS_NATS` may be in a namespace; the first one is what we would say."""
    full = SERVICES.client_url(plane)
    name, rest = full.split(f".{plane.metadata.namespace}.svc", 1)
    short = (f"{name}{rest}",) if namespace == plane.metadata.namespace else ()
    forms = (f"{name}.{plane.metadata.namespace}{suffix}{rest}" for suffix in (".svc.cluster.local", ""))
    return (network.client_url(plane), full, *forms, *short)
