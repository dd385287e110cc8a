"""How far a reading may go: every bound on what comes from a registry, an image or the analysis, in one place.

Sizes are bytes, times are seconds. The defaults come from measurements: a 1 MB hostile Go file costs a parser 1.4 GB,
1 GiB of zeros is 1 MiB of gzip, and a real source archive of a few dozen microservices is below 10 MiB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@dataclass(frozen=True)
class RegistryLimits:
    """What one reading may take from a registry."""

    manifest_bytes: int = 4 * MIB
    layers: int = 256
    layer_bytes: int = 1 * GIB
    total_bytes: int = 2 * GIB
    redirects: int = 5
    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    resolve_seconds: float = 60.0


@dataclass(frozen=True)
class ArchiveLimits:
    """What a tar may unfold to. `ratio` counts beyond the first `ratio_floor` bytes: small archives compress well."""

    inflated_bytes: int
    members: int
    ratio: int = 200
    ratio_floor: int = 32 * MIB
    header_bytes: int = 64 * KIB
    file_bytes: int = 16 * MIB
    name_bytes: int = 1024
    depth: int = 64


@dataclass(frozen=True)
class ProcessLimits:
    """A child's rlimits, and how long and how much its parent listens to it."""

    address_space: int = 512 * MIB
    cpu_seconds: int = 60
    open_files: int = 64
    file_bytes: int = 0
    wall_seconds: float = 120.0
    output_bytes: int = 16 * MIB


@dataclass(frozen=True)
class SourceSettings:
    """What the operator is told at start about reading sources.

    `insecure_registries` are `host[:port]` as image references spell them: only these are asked over plain HTTP, and
    only these may be on a loopback address. `platform` is the one to read of an image that has several. `workdir` is
    where private folders are made (the system's temporary folder where None).
    """

    insecure_registries: frozenset[str] = frozenset()
    platform: str = "linux/amd64"
    workdir: Path | None = None
    resolving_at_once: int = 16
    reading_at_once: int = 2
    reading_seconds: float = 600.0
    remembered_readings: int = 256
    remembered_entries: int = 200_000
    remembered_refusal_seconds: float = 600.0
    registry: RegistryLimits = field(default_factory=RegistryLimits)
    # A layer is the image's, a file system of any shape; the archive in it is ours, of Go source only.
    layer: ArchiveLimits = ArchiveLimits(inflated_bytes=4 * GIB, members=1_000_000, file_bytes=64 * MIB)
    archive: ArchiveLimits = ArchiveLimits(inflated_bytes=256 * MIB, members=100_000)
    analysis: ProcessLimits = ProcessLimits()

    @property
    def scanning(self) -> ProcessLimits:
        """For the child that looks through a layer: it waits for the network, so its wall clock is the reading's."""
        return ProcessLimits(
            cpu_seconds=120, file_bytes=self.layer.file_bytes, wall_seconds=self.reading_seconds, output_bytes=64 * KIB
        )

    @property
    def unpacking(self) -> ProcessLimits:
        """For the child that unpacks the source archive."""
        return ProcessLimits(cpu_seconds=60, file_bytes=self.archive.file_bytes, output_bytes=64 * KIB)
