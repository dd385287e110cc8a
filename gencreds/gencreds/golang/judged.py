"""Which files are known to be Go, in a table that processes share that start as copies of one another.

Several microservices call the same API. Where they are analysed side by side, a file that one process has judged is
parsed by another one only if it needs its tree.
"""

from __future__ import annotations

import hashlib
import mmap

_SIZE = 16
_SLOTS = 1 << 16
_PROBES = 16
_EMPTY = bytes(_SIZE)


class Judged:
    """A set of fingerprints in shared memory. What does not fit, or is written by two at once, is not known."""

    def __init__(self) -> None:
        self._table = mmap.mmap(-1, _SLOTS * _SIZE)

    def knows(self, fingerprint: bytes) -> bool:
        """Return whether `fingerprint` was added."""
        for at in _places(fingerprint):
            entry = self._table[at : at + _SIZE]
            if entry == fingerprint:
                return True
            if entry == _EMPTY:
                return False
        return False

    def add(self, fingerprint: bytes) -> None:
        """Add `fingerprint`."""
        for at in _places(fingerprint):
            if self._table[at : at + _SIZE] in (_EMPTY, fingerprint):
                self._table[at : at + _SIZE] = fingerprint
                return


def fingerprint(data: bytes) -> bytes:
    """Return what stands for a file with the content `data`."""
    return hashlib.blake2b(data, digest_size=_SIZE).digest()


def _places(fingerprint: bytes) -> range:
    start = int.from_bytes(fingerprint[:4], "big") % (_SLOTS - _PROBES)
    return range(start * _SIZE, (start + _PROBES) * _SIZE, _SIZE)
