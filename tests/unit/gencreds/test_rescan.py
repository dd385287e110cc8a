"""A scan that remembers the last one prints what a fresh one prints, and analyses no more than a change can touch."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gencreds.joining import joined
from gencreds.memory import recall, remember
from gencreds.pipeline import scan
from gencreds.report import report_of
from gencreds.rescan import Request, rescan

SHOP = Path(__file__).parents[3] / "examples" / "shop"


class Source:
    """A copy of the example, scanned with a memory beside it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop"
        shutil.copytree(SHOP, self.root)
        self.file = folder / "memory"
        # What was written just now may change again unnoticed, so it is not trusted; the copy is older than that.
        old = time.time() - 60
        for path in self.root.rglob("*"):
            os.utime(path, (old, old))
        self._settle()

    def scan(self, plane: str = "prod", jobs: int = 1) -> tuple[str, int]:
        """Scan with the memory; returns the report and how many microservices were analysed."""
        analysed = 0

        def told(done: int, of: int) -> None:
            nonlocal analysed
            analysed = done

        request = Request(self.root / "main" / "main.go", (), plane, confined=True, jobs=jobs, progress=told)
        memory = rescan(request, recall(self.file, request.question))
        remember(self.file, memory)
        return joined(kept.report for kept in memory.services), analysed

    def fresh(self, plane: str = "prod") -> str:
        """Return what a scan without a memory says."""
        return report_of(scan(self.root / "main" / "main.go"), plane).to_json()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in a file."""
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def _settle(self) -> None:
        """Wait until the file system's clock is past what `consulted` does not trust."""
        newest = max(path.stat().st_ctime_ns for path in self.root.rglob("*"))
        while time.time_ns() - newest < 150_000_000:
            os.sched_yield()


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def test_what_did_not_change_is_not_analysed_again(source: Source) -> None:
    first, analysed = source.scan()
    assert first == source.fresh()
    assert analysed > 5
    assert source.scan() == (first, 0)


def _services(source: Source) -> list[str]:
    return sorted(path.parent.name for path in source.root.glob("*/manifest.yaml"))


def test_a_change_in_one_microservice_touches_that_one_alone(source: Source) -> None:
    source.scan()
    path = next(path for path in sorted(source.root.glob("*/service.go")) if path.parent.name != "main")
    path.write_text(path.read_text() + "\n// More is said here.\n")
    assert source.scan() == (source.fresh(), 1)


CHANGES: dict[str, Callable[[Source], object]] = {
    "a file is added": lambda s: (s.root / _services(s)[0] / "more.go").write_text(f"package {_services(s)[0]}\n"),
    "a file is broken": lambda s: (s.root / _services(s)[0] / "service.go").write_text("package broken\nfunc {"),
    "a file is removed": lambda s: (s.root / _services(s)[0] / "service.go").unlink(),
    "the main package changes": lambda s: (s.root / "main" / "other.go").write_text("package main\nfunc {"),
    "go.mod changes": lambda s: s.edit("go.mod", "module ", "// edited\nmodule "),
    "a hostname changes": lambda s: s.edit(f"{_services(s)[0]}/manifest.yaml", "hostname: ", "hostname: x"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_any_change_the_report_is_that_of_a_fresh_scan(source: Source, change: str) -> None:
    source.scan()
    CHANGES[change](source)
    assert source.scan()[0] == source.fresh()


def test_every_api_that_changes_reaches_all_who_call_it(source: Source) -> None:
    before, _ = source.scan()
    for api in sorted(source.root.glob("*/*api/definition.go")):
        text = api.read_text()
        api.write_text(text.replace('Route: "', 'Route: "/moved-'))
        moved, analysed = source.scan()
        assert moved == source.fresh()
        assert analysed > 0
        api.write_text(text)
        assert source.scan()[0] == before


def test_a_change_that_puts_the_time_back_is_seen(source: Source) -> None:
    source.scan()
    api = next(path for path in sorted(source.root.glob("*/*api/definition.go")) if 'Route: "/' in path.read_text())
    state = api.stat()
    api.write_text(api.read_text().replace('Route: "/', 'Route: "_', 1))
    os.utime(api, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert api.stat().st_size == state.st_size
    assert source.scan()[0] == source.fresh()


def test_another_question_is_answered_anew(source: Source) -> None:
    source.scan("prod")
    report, analysed = source.scan("staging")
    assert (report, analysed > 0) == (source.fresh("staging"), True)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff" * 64, None])
def test_a_damaged_memory_costs_time_and_nothing_else(source: Source, damage: bytes | None) -> None:
    source.scan()
    whole = source.file.read_bytes()
    source.file.write_bytes(damage if damage is not None else whole.replace(b"orders", b"0rders"))
    report, analysed = source.scan()
    assert (report, analysed > 0) == (source.fresh(), True)


def test_a_memory_that_others_may_write_is_not_believed(source: Source) -> None:
    source.scan()
    assert source.file.stat().st_mode & 0o777 == 0o600
    source.file.chmod(0o666)
    assert source.scan()[1] > 0


def test_processes_side_by_side_find_the_same_and_remember_the_same(source: Source) -> None:
    assert source.scan(jobs=3)[0] == source.fresh()
    assert source.scan(jobs=3) == (source.fresh(), 0)
    api = sorted(source.root.glob("*/*api/definition.go"))[0]
    api.write_text(api.read_text() + "\n")
    report, analysed = source.scan(jobs=2)
    assert (report, analysed > 0) == (source.fresh(), True)
