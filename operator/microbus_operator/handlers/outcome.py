"""Report what went wrong: every error becomes a condition, a log line without a secret, and a delay. The only broad
`except`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from microbus_operator.handlers.queue import Key, Outcome
from microbus_operator.kube.errors import ApiRefused, ApiUnavailable, Conflict, Unsignable
from microbus_operator.kube.keys import SeedUnusable
from microbus_operator.kube.observe import ObjectInvalid
from microbus_operator.nats.errors import NatsError
from microbus_operator.source.errors import SourceError

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0


@dataclass(frozen=True)
class Failure:
    """An error as an object's condition shows it."""

    reason: str
    message: str


def failure_of(error: Exception) -> Failure:
    """Reason and message of an error. An unexpected one gives its type alone: its text is not ours to vouch for."""
    match error:
        case ApiUnavailable():
            return Failure("ApiServerUnavailable", str(error))
        case Conflict():
            return Failure("Conflict", str(error))
        case ApiRefused() if error.status == 403:
            return Failure(
                "Forbidden", f"{error}; the operator's Role lacks this verb (see the chart's watch.namespaces)"
            )
        case ApiRefused():
            return Failure("Refused", str(error))
        case ObjectInvalid():
            return Failure("Invalid", str(error))
        case Unsignable():
            return Failure("Unsignable", str(error))
        case SeedUnusable():
            return Failure("KeyInvalid", str(error))
        case NatsError():
            return Failure("NatsUnavailable", str(error))
        case SourceError():
            return Failure(type(error).__name__, str(error))
    return Failure("InternalError", f"{type(error).__name__}; the operator's log has the details")


async def failure_in(step: Awaitable[object]) -> Exception | None:
    """What one step of something that goes on regardless failed by, None where it did not. Whoever asks tells of it."""
    try:
        await step
    except Exception as error:  # noqa: BLE001 - the second place: of tasks that nothing looks after
        return error
    return None


@dataclass
class Guard:
    """Wraps looks so that none raises. `report` writes the failure into the object's status, as far as that is
    possible.
    """

    report: Callable[[Key, Failure], Awaitable[None]]
    _failures: dict[Key, int] = field(default_factory=dict)

    async def guarded(self, look: Callable[[Key], Awaitable[Outcome]], key: Key) -> Outcome:
        """The look's outcome, or one that asks for another look, later with each failure in a row."""
        try:
            outcome = await look(key)
        except Exception as error:  # noqa: BLE001 - this is the place where every error ends
            return await self._failed(key, error)
        self._failures.pop(key, None)
        return outcome

    async def _failed(self, key: Key, error: Exception) -> Outcome:
        count = self._failures[key] = self._failures.get(key, 0) + 1
        failure = failure_of(error)
        if isinstance(error, Conflict):
            logger.info("%s: %s; looking again", key, failure.message)
            return Outcome(look_again=0.2)
        if failure.reason == "InternalError":
            logger.error("%s: %s", key, failure.message, exc_info=error)
        else:
            logger.warning("%s: %s: %s", key, failure.reason, failure.message)
        if count > 1:
            try:
                await self.report(key, failure)
            except Exception as second:  # noqa: BLE001 - the report is a courtesy; the next look tries again
                logger.warning("%s: its status could not be written: %s", key, failure_of(second).message)
        return Outcome(look_again=min(FIRST_DELAY * 2 ** (count - 1), LONGEST_DELAY))
