"""A registry may be anybody's: where it points, what it floods, whom it wants to know; over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from microbus_operator.source.auth import credentials_for
from microbus_operator.source.discover import SourceReader
from microbus_operator.source.errors import (
    AccessDenied,
    DigestMismatch,
    ImageInvalid,
    ImageNotFound,
    RegistryRefused,
    RegistryUnavailable,
    SourceError,
)
from microbus_operator.source.manifests import Descriptor
from microbus_operator.source.references import parse_reference
from microbus_operator.source.registry import Registry
from microbus_operator.source.settings import RegistryLimits, SourceSettings
from microbus_operator.source.transport import Transport

from .registries import digest_of, pull_secret

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
EMPTY = digest_of(b"{}")
LIMITS = RegistryLimits(manifest_bytes=100_000, layer_bytes=1_000_000, silence_seconds=0.5)


@dataclass
class Server:
    """An HTTP server that answers everything in one way, and what it was asked."""

    host: str
    asked: list[web.BaseRequest] = field(default_factory=list)

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Path and `Authorization` of each request."""
        return [(request.path, request.headers.get("Authorization", "")) for request in self.asked]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[Server]:
    server = Server("")

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(request)
        return await answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.host = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def registry_at(*hosts: str, secret: bytes | None = None) -> AsyncIterator[Registry]:
    """A client of the first host; all of them may be spoken to over plain HTTP."""
    reference = parse_reference(f"{hosts[0]}/team/shop:1")
    settings = SourceSettings(insecure_registries=frozenset(hosts), registry=LIMITS)
    async with Transport(reference, settings) as transport:
        yield Registry(transport, reference, credentials_for(reference, [secret] if secret else []), LIMITS)


async def refusal_of(answer: Answer) -> SourceError:
    """What the client says of a registry's answer to HEAD of a manifest."""
    async with answering(answer) as server, registry_at(server.host) as registry:
        with pytest.raises(SourceError) as refused:
            await registry.resolve()
    assert f"image {server.host}/team/shop:1" in str(refused.value)
    assert str(refused.value).isprintable()
    return refused.value


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("http://169.254.169.254/latest/meta-data/", "only https is followed"),
        ("https://169.254.169.254/latest/meta-data/", "has a link-local, loopback or reserved address"),
        ("https://[fe80::1]/", "has a link-local, loopback or reserved address"),
        ("https://[fd00:ec2::254]/", "has a link-local, loopback or reserved address"),
        ("https://[::ffff:169.254.169.254]/", "has a link-local, loopback or reserved address"),
        ("https://0.0.0.0/", "has a link-local, loopback or reserved address"),
        ("http://registry.example/", "only https is followed"),
        ("https://user:password@registry.example/", "only https is followed"),
        ("file:///etc/passwd", "only https is followed"),
        ("https://[/", "is not a URL"),
        ("", "more than 5 redirects"),
    ],
)
async def test_redirects_into_the_nodes_network_or_down_to_http_are_not_followed(location: str, message: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": location})

    refused = await refusal_of(answer)
    assert isinstance(refused, RegistryRefused)
    assert message in str(refused)


async def test_redirects_in_a_circle_end() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"/{len(request.path)}/x{request.path}"[:200]})

    assert "more than 5 redirects" in str(await refusal_of(answer))


async def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    async def storage(_: web.Request) -> web.Response:
        return web.Response(body=b"{}")

    async with answering(storage) as other:

        async def answer(request: web.Request) -> web.Response:
            if "Authorization" not in request.headers:
                return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
            return web.Response(status=307, headers={"Location": f"http://{other.host}/storage"})

        async with answering(answer) as server:
            secret = pull_secret(server.host, "user", "password")
            async with registry_at(server.host, other.host, secret=secret) as registry:
                assert await registry.manifest(EMPTY) == b"{}"
    assert server.seen[-1][1].startswith("Basic ")
    assert other.seen == [("/storage", "")]


@pytest.mark.parametrize(
    "realm", ["http://registry.example/token", "https://169.254.169.254/token", "http://169.254.169.254/token", "token"]
)
async def test_a_token_server_is_https_or_a_listed_registry(realm: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="x"'})

    assert isinstance(await refusal_of(answer), RegistryRefused)


async def test_a_bearer_token_is_fetched_with_the_pull_secret_for_pulling_this_repository_only() -> None:
    def basic(user: str) -> str:
        return "Basic " + base64.b64encode(f"{user}:password".encode()).decode()

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/token":
            if request.headers.get("Authorization") != basic("right"):
                return web.json_response({}, status=401)
            assert dict(request.query) == {"service": "the registry", "scope": "repository:team/shop:pull"}
            return web.json_response({"token": "for-a-minute", "expires_in": 60})
        if request.headers.get("Authorization") == "Bearer for-a-minute":
            return web.Response(body=b"{}")
        challenge = f'Bearer realm="http://{request.host}/token",service="the registry",scope="repository:*:*"'
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})

    async with answering(answer) as server:
        async with registry_at(server.host, secret=pull_secret(server.host, "right", "password")) as registry:
            assert await registry.manifest(EMPTY) == b"{}"
            asked = len(server.asked)
            assert await registry.manifest(EMPTY) == b"{}"
            assert len(server.asked) == asked + 1, "the token is used again"
        async with registry_at(server.host, secret=pull_secret(server.host, "wrong", "password")) as registry:
            with pytest.raises(AccessDenied, match="refuses image pull secret number 1"):
                await registry.manifest(EMPTY)
        async with registry_at(server.host) as registry:
            with pytest.raises(AccessDenied, match="image pull secrets hold none for it"):
                await registry.manifest(EMPTY)


async def test_an_identity_token_is_exchanged() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.method == "POST":
            form = await request.post()
            assert form["refresh_token"] == "identity"
            assert form["grant_type"] == "refresh_token"
            return web.json_response({"access_token": "for-a-minute"})
        if request.headers.get("Authorization") == "Bearer for-a-minute":
            return web.Response(body=b"{}")
        return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="http://{request.host}/token"'})

    async with answering(answer) as server:
        secret = json.dumps({"auths": {server.host: {"identitytoken": "identity"}}}).encode()
        async with registry_at(server.host, secret=secret) as registry:
            assert await registry.manifest(EMPTY) == b"{}"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"token": 1}', b'{"token": "a\\r\\nX: y"}', b"[" * 60_000])
async def test_a_token_server_without_a_token_is_refused(body: bytes) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/token":
            return web.Response(body=body)
        return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="http://{request.host}/token"'})

    assert "answers without a token" in str(await refusal_of(answer))


@pytest.mark.parametrize("challenge", ["", "Negotiate", "Digest realm=x", "\x01", "Bearer", "," * 4000])
async def test_a_challenge_that_cannot_be_answered_is_refused(challenge: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": challenge.replace("\x01", "?")})

    assert isinstance(await refusal_of(answer), RegistryRefused)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, ImageNotFound),
        (403, AccessDenied),
        (429, RegistryUnavailable),
        (500, RegistryUnavailable),
        (503, RegistryUnavailable),
        (418, RegistryRefused),
        (204, RegistryRefused),
    ],
)
async def test_each_status_has_its_meaning(status: int, kind: type[SourceError]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    assert type(await refusal_of(answer)) is kind


async def test_a_registry_that_falls_silent_is_the_weather() -> None:
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await over.wait()
        return response

    async with answering(answer) as server:
        try:
            async with registry_at(server.host) as registry:
                with pytest.raises(RegistryUnavailable, match="no answer in time"):
                    await registry.manifest(EMPTY)
        finally:
            over.set()


async def test_a_connection_that_breaks_off_is_the_weather() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    async with answering(answer) as server, registry_at(server.host) as registry:
        with pytest.raises(RegistryUnavailable):
            await registry.manifest(EMPTY)


async def test_a_manifest_without_end_is_not_read_to_its_end() -> None:
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(10_000))
            sent += 10_000

    async with answering(answer) as server, registry_at(server.host) as registry:
        with pytest.raises(ImageInvalid, match="more than 100000 bytes"):
            await registry.manifest(EMPTY)
    assert sent < 50_000_000


async def test_a_compressed_answer_is_not_inflated() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(bytes(50 << 20)), headers={"Content-Encoding": "gzip"})

    async with answering(answer) as server, registry_at(server.host) as registry:
        with pytest.raises(DigestMismatch):
            await registry.manifest(EMPTY)


async def test_a_blob_is_read_no_further_than_its_size_and_no_blob_is_larger_than_the_limit() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 300_000)

    async with answering(answer) as server, registry_at(server.host) as registry:
        longer = Descriptor("", digest_of(b"x" * 300_000), 200_000)
        with pytest.raises(DigestMismatch):
            assert len(b"".join([chunk async for chunk in registry.blob(longer)])) <= 200_000
        with pytest.raises(ImageInvalid, match="more than 1000000; copy"):
            await anext(registry.blob(replace(longer, size=1_000_001)))


async def test_sha512_digests_are_verified_as_well() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"{}")

    async with answering(answer) as server, registry_at(server.host) as registry:
        assert await registry.manifest("sha512:" + hashlib.sha512(b"{}").hexdigest()) == b"{}"
        with pytest.raises(DigestMismatch):
            await registry.manifest("sha512:" + "0" * 128)


@pytest.mark.parametrize("digest", ["sha256:abc", "md5:" + "0" * 32, "sha256:" + "A" * 64])
async def test_a_registry_must_give_a_real_digest(digest: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Docker-Content-Digest": digest})

    assert "as its digest; check the registry" in str(await refusal_of(answer))


async def test_a_registry_that_gives_no_digest_is_asked_for_the_manifest() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"{}")

    async with answering(answer) as server, registry_at(server.host) as registry:
        assert await registry.resolve() == EMPTY


async def test_a_registry_that_dawdles_takes_no_longer_than_it_may() -> None:
    """Silence is bounded, and so is a trickle that never is silence."""
    over = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with answering(answer) as server:
        limits = replace(LIMITS, silence_seconds=60.0, resolve_seconds=0.3)
        settings = SourceSettings(insecure_registries=frozenset({server.host}), registry=limits)
        try:
            with pytest.raises(RegistryUnavailable, match=r"took longer than 0\.3 s to read"):
                await SourceReader(settings).read(f"{server.host}/team/shop:1", [], plane="prod")
        finally:
            over.set()


async def test_a_reading_that_is_given_up_leaves_no_file_and_no_process(tmp_path: Path) -> None:
    layer = {"mediaType": "", "digest": digest_of(b"layer"), "size": 1_000_000}
    config = b'{"rootfs": {"diff_ids": [""]}}'
    described = {"mediaType": "", "digest": digest_of(config), "size": len(config)}
    manifest = json.dumps({"schemaVersion": 2, "config": described, "layers": [layer]}).encode()
    streaming, over = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith(digest_of(b"layer")):
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(bytes(100_000))
            streaming.set()
            await over.wait()
            return response
        body = config if "/blobs/" in request.path else manifest
        return web.Response(body=body, headers={"Docker-Content-Digest": digest_of(manifest)})

    async with answering(answer) as server:
        limits = replace(LIMITS, silence_seconds=60.0)
        settings = SourceSettings(insecure_registries=frozenset({server.host}), registry=limits, workdir=tmp_path)
        reading = asyncio.create_task(SourceReader(settings).read(f"{server.host}/team/shop:1", [], plane="prod"))
        try:
            await asyncio.wait_for(streaming.wait(), timeout=20)
            assert files_in(tmp_path)
            assert processes_in(tmp_path)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        finally:
            over.set()
    assert files_in(tmp_path) == []
    assert processes_in(tmp_path) == []


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def processes_in(folder: Path) -> list[str]:
    """Ids of the processes whose current folder is in `folder`, or was before it was deleted."""
    found = []
    for process in Path("/proc").iterdir():
        # What ends meanwhile, or is not ours to look at, is none of these.
        with suppress(OSError):
            if process.name.isdigit() and os.readlink(process / "cwd").startswith(str(folder)):
                found.append(process.name)
    return found
