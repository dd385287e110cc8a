"""Whether a bundle's pods will find their own credentials and nothing else, by what they are made from.

The usual mistakes, each with the bundle, the field, what was found and what to do. Those that would give a client other
credentials keep the rollout that there is; the rest is said, and delivery goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from microbus_operator.api.app import Bundle
from microbus_operator.api.plane import Plane
from microbus_operator.core.app_workload import VOLUME, WORKING_DIRECTORY
from microbus_operator.core.conditions import State
from microbus_operator.core.config_files import (
    NATS_VARIABLE,
    OTHER_CREDENTIALS,
    PLANE_VARIABLE,
    ConfigFiles,
    Mistake,
    config_mistakes,
    other_credentials,
)
from microbus_operator.core.existing import existing_mistakes, holder, told
from microbus_operator.core.network import Network
from microbus_operator.core.observed import AppObserved, Trouble
from microbus_operator.core.templates import Container, containers_of, volumes_of

DELIVERY_VERIFIED = "DeliveryVerified"


def mistakes_of(
    observed: AppObserved, plane: Plane, bundle: Bundle, hostnames: Sequence[str], network: Network
) -> tuple[Mistake, ...]:
    """What is wrong with the delivery to a bundle of those microservices, what blocks it first."""
    if bundle.workload.existing is not None:
        found = list(_existing_mistakes(observed, plane, bundle, hostnames, network))
    else:
        found = [*_template_mistakes(bundle, plane), *_config_mistakes(observed, plane, bundle, network)]
    said = [replace(each, message=f"bundle {bundle.name}: {each.message}") for each in found]
    return tuple(sorted(said, key=lambda each: not each.blocking))


def blocked(mistakes: Sequence[Mistake]) -> Trouble | None:
    """What keeps a bundle from being rolled out."""
    blocking = [each for each in mistakes if each.blocking]
    if not blocking:
        return None
    return Trouble(blocking[0].reason, "; ".join(each.message for each in blocking))


def verified_state(mistakes: Sequence[Mistake]) -> State:
    """The condition: all mistakes of an app's bundles, what blocks first."""
    if not mistakes:
        return State.true("Verified", "each microservice finds its own credentials, and no others")
    ordered = sorted(mistakes, key=lambda each: not each.blocking)
    return State.false(ordered[0].reason, "; ".join(each.message for each in ordered))


def _existing_mistakes(
    observed: AppObserved, plane: Plane, bundle: Bundle, hostnames: Sequence[str], network: Network
) -> Iterator[Mistake]:
    app, existing, workload = observed.app, bundle.workload.existing, observed.deployments.get(bundle.name)
    if existing is None:
        return
    if workload is None:
        message = f"workload.existing names {told(app, existing)}, which does not exist; create it, or correct the name"
        yield Mistake("WorkloadNotFound", message, blocking=True)
        return
    owner = holder(app, observed.others, bundle)
    if owner is not None:
        message = f"{told(app, existing)} is {owner}'s, and two would roll it in turns; name another one"
        yield Mistake("WorkloadTwice", message, blocking=True)
    configs = observed.configs.get(bundle.name, ())
    yield from existing_mistakes(app, plane, bundle, workload, hostnames, configs, network)


def _config_mistakes(observed: AppObserved, plane: Plane, bundle: Bundle, network: Network) -> Iterator[Mistake]:
    configs: tuple[ConfigFiles, ...] | None = observed.configs.get(bundle.name)
    if configs is None:
        if bundle.config is not None:
            yield Mistake("ConfigPending", "its config has not been looked up yet", blocking=True)
        return
    has_tls = not network.client_url(plane).startswith("nats://")
    yield from config_mistakes(configs, plane.spec.plane, has_tls=has_tls)


def _template_mistakes(bundle: Bundle, plane: Plane) -> Iterator[Mistake]:
    """Of the user's partial template, and of the command."""
    template = bundle.workload.template
    where = f"workload.template's container {bundle.name}"
    command = bundle.workload.command or ()
    for container in containers_of(template):
        if container.name == bundle.name:
            command = command or container.command
            yield from _mount_mistakes(container, where)
            yield from _variable_mistakes(container, where, plane)
    if VOLUME in volumes_of(template):
        message = f"workload.template has a volume {VOLUME}, which is the operator's and replaces it; name it otherwise"
        yield Mistake("VolumeReplaced", message)
    # A name without a slash is looked up in PATH.
    if command and "/" in command[0] and not command[0].startswith("/"):
        yield Mistake(
            "RelativeCommand",
            f"its command is {command[0]}, and the working directory is that of the credentials, {WORKING_DIRECTORY}; "
            "write its absolute path",
        )


def _mount_mistakes(container: Container, where: str) -> Iterator[Mistake]:
    for mount in container.mounts:
        if mount.volume == VOLUME:
            if mount.sub_path:
                yield Mistake(
                    "SubPath",
                    f"{where} mounts {VOLUME} by {mount.sub_path}, which would never be updated and is left out; take "
                    "it out",
                )
        elif mount.is_within(WORKING_DIRECTORY):
            yield Mistake(
                "CredentialsShadowed",
                f"{where} mounts volume {mount.volume} at {mount.path}, over the credentials in {WORKING_DIRECTORY}; "
                "mount it elsewhere",
                blocking=True,
            )


def _variable_mistakes(container: Container, where: str, plane: Plane) -> Iterator[Mistake]:
    others = [name for name in OTHER_CREDENTIALS if name in container.env]
    if others:
        yield other_credentials(where, others)
    said = container.env.get(PLANE_VARIABLE, plane.spec.plane)
    if said != plane.spec.plane:
        found = "from elsewhere" if said is None else f"to {said}"
        message = f"{where} sets {PLANE_VARIABLE} {found}, and the Plane says {plane.spec.plane}, which counts"
        yield Mistake("PlaneDiffers", f"{message}; take it out")
    if NATS_VARIABLE in container.env:
        yield Mistake("BrokerDiffers", f"{where} sets {NATS_VARIABLE}, and what the Plane says counts; take it out")
