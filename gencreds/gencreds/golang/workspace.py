"""The main modules of a scan: one go.mod, or all that a go.work uses, and what they require together.

`modules` resolves import paths with what is read here. Source: the Go Modules Reference, "Workspaces" and "Vendoring".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from gencreds.golang.files import Directory, Files, Tree
from gencreds.golang.gomod import (
    GO_MOD,
    GO_WORK,
    GoMod,
    ModuleFileInvalid,
    Replacements,
    is_local_path,
    parse_go_mod,
    parse_go_work,
)
from gencreds.golang.limits import InputRefused
from gencreds.golang.versions import is_newer


@dataclass(frozen=True)
class Replacement:
    """What a module is replaced by: another module (`path`, `version`) or, without a version, a directory.

    `path` is as written; `folder` is where the go.mod or go.work is that says so.
    """

    path: str
    version: str
    folder: Directory


@dataclass(frozen=True)
class Workspace:
    """`roots` are the main modules' directories by module path; requirements are those of all of them together.

    `is_work` is whether a go.work binds them; `mods` is each main module's own go.mod by module path.
    """

    roots: Mapping[str, Directory]
    mods: Mapping[str, GoMod]
    require: Mapping[str, str]
    replace: Mapping[tuple[str, str], Replacement]
    is_work: bool

    def replacement(self, module: str) -> Replacement | None:
        """Return what `module` is replaced by, or None. One of the required version goes before one of them all."""
        found = self.replace.get((module, self.require.get(module, "")))
        return found if found is not None else self.replace.get((module, ""))


def module_root(start: str) -> str | None:
    """Return the nearest directory at or above `start` that holds a go.mod."""
    return _nearest(start, GO_MOD)


def work_root(start: str, *, confined: bool) -> str | None:
    """Return the directory of the go.work that holds for `start`, as `GOWORK` says where its word counts, or None."""
    chosen = "" if confined else os.environ.get("GOWORK", "")
    if chosen == "off":
        return None
    if chosen:
        if os.path.basename(chosen) != GO_WORK or not os.path.isfile(chosen):
            raise InputRefused(f"GOWORK is {chosen!r}; it must be off, or the path of a {GO_WORK}")
        return os.path.dirname(os.path.realpath(chosen))
    return _nearest(start, GO_WORK)


def source_root(folder: str, files: Files) -> tuple[str, bool]:
    """Return the root of the source that `folder` belongs to, and whether it is that of a go.work."""
    root = work_root(folder, confined=files.limits.confined)
    return (root, True) if root is not None else (module_root(folder) or folder, False)


def read_workspace(tree: Tree, files: Files, *, is_work: bool) -> Workspace:
    """Read the main modules of `tree`: those that its go.work uses, or the one at its root (nameless without go.mod).

    Raises `FileRefused` for files that cannot be read and `InputRefused` for such as make no sense.
    """
    root = Directory(tree, tree.root)
    if not is_work:
        go_mod = _go_mod(root, files, recorded=True) if files.list(root).has_file(GO_MOD) else GoMod()
        return _combined({go_mod.module: root}, {go_mod.module: go_mod}, {}, root, is_work=False)
    try:
        go_work = parse_go_work(files.read(root, GO_WORK).decode("utf-8", "replace"))
    except ModuleFileInvalid as error:
        raise InputRefused(f"{GO_WORK}: {error}; correct it") from error
    roots: dict[str, Directory] = {}
    mods: dict[str, GoMod] = {}
    for written in go_work.use:
        directory, go_mod = _used(written, root, files)
        if go_mod.module in roots and roots[go_mod.module] != directory:
            raise InputRefused(f"{GO_WORK} uses module {go_mod.module} twice; remove one")
        roots[go_mod.module], mods[go_mod.module] = directory, go_mod
    return _combined(roots, mods, go_work.replace, root, is_work=True)


def inside(path: str, root: str) -> bool:
    """Return whether the real path `path` is `root` or below it."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _used(written: str, root: Directory, files: Files) -> tuple[Directory, GoMod]:
    path = os.path.realpath(os.path.join(root.path, written))
    if inside(path, root.tree.root):
        directory = Directory(root.tree, path)
    elif files.limits.confined:
        raise InputRefused(f"{GO_WORK} uses {written!r}, which leaves the source root; move it inside")
    else:
        # What a module outside is called is known only once its go.mod is read.
        probe = Directory(Tree(path), path)
        directory = Directory(Tree(path, _checked(probe, written, files).module), path)
    _checked(directory, written, files)
    return directory, _go_mod(directory, files, recorded=True)


def _checked(directory: Directory, written: str, files: Files) -> GoMod:
    if not files.list(directory).has_file(GO_MOD):
        raise InputRefused(
            f"{GO_WORK} uses {written!r}, where there is no {GO_MOD}; remove it, or run go mod init there"
        )
    go_mod = _go_mod(directory, files, recorded=False)
    if not go_mod.module:
        raise InputRefused(f"{GO_WORK} uses {written!r}, whose {GO_MOD} has no module line; add it")
    return go_mod


def _go_mod(directory: Directory, files: Files, *, recorded: bool) -> GoMod:
    data = (files.read if recorded else files.probe)(directory, GO_MOD)
    try:
        return parse_go_mod(data.decode("utf-8", "replace"))
    except ModuleFileInvalid as error:
        name = GO_MOD if directory.name == "." else f"{directory.name}/{GO_MOD}"
        raise InputRefused(f"{name}: {error}; correct it") from error


def _combined(
    roots: Mapping[str, Directory],
    mods: Mapping[str, GoMod],
    overriding: Replacements,
    root: Directory,
    *,
    is_work: bool,
) -> Workspace:
    require: dict[str, str] = {}
    replace = {key: Replacement(*target, root) for key, target in overriding.items()}
    for module, go_mod in mods.items():
        for path, version in go_mod.require.items():
            if path not in roots and (path not in require or is_newer(version, require[path])):
                require[path] = version
        for key, target in go_mod.replace.items():
            mine = Replacement(*target, roots[module])
            if key in overriding or replace.setdefault(key, mine) == mine or _same(replace[key], mine):
                continue
            raise InputRefused(f"modules of {GO_WORK} replace {key[0]} differently; add a replacement to {GO_WORK}")
    return Workspace(roots, mods, require, replace, is_work)


def _same(one: Replacement, other: Replacement) -> bool:
    if is_local_path(one.path) and is_local_path(other.path):
        return _real(one) == _real(other)
    return (one.path, one.version) == (other.path, other.version)


def _real(replacement: Replacement) -> str:
    return os.path.realpath(os.path.join(replacement.folder.path, replacement.path))


def _nearest(start: str, name: str) -> str | None:
    directory = os.path.realpath(start)
    while not os.path.isfile(os.path.join(directory, name)):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory
