"""Bounded reading of a tar, plain or gzip'd, as a stream: the ground that `layers.py` and `archive.py` stand on.

Runs in children with rlimits, never in the operator's own process: `tarfile` has had holes (CVE-2024-12718,
CVE-2025-4517 …) and takes as much memory as a header asks for. Nothing here extracts; callers copy the bytes that they
want.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Self

from microbus_operator.source.errors import ArchiveRefused, quoted
from microbus_operator.source.settings import ArchiveLimits

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 16
_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class BoundedTar:
    """The members of a tar on `stream`, one after the other. Everything raises `ArchiveRefused`."""

    def __init__(self, stream: BinaryIO, limits: ArchiveLimits) -> None:
        self._source = _Inflated(stream, limits)
        self._limits = limits

    def members(self) -> Iterator[tuple[tarfile.TarInfo, Iterator[bytes]]]:
        """Each member with its content, to be read before the next member is asked for."""
        header = type("Header", (_Header,), {"limit": self._limits.header_bytes})
        count = 0
        try:
            # tarfile wants a whole file object; in stream mode it only ever calls `read`.
            with tarfile.open(fileobj=self._source, mode="r|", tarinfo=header, bufsize=_CHUNK) as tar:  # type: ignore[call-overload]
                while (member := tar.next()) is not None:
                    count += 1
                    if count > self._limits.members:
                        raise ArchiveRefused(f"has more than {self._limits.members} entries")
                    # tarfile keeps every member for random access, which a stream has no use for.
                    tar.members.clear()
                    if member.size < 0 or member.issparse():
                        raise ArchiveRefused(
                            f"has a sparse or negative entry {quoted(member.name)!r}; build it without"
                        )
                    yield member, _content(tar, member)
        except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
            # tarfile lets some of Python's own errors out where a header is hostile.
            raise ArchiveRefused(f"is not a readable tar ({quoted(str(error))})") from error
        self._source.drain()


class _Header(tarfile.TarInfo):
    """Refuses what would make `tarfile` gather an unbounded amount in memory, and what it would silently stop at."""

    limit = 0

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """One header block. To tarfile a damaged one after the first is the archive's end; here it is refused."""
        if not any(buf):
            return super().frombuf(buf, encoding, errors)
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise ArchiveRefused(f"has a damaged entry header ({quoted(str(error))})") from error
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise ArchiveRefused("has a sparse file; build it without")
        if header.type in _EXTENDED and header.size > cls.limit:
            raise ArchiveRefused(f"has an extended header of {header.size} bytes, more than {cls.limit}")
        return header


class _Inflated:
    """The uncompressed bytes of a stream, told apart by its first bytes; counted, and compared with the bytes read."""

    def __init__(self, stream: BinaryIO, limits: ArchiveLimits) -> None:
        self._stream = stream
        self._limits = limits
        self._read = self._inflated = 0
        self._pending = self._take()
        if self._pending.startswith(_ZSTD):
            raise ArchiveRefused("is compressed with zstd; build it with gzip (buildx: --output compression=gzip)")
        self._gzip = self._pending.startswith(_GZIP)
        self._member = zlib.decompressobj(wbits=31)

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        parts, missing = [], size
        while missing and (part := self._some(missing)):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def drain(self) -> None:
        """Read on to the end of the stream: whoever writes it hashes all of it."""
        while self._some(_CHUNK):
            pass

    def _some(self, most: int) -> bytes:
        if not self._gzip:
            self._pending = self._pending or self._take()
            part, self._pending = self._pending[:most], self._pending[most:]
            return self._counted(part)
        while True:
            if not self._pending and not (more := self._take()):
                if self._member.eof:
                    return b""
                raise ArchiveRefused("ends in the middle of its gzip stream")
            self._pending = self._pending or more
            if self._member.eof:
                # Several gzip members after one another are one stream (RFC 1952); zeros may pad its end.
                self._pending = self._pending.lstrip(b"\0")
                if not self._pending:
                    continue
                self._member = zlib.decompressobj(wbits=31)
            try:
                part = self._member.decompress(self._pending, most)
            except zlib.error as error:
                raise ArchiveRefused(f"is not valid gzip ({error})") from error
            self._pending = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if part:
                return self._counted(part)

    def _take(self) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._read += len(chunk)
        return chunk

    def _counted(self, part: bytes) -> bytes:
        self._inflated += len(part)
        if self._inflated > self._limits.inflated_bytes:
            raise ArchiveRefused(f"unfolds to more than {self._limits.inflated_bytes} bytes")
        if self._inflated > max(self._limits.ratio_floor, self._limits.ratio * self._read):
            raise ArchiveRefused(
                f"unfolds to more than {self._limits.ratio} times its size, as a decompression bomb does"
            )
        return part


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    # `fileobj` stands at the content; `extractfile` would do as much and follow links besides.
    file = tar.fileobj if member.isreg() else None
    left = member.size if file else 0
    while file and left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            raise ArchiveRefused("ends in the middle of a file")
        left -= len(chunk)
        yield chunk
