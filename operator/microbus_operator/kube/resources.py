"""The kinds that the operator touches, and where the API server keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from microbus_operator.api.meta import API_VERSION


@dataclass(frozen=True)
class Resource:
    """A kind's API version and plural."""

    api_version: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """The request path, without the query. Names come from validated objects and are DNS subdomains."""
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        parts = [root]
        if self.namespaced and namespace is not None:
            parts.append(f"namespaces/{namespace}")
        parts.append(self.plural)
        parts += [part for part in (name, subresource) if part]
        return "/".join(parts)


RESOURCES = {
    "Namespace": Resource("v1", "namespaces", namespaced=False),
    "Secret": Resource("v1", "secrets"),
    "ConfigMap": Resource("v1", "configmaps"),
    "Service": Resource("v1", "services"),
    "Event": Resource("v1", "events"),
    "StatefulSet": Resource("apps/v1", "statefulsets"),
    "Deployment": Resource("apps/v1", "deployments"),
    "DaemonSet": Resource("apps/v1", "daemonsets"),
    "PodDisruptionBudget": Resource("policy/v1", "poddisruptionbudgets"),
    "Pod": Resource("v1", "pods"),
    "Lease": Resource("coordination.k8s.io/v1", "leases"),
    "Plane": Resource(API_VERSION, "planes"),
    "MicrobusApp": Resource(API_VERSION, "microbusapps"),
}
