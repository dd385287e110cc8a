"""Until when a Plane's microservices go on without the operator: what is signed for them ends, and only it renews.

Nothing else of a Plane ends by itself: account JWTs have no `exp`. For the Plane's status.
"""

from __future__ import annotations

from collections.abc import Iterable

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.rotation import STALLS_AFTER

# Seconds that a renewal may take from when it begins until every pod runs with it: after that it is told as stalled.
RENEWAL_NEEDS = STALLS_AFTER


def may_be_down_until(apps: Iterable[MicrobusApp]) -> int | None:
    """The last time (unix seconds) at which an operator that comes back renews every credential in time.

    A key that was replaced counts while pods are connected with it. None where nothing ends.
    """
    services = [service for app in apps for service in app.status.services]
    ends = [each.expires_at for each in services if each.user_public_key]
    ends += [each.expires_at for service in services for each in service.previous if each.connections]
    known = [end for end in ends if end is not None]
    return min(known) - RENEWAL_NEEDS if known else None
