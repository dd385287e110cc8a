"""From a publication to what is served: judged, made durable, then served. The sources call it; it is the store's only
writer.
"""

from __future__ import annotations

import asyncio
import logging

from microbus_operator.resolver.state import StateDirectory
from microbus_operator.resolver.store import AccountStore, Judgement, Publication, Refusal

logger = logging.getLogger(__name__)


class Intake:
    """Takes publications one after the other.

    Verifying and writing happen in a thread, so that requests are answered meanwhile: nats-server gives up after 1.9 s
    and does not ask again (pitfall N4). `sources` is how many there are; each says once when it has read everything.
    """

    def __init__(self, store: AccountStore, state: StateDirectory | None, sources: int) -> None:
        self._store = store
        self._state = state
        self._unread = sources
        self._restored = False
        self._lock = asyncio.Lock()
        self._refused: dict[str, frozenset[Refusal]] = {}
        self._missing: dict[str, frozenset[str]] = {}

    @property
    def is_ready(self) -> bool:
        """Whether every source has been read once, or accounts of an earlier run are served."""
        return self._unread <= 0 or self._restored

    async def restore(self) -> None:
        """Serve what an earlier run left on disk. Raises `OSError` if the state directory cannot be used."""
        if self._state is None:
            return
        operators, accounts = await asyncio.to_thread(self._state.load)
        self._store.apply(operators, accounts)
        self._restored = bool(accounts)
        logger.info("%d accounts of an earlier run are served", len(accounts))

    async def take(self, publication: Publication) -> None:
        """Serve what is new and good in `publication`; log what is not."""
        async with self._lock:
            judgement = await asyncio.to_thread(self._store.judge, publication)
            await self._make_durable(judgement)
            self._store.apply([judgement.operator] if judgement.operator else [], judgement.accounts)
            self._tell(publication.origin, judgement)

    def source_was_read(self) -> None:
        """To be called by each source once, when it has handed over everything it has."""
        self._unread -= 1
        if not self._unread:
            logger.info("every source has been read; %d accounts are served", len(self._store))

    async def _make_durable(self, judgement: Judgement) -> None:
        if self._state is None or not (judgement.operator or judgement.accounts):
            return
        operators = [judgement.operator] if judgement.operator else []
        try:
            await asyncio.to_thread(self._state.save, operators, judgement.accounts)
        except OSError as error:
            # Served all the same: what is lost is only the start without an API server.
            logger.error("the state directory cannot be written (%s); free or enlarge it", error)

    def _tell(self, origin: str, judgement: Judgement) -> None:
        """Log what changed. A refusal that stays is told once, however often its source is read again."""
        for known in judgement.accounts:
            logger.info("%s: account %s of iat %d is served", origin, known.account, known.issued_at)
        refused, missing = frozenset(judgement.refusals), frozenset(judgement.missing)
        for refusal in sorted(refused - self._refused.get(origin, frozenset()), key=lambda item: item.entry):
            logger.error("%s: %s is not served: %s", origin, refusal.entry, refusal.reason)
        for account in sorted(missing - self._missing.get(origin, frozenset())):
            logger.warning(
                "%s: account %s has disappeared and is served on as it was; to end it publish its tombstone"
                " (everything revoked, no signing key)",
                origin,
                account,
            )
        self._refused[origin], self._missing[origin] = refused, missing
        if not refused and not missing:
            del self._refused[origin], self._missing[origin]
