"""What a digest's source said, remembered for as long as this process lives; `discover.py` looks here before it reads.

So gencreds' version is part of every key by itself. Bounded in number and in size: reports are as large as a stranger's
source makes them.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from gencreds.report import Report
from microbus_operator.source.errors import SourceError
from microbus_operator.source.settings import SourceSettings


@dataclass(frozen=True)
class SourceReading:
    """What an image's source says.

    `digest` is the image's (of its index where it has several platforms), `reference` the image by that digest,
    `source_digest` that of the source archive, `trust` how the source is bound to the image.
    """

    digest: str
    reference: str
    source_digest: str
    trust: str
    report: Report

    @property
    def entries(self) -> int:
        """How many values the report holds, as a measure of its size."""
        services = self.report.services
        evidence = sum(len(grant.evidence) + 1 for service in services for grant in service.grants)
        return evidence + sum(len(service.pub) + len(service.sub) + len(service.findings) + 1 for service in services)


@dataclass(frozen=True)
class Key:
    """What a reading depends on.

    `image` is part of it: a registry that lies about a digest must bring the bytes for it itself.
    """

    image: str
    digest: str
    plane: str
    main: str | None


@dataclass(frozen=True)
class _Refusal:
    kind: type[SourceError]
    message: str
    until: float
    entries: int = 1


class Memory:
    """Readings, and refusals that will not pass by themselves; the least recently used ones go first."""

    def __init__(self, settings: SourceSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[Key, SourceReading | _Refusal] = OrderedDict()

    def recall(self, key: Key) -> SourceReading | None:
        """The reading, or None where it is not known. Raises the refusal that is."""
        known = self._known.get(key)
        if known is None:
            return None
        if isinstance(known, _Refusal):
            if known.until <= self._clock():
                return None
            # A new exception each time: one that is raised again and again would gather tracebacks.
            raise known.kind(known.message)
        self._known.move_to_end(key)
        return known

    def remember(self, key: Key, reading: SourceReading) -> None:
        """Keep a reading."""
        self._keep(key, reading)

    def remember_refusal(self, key: Key, error: SourceError) -> None:
        """Keep a refusal for a while, if it is lasting: even an analysis may have failed for the machine's load."""
        if error.lasting:
            until = self._clock() + self._settings.remembered_refusal_seconds
            self._keep(key, _Refusal(type(error), str(error), until))

    def _keep(self, key: Key, known: SourceReading | _Refusal) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        entries = sum(each.entries for each in self._known.values())
        while len(self._known) > self._settings.remembered_readings or (
            entries > self._settings.remembered_entries and len(self._known) > 1
        ):
            _, forgotten = self._known.popitem(last=False)
            entries -= forgotten.entries
