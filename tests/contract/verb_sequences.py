"""Random sequences of verbs, and what two implementations of `Cluster` answered, made comparable.

What may differ is what nobody reads: uids, times, resourceVersions (only whether they changed counts), messages, and
what the API server fills into built-in kinds by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from microbus_operator.api.meta import API_VERSION
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict, KubeError

UNTYPED = "failed to create typed patch object"
NAMES = ("a", "b")
FINALIZERS = ("example.com/one", "example.com/two")
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o"}
OWNERS = tuple({**OWNER, "uid": f"00000000-0000-0000-0000-00000000000{n}"} for n in range(2))


@dataclass(frozen=True)
class Step:
    """One verb. `stale` gives it the first resourceVersion that was seen of the object, or the present one."""

    verb: str
    kind: str
    name: str
    body: Mapping[str, Any] = field(default_factory=dict)
    subresource: str | None = None
    version: str = "none"


words = st.sampled_from(["1", "2", "3"])
keys = st.sampled_from(["k", "l", "m"])
pairs = st.dictionaries(keys, words, max_size=3)
metadata = st.fixed_dictionaries(
    {},
    optional={
        "labels": pairs,
        "annotations": pairs,
        "finalizers": st.lists(st.sampled_from(FINALIZERS), unique=True),
        "ownerReferences": st.lists(st.sampled_from(OWNERS), unique_by=lambda owner: owner["uid"]),
    },
)
# An empty map of data is not the same as none to the API server's check of `immutable`, and nobody states one.
some = st.dictionaries(keys, words, min_size=1, max_size=3)
config_maps = st.fixed_dictionaries({}, optional={"data": some, "immutable": st.booleans()})
secrets = st.fixed_dictionaries(
    {},
    optional={
        "data": st.dictionaries(keys, st.sampled_from(["YQ==", "Yg==", "", "?"]), min_size=1, max_size=3),
        "stringData": some,
        "immutable": st.booleans(),
        "type": st.sampled_from(["Opaque", "microbus.io/nkey"]),
    },
)
nats = st.fixed_dictionaries(
    {"image": st.sampled_from(["n:1", "n:2"])},
    optional={
        "replicas": st.sampled_from([1, 3, 2]),
        "resources": st.sampled_from([{}, {"limits": {"memory": "1Gi"}}, {"limits": {"cpu": "1"}, "requests": {}}]),
        "limits": st.fixed_dictionaries({}, optional={"maxPayload": st.sampled_from([1024, 2048, 1])}),
    },
)
planes = st.fixed_dictionaries(
    {
        "spec": st.fixed_dictionaries(
            {"plane": st.sampled_from(["prod", "prod", "prod", "other", "a-b"]), "nats": nats},
            optional={
                "deletionPolicy": st.sampled_from(["Retain", "Destroy", "Shred"]),
                "credentials": st.fixed_dictionaries({}, optional={"expiration": st.sampled_from(["1h", "2h", "1d"])}),
                "nonsense": words,
            },
        )
    }
)
scalars = st.sampled_from(["x", 1, True, [], [1, {"a": "b"}]])
templates = st.recursive(scalars, lambda inner: st.dictionaries(keys, inner, max_size=2), max_leaves=4)
bundles = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["one", "two", "three"]), "image": words},
        optional={
            "workload": st.fixed_dictionaries(
                {}, optional={"replicas": st.integers(0, 2), "template": st.dictionaries(keys, templates, max_size=2)}
            ),
            "main": st.sampled_from(["main.go", "/main.go"]),
        },
    ),
    max_size=3,
)
apps = st.fixed_dictionaries(
    {"spec": st.fixed_dictionaries({"planeRef": st.fixed_dictionaries({"name": words}), "bundles": bundles})}
)
env = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["A", "B", "C"])}, optional={"value": words}),
    max_size=3,
    unique_by=lambda item: item["name"],
)
ports = st.lists(
    st.fixed_dictionaries({"containerPort": st.integers(1, 3)}, optional={"protocol": st.sampled_from(["TCP", "UDP"])}),
    max_size=2,
    unique_by=lambda item: (item["containerPort"], item.get("protocol", "TCP")),
)
containers = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["one", "two"]), "image": words},
        optional={"env": env, "ports": ports, "args": st.lists(words, min_size=1, max_size=2)},
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda item: item["name"],
)
SELECTED = {"app": "x"}
deployments = st.builds(
    lambda spec, replicas, annotations: {
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": SELECTED},
            "template": {"metadata": {"labels": SELECTED, "annotations": annotations}, "spec": {"containers": spec}},
        }
    },
    containers,
    st.integers(0, 2),
    st.dictionaries(keys, words, min_size=1, max_size=2),
)
servers = st.lists(st.fixed_dictionaries({"name": words, "id": words}))
statuses = st.fixed_dictionaries({}, optional={"phase": words, "url": words, "servers": servers})
BODIES = {
    "ConfigMap": config_maps,
    "Secret": secrets,
    "Plane": planes,
    "MicrobusApp": apps,
    "Deployment": deployments,
}
VERSIONS = {"Plane": API_VERSION, "MicrobusApp": API_VERSION, "Deployment": "apps/v1"}


@st.composite
def steps(draw: st.DrawFn, kind: str) -> Step:
    """One step on one of two objects of a kind."""
    verb = draw(st.sampled_from(["create", "apply", "apply", "apply", "merge", "merge", "delete", "get", "list"]))
    version = draw(st.sampled_from(["none", "none", "none", "first", "now"]))
    name = draw(st.sampled_from(NAMES))
    if verb in ("get", "list", "delete"):
        return Step(verb, kind, name, version=draw(st.sampled_from(["none", "first", "now"])))
    if kind == "Plane" and draw(st.integers(0, 3)) == 0 and verb != "create":
        return Step(verb, kind, name, {"status": draw(statuses)}, "status", version)
    # To apply an empty map of metadata makes the API server write anew each second, for nothing.
    stated = {key: value for key, value in draw(metadata).items() if value or verb == "merge"}
    body = {**draw(BODIES[kind]), "metadata": stated}
    if kind == "Deployment":
        # Its containers have one owner: one that kept half a container would be refused, which the store does not know.
        body = {"metadata": stated} if verb == "merge" else body
        return Step("apply" if verb == "create" else verb, kind, name, body, version=version)
    if verb == "merge":
        body = draw(st.one_of(st.just(body), st.just({"metadata": body["metadata"]}), nulled(body)))
    return Step(verb, kind, name, body, version=version)


def nulled(body: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A patch that takes something away."""
    paths = [("metadata", key) for key in ("labels", "annotations", "finalizers", "ownerReferences")]
    paths += [(key,) for key in body if key not in ("metadata", "spec")]
    paths += [("data", "k"), ("spec", "deletionPolicy"), ("spec", "nats", "resources"), ("metadata", "labels", "k")]
    known = {"metadata", *body}

    def patch(path: tuple[str, ...]) -> dict[str, Any]:
        value: Any = None
        for key in reversed(path):
            value = {key: value}
        return dict(value)

    return st.sampled_from([path for path in paths if path[0] in known]).map(patch)


sequences = st.sampled_from(sorted(BODIES)).flatmap(lambda kind: st.lists(steps(kind), min_size=1, max_size=12))


@dataclass
class Trial:
    """One implementation while a sequence runs on it."""

    cluster: Cluster
    namespace: str
    versions: dict[str, list[str]] = field(default_factory=dict)
    uids: dict[str, list[str]] = field(default_factory=dict)

    async def run(self, step: Step) -> object:
        """What the step led to, as both implementations must say it."""
        try:
            return self.seen(step, await self._done(step))
        except Conflict:
            return "Conflict"
        except ApiRefused as refused:
            return f"refused {refused.status}"
        except ApiUnavailable as error:
            # The API server answers 500 to an apply of what is not of the schema, and of what is no base64; the store
            # says what is wrong, as both do for other verbs.
            if step.verb == "apply" and str(error).endswith("the API server answered 500"):
                return "refused 400"
            return "refused 422" if UNTYPED in str(error) else f"unavailable: {error}"
        except KubeError as error:
            return repr(error)

    async def _done(self, step: Step) -> Any:
        cluster, kind, name = self.cluster, step.kind, step.name
        chosen = self._chosen(self.versions, step)
        if step.verb == "get":
            return await cluster.get(kind, self.namespace, name)
        if step.verb == "list":
            return await cluster.list(kind, self.namespace)
        if step.verb == "delete":
            return await cluster.delete(kind, self.namespace, name, self._chosen(self.uids, step))
        metadata = dict(step.body.get("metadata", {}))
        if chosen and step.verb != "create":
            metadata["resourceVersion"] = chosen
        if step.verb == "merge":
            return await cluster.merge(
                kind, self.namespace, name, {**step.body, "metadata": metadata}, step.subresource
            )
        metadata |= {"name": name, "namespace": self.namespace}
        manifest = {"apiVersion": VERSIONS.get(kind, "v1"), "kind": kind, **step.body, "metadata": metadata}
        if step.verb == "create":
            return await cluster.create(manifest)
        return await cluster.apply(manifest, step.subresource)

    @staticmethod
    def _chosen(seen: dict[str, list[str]], step: Step) -> str:
        known = seen.get(step.name, [""])
        return {"none": "", "first": known[0], "now": known[-1]}[step.version]

    def seen(self, step: Step, answer: Any) -> object:
        """An answer without what may differ."""
        if isinstance(answer, list):
            return [self._object(item) for item in answer]
        return self._object(answer) if answer is not None else None

    def _object(self, found: dict[str, Any]) -> object:
        metadata = dict(found["metadata"])
        name = metadata["name"]
        version, uid = metadata.pop("resourceVersion"), metadata.pop("uid")
        for of, value in ((self.versions, version), (self.uids, uid)):
            known = of.setdefault(name, [])
            if value not in known:
                known.append(value)
        number = self.versions[name].index(version), self.uids[name].index(uid)
        metadata.pop("creationTimestamp")
        metadata.pop("namespace")
        metadata["deletionTimestamp"] = "deletionTimestamp" in metadata
        whose = [self._whose(entry) for entry in metadata.pop("managedFields", ())]
        rest = {key: value for key, value in found.items() if key not in ("metadata", "status")}
        if "template" in rest.get("spec", {}):
            rest = {**rest, "spec": _stated(rest["spec"])}
            whose = []
        return number, metadata, rest, found.get("status") if "plane" in rest.get("spec", {}) else None, sorted(whose)

    @staticmethod
    def _whose(entry: dict[str, Any]) -> str:
        return re.sub(r"\s", "", f"{entry['operation']} {entry.get('subresource')} {sorted_(entry['fieldsV1'])}")


def _stated(spec: dict[str, Any]) -> object:
    """Of a Deployment, what a sequence can state; the API server fills in much more."""
    template = spec["template"]
    of = ("name", "image", "env", "args")
    return (
        spec["replicas"],
        template["metadata"].get("annotations"),
        [
            (
                [item.get(key) or None for key in of],
                [(port["containerPort"], port.get("protocol", "TCP")) for port in item.get("ports", ())],
            )
            for item in template["spec"]["containers"]
        ],
    )


def sorted_(value: Any) -> Any:
    """A map in the order of its keys."""
    return {key: sorted_(value[key]) for key in sorted(value)} if isinstance(value, dict) else value
