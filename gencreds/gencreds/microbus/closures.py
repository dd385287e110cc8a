"""Pattern: calls in the main package. Inside a microservice's `Init` closure they are that microservice's.

Anywhere else nobody can tell who makes them: a blocking finding for every microservice of the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable

from gencreds.golang.packages import Package
from gencreds.microbus.api import Apis
from gencreds.microbus.bundle import Bundle, Span
from gencreds.microbus.collect import collect
from gencreds.microbus.interest import interesting
from gencreds.microbus.model import Finding, Severity
from gencreds.microbus.record import Record
from gencreds.microbus.shapes import Types
from gencreds.microbus.solve import Solver
from gencreds.microbus.values import Values
from gencreds.microbus.views import view_of

_SKIPPED = frozenset({"import_declaration", "comment"})


def add_closures(solver: Solver, bundle: Bundle, import_path: str, package: Package, apis: Apis) -> None:
    """Take in what the main package runs on behalf of the microservice `import_path`, whose package is `package`."""
    for span in bundle.closures.get(import_path, ()):
        view = view_of(span.package, span.file, apis, {import_path: package})
        offsets = [at for at in interesting(view, ()) if span.start <= at < span.end]
        for node in dict.fromkeys(view.file.declaration_at(at) for at in offsets):
            if node is not None:
                solver.add_unit(view, node, offsets, (span.start, span.end))


def findings_of_main(bundle: Bundle, apis: Apis) -> tuple[Finding, ...]:
    """Return what is wrong with the main package itself; it concerns every microservice of the bundle."""
    record = Record()
    for location in bundle.unfollowed:
        record.blocking(
            "unfollowed-service",
            "what is added to the application here cannot be followed; write app.Add(pkg.NewService())",
            location,
        )
    for name, problem in bundle.package.problems:
        record.problem(name, problem)
    closures = [span for spans in bundle.closures.values() for span in spans]
    for file in bundle.package.files:
        probe = Record()
        solver = Solver(Types(apis, {}), Values(apis))
        view = view_of(bundle.package, file, apis, {})
        offsets = [at for at in interesting(view, ()) if not _is_inside(file.name, at, closures)]
        for node in dict.fromkeys(file.declaration_at(at) for at in offsets):
            if node is not None and node.type not in _SKIPPED:
                solver.add_unit(view, node, offsets)
        solver.solve()
        collect(solver, "main", probe, lambda client, member, place: True)
        places = {access.location for access in probe.accesses}
        places |= {finding.location for finding in probe.findings if finding.severity is Severity.BLOCKING}
        for location in sorted(places):
            record.blocking(
                "call-in-main",
                "the main package calls microservices here, and nothing tells which microservice is calling; "
                "move the call into one, or into its Init closure",
                location,
            )
    return record.findings


def _is_inside(name: str, offset: int, spans: Iterable[Span]) -> bool:
    return any(span.file.name == name and span.start <= offset < span.end for span in spans)
