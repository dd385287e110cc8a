"""Why our engine and upstream's differ at a place, in stable words, from what each of them saw there.

`comparing` asks for each place behind a subject that only one of the two grants. Nothing is guessed from text: either
both found something at the place and it differs in a way that can be named, or one found nothing and upstream's
scanner says what shape it passed over (`gencreds.upstream.shapes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gencreds.microbus.model import Access, AccessKind, Finding, Location, Severity
from gencreds.subjects import split_slot
from gencreds.upstream.engine import UpstreamService
from gencreds.upstream.rules import target_of
from gencreds.upstream.shapes import NOT_SEEN, alias_is_shadowed, call_shape, request_shape, subscription_shape
from gencreds.upstream.sources import INTERMEDIATE
from gencreds.upstream.subjects import Target, has_host
from gencreds.upstream.wanted import Fact, Origin, Wanted

_ORIGINS = {
    AccessKind.CALL: Origin.CALL,
    AccessKind.REQUEST: Origin.REQUEST,
    AccessKind.EVENT: Origin.EVENT,
    AccessKind.HOOK: Origin.HOOK,
    AccessKind.ROUTE: Origin.ROUTE,
}
_BY_FACT = {
    Fact.COLLISION: "alias-collision",
    Fact.NO_METHOD: "computed-definition",
    Fact.NO_ROUTE: "computed-definition",
    Fact.VARIABLE_OPTIONS: "options-variable",
    Fact.UNKNOWN_URL: "computed-url",
}


def why_only_ours(access: Access, theirs: UpstreamService) -> str:
    """Return why upstream does not grant what `access` needs."""
    if access.kind is AccessKind.DECLARED:
        return "declared"
    at_place = theirs.found_at.get(_place(access.location), [])
    here = [each for each in at_place if _is_at(each, access)]
    for wanted in here:
        if access.kind is AccessKind.REQUEST or wanted.name == access.name:
            return _told(wanted, access)
    if access.kind in (AccessKind.HOOK, AccessKind.ROUTE):
        return _unseen_subscription(access, theirs)
    if access.kind is AccessKind.EVENT:
        return "event-not-in-client" if _is_in_api(access, theirs) else "trigger-for-host"
    if len(here) < len(at_place):
        return "overridden-request"
    return _unseen_call(access, theirs, here)


def why_only_upstream(
    wanted: Wanted, accesses: Sequence[Access], findings: Iterable[Finding], theirs: UpstreamService
) -> str:
    """Return why ours does not grant what upstream wants at a place, where ours has `accesses` and `findings`."""
    here = [access for access in accesses if _is_at(wanted, access)]
    for access in here:
        if access.kind is AccessKind.REQUEST or wanted.name == access.name:
            return _told(wanted, access)
    if any(finding.severity is Severity.BLOCKING for finding in findings):
        return "refused-by-ours"
    if accesses:
        return "overridden-request"
    if Fact.COLLISION in wanted.facts:
        return "alias-collision"
    if wanted.file.rpartition("/")[2].startswith(("_", ".")):
        return "file-that-go-ignores"
    if Fact.BOUND in wanted.facts:
        return "shadowed-variable"
    file = next((file for file in theirs.files if file.name == wanted.file), None)
    return "shadowed-alias" if file is not None and alias_is_shadowed(file, wanted.line) else NOT_SEEN


def _told(wanted: Wanted, access: Access) -> str:
    """Return in which way the same place means another endpoint to upstream."""
    target, mine = target_of(wanted), access.endpoint
    if target is None:
        return "dropped-route"
    if Fact.HOST_LOST in wanted.facts:
        return "hook-for-host" if wanted.origin is Origin.HOOK else "bound-for-host"
    if Fact.DYNAMIC_HOST in wanted.facts and mine.host is not None:
        return "for-host-ignored" if has_host(wanted.route or "") else "for-host-constant"
    for fact, reason in _BY_FACT.items():
        if fact in wanted.facts and (target != Target(mine.host, mine.port, mine.path) or reason.startswith("comp")):
            return reason
    if target.host != mine.host:
        return _other_host(target, wanted, mine.host or "")
    if target.path == mine.path:
        return "path-encoding"
    return "escapes" if "\\" in (wanted.route or "") else NOT_SEEN


def _other_host(target: Target, wanted: Wanted, host: str) -> str:
    theirs = (target.host or "").lower()
    if theirs == host or split_slot(theirs)[1] == split_slot(host)[1]:
        return "host-case" if theirs == host else "host-slot"
    return "passed-for-host" if Fact.BOUND in wanted.facts else NOT_SEEN


def _unseen_subscription(access: Access, theirs: UpstreamService) -> str:
    kind = access.kind.value
    file = next((file for file in theirs.files if file.name == access.location.file), None)
    if file is not None and file.name.rpartition("/")[2] == INTERMEDIATE:
        return subscription_shape(file, access.location.line)
    return "inbound-definition" if _is_in_api(access, theirs) else f"{kind}-outside-intermediate"


def _unseen_call(access: Access, theirs: UpstreamService, here: list[Wanted]) -> str:
    name, line = access.location.file, access.location.line
    file = next((file for file in theirs.files if file.name == name), None)
    if file is None:
        prefix = "" if theirs.directory.name == "." else f"{theirs.directory.name}/"
        if name.startswith(prefix):
            return "sub-package" if "/" in name.removeprefix(prefix) else "mock-file"
        return "other-package"
    if access.kind is AccessKind.REQUEST:
        return request_shape(file, line)
    return "helper-body" if here else call_shape(file, line, access.name)


def _is_at(wanted: Wanted, access: Access) -> bool:
    return _ORIGINS.get(access.kind) is wanted.origin and (wanted.file, wanted.line) == _place(access.location)


def _is_in_api(access: Access, theirs: UpstreamService) -> bool:
    """Return whether the place is in an API package: a definition there stands for itself."""
    folder = access.location.file.rpartition("/")[0]
    return folder != theirs.directory.name and folder.endswith("api")


def _place(location: Location) -> tuple[str, int]:
    return location.file, location.line
