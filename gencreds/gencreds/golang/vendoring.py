"""vendor/modules.txt: what `go mod vendor` notes down, compared with what go.mod says now. Used by `modules`.

Source: the Go Modules Reference, "Vendoring": the go command refuses to build from a vendor directory that is not
consistent with the main modules' go.mod. A vendor directory without modules.txt, as in source archives, is not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gencreds.golang.gomod import is_local_path
from gencreds.golang.limits import InputRefused
from gencreds.golang.workspace import Workspace

VENDOR = "vendor"
MODULES_TXT = "modules.txt"

_ADVICE = {False: "run go mod vendor", True: "run go work vendor"}
# Go before 1.14 wrote no more than module names.
_OLD = frozenset(f"1.{minor}" for minor in range(14))


@dataclass
class _Vendored:
    version: str
    replaced_by: tuple[str, str] | None
    explicit: bool = False


def check_vendor(text: str, workspace: Workspace) -> None:
    """Compare vendor/modules.txt with the main modules. Raises `InputRefused` where the go command would refuse."""
    if any(go_mod.go in _OLD for go_mod in workspace.mods.values()):
        return
    for complaint in _complaints(text, workspace):
        raise InputRefused(f"inconsistent vendoring: {complaint}; {_ADVICE[workspace.is_work]}")


def _complaints(text: str, workspace: Workspace) -> Iterator[str]:
    is_work = any(line.strip() == "## workspace" for line in text.split("\n", 2)[:2])
    if is_work != workspace.is_work:
        yield f"{VENDOR}/{MODULES_TXT} was{'' if is_work else ' not'} made for a workspace"
    vendored = _parse(text)
    required = {
        key: None
        for go_mod in workspace.mods.values()
        for key in go_mod.require.items()
        if key[0] not in workspace.roots
    }
    for path, version in required:
        entry = vendored.get((path, version))
        if entry is None or not entry.explicit:
            yield f"{path}@{version} is required in go.mod, but not marked as explicit in {VENDOR}/{MODULES_TXT}"
    for (path, version), entry in vendored.items():
        if entry.explicit and (path, version) not in required and path not in workspace.roots:
            yield f"{path}@{version} is marked as explicit in {VENDOR}/{MODULES_TXT}, but not required in go.mod"
        replacement = workspace.replace.get((path, version)) or workspace.replace.get((path, ""))
        if not version:
            continue
        if (replacement is None) != (entry.replaced_by is None):
            yield f"{path}@{version} is replaced in only one of go.mod and {VENDOR}/{MODULES_TXT}"
        elif (
            replacement is not None
            and not is_local_path(replacement.path)
            and entry.replaced_by != (replacement.path, replacement.version)
        ):
            yield f"{path}@{version} is replaced differently in go.mod and {VENDOR}/{MODULES_TXT}"


def _parse(text: str) -> dict[tuple[str, str], _Vendored]:
    """Return the modules by (path, version); the version is empty for a replacement of them all, listed at the end."""
    found: dict[tuple[str, str], _Vendored] = {}
    last: _Vendored | None = None
    for line in text.splitlines():
        if line.startswith("# "):
            left, arrow, right = line[2:].partition("=>")
            module, target = left.split(), right.split()
            if not 1 <= len(module) <= 2 or (arrow and not 1 <= len(target) <= 2):
                last = None
                continue
            by = (target[0], target[1] if len(target) > 1 else "") if arrow else None
            version = module[1] if len(module) > 1 else ""
            last = found[module[0], version] = _Vendored(version, by)
        elif line.startswith("## ") and last is not None:
            last.explicit = last.explicit or "explicit" in [word.strip() for word in line[3:].split(";")]
    return found
