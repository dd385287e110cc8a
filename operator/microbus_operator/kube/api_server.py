"""The API server as a `Cluster`: each verb is one request. The Kubernetes client ends here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio import client, config
from kubernetes.aio.client.exceptions import ApiException

from microbus_operator.core.lease import WRITE_SECONDS
from microbus_operator.core.names import FIELD_MANAGER
from microbus_operator.kube.cluster import Object
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict
from microbus_operator.kube.resources import RESOURCES

READ_SECONDS = 30.0
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


class ApiServer:
    """A connection to an API server.

    The weather is no answer, 429 and 5xx; a `Conflict` is 409. What the server says of a Secret never becomes part of
    an error: it echoes what it refuses, seeds included.
    """

    def __init__(self, api: client.ApiClient) -> None:
        self._api = api

    @classmethod
    async def connect(cls) -> Self:
        """In a pod by its service account, elsewhere by `KUBECONFIG`."""
        configuration = client.Configuration()
        if SERVICE_ACCOUNT.exists():  # noqa: ASYNC240 - once, at start
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            await config.load_kube_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        return cls(client.ApiClient(configuration))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()  # type: ignore[no-untyped-call]

    async def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """The object, or None where the API server says that there is none."""
        try:
            return await self._request("GET", RESOURCES[kind].path(namespace, name))
        except ApiRefused as refused:
            if refused.status == 404:
                return None
            raise

    async def list(self, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None) -> list[Object]:
        """All objects of a kind in a namespace (None: in all), read past the watch cache so that none is stale."""
        query = {"labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())} if labels else {}
        answer = await self._request("GET", RESOURCES[kind].path(namespace), query)
        return list(answer.get("items", ()))

    async def create(self, manifest: Mapping[str, Any]) -> Object:
        """Create an object; `Conflict` where one of that name exists."""
        path = RESOURCES[manifest["kind"]].path(manifest["metadata"]["namespace"])
        return await self._request("POST", path, {"fieldManager": FIELD_MANAGER}, manifest)

    async def apply(self, manifest: Mapping[str, Any], subresource: str | None = None) -> Object:
        """Server-side apply by our field manager. A `metadata.resourceVersion` in it is a precondition."""
        metadata = manifest["metadata"]
        path = RESOURCES[manifest["kind"]].path(metadata["namespace"], metadata["name"], subresource)
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        return await self._request("PATCH", path, query, manifest, "application/apply-patch+yaml")

    async def merge(
        self, kind: str, namespace: str, name: str, patch: Mapping[str, Any], subresource: str | None = None
    ) -> Object:
        """A JSON merge patch."""
        path = RESOURCES[kind].path(namespace, name, subresource)
        return await self._request(
            "PATCH", path, {"fieldManager": FIELD_MANAGER}, patch, "application/merge-patch+json"
        )

    async def evict(self, namespace: str, name: str, uid: str) -> bool:
        """Evict a pod; a disruption budget that does not let it go answers 429."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
            "deleteOptions": {"preconditions": {"uid": uid}},
        }
        try:
            await self._request("POST", RESOURCES["Pod"].path(namespace, name, "eviction"), {}, body)
        except ApiUnavailable as unavailable:
            if unavailable.status == 429:
                return False
            raise
        except ApiRefused as refused:
            if refused.status != 404:
                raise
        return True

    async def delete(self, kind: str, namespace: str, name: str, uid: str = "") -> None:
        """Delete an object, only the one of that uid where it is given; one that is gone is no error."""
        body = {"propagationPolicy": "Background", **({"preconditions": {"uid": uid}} if uid else {})}
        try:
            await self._request("DELETE", RESOURCES[kind].path(namespace, name), {}, body)
        except ApiRefused as refused:
            if refused.status != 404:
                raise

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> Object:
        # A write ends in time on both sides: what came too late must not be written by one that lost its Lease.
        seconds = READ_SECONDS if method == "GET" else WRITE_SECONDS
        query = {**(query or {}), **({} if method == "GET" else {"timeout": f"{seconds:g}s"})}
        url = f"{self._api.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "Content-Type": content_type, "User-Agent": FIELD_MANAGER}
        await self._api.update_params_for_auth(headers, {}, ["BearerToken"], path, method, body)
        try:
            request = self._api.rest_client.request(  # type: ignore[no-untyped-call]
                method, url, headers=headers, body=body, _request_timeout=seconds
            )
            response = await request
            data = await response.read()
        except ApiException as error:
            raise _refusal(method, path, error.status) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ApiUnavailable(f"{method} {path}: the API server did not answer: {type(error).__name__}") from None
        if not 200 <= response.status < 300:
            raise _refusal(method, path, response.status, _said(path, data))
        answer: Object = json.loads(data)
        return answer


def _said(path: str, data: bytes) -> str:
    """The API server's own words, but for Secrets: it echoes what it refuses."""
    if "/secrets" in path:
        return ""
    try:
        return str(json.loads(data).get("message", ""))[:1000]
    except (ValueError, AttributeError):
        return ""


def _refusal(method: str, path: str, status: int | None, said: str = "") -> Exception:
    what = f"{method} {path}: the API server answered {status}" + (f": {said}" if said else "")
    if status == 409:
        return Conflict(what)
    if status is None or status == 429 or status >= 500:
        return ApiUnavailable(what, status)
    return ApiRefused(what, status)
