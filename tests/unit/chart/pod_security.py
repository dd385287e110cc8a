"""Pod Security `restricted` as assertions: what Kubernetes 1.34 refuses, and what we ask beyond it.

After https://kubernetes.io/docs/concepts/security/pod-security-standards/ and pod-security-admission's check_*.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
PROFILES = {"RuntimeDefault", "Localhost"}
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def violations(pod: Spec, annotations: dict[str, str] | None = None) -> list[str]:
    """What `restricted` refuses in a pod's spec, one line each; none if the pod is admitted."""
    found = list(_of_pod(pod, annotations or {}))
    for container in containers(pod):
        found += [f"{container['name']}: {what}" for what in _of_container(container, pod)]
    return found


def containers(pod: Spec) -> list[Spec]:
    """Every container of a pod, of each sort."""
    return [item for sort in ("initContainers", "containers", "ephemeralContainers") for item in pod.get(sort, [])]


def laxities(pod: Spec) -> list[str]:
    """What our own pods must not have either, though `restricted` admits it."""
    found = []
    for container in containers(pod):
        name, context = container["name"], container.get("securityContext", {})
        if context.get("readOnlyRootFilesystem") is not True:
            found.append(f"{name}: its root file system can be written to")
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys() or "memory" not in resources.get("limits", {}):
            found.append(f"{name}: requests and a memory limit are not stated")
        if any("valueFrom" in item and "secretKeyRef" in item["valueFrom"] for item in container.get("env", [])):
            found.append(f"{name}: a secret is in its environment")
        if container.get("image", "").endswith(":latest"):
            found.append(f"{name}: its image is :latest")
    if pod.get("automountServiceAccountToken") is None:
        found.append("whether it gets a service account's token is not stated")
    unbounded = [
        item["name"] for item in pod.get("volumes", []) if "emptyDir" in item and not item["emptyDir"].get("sizeLimit")
    ]
    return found + [f"volume {name} has no size limit" for name in unbounded]


def _of_pod(pod: Spec, annotations: dict[str, str]) -> Iterator[str]:
    context = pod.get("securityContext", {})
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field} is set"
    for volume in pod.get("volumes", []):
        for kind in volume.keys() - {"name"} - VOLUMES:
            yield f"volume {volume['name']} is a {kind}"
    for sysctl in context.get("sysctls", []):
        if sysctl["name"] not in SYSCTLS:
            yield f"sysctl {sysctl['name']} is not a safe one"
    for key, value in annotations.items():
        allowed = value in ("", "runtime/default") or value.startswith("localhost/")
        if key.startswith("container.apparmor.security.beta.kubernetes.io/") and not allowed:
            yield f"AppArmor profile {value}"
    yield from _of_either(context)


def _of_either(context: Spec) -> Iterator[str]:
    """What a pod's and a container's security context have in common."""
    if context.get("runAsUser") == 0:
        yield "runAsUser is 0"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield "hostProcess is set"
    selinux = context.get("seLinuxOptions", {})
    if selinux.get("type", "") not in SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield "seLinuxOptions are not the runtime's"
    if context.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in PROFILES:
        yield "appArmorProfile is Unconfined"
    if context.get("seccompProfile", {}).get("type", "RuntimeDefault") not in PROFILES:
        yield "seccompProfile is Unconfined"


def _of_container(container: Spec, pod: Spec) -> Iterator[str]:
    context, of_pod = container.get("securityContext", {}), pod.get("securityContext", {})
    yield from _of_either(context)
    if context.get("privileged"):
        yield "privileged is set"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    capabilities = context.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []):
        yield "capabilities do not drop ALL"
    for capability in set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield f"capability {capability} is added"
    if context.get("runAsNonRoot", of_pod.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot is not true"
    if not (context.get("seccompProfile") or of_pod.get("seccompProfile")):
        yield "seccompProfile is not stated"
    if context.get("procMount", "Default") != "Default":
        yield "procMount is not Default"
    for port in container.get("ports", []):
        if port.get("hostPort"):
            yield f"hostPort {port['hostPort']}"
    handlers = [container.get(probe, {}) for probe in PROBES]
    handlers += container.get("lifecycle", {}).values()
    for handler in handlers:
        for action in ("httpGet", "tcpSocket"):
            if handler.get(action, {}).get("host"):
                yield f"a probe or hook goes to host {handler[action]['host']}"
