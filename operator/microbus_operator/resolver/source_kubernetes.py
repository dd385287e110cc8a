"""Accounts from ConfigMaps labelled `microbus.io/accounts=true`: listed, watched, and listed again once a minute.

Every watch ends after a minute and is followed by a list: an event that was missed, a stream that went silent (pitfall
P1) and a resource version that is gone (410) all cost a minute at most, by the one path that is walked all the time
anyway. While the API server does not answer, what was read stays served.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio import client, config
from kubernetes.aio.client.exceptions import ApiException

from microbus_operator.resolver.intake import Intake
from microbus_operator.resolver.store import Publication

logger = logging.getLogger(__name__)

LABEL = "microbus.io/accounts"
WATCH_SECONDS = 60
LIST_TIMEOUT = 20.0
PAGE = 20
MOST_PAGE_BYTES = PAGE * 3 * 1024 * 1024
"""A ConfigMap has 1 MiB of data at most, and what JSON and metadata add."""
MOST_CONFIG_MAPS = 512
PAUSES = (0.5, 15.0)
"""Seconds before the first and before every later attempt while the API server does not answer."""


class SourceUnavailable(Exception):
    """The API server did not answer, or not with what was asked for."""


async def api_client() -> client.ApiClient:
    """In a pod by its service account, elsewhere by `KUBECONFIG`. Raises `ConfigException` where there is neither."""
    configuration = client.Configuration()
    try:
        config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    except config.ConfigException:
        await config.load_kube_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    return client.ApiClient(configuration)


class KubernetesSource:
    """The ConfigMaps of one namespace, or of all (`None`)."""

    def __init__(self, api: client.ApiClient, namespace: str | None, intake: Intake) -> None:
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/configmaps" if namespace else "/api/v1/configmaps"
        self._where = f"namespace {namespace}" if namespace else "all namespaces"
        self._intake = intake
        self._origins: set[str] = set()

    async def run(self) -> None:
        """For ever."""
        is_read, pause = False, PAUSES[0]
        while True:
            try:
                version = await self._list()
                if not is_read:
                    is_read = True
                    self._intake.source_was_read()
                pause, started = PAUSES[0], monotonic()
                await self._watch(version)
                # A stream that ends at once, whoever cut it, must not make this a busy loop.
                await asyncio.sleep(max(0.0, PAUSES[0] - (monotonic() - started)))
            except SourceUnavailable as error:
                logger.warning("%s: %s; what was read stays served", self._where, error)
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, keeps no secret
                pause = min(pause * 2, PAUSES[1])

    async def _list(self) -> str:
        """Take every ConfigMap there is, and note which are gone. Returns the list's resource version."""
        found: list[dict[str, Any]] = []
        following = ""
        while True:
            answer = await self._page({"limit": str(PAGE), **({"continue": following} if following else {})})
            found += answer["items"]
            following = answer["metadata"].get("continue", "")
            if not following:
                break
            if len(found) >= MOST_CONFIG_MAPS:
                raise SourceUnavailable(f"{len(found)} ConfigMaps and more are labelled {LABEL}=true; delete some")
        # Who was first is decided by the API server's own date, which nobody else can set.
        found.sort(key=lambda item: (item["metadata"]["creationTimestamp"], item["metadata"]["uid"]))
        publications = [_publication(item) for item in found]
        for publication in publications:
            await self._intake.take(publication)
        current = {publication.origin for publication in publications}
        for origin in sorted(self._origins - current):
            await self._intake.take(Publication(origin, {}))
        self._origins = current
        return str(answer["metadata"]["resourceVersion"])

    async def _page(self, query: Mapping[str, str]) -> dict[str, Any]:
        response = await self._get(query, aiohttp.ClientTimeout(total=LIST_TIMEOUT))
        data = bytearray()
        try:
            async for chunk in response.content.iter_any():
                data += chunk
                if len(data) > MOST_PAGE_BYTES:
                    raise SourceUnavailable(f"{PAGE} ConfigMaps have more than {MOST_PAGE_BYTES} bytes")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SourceUnavailable(f"the list broke off: {type(error).__name__}") from error
        finally:
            response.close()
        return _parsed(bytes(data))

    async def _watch(self, version: str) -> None:
        """Take what changes, until the API server ends the stream."""
        seconds = random.randint(WATCH_SECONDS * 3 // 4, WATCH_SECONDS)  # noqa: S311
        query = {"watch": "1", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        async for event in self._events(query, aiohttp.ClientTimeout(total=seconds + 10)):
            kind, item = event["type"], event["object"]
            if kind in ("ADDED", "MODIFIED"):
                publication = _publication(item)
                self._origins.add(publication.origin)
                await self._intake.take(publication)
            elif kind == "DELETED":
                origin = _origin(item)
                self._origins.discard(origin)
                await self._intake.take(Publication(origin, {}))
            else:
                # Most often 410: the resource version is older than what the API server remembers.
                raise SourceUnavailable(f"the watch ended with {kind}: {item.get('message', '')}")

    async def _events(self, query: Mapping[str, str], timeout: aiohttp.ClientTimeout) -> AsyncIterator[dict[str, Any]]:
        response = await self._get(query, timeout)
        try:
            while line := await response.content.readline():
                yield _parsed(line)
        except TimeoutError:
            return
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SourceUnavailable(f"the watch broke off: {type(error).__name__}") from error
        finally:
            response.close()

    async def _get(self, query: Mapping[str, str], timeout: aiohttp.ClientTimeout) -> aiohttp.ClientResponse:
        path = f"{self._path}?{urlencode({'labelSelector': f'{LABEL}=true', **query})}"
        headers = {"Accept": "application/json", "User-Agent": "microbus-operator-resolver"}
        try:
            await self._api.update_params_for_auth(headers, {}, ["BearerToken"], path, "GET", None)
            url = f"{self._api.configuration.host}{path}"
            request = self._api.rest_client.request
            answer = await request("GET", url, headers=headers, _request_timeout=timeout)  # type: ignore[no-untyped-call]
            response: aiohttp.ClientResponse = answer.response
        except ApiException as error:
            raise SourceUnavailable(f"the API server answered {error.status}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SourceUnavailable(f"the API server did not answer: {type(error).__name__}") from error
        if response.status != 200:
            response.close()
            raise SourceUnavailable(f"the API server answered {response.status}")
        return response


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceUnavailable(f"the API server answered no JSON: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise SourceUnavailable("the API server answered no object")
    return value


def _origin(item: Mapping[str, Any]) -> str:
    return f"ConfigMap {item['metadata']['namespace']}/{item['metadata']['name']}"


def _publication(item: Mapping[str, Any]) -> Publication:
    return Publication(_origin(item), {key: text for key, text in item.get("data", {}).items() if key.endswith(".jwt")})
