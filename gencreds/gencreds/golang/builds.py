"""Which files of a directory belong to its package, whatever the build: `packages` asks here once per file.

Nobody can tell from source for which system and with which tags it will be built, so all variants of a package are read
and united. Left out is only what no build takes: test files, what Go itself passes over, and `//go:build ignore`.
"""

from __future__ import annotations

import re

# Go's own name for a package that only holds documentation; go/build passes over its files.
DOCUMENTATION = "documentation"

_CONSTRAINT = re.compile(rb"^//go:build[ \t]+([^\n]*)$", re.MULTILINE)
_PACKAGE = re.compile(rb"^[ \t]*package[ \t]+([\w\x80-\xff]+)", re.MULTILINE)
# The tag by which people keep a file out of every build.
_NEVER = "ignore"
# What the go command takes a file's name for; such a file is in some builds only.
_SYSTEMS = re.compile(r"_[a-z0-9]+\.go$")


def is_source(name: str) -> bool:
    """Return whether a file of this name is Go source that can be part of a package: no test, nothing hidden."""
    return name.endswith(".go") and not name.endswith("_test.go") and not name.startswith(("_", "."))


def constraint(data: bytes) -> str | None:
    """Return the `//go:build` expression in front of the package clause of `data`, or None without one."""
    at = data.find(b"//go:build")
    if at < 0:
        return None
    clause = _PACKAGE.search(data)
    found = _CONSTRAINT.search(data, 0, clause.start() if clause is not None else len(data))
    return found[1].decode("utf-8", "replace").strip() if found is not None else None


def package_clause(data: bytes) -> str:
    """Return the name in the package clause of `data` without parsing it; empty where none is found so."""
    found = _PACKAGE.search(data)
    return found[1].decode("utf-8", "surrogateescape") if found is not None else ""


def plain_package_clause(data: bytes) -> str:
    """Return what `package_clause` does where it is certain: no comment that goes over lines stands before it."""
    found = _PACKAGE.search(data)
    if found is None or data.find(b"/*", 0, found.start()) >= 0:
        return ""
    return found[1].decode("utf-8", "surrogateescape")


def is_never_built(expression: str) -> bool:
    """Return whether the build constraint `expression` asks for the tag `ignore` in each of its alternatives.

    One with brackets is taken to be built: reading a file too many is safe, and nobody writes `ignore` so.
    """
    if "(" in expression:
        return False
    return all(_NEVER in (term.strip() for term in either.split("&&")) for either in expression.split("||"))


def is_conditional(name: str, data: bytes) -> bool:
    """Return whether some builds may leave the file out: by a constraint, or perhaps by its name (`_linux.go`)."""
    return constraint(data) is not None or _SYSTEMS.search(name) is not None
