"""Which mutants change the report: every tree with its mutants, one at a time, scanned and compared.

A report is compared by its findings and its grants, those that another one covers included, and how many call sites
speak for each; never by lines. What must not change it stands in `unchanged.txt`, one mutant a line with the reason;
whatever else changes nothing is a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.golden.corpus import CASES, Trees, scan_tree

from gencreds.grants import grants_of
from gencreds.microbus.model import Access, AccessKind, Microservice
from gencreds.pipeline import ScanError, scan

from .mutants import Mutant, mutants_of

SHOP = Path(__file__).parents[2] / "examples" / "shop"
UNCHANGED = Path(__file__).with_name("unchanged.txt")
PLANE = "P"

Outcome = tuple[object, ...]


@dataclass(frozen=True)
class Subject:
    """A tree to mutate: its `name`, the `tree` itself (a copy that may be written), and how to scan it."""

    name: str
    tree: Path
    own: tuple[str, ...]
    scan: Callable[[], list[Microservice]]

    def mutants(self) -> dict[str, Mutant]:
        """Return all mutants by the name that `unchanged.txt` has for them."""
        found: dict[str, Mutant] = {}
        seen: Counter[str] = Counter()
        for mutant in mutants_of(self.tree, self.services(), self.own):
            seen[str(mutant)] += 1
            again = f" #{seen[str(mutant)]}" if seen[str(mutant)] > 1 else ""
            found[f"{self.name}: {mutant}{again}"] = mutant
        return found

    def services(self) -> list[Microservice]:
        """Return what a scan finds; nothing where it is impossible."""
        try:
            return self.scan()
        except ScanError:
            return []

    def outcome(self) -> Outcome:
        """Return what the report says, without where."""
        try:
            return tuple(_outcome(service) for service in self.scan())
        except ScanError as error:
            return (str(error),)

    def changes(self, mutant: Mutant, before: Outcome) -> bool:
        """Whether `mutant` has another outcome than `before`."""
        path = self.tree / mutant.path
        original = path.read_bytes()
        path.write_bytes(mutant.text)
        try:
            return self.outcome() != before
        finally:
            path.write_bytes(original)


def subjects(directory: Path, is_chosen: Callable[[str], bool] = lambda name: True) -> Iterator[Subject]:
    """Return the corpus and the example's bundles, those whose name is chosen, copied to `directory`."""
    trees = Trees(directory)
    for case in CASES:
        if not is_chosen(case.name):
            continue
        tree = trees.copy(case)
        # Links lead to what the case is about. A negative case's literals are the point: they are no one's address.
        files = [path for path in sorted(case.rglob("*.go")) if path.is_file() and not path.is_symlink()]
        own = () if case.name.startswith("negative-") else (path.relative_to(case).as_posix() for path in files)
        yield Subject(case.name, tree, tuple(own), partial(scan_tree, tree))
    for main in ("main", "signerapp"):
        if not is_chosen(f"shop-{main}"):
            continue
        tree = trees.copy(SHOP, f"shop-{main}")
        services = {service.directory for service in scan(tree / main / "main.go")} | {main}
        files = sorted(path for folder in services for path in (tree / folder).glob("*.go"))
        yield Subject(
            f"shop-{main}",
            tree,
            tuple(path.relative_to(tree).as_posix() for path in files),
            partial(scan, tree / main / "main.go"),
        )


def unchanged() -> dict[str, str]:
    """The mutants that must change nothing, with the reason why."""
    lines = [line for line in UNCHANGED.read_text().splitlines() if line and not line.startswith("#")]
    return {key: reason for key, _, reason in (line.partition("  ## ") for line in lines)}


def evident_reason(mutant: Mutant, services: list[Microservice]) -> str | None:
    """Why removing or turning a call changes nothing, where that follows from the other calls."""
    if mutant.kind not in ("call", "endpoint"):
        return None
    for service in services:
        here = [access for access in service.accesses if _is_at(access, mutant)]
        others = {(access.kind, access.endpoint) for access in service.accesses if not _is_at(access, mutant)}
        if here and all(access.kind is AccessKind.ROUTE and not _is_granted(access, service) for access in here):
            return "a route of its own is in every list"
        if here and all((access.kind, access.endpoint) in others for access in here):
            return "another call is granted the same"
    return None


def _is_at(access: Access, mutant: Mutant) -> bool:
    return (access.location.file, access.location.line) == (mutant.path, mutant.line)


def _is_granted(access: Access, service: Microservice) -> bool:
    return access.endpoint.is_trust_root or access.endpoint.host != service.hostname


def _outcome(service: Microservice) -> Outcome:
    grants = {(each.verb, each.subject, each.kind, len(each.evidence)) for each in grants_of(service, PLANE)}
    findings = {(finding.rule, finding.severity, finding.message) for finding in service.findings}
    return (service.hostname, *sorted(grants), *sorted(findings))
