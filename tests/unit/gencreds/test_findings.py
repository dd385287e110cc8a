"""Every rule that the engine can report is explained in docs/findings.md, and shown by the corpus."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import gencreds

_ROOT = Path(__file__).parents[3]
_TEXT = (_ROOT / "docs" / "findings.md").read_text()
_REPORTERS = {"blocking", "warning", "Finding", "Problem", "FileRefused"}
_RULE = re.compile(r"[a-z]+(?:-[a-z]+)+")
# What no tree that lies in a repository can or should show; tests of the readers make such files on the fly.
_ONLY_ON_DISK = {"outside-root", "too-costly", "too-large", "unreadable-file"}


def _reports() -> dict[str, set[str]]:
    """Return the rules in the source code, each with how it is reported."""
    found: dict[str, set[str]] = {}
    for path in Path(gencreds.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                reporter = getattr(node.func, "attr", getattr(node.func, "id", ""))
                first = node.args[0] if node.args and reporter in _REPORTERS else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and _RULE.fullmatch(first.value):
                    found.setdefault(first.value, set()).add(reporter)
    return found


def _sections(part: str) -> dict[str, str]:
    """Return the sections of the document's part `part`, by rule."""
    body = re.split(r"^## ", _TEXT, flags=re.MULTILINE)
    text = next(each for each in body if each.startswith(f"{part}\n"))
    pieces = re.split(r"^### `([a-z-]+)`\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def _wanted_by_the_corpus() -> set[str]:
    files = (path for path in (_ROOT / "tests" / "golden").rglob("*") if path.suffix in (".go", ".yaml"))
    texts = (path.read_text(errors="replace") for path in files if path.is_file())
    return {rule for text in texts for rule in re.findall(r"\bfinding ([a-z-]+)", text)}


def test_every_rule_has_a_section_and_every_section_a_rule() -> None:
    blocking, warnings = _sections("Blocking"), _sections("Warnings")
    assert not blocking.keys() & warnings.keys()
    assert sorted([*blocking, *warnings]) == sorted(_reports())


def test_a_rules_section_stands_where_its_severity_says() -> None:
    reports = _reports()
    assert {rule for rule, how in reports.items() if "warning" in how} == set(_sections("Warnings"))


def test_every_section_shows_an_example_and_says_what_to_do() -> None:
    sections = _sections("Blocking") | _sections("Warnings")
    lacking = {rule for rule, text in sections.items() if not re.search(r"```go\n.+?```\n\n\S", text, re.DOTALL)}
    assert lacking == set()


def test_a_warning_says_what_it_costs() -> None:
    assert {rule for rule, text in _sections("Warnings").items() if "Effect: " not in text} == set()


def test_sections_are_in_alphabetical_order() -> None:
    for part in ("Blocking", "Warnings"):
        assert list(_sections(part)) == sorted(_sections(part))


def test_the_corpus_shows_every_rule() -> None:
    assert set(_reports()) - _wanted_by_the_corpus() - _ONLY_ON_DISK == set()
