"""Pattern: calls in the main package. Inside a microservice's `Init` closure they are that microservice's.

Anywhere else nobody can tell who makes them: a blocking finding for every microservice of the bundle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from gencreds.golang.packages import Package
from gencreds.microbus.api import Apis
from gencreds.microbus.bundle import Bundle
from gencreds.microbus.collect import collect
from gencreds.microbus.fileview import FileView
from gencreds.microbus.interest import interesting
from gencreds.microbus.model import Finding, Severity
from gencreds.microbus.record import Record
from gencreds.microbus.shapes import Types
from gencreds.microbus.solve import Solver
from gencreds.microbus.startup import Span
from gencreds.microbus.values import Values
from gencreds.microbus.views import view_of

_SKIPPED = frozenset({"import_declaration", "comment"})


def add_closures(solver: Solver, bundle: Bundle, import_path: str, package: Package, apis: Apis) -> None:
    """Take in what the main package runs on behalf of the microservice `import_path`, whose package is `package`."""
    spans = bundle.closures.get(import_path, ())
    near = {import_path: package, **{span.package.import_path: span.package for span in spans}}
    looked = _looked(spans, apis, near)
    for span in spans:
        view, offsets = looked[span.file.name]
        inside = _between(offsets, span.start, span.end)
        top = span.file.declaration_at(span.start)
        if top is not None:
            # It may be of interest later, though nothing in it is by itself.
            is_whole = (top.start_byte, top.end_byte) == (span.start, span.end)
            solver.add_unit(view, top, inside, None if is_whole else (span.start, span.end))
    for view, offsets in looked.values():
        for node in view.file.declarations:
            if node.type == "type_declaration" and (inside := _between(offsets, node.start_byte, node.end_byte)):
                solver.add_unit(view, node, inside)


def _looked(
    spans: Iterable[Span], apis: Apis, near: Mapping[str, Package]
) -> dict[str, tuple[FileView, Sequence[int]]]:
    """Return the views of the files that `spans` are in, by name, with what is of interest in each."""
    packages = {span.file.name: (span.package, span.file) for span in spans}
    views = {name: view_of(package, file, apis, near) for name, (package, file) in packages.items()}
    return {name: (view, interesting(view, ())) for name, view in views.items()}


def _between(offsets: Sequence[int], start: int, end: int) -> Sequence[int]:
    """Return those of the sorted `offsets` that lie between `start` and `end`."""
    return offsets[bisect_left(offsets, start) : bisect_left(offsets, end)]


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
        view = view_of(bundle.package, file, apis, {})
        offsets = [at for at in interesting(view, ()) if not _is_inside(file.name, at, closures)]
        _calls(record, view, offsets, apis)
    looked = _looked(bundle.beside, apis, {})
    given = [span for span in closures if span not in bundle.beside]
    for span in bundle.beside:
        view, found = looked[span.file.name]
        inside = _between(found, span.start, span.end)
        _calls(record, view, [at for at in inside if not _is_inside(span.file.name, at, given)], apis)
    return record.findings


def _calls(record: Record, view: FileView, offsets: Sequence[int], apis: Apis) -> None:
    """Report what code at `offsets` of a file asks for: nobody can tell on whose behalf."""
    probe = Record()
    solver = Solver(Types(apis, {}), Values(apis))
    for node in dict.fromkeys(view.file.declaration_at(at) for at in offsets):
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


def _is_inside(name: str, offset: int, spans: Iterable[Span]) -> bool:
    return any(span.file.name == name and span.start <= offset < span.end for span in spans)
