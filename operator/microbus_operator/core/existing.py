"""Workloads that an app names and does not own: how they mount its credentials, and the one field that rolls them.

The mistakes that `verifying` knows of our own template cannot be ruled out here, so each is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microbus_operator.api.app import Bundle, ExistingWorkload, MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.actions import Manifest, Roll
from microbus_operator.core.app_workload import CREDENTIALS_ANNOTATION, credentials_hash
from microbus_operator.core.conditions import listed
from microbus_operator.core.config_files import ConfigFiles, Mistake, environment_mistakes, is_credentials
from microbus_operator.core.existing_process import process_mistakes, variable_mistakes
from microbus_operator.core.network import Network
from microbus_operator.core.templates import Container, Yaml, containers_of, mapping, mappings, volumes_of

NOT_MOUNTED = "CredentialsNotMounted"


@dataclass(frozen=True)
class File:
    """A file of a volume: the key of the object that it is. `key` is empty for all keys of it, `path` too."""

    path: str
    kind: str
    name: str
    key: str


def told(app: MicrobusApp, existing: ExistingWorkload) -> str:
    """How messages name it."""
    return f"{existing.kind} {app.metadata.namespace}/{existing.name}"


def holder(app: MicrobusApp, others: Iterable[MicrobusApp], bundle: Bundle) -> str | None:
    """Who names the bundle's existing workload too and goes before it: an older app, or an earlier bundle."""
    wanted = bundle.workload.existing
    for each in sorted((app, *others), key=lambda each: (each.metadata.creation_timestamp, each.key)):
        for one in each.spec.bundles if each.metadata.namespace == app.metadata.namespace else ():
            if each is app and one is bundle:
                return None
            if one.workload.existing == wanted:
                return f"bundle {one.name} of MicrobusApp {each.key}"
    return None


def rolled(app: MicrobusApp, existing: ExistingWorkload, found: Manifest, keys: Mapping[str, str]) -> Roll:
    """The action that has it make new pods: one annotation of its pod template, and nothing else."""
    return Roll(
        existing.kind,
        app.metadata.namespace,
        existing.name,
        found["metadata"]["uid"],
        {CREDENTIALS_ANNOTATION: credentials_hash(keys)},
        "CredentialsChanged",
    )


def container_of(bundle: Bundle, workload: Manifest) -> Container | None:
    """The bundle's container: the one of its name, or the only one, or the first."""
    containers = containers_of(workload["spec"]["template"])
    return next((each for each in containers if each.name == bundle.name), next(iter(containers), None))


def config_refs(app: MicrobusApp, bundle: Bundle, workload: Manifest) -> tuple[tuple[str, str], ...]:
    """The Secrets and ConfigMaps, by kind and name, that lie beside the credentials."""
    container = container_of(bundle, workload)
    files = _files(container, workload) if container is not None else ()
    return tuple(sorted({(file.kind, file.name) for file in files if not _is_ours(app, file.name)}))


def existing_mistakes(
    app: MicrobusApp,
    plane: Plane,
    bundle: Bundle,
    workload: Manifest,
    hostnames: Sequence[str],
    configs: Sequence[ConfigFiles],
    network: Network,
) -> Iterator[Mistake]:
    """What is wrong with how a workload mounts the credentials of a bundle's microservices (`hostnames`)."""
    existing = bundle.workload.existing
    if existing is None:
        return
    where = told(app, existing)
    owners = {owner.get("uid") for owner in workload["metadata"].get("ownerReferences", ())}
    if app.metadata.uid in owners:
        yield Mistake(
            "OwnWorkload", f"{where} is this app's own; name another one, or leave existing out", blocking=True
        )
        return
    if bundle.config is not None or bundle.workload.command or bundle.workload.template:
        message = f"config, command and template are for a Deployment of the operator's own, and {where} is not"
        yield Mistake("FieldIgnored", f"{message}; take them out")
    container = container_of(bundle, workload)
    if container is None:
        yield Mistake(NOT_MOUNTED, f"{where} has no container", blocking=True)
        return
    inside = f"{where}: container {container.name}"
    yield from _directory_mistakes(app, container, workload, hostnames, inside)
    yield from _content_mistakes(app, container, workload, configs, inside)
    yield from variable_mistakes(app, plane, container, configs, network, inside)
    yield from process_mistakes(container, workload, inside)
    for config in configs:
        yield from environment_mistakes(config, plane.spec.plane)


def _directory_mistakes(
    app: MicrobusApp, container: Container, workload: Manifest, hostnames: Sequence[str], inside: str
) -> Iterator[Mistake]:
    """Whether each microservice's file is where it looks for it, from the right Secret, and will be updated."""
    directory = container.working_dir
    if not directory:
        message = f"{inside} states no workingDir; state the directory where the credentials are mounted"
        yield Mistake(NOT_MOUNTED, message, blocking=True)
        return
    for mount in container.mounts:
        if mount.is_within(directory) and mount.sub_path:
            message = (
                f"{inside} mounts volume {mount.volume} at {mount.path} by {mount.sub_path}, which is never updated; "
                f"mount it whole at {directory}"
            )
            yield Mistake("SubPath", message, blocking=True)
        elif mount.is_within(directory) and is_credentials(mount.path.rpartition("/")[2]):
            message = f"{inside} mounts volume {mount.volume} at {mount.path}, over the credentials; mount it elsewhere"
            yield Mistake("CredentialsShadowed", message, blocking=True)
    files = _files(container, workload)
    missing = [
        f"{names.creds_file(hostname)} (key and path) of Secret {names.creds_secret(app.metadata.name, hostname)}"
        for hostname in hostnames
        if not any(_is_file_of(file, app, hostname) for file in files)
    ]
    if missing:
        message = f"{inside} has no volume at its workingDir {directory} with {listed(missing)}; add it there"
        yield Mistake(NOT_MOUNTED, message, blocking=True)


def _content_mistakes(
    app: MicrobusApp, container: Container, workload: Manifest, configs: Sequence[ConfigFiles], inside: str
) -> Iterator[Mistake]:
    """Whether anything else lies there that a microservice would connect with."""
    keys = {(config.kind, config.name): config.keys or frozenset() for config in configs}
    stray = []
    for file in _files(container, workload):
        if _is_ours(app, file.name):
            if file.path and file.path != file.key:
                stray.append(f"{file.path} (key {file.key} of {file.kind} {file.name})")
            continue
        paths = [file.path] if file.path else sorted(keys.get((file.kind, file.name), ()))
        stray += [f"{path} ({file.kind} {file.name})" for path in paths if is_credentials(path)]
    if stray:
        message = f"{inside} would connect with {listed(stray)} instead of its own credentials; take it out"
        yield Mistake("StrayCredentials", message, blocking=True)


def _files(container: Container, workload: Manifest) -> tuple[File, ...]:
    """What is mounted, whole, at the working directory."""
    volumes = volumes_of(workload["spec"]["template"])
    directory = container.working_dir.rstrip("/")
    result: list[File] = []
    for mount in container.mounts:
        if directory and mount.path.rstrip("/") == directory and not mount.sub_path:
            volume = volumes.get(mount.volume, {})
            for source in mappings(mapping(volume.get("projected")).get("sources")) or (volume,):
                result += _files_of(source)
    return tuple(result)


def _files_of(source: Yaml) -> Iterator[File]:
    for kind, field, named in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
        said = mapping(source.get(field))
        name: Any = said.get(named) or said.get("name")
        if not isinstance(name, str):
            continue
        items = mappings(said.get("items"))
        yield from (File(str(item.get("path", "")), kind, name, str(item.get("key", ""))) for item in items)
        if not items:
            yield File("", kind, name, "")


def _is_file_of(file: File, app: MicrobusApp, hostname: str) -> bool:
    if (file.kind, file.name) != ("Secret", names.creds_secret(app.metadata.name, hostname)):
        return False
    # The Secret has no other key than that.
    return file.path in ("", names.creds_file(hostname)) and file.key in ("", names.creds_file(hostname))


def _is_ours(app: MicrobusApp, secret: str) -> bool:
    known = {names.creds_secret(app.metadata.name, service.hostname) for service in app.status.services}
    return secret in known
