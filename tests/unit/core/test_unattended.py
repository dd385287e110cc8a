"""Until when everything goes on without the operator."""

from __future__ import annotations

from typing import Any

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.unattended import RENEWAL_NEEDS, may_be_down_until

from .builders import NOW, SETTINGS, app, member, settled_plane, user

DAY = 86400


def ending(*ends: int | None, name: str = "shop", **more: Any) -> MicrobusApp:
    """An app whose microservices' credentials end then."""
    services = [
        {"hostname": f"s{index}.example", "bundle": "main", "secretName": "x", "userPublicKey": user(f"{name}{index}")}
        | ({"expiresAt": end} if end is not None else {})
        | more
        for index, end in enumerate(ends)
    ]
    return app(name=name, status={"services": services})


def test_it_is_the_first_end_of_any_apps_credential_less_what_a_renewal_needs() -> None:
    apps = [ending(NOW + 9 * DAY, None, NOW + 5 * DAY), ending(NOW + 7 * DAY, name="bank")]
    assert may_be_down_until(apps) == NOW + 5 * DAY - RENEWAL_NEEDS


def test_where_nothing_ends_or_nothing_is_issued_there_is_no_such_time() -> None:
    assert may_be_down_until([]) is None
    assert may_be_down_until([app(), ending(None, None)]) is None


def test_a_replaced_key_counts_while_somebody_is_connected_with_it() -> None:
    def of(connections: int | None) -> int | None:
        former = {"publicKey": user("old"), "issuedAt": NOW, "expiresAt": NOW + DAY, "connections": connections}
        return may_be_down_until([ending(NOW + 9 * DAY, previous=[former])])

    assert of(2) == NOW + DAY - RENEWAL_NEEDS
    assert of(0) == NOW + 9 * DAY - RENEWAL_NEEDS


def test_the_planes_status_says_it_and_a_second_look_changes_nothing() -> None:
    observed = settled_plane(members=(member(ending(NOW + DAY)),))
    first = decide_plane(observed, SETTINGS, NOW).status
    assert first.operator_may_be_down_until == "2027-01-16T07:45:00Z"
    assert decide_plane(observed, SETTINGS, NOW + 3600).status.operator_may_be_down_until == "2027-01-16T07:45:00Z"
    assert decide_plane(settled_plane(), SETTINGS, NOW).status.operator_may_be_down_until is None
