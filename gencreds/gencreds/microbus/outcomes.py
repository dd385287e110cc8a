"""What a list of options amounts to: methods and URLs, several where the source leaves several possible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gencreds.microbus.texts import MAX_VALUES, Pattern


class State(Enum):
    """What is known of a part that has no text."""

    UNSET = "unset"
    DYNAMIC = "dynamic"
    UNFOLLOWED = "unfollowed"


@dataclass(frozen=True)
class Outcome:
    """One possible list. `url` is the URL, or a subscription's route; `is_option` once any option was seen."""

    method: str | State = State.UNSET
    url: Pattern | State = State.UNSET
    is_option: bool = False

    def then(self, after: Outcome) -> Outcome:
        """Return this list with the options of `after` applied on top."""
        method = self.method if after.method is State.UNSET else after.method
        url = self.url if after.url is State.UNSET else after.url
        return Outcome(method, url, self.is_option or after.is_option)

    @property
    def is_unfollowed(self) -> bool:
        """Whether options that cannot be followed may decide the method or the URL."""
        return State.UNFOLLOWED in (self.method, self.url)

    @property
    def says_nothing(self) -> bool:
        """Whether neither a method nor a URL is set."""
        return (self.method, self.url) == (State.UNSET, State.UNSET)


Outcomes = tuple[Outcome, ...]
NOTHING: Outcomes = (Outcome(),)
UNFOLLOWED: Outcomes = (Outcome(State.UNFOLLOWED, State.UNFOLLOWED),)
AN_OPTION: Outcomes = (Outcome(is_option=True),)


def composed(before: Outcomes, after: Outcomes) -> Outcomes:
    """Return every combination of what came `before` with what is applied `after`."""
    found = dict.fromkeys(first.then(second) for first in before for second in after)
    return tuple(found) if len(found) <= MAX_VALUES else UNFOLLOWED


def either(*groups: Outcomes) -> Outcomes:
    """Return all possibilities of `groups`."""
    found = tuple(dict.fromkeys(outcome for group in groups for outcome in group))
    return found if len(found) <= MAX_VALUES else UNFOLLOWED
