"""The corpus: one directory per call pattern or rule, laid over `base/`. All tests read it through this module.

A case with a go.mod of its own is a whole tree. Any other is a few files on top of `base/`, whose files it may replace;
what is scanned is a copy of both. A case is scanned as a bundle when it has `main/main.go`, else by its manifests.
"""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

from gencreds.grants import allow_lists, grants_of
from gencreds.microbus.model import Microservice, Severity
from gencreds.pipeline import scan

HERE = Path(__file__).parent
BASE = HERE / "base"
CASES = sorted(path for path in HERE.iterdir() if path.is_dir() and path != BASE and any(path.rglob("*.go")))
# `// upstream: misses …` at the head of service.go: what upstream's engine makes of the case.
_UPSTREAM = re.compile(r"^// upstream: (misses|widens|refuses)\b", re.MULTILINE)


def is_whole(case: Path) -> bool:
    """Whether the case brings its whole tree."""
    return (case / "go.mod").exists()


def lay_out(case: Path, directory: Path) -> Path:
    """Write the tree of `case` to `directory`, which must not exist, and return it."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    if not is_whole(case):
        shutil.copytree(BASE, directory)
    return Path(shutil.copytree(case, directory, dirs_exist_ok=True, symlinks=True))


def scan_tree(tree: Path) -> list[Microservice]:
    """Scan a tree that was laid out."""
    main = tree / "main" / "main.go"
    if main.exists():
        return scan(main)
    return scan(None, sorted(path.parent for path in tree.glob("*/manifest.yaml")))


def upstream_verdict(case: Path) -> str | None:
    """What upstream gets wrong about the case: it `misses`, `widens` or `refuses` something; None if nothing."""
    verdicts = [
        match[1]
        for path in sorted(case.rglob("*.go"))
        if (match := _UPSTREAM.search(path.read_text(errors="replace")[:2000]))
    ]
    return verdicts[0] if verdicts else None


def is_refused(service: Microservice) -> bool:
    """Whether a blocking finding keeps the microservice from an allow-list."""
    return any(finding.severity is Severity.BLOCKING for finding in service.findings)


def acl(service: Microservice) -> str:
    """The text of the microservice's `.acl`."""
    pub, sub = allow_lists(grants_of(service, "{{plane}}"))
    lines = [f"# {service.hostname}", "", *sorted(f"PUB {subject}" for subject in pub)]
    return "\n".join([*lines, "", *sorted(f"SUB {subject}" for subject in sub)]) + "\n"


class Trees:
    """The cases' trees under one temporary directory, each laid out and scanned once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.of = cache(self._of)
        self.scanned = cache(self._scanned)

    def _of(self, case: Path) -> Path:
        return case if is_whole(case) else lay_out(case, self._directory / case.name)

    def copy(self, tree: Path, name: str = "") -> Path:
        """Lay out a case, or copy another tree, for a test that writes to it."""
        return lay_out(tree, self._directory / "copies" / (name or tree.name))

    def _scanned(self, case: Path) -> list[Microservice]:
        return scan_tree(self.of(case))
