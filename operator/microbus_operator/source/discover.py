"""From an image reference to gencreds' report on the source in it: the one entry of this package; `handlers` call it.

`references.py` -> `registry.py` -> `manifests.py` -> `embedded.py` -> `analysis.py`. The registry is asked at each
reading, with the caller's own pull secrets, so that nobody reads from memory what they may not pull; only what follows
from the digest is remembered.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from microbus_operator.source.analysis import analyse
from microbus_operator.source.auth import credentials_for
from microbus_operator.source.embedded import embedded_source
from microbus_operator.source.errors import ImageInvalid, RegistryUnavailable, SourceError
from microbus_operator.source.manifests import Index, Manifest, layers_of_config, parse_manifest
from microbus_operator.source.memory import Key, Memory, SourceReading
from microbus_operator.source.references import Reference, parse_reference
from microbus_operator.source.registry import Registry
from microbus_operator.source.settings import SourceSettings
from microbus_operator.source.transport import Transport

__all__ = ["SourceReader", "SourceReading"]

DIGEST_BOUND = "DigestBound"


class SourceReader:
    """Reads sources, a few at once, and remembers what a digest's source said. One a process, on one event loop."""

    def __init__(self, settings: SourceSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._resolving = asyncio.Semaphore(settings.resolving_at_once)
        self._reading = asyncio.Semaphore(settings.reading_at_once)
        self._memory = Memory(settings, clock)
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    async def read(
        self, image: str, pull_secrets: Sequence[bytes], *, plane: str, main: str | None = None
    ) -> SourceReading:
        """Resolve an image, read the source in it, analyse it for a plane.

        `pull_secrets` are `.dockerconfigjson` texts, `main` the bundle's main file where it is not the archive's own.
        Raises a `SourceError`.
        """
        reference = parse_reference(image)
        credentials = credentials_for(reference, pull_secrets)
        async with Transport(reference, self._settings) as transport:
            registry = Registry(transport, reference, credentials, self._settings.registry)
            async with self._resolving, _in_time(reference, self._settings.registry.resolve_seconds):
                digest = await registry.resolve()
            key = Key(reference.name, digest, plane, main)
            lock = self._locks.setdefault(key, asyncio.Lock())
            async with lock:
                reading = self._memory.recall(key)
                if reading is None:
                    async with self._reading, _in_time(reference, self._settings.reading_seconds):
                        reading = await self._read_anew(registry, reference, key)
        return reading

    async def _read_anew(self, registry: Registry, reference: Reference, key: Key) -> SourceReading:
        try:
            reading = await self._read_digest(registry, reference, key)
        except SourceError as error:
            self._memory.remember_refusal(key, error)
            raise
        self._memory.remember(key, reading)
        return reading

    async def _read_digest(self, registry: Registry, reference: Reference, key: Key) -> SourceReading:
        name = f"image {reference}"
        manifest = await self._manifest(registry, name, key.digest)
        counted = layers_of_config(await registry.config(manifest.config), name)
        if counted != len(manifest.layers):
            raise ImageInvalid(
                f"{name}: its configuration counts {counted} layers and its manifest {len(manifest.layers)}; "
                "push it again"
            )
        async with _private_folder(self._settings.workdir) as folder:
            source = await embedded_source(name, registry, manifest.layers, folder, self._settings, key.main)
            report = await analyse(name, source.root, source.bundle, key.plane, self._settings.analysis)
        return SourceReading(key.digest, reference.pinned(key.digest), source.digest, DIGEST_BOUND, report)

    async def _manifest(self, registry: Registry, name: str, digest: str) -> Manifest:
        most_layers = self._settings.registry.layers
        document = parse_manifest(await registry.manifest(digest), name, most_layers)
        if isinstance(document, Index):
            chosen = document.manifest_for(self._settings.platform, name)
            document = parse_manifest(await registry.manifest(chosen.digest), name, most_layers)
        if isinstance(document, Index):
            raise ImageInvalid(f"{name}: its index leads to another index; push the image again")
        return document


@asynccontextmanager
async def _in_time(reference: Reference, seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise RegistryUnavailable(
            f"image {reference}: took longer than {seconds:g} s to read; the operator tries again"
        ) from error


@asynccontextmanager
async def _private_folder(parent: Path | None) -> AsyncIterator[Path]:
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="source-", dir=parent))
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)
