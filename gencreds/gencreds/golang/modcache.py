"""The module cache: where the go command keeps the modules that it downloaded. Asked by `modules`, never written.

Source: the Go Modules Reference, "Module cache" and "GOPROXY protocol" (the escaping of upper-case letters).
"""

from __future__ import annotations

import os
import re

_UPPER = re.compile(r"[A-Z]")


def module_cache() -> str | None:
    """Return the module cache's directory as the Go toolchain names it: `GOMODCACHE`, else under `GOPATH` or home."""
    cache = os.environ.get("GOMODCACHE")
    if cache:
        return cache
    paths = os.environ.get("GOPATH", "").split(os.pathsep)
    home = os.environ.get("HOME", "")
    base = paths[0] or (os.path.join(home, "go") if home else "")
    return os.path.join(base, "pkg", "mod") if base else None


def escaped(path: str) -> str:
    """Return a module path or version as the module cache spells it: upper-case letters become `!` and lower case."""
    return _UPPER.sub(lambda match: "!" + match[0].lower(), path)


def extracted_tree(cache: str, module: str, version: str) -> str:
    """Return where the cache keeps the files of a module."""
    return os.path.join(cache, f"{escaped(module)}@{escaped(version)}")


def downloaded_zip(cache: str, module: str, version: str) -> str:
    """Return where the cache keeps the archive that a module was downloaded in."""
    return os.path.join(cache, "cache", "download", escaped(module), "@v", f"{escaped(version)}.zip")
