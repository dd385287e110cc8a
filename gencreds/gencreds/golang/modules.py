"""From an import path to a directory, as the Go toolchain would find it, without running it and without network.

In order: the main modules (`workspace`), `vendor/`, local `replace` targets, the module cache (extracted or zipped,
held against go.sum); the longest module path first. A directory belongs to the nearest go.mod above it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gencreds.golang.files import Directory, Files, Tree
from gencreds.golang.gomod import GO_MOD, ModuleFileInvalid, is_local_path, parse_go_mod
from gencreds.golang.gosum import Sums, check_sum, parse_go_sum, tree_lines
from gencreds.golang.limits import InputRefused
from gencreds.golang.modcache import downloaded_zip, extracted_tree, module_cache
from gencreds.golang.vendoring import MODULES_TXT, VENDOR, check_vendor
from gencreds.golang.workspace import Workspace, inside, read_workspace

if TYPE_CHECKING:
    from gencreds.golang.zips import ModuleZip

# No import path that Go accepts is longer (characters).
_MAX_IMPORT_PATH = 4096
_GO_SUM = "go.sum"
_GO_WORK_SUM = "go.work.sum"


class Modules:
    """Resolves import paths for the main modules in `tree`: those of the go.work at its root, or the one go.mod there.

    Raises `InputRefused` when go.mod, go.work or vendor/modules.txt make no sense, `FileRefused` for an unreadable one.
    """

    def __init__(self, tree: Tree, files: Files, *, is_work: bool = False) -> None:
        self._files = files
        self.tree = tree
        self._cache = None if files.limits.confined else module_cache()
        self._resolved: dict[str, tuple[Directory | None, frozenset[str]]] = {}
        self._module_roots: dict[str, Directory | None] = {}
        self._sums: Sums | None = None
        self.workspace: Workspace = read_workspace(tree, files, is_work=is_work)
        self._modules_at = {directory.path: module for module, directory in self.workspace.roots.items()}
        for module in self.workspace.replace:
            path = self._local_target(module[0])
            if path is not None and module[0] not in self.workspace.roots:
                self._modules_at.setdefault(path, module[0])
        root = Directory(tree, tree.root)
        vendor = root.child(VENDOR)
        self._vendor = vendor if files.list(root).has_directory(VENDOR) else None
        if self._vendor is not None and files.list(vendor).has_file(MODULES_TXT):
            check_vendor(files.read(vendor, MODULES_TXT).decode("utf-8", "replace"), self.workspace)

    def directory(self, path: str) -> Directory:
        """Return the directory with the real path `path`, in the tree of the main module that it lies in."""
        outside = [root.tree for root in self.workspace.roots.values() if root.tree is not self.tree]
        return Directory(next((tree for tree in outside if inside(path, tree.root)), self.tree), path)

    def import_path(self, directory: Directory) -> str:
        """Return the import path of a directory, by which other packages import it."""
        name = "" if directory.name == "." else directory.name
        if directory.tree is not self.tree:
            return name
        if name.startswith(f"{VENDOR}/"):
            return name.removeprefix(f"{VENDOR}/")
        module, rest = self._owner(directory.path)
        return "/".join(part for part in (module, rest) if part)

    def is_main(self, directory: Directory) -> bool:
        """Return whether `directory` belongs to one of the main modules, or to a tree without modules."""
        if directory.tree is not self.tree:
            return directory.tree.label in self.workspace.roots
        return self._owner(directory.path)[0] in self.workspace.roots

    def is_local(self, import_path: str) -> bool:
        """Return whether `import_path` belongs to a main module, or to one that a local directory replaces."""
        for module, _ in _prefixes(import_path):
            if module in self.workspace.roots:
                return True
            if module in self.workspace.require or (module, "") in self.workspace.replace:
                replacement = self.workspace.replacement(module)
                return replacement is not None and is_local_path(replacement.path)
        return False

    def version(self, import_path: str) -> str:
        """Return the version in use of the module that `import_path` belongs to, empty for local and unknown ones."""
        for module, _ in _prefixes(import_path):
            if module in self.workspace.roots:
                return ""
            if module in self.workspace.require:
                replacement = self.workspace.replacement(module)
                return replacement.version if replacement is not None else self.workspace.require[module]
        return ""

    def resolve(self, import_path: str) -> Directory | None:
        """Return the directory of the package `import_path`, or None when it is nowhere to be found.

        Raises `InputRefused` for a module zip that is none.
        """
        if import_path not in self._resolved:
            with self._files.consulted.noted() as seen:
                found = self._resolve(import_path)
            self._resolved[import_path] = found, frozenset(seen)
        directory, consulted = self._resolved[import_path]
        self._files.consulted.note(consulted)
        return directory

    def resolved(self, import_path: str) -> Directory | None:
        """Return the directory of `import_path` if `resolve` was asked for it before and found it."""
        return self.resolve(import_path) if import_path in self._resolved else None

    def _resolve(self, import_path: str) -> Directory | None:
        parts = import_path.split("/")
        if len(import_path) > _MAX_IMPORT_PATH or "\0" in import_path or any(part in ("", ".", "..") for part in parts):
            return None
        for module, rest in _prefixes(import_path):
            root = self.workspace.roots.get(module)
            found = self._existing(root, rest, GO_MOD) if root is not None else None
            if found is not None:
                return found
        if self._vendor is not None:
            found = self._existing(self._vendor, parts)
            if found is not None:
                return found
        for module, rest in _prefixes(import_path):
            if module in self.workspace.require or (module, "") in self.workspace.replace:
                root = self._module_root(module)
                found = self._existing(root, rest, GO_MOD) if root is not None else None
                if found is not None:
                    return found
        return None

    def _existing(self, root: Directory, parts: list[str], barrier: str = "") -> Directory | None:
        directory = self._files.descend(root, parts, barrier)
        return directory if directory is not None and self._files.list(directory).files else None

    def _module_root(self, module: str) -> Directory | None:
        if module not in self._module_roots:
            self._module_roots[module] = self._found_module(module)
        return self._module_roots[module]

    def _found_module(self, module: str) -> Directory | None:
        path, version = module, self.workspace.require.get(module, "")
        replacement = self.workspace.replacement(module)
        if replacement is not None:
            path, version = replacement.path, replacement.version
            local = self._local_target(module)
            if local is not None:
                if inside(local, self.tree.root):
                    return Directory(self.tree, local)
                return None if self._files.limits.confined else Directory(Tree(local, module), local)
        if self._cache is None or not version or not _is_plain(f"{path}@{version}"):
            return None
        return self._cached(module, path, version)

    def _cached(self, module: str, path: str, version: str) -> Directory | None:
        prefix = f"{path}@{version}"
        root = os.path.realpath(extracted_tree(self._cache or "", path, version))
        archive: ModuleZip | None = None
        if not os.path.isdir(root):
            root = os.path.realpath(downloaded_zip(self._cache or "", path, version))
            if not os.path.isfile(root):
                return None
            # Loaded here, because most modules are extracted or vendored.
            from gencreds.golang.zips import ModuleZip

            archive = ModuleZip(root, prefix, self._files.limits)
        checked = False

        def guard() -> None:
            # Once, and only for modules of which something is read: a hash costs reading all of it.
            nonlocal checked
            if not checked:
                lines = archive.lines() if archive is not None else tree_lines(root, prefix, self._files.limits)
                check_sum(path, version, self._go_sums(), lines)
                checked = True

        return Directory(Tree(root, module, archive, guard), root)

    def _go_sums(self) -> Sums:
        if self._sums is None:
            places = [(directory, _GO_SUM) for directory in self.workspace.roots.values()]
            if self.workspace.is_work:
                places.append((Directory(self.tree, self.tree.root), _GO_WORK_SUM))
            self._sums = parse_go_sum(
                self._files.probe(directory, name).decode("utf-8", "replace")
                for directory, name in places
                if self._files.list(directory).has_file(name)
            )
        return self._sums

    def _local_target(self, module: str) -> str | None:
        """Return the real path of the directory that replaces `module`, or None without one."""
        replacement = self.workspace.replacement(module)
        if replacement is None or not is_local_path(replacement.path):
            return None
        return os.path.realpath(os.path.join(replacement.folder.path, replacement.path))

    def _owner(self, path: str) -> tuple[str, str]:
        """Return the module that the directory `path` of the main tree belongs to, and the path inside of it."""
        parts: list[str] = []
        while path != self.tree.root and self._module_at(path) is None:
            path, part = os.path.split(path)
            parts.append(part)
        return self._module_at(path) or "", "/".join(reversed(parts))

    def _module_at(self, path: str) -> str | None:
        """Return the path of the module whose root is the directory `path` of the main tree, or None."""
        if path not in self._modules_at:
            directory = Directory(self.tree, path)
            if not self._files.list(directory).has_file(GO_MOD):
                return None
            try:
                go_mod = parse_go_mod(self._files.read(directory, GO_MOD).decode("utf-8", "replace"))
            except ModuleFileInvalid as error:
                raise InputRefused(f"{directory.name}/{GO_MOD}: {error}; correct it") from error
            self._modules_at[path] = go_mod.module
        return self._modules_at[path]


def _prefixes(import_path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the modules that a package may be of, the longest first, each with the rest of the path."""
    parts = import_path.split("/")
    for count in range(len(parts), 0, -1):
        yield "/".join(parts[:count]), parts[count:]


def _is_plain(name: str) -> bool:
    """Return whether a module's name from go.mod stays where it is put: no part of it leads elsewhere."""
    return name.isprintable() and "\\" not in name and all(part not in ("", ".", "..") for part in name.split("/"))
