"""From an import path to a directory, as the Go toolchain would find it, without running it.

In order: the main module, its `vendor/`, local `replace` targets, the module cache; the longest module path first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gencreds.golang.files import Directory, Files, Tree

_COMMENT = re.compile(r"//.*$")
_UPPER = re.compile(r"[A-Z]")


@dataclass(frozen=True)
class GoMod:
    """What go.mod says: the module's own path, versions by required module, replacements by replaced module."""

    module: str
    require: Mapping[str, str]
    replace: Mapping[str, tuple[str, str]]


def parse_go_mod(text: str) -> GoMod:
    """Read go.mod; directives it does not know are skipped, as are version-specific parts of a replacement."""
    module = ""
    require: dict[str, str] = {}
    replace: dict[str, tuple[str, str]] = {}
    block = ""
    for raw in text.splitlines():
        words = [_unquoted(word) for word in _COMMENT.sub("", raw).split()]
        if not words:
            continue
        if block and words[0] == ")":
            block = ""
            continue
        if not block and words[-1] == "(":
            block = words[0]
            continue
        directive, rest = (block, words) if block else (words[0], words[1:])
        if directive == "module" and rest:
            module = rest[0]
        elif directive == "require" and len(rest) >= 2:
            require[rest[0]] = rest[1]
        elif directive == "replace" and "=>" in rest:
            arrow = rest.index("=>")
            if arrow and len(rest) > arrow + 1:
                replace[rest[0]] = (rest[arrow + 1], rest[arrow + 2] if len(rest) > arrow + 2 else "")
    return GoMod(module, require, replace)


def module_root(start: str) -> str | None:
    """Return the nearest directory at or above `start` that holds a go.mod."""
    directory = os.path.realpath(start)
    while not os.path.isfile(os.path.join(directory, "go.mod")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


def module_cache() -> str | None:
    """Return the module cache's directory as the Go toolchain names it: `GOMODCACHE`, else under `GOPATH` or home."""
    cache = os.environ.get("GOMODCACHE")
    if cache:
        return cache
    paths = os.environ.get("GOPATH", "").split(os.pathsep)
    home = os.environ.get("HOME", "")
    base = paths[0] or (os.path.join(home, "go") if home else "")
    return os.path.join(base, "pkg", "mod") if base else None


class Modules:
    """Resolves import paths for one main module, whose root is `tree`."""

    def __init__(self, tree: Tree, files: Files) -> None:
        self._files = files
        self.tree = tree
        self._cache = None if files.limits.confined else module_cache()
        self._resolved: dict[str, Directory | None] = {}
        root = Directory(tree, tree.root)
        self.go_mod = GoMod("", {}, {})
        if "go.mod" in files.list(root).files:
            self.go_mod = parse_go_mod(files.read(root, "go.mod").decode("utf-8", "replace"))

    def import_path(self, directory: Directory) -> str:
        """Return the import path of a directory, by which other packages import it."""
        name = "" if directory.name == "." else directory.name
        if directory.tree is not self.tree:
            return name
        if name.startswith("vendor/"):
            return name.removeprefix("vendor/")
        return "/".join(part for part in (self.go_mod.module, name) if part)

    def is_local(self, import_path: str) -> bool:
        """Return whether `import_path` belongs to the main module."""
        return self._below(import_path, self.go_mod.module) is not None

    def resolve(self, import_path: str) -> Directory | None:
        """Return the directory of the package `import_path`, or None when it is nowhere to be found."""
        if import_path not in self._resolved:
            self._resolved[import_path] = self._resolve(import_path)
        return self._resolved[import_path]

    def _resolve(self, import_path: str) -> Directory | None:
        if not import_path or any(part in ("", ".", "..") for part in import_path.split("/")) or "\0" in import_path:
            return None
        root = Directory(self.tree, self.tree.root)
        rest = self._below(import_path, self.go_mod.module)
        if rest is not None:
            found = self._existing(root.child(rest) if rest else root)
            if found is not None:
                return found
        return self._existing(root.child("vendor").child(import_path)) or self._required(import_path)

    def _required(self, import_path: str) -> Directory | None:
        parts = import_path.split("/")
        for count in range(len(parts), 0, -1):
            module, rest = "/".join(parts[:count]), "/".join(parts[count:])
            if module not in self.go_mod.require and module not in self.go_mod.replace:
                continue
            root = self._module_directory(module)
            found = self._existing(root.child(rest) if rest else root) if root is not None else None
            if found is not None:
                return found
        return None

    def _module_directory(self, module: str) -> Directory | None:
        path, version = module, self.go_mod.require.get(module, "")
        if module in self.go_mod.replace:
            path, version = self.go_mod.replace[module]
            if path.startswith(("./", "../", "/")) or path in (".", ".."):
                return self._local_module(module, path)
        if self._cache is None or not version:
            return None
        root = os.path.join(self._cache, f"{escaped(path)}@{escaped(version)}")
        return Directory(Tree(os.path.realpath(root), module), os.path.realpath(root))

    def _local_module(self, module: str, target: str) -> Directory | None:
        root = os.path.realpath(os.path.join(self.tree.root, target))
        inside = root == self.tree.root or root.startswith(self.tree.root.rstrip(os.sep) + os.sep)
        if inside:
            return Directory(self.tree, root)
        if self._files.limits.confined:
            return None
        return Directory(Tree(root, module), root)

    def _existing(self, directory: Directory) -> Directory | None:
        return directory if self._files.list(directory).files else None

    @staticmethod
    def _below(import_path: str, module: str) -> str | None:
        if not module:
            return None
        if import_path == module:
            return ""
        return import_path[len(module) + 1 :] if import_path.startswith(module + "/") else None


def escaped(path: str) -> str:
    """Return a module path or version as the module cache spells it: upper-case letters become `!` and lower case."""
    return _UPPER.sub(lambda match: "!" + match[0].lower(), path)


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) >= 2 and word[0] == word[-1] and word[0] in '"`' else word
