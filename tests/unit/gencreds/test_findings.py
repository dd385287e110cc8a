"""Every rule that the engine can report is explained in docs/findings.md, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import gencreds

_ROOT = Path(__file__).parents[3]
_REPORTERS = {"blocking", "warning", "Finding", "Problem", "FileRefused"}
_RULE = re.compile(r"[a-z]+(?:-[a-z]+)+")


def _rules() -> set[str]:
    found: set[str] = set()
    for path in Path(gencreds.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _REPORTERS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and _RULE.fullmatch(first.value):
                    found.add(first.value)
    return found


def test_every_rule_is_explained_and_every_explained_rule_exists() -> None:
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", (_ROOT / "docs" / "findings.md").read_text(), re.MULTILINE))
    assert explained == _rules()
