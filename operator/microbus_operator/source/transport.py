"""HTTP towards a registry, as far as it is trusted: every hop checked, every byte counted.

`registry.py` speaks the distribution protocol over it, `login.py` the token flow. Plain HTTP is spoken to registries
listed as insecure, and to nobody else. Private certificate authorities are those of `SSL_CERT_FILE`, as OpenSSL
has it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from microbus_operator.source.addresses import AddressRefused, guarded_socket
from microbus_operator.source.errors import (
    AccessDenied,
    ImageInvalid,
    ImageNotFound,
    RegistryRefused,
    RegistryUnavailable,
    quoted,
)
from microbus_operator.source.references import Reference
from microbus_operator.source.settings import SourceSettings

_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Transport:
    """A session for one reading of one image: `async with Transport(…) as transport`.

    Every method raises `RegistryUnavailable` for the weather and `RegistryRefused` for what we will not follow.
    """

    def __init__(self, reference: Reference, settings: SourceSettings) -> None:
        self._image = f"image {reference}"
        self._limits = settings.registry
        self._insecure = frozenset(name.lower() for name in settings.insecure_registries)
        self._is_insecure = reference.registry.lower() in self._insecure
        self._left = self._limits.total_bytes
        scheme = "http" if self._is_insecure else "https"
        self.base = URL(f"{scheme}://{reference.api_host}/v2/{reference.repository}/")

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            # A compressed answer would be inflated without bound, and would not be what the digest is of.
            auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "microbus-operator"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(sock_connect=limits.connect_seconds, sock_read=limits.silence_seconds),
            connector=aiohttp.TCPConnector(socket_factory=partial(guarded_socket, loopback_allowed=self._is_insecure)),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(
        self, method: str, url: URL, *, authorization: str | None, accept: str | None = None
    ) -> aiohttp.ClientResponse:
        """Send a request without a body, following a few redirects; the caller closes the response.

        Credentials stay with the origin that they are for.
        """
        headers = {"Accept": accept} if accept else {}
        for _ in range(self._limits.redirects + 1):
            response = await self._send_once(method, url, headers, authorization)
            if response.status not in _REDIRECTS:
                return response
            response.close()
            location = self.checked(response.headers.get("Location", ""), "redirect", base=url)
            if location.origin() != url.origin():
                authorization = None
            url = location
        raise RegistryRefused(
            f"{self._image}: more than {self._limits.redirects} redirects, the last to {url.host}; check the registry"
        )

    async def post(self, url: URL, form: dict[str, str]) -> aiohttp.ClientResponse:
        """Send a form, following nothing: a form may hold a token. The caller closes the response."""
        return await self._send_once("POST", url, {}, None, form)

    def checked(self, text: str, what: str, base: URL | None = None) -> URL:
        """A URL that the registry named, if we may go there: https, or a registry listed as insecure."""
        try:
            url = base.join(URL(text)) if base else URL(text)
            authority = url.host_port_subcomponent or ""
        except ValueError as error:
            raise RegistryRefused(
                f"{self._image}: its {what} {quoted(text)!r} is not a URL; check the registry"
            ) from error
        secure = url.scheme == "https" or (url.scheme == "http" and authority.lower() in self._insecure)
        if not secure or url.user is not None or not authority:
            raise RegistryRefused(
                f"{self._image}: its {what} is {quoted(text)!r}, and only https is followed "
                "(or plain HTTP to a registry listed as insecure); check the registry"
            )
        return url

    def check_status(self, response: aiohttp.ClientResponse) -> None:
        """Return for a 200. Raises `ImageNotFound` and `AccessDenied` too."""
        status, host = response.status, response.url.host
        if status == 200:
            return
        if status == 404:
            missing = response.url.path.removeprefix("/v2/")
            raise ImageNotFound(f"{self._image}: {host} has no {missing}; check name and tag, or push the image")
        if status in (401, 403):
            raise AccessDenied(f"{self._image}: {host} answers {status}; check the pod template's imagePullSecrets")
        if status in (408, 429) or status >= 500:
            raise RegistryUnavailable(f"{self._image}: {host} answers {status}; the operator asks again")
        raise RegistryRefused(
            f"{self._image}: {host} answers {status} to {response.url.path}; check that it is an OCI registry"
        )

    async def body(self, response: aiohttp.ClientResponse, limit: int) -> bytes:
        """A body of at most `limit` bytes. Raises `ImageInvalid` too."""
        body = bytearray()
        async for chunk in self.chunks(response):
            body += chunk
            if len(body) > limit:
                raise ImageInvalid(
                    f"{self._image}: {response.url.path} has more than {limit} bytes; push the image again"
                )
        return bytes(body)

    async def chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """A body as it comes, counted against the reading's total. Raises `ImageInvalid` too."""
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise ImageInvalid(
                        f"{self._image}: read {self._limits.total_bytes} bytes without finding source; "
                        "copy .microbus/source.tar.gz in the image's last layer"
                    )
                yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unavailable(response.url, error) from error

    async def _send_once(
        self,
        method: str,
        url: URL,
        headers: dict[str, str],
        authorization: str | None,
        form: dict[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        if authorization:
            headers = {**headers, "Authorization": authorization}
        try:
            return await self._session.request(method, url, headers=headers, data=form, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused):
                raise RegistryRefused(
                    f"{self._image}: {url.host} {error.os_error}; "
                    "name a registry that the cluster can reach, and list a local one as insecure"
                ) from error
            raise self._unavailable(url, error) from error

    def _unavailable(self, url: URL, error: Exception) -> RegistryUnavailable:
        why = "no answer in time" if isinstance(error, TimeoutError) else quoted(str(error)) or type(error).__name__
        return RegistryUnavailable(f"{self._image}: {url.host} cannot be read now ({why}); the operator asks again")
