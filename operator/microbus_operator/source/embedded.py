"""Finds the source archive that an image carries in itself, and unpacks it; between `registry.py` and `analysis.py`.

The newest layers are read first: what a layer holds or hides settles the matter for all below it, and the archive is
usually in the last.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

from microbus_operator.source.archive import TREE
from microbus_operator.source.errors import ArchiveRefused, NoSource, quoted
from microbus_operator.source.layers import FILE, REFUSED, Found
from microbus_operator.source.manifests import Descriptor
from microbus_operator.source.processes import Finished, run_limited
from microbus_operator.source.registry import Registry
from microbus_operator.source.settings import SourceSettings

_ADVICE = "run `gencreds bundle` in the image's build and copy its archive to " + FILE


@dataclass(frozen=True)
class Embedded:
    """An unpacked source archive: its digest, the source's root on disk, the bundle's main file relative to that."""

    digest: str
    root: Path
    bundle: str


async def embedded_source(
    image: str,
    registry: Registry,
    layers: Sequence[Descriptor],
    folder: Path,
    settings: SourceSettings,
    main: str | None = None,
) -> Embedded:
    """Unpack the image's source archive below `folder`, an empty private one; `main` overrides the archive's main file.

    Raises `NoSource`, `ArchiveRefused` and what `Registry.blob` raises.
    """
    archive, tree = folder / "source.tar.gz", folder / "unpacked"
    digest = await _find(image, registry, layers, archive, settings)
    tree.mkdir(mode=0o700)
    finished = await run_limited(
        "microbus_operator.source.archive",
        [json.dumps(asdict(settings.archive)), str(archive), str(tree)],
        settings.unpacking,
        folder,
    )
    unpacked = _answer(finished, f"{image}: {FILE}")
    bundle = unpacked["bundle"] if main is None else main
    if ".." in bundle.split("/") or not (tree / TREE / bundle).is_file():
        raise ArchiveRefused(
            f"{image}: {FILE} has no {quoted(bundle)}, which the app names as its bundle's `main`; "
            f"leave `main` out for the archive's own, {unpacked['bundle']}"
        )
    return Embedded(digest, tree / TREE, bundle)


async def _find(
    image: str, registry: Registry, layers: Sequence[Descriptor], archive: Path, settings: SourceSettings
) -> str:
    for layer in reversed(layers):
        async with aclosing(registry.blob(layer)) as blob:
            scan = await _scan(f"{image}: layer {layer.digest}", blob, archive, settings)
        if scan["found"] == Found.HERE:
            return scan["digest"]
        if scan["found"] == Found.HIDDEN:
            raise NoSource(f"{image}: layer {layer.digest} deletes {FILE} from the image; {_ADVICE}, and keep it")
    raise NoSource(f"{image}: none of its {len(layers)} layers has {FILE}; {_ADVICE}")


async def _scan(
    what: str, blob: AsyncGenerator[bytes, None], archive: Path, settings: SourceSettings
) -> dict[str, str]:
    finished = await run_limited(
        "microbus_operator.source.layers",
        [json.dumps(asdict(settings.layer)), str(archive)],
        settings.scanning,
        archive.parent,
        feed=blob,
    )
    # A child that refused has left the rest. Its digest comes first: a damaged blob says nothing about the image.
    async for _ in blob:
        pass
    return _answer(finished, what)


def _answer(finished: Finished, what: str) -> dict[str, str]:
    if finished.code == REFUSED and not finished.stopped:
        raise ArchiveRefused(f"{what} {finished.complaint}")
    if finished.stopped or finished.code != 0:
        raise ArchiveRefused(f"{what} cannot be read: reading it {finished.stopped or finished.complaint or 'failed'}")
    answer: dict[str, str] = json.loads(finished.output)
    return answer
