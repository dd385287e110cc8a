"""A small read-only client of the OCI distribution API, for one image: `discover.py` asks it for digests and documents.

Our own because no library that we found is made for images of strangers: `oras` (0.2.43) blocks, does not hash the
blobs that it gets, goes wherever redirects and token realms point, and unpacks with `extractall`.
The protocol is https://github.com/opencontainers/distribution-spec.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from microbus_operator.source.auth import Credential, parse_challenges
from microbus_operator.source.errors import AccessDenied, DigestMismatch, ImageInvalid, RegistryRefused, quoted
from microbus_operator.source.login import authorization_for
from microbus_operator.source.manifests import ACCEPTED_TYPES, Descriptor
from microbus_operator.source.references import DIGEST_PATTERN, Reference
from microbus_operator.source.settings import RegistryLimits
from microbus_operator.source.transport import Transport


class Registry:
    """The registry of one image, over a `Transport` for the same image.

    Every method raises `RegistryUnavailable`, `RegistryRefused`, `AccessDenied` or `ImageNotFound`.
    """

    def __init__(
        self, transport: Transport, reference: Reference, credentials: tuple[Credential, ...], limits: RegistryLimits
    ) -> None:
        self._transport = transport
        self._reference = reference
        self._credentials = credentials
        self._limits = limits
        self._authorization: str | None = None

    async def resolve(self) -> str:
        """The digest that the reference means now. The registry is asked in any case: may the caller read the image?"""
        target = self._reference.target
        async with self._asked("HEAD", f"manifests/{target}") as response:
            digest = response.headers.get("Docker-Content-Digest", "")
        if self._reference.digest:
            return self._reference.digest
        if not digest:
            async with self._asked("GET", f"manifests/{target}") as response:
                body = await self._transport.body(response, self._limits.manifest_bytes)
            return "sha256:" + hashlib.sha256(body).hexdigest()
        if not DIGEST_PATTERN.fullmatch(digest):
            raise RegistryRefused(
                f"image {self._reference}: the registry gives {quoted(digest)!r} as its digest; check the registry"
            )
        return digest

    async def manifest(self, digest: str) -> bytes:
        """The manifest or index with this digest, verified. Raises `DigestMismatch` and `ImageInvalid` too."""
        return await self._document("manifests", digest)

    async def config(self, descriptor: Descriptor) -> bytes:
        """An image configuration, verified. Raises `DigestMismatch` and `ImageInvalid` too."""
        return await self._document("blobs", descriptor.digest)

    async def blob(self, descriptor: Descriptor) -> AsyncGenerator[bytes, None]:
        """A blob in chunks, none to be trusted before the end, where it raises `DigestMismatch`."""
        if descriptor.size > self._limits.layer_bytes:
            raise ImageInvalid(
                f"image {self._reference}: layer {descriptor.digest} has {descriptor.size} bytes, more than "
                f"{self._limits.layer_bytes}; copy .microbus/source.tar.gz in a layer of its own, last"
            )
        algorithm, _, expected = descriptor.digest.partition(":")
        taken, digest = 0, hashlib.new(algorithm)
        async with self._asked("GET", f"blobs/{descriptor.digest}") as response:
            async for chunk in self._transport.chunks(response):
                taken += len(chunk)
                if taken > descriptor.size:
                    break
                digest.update(chunk)
                yield chunk
        if taken != descriptor.size or digest.hexdigest() != expected:
            raise self._mismatch("blob", descriptor.digest)

    async def _document(self, kind: str, digest: str) -> bytes:
        async with self._asked("GET", f"{kind}/{digest}") as response:
            body = await self._transport.body(response, self._limits.manifest_bytes)
        algorithm, _, expected = digest.partition(":")
        if hashlib.new(algorithm, body).hexdigest() != expected:
            raise self._mismatch(kind.removesuffix("s"), digest)
        return body

    def _mismatch(self, what: str, digest: str) -> DigestMismatch:
        return DigestMismatch(
            f"image {self._reference}: what the registry serves as {what} {digest} has another digest or size; "
            "its storage is damaged or was tampered with: push the image again"
        )

    @asynccontextmanager
    async def _asked(self, method: str, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The registry's answer, 200 and nothing else, asking with credentials where it wants some."""
        url = self._transport.base.join(URL(path))
        accept = ACCEPTED_TYPES if path.startswith("manifests/") else None
        response = await self._transport.send(method, url, authorization=self._authorization, accept=accept)
        try:
            if response.status == 401:
                response.close()
                response = await self._ask_as_somebody(
                    method, url, accept, response.headers.get("WWW-Authenticate", "")
                )
            self._transport.check_status(response)
            yield response
        finally:
            # Not `release`: what was not read of a body is not worth reading.
            response.close()

    async def _ask_as_somebody(
        self, method: str, url: URL, accept: str | None, challenge: str
    ) -> aiohttp.ClientResponse:
        """Try the fitting credentials one after the other, as the kubelet does, or an anonymous token without any."""
        challenges = parse_challenges(challenge)
        for credential in self._credentials or (None,):
            authorization = await authorization_for(self._transport, self._reference, challenges, credential)
            if authorization is None:
                continue
            response = await self._transport.send(method, url, authorization=authorization, accept=accept)
            if response.status not in (401, 403):
                self._authorization = authorization
                return response
            response.close()
        tried = ", ".join(credential.source for credential in self._credentials)
        why = f"refuses {tried}" if tried else "wants credentials, and the app's image pull secrets hold none for it"
        raise AccessDenied(
            f"image {self._reference}: registry {self._reference.registry} {why}, or the repository does not exist; "
            "check the image's name and the pod template's imagePullSecrets"
        )
