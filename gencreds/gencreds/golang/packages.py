"""Go packages as directories of parsed files, loaded once and shared. Sits on `files`, `modules` and `syntax`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from gencreds.golang.builds import (
    DOCUMENTATION,
    constraint,
    is_conditional,
    is_never_built,
    is_source,
    package_clause,
)
from gencreds.golang.constants import Constants, Values
from gencreds.golang.dots import Exported, dot_imports, without_dots
from gencreds.golang.expressions import Expr
from gencreds.golang.files import Directory, FileRefused, Files, Tree
from gencreds.golang.judged import Judged
from gencreds.golang.modules import Modules
from gencreds.golang.package import Function, Package, function_at
from gencreds.golang.syntax import GoFile, Import, Problem, assumed_name

__all__ = ["Function", "Package", "Packages", "function_at"]


class Packages:
    """Loads packages by import path or directory, each once.

    With `dotted` files are freed of dot imports; it is what those packages export whose source may be missing.
    """

    def __init__(self, modules: Modules, files: Files, dotted: Mapping[str, Exported] | None = None) -> None:
        self._dotted = dotted
        self._reading: set[str] = set()
        self.modules = modules
        self.files = files
        self._provided: dict[str, Package] = {}
        self._loaded: dict[str, Package] = {}
        self._judged: Judged | None = None
        self._constants = Constants(self.imported)
        self._names: dict[str, str] = {}
        # Weak: a microservice's own files are dropped once it is analysed, and their trees are most of a scan's memory.
        self._imports: WeakKeyDictionary[GoFile, Mapping[str, Import]] = WeakKeyDictionary()

    def share(self, judged: Judged) -> None:
        """Tell which files are Go, and be told, through `judged`: for processes that read the same packages."""
        self._judged = judged

    def load(self, directory: Directory, import_path: str, *, keep: bool = True) -> Package:
        """Return the package in `directory`; `keep` remembers it for the next who asks."""
        package = self._loaded.get(directory.path)
        self.files.consult(directory)
        if package is None:
            # What one microservice alone reads is read by one process alone.
            package = self._read(directory, import_path, self._judged if keep else None)
            if keep:
                self._loaded[directory.path] = package
        return package

    def consulted_for(self, directories: Iterable[str]) -> set[str]:
        """Return `directories` and all that what is kept of them may have been read with: what they import, and so on.

        Definitions and constants are read once, for whichever microservice comes first.
        """
        seen: set[str] = set()
        waiting = list(directories)
        with self.files.consulted.noted() as found:
            while waiting:
                path = waiting.pop()
                found.add(path)
                if path in seen or path not in self._loaded:
                    continue
                seen.add(path)
                for imported in {each.path for file in self._loaded[path].files for each in file.imports}:
                    directory = self.modules.resolved(imported)
                    if directory is not None:
                        waiting.append(directory.path)
        return found

    def find(self, import_path: str) -> Package | None:
        """Return the package `import_path`, or None when it cannot be resolved."""
        if import_path in self._provided:
            return self._provided[import_path]
        directory = self.modules.resolve(import_path)
        return self.load(directory, import_path) if directory is not None else None

    def provide(self, import_path: str, name: str, data: bytes) -> Package:
        """Let the package `import_path`, which cannot be resolved, be the one file `name` with the content `data`."""
        tree = Tree(os.path.join(os.sep, "provided", import_path), import_path)
        file = GoFile(f"{import_path}/{name}", data, self.files.limits.nesting)
        package = self._provided[import_path] = Package(Directory(tree, tree.root), import_path, (file,), ())
        return package

    def imported(self, file: GoFile, qualifier: str) -> Package | None:
        """Return the package that `qualifier` stands for in `file`, or None when it cannot be resolved."""
        found = self.import_named(file, qualifier)
        return self.find(found.path) if found is not None else None

    def import_named(self, file: GoFile, name: str) -> Import | None:
        """Return the import of `file` that is called `name` there, or None.

        Without a name of its own in the file a package is called what its package clause says, whatever its folder.
        """
        if file not in self._imports:
            self._imports[file] = {self.name_of(each): each for each in reversed(file.imports)}
        return self._imports[file].get(name)

    def name_of(self, imported: Import) -> str:
        """Return what a file calls what it imports: `.` and `_` stay as they are."""
        if imported.is_named:
            return imported.alias
        if imported.path not in self._names:
            # One clause is no use of the whole package: who uses more of it will load it.
            with self.files.consulted.noted():
                self._names[imported.path] = self._name(imported.path) or imported.alias
        return self._names[imported.path]

    def _name(self, path: str) -> str:
        """Return the name in the package clause of `path`, of packages whose source is looked at anyway."""
        if not (self.modules.is_local(path) or assumed_name(path).endswith("api")):
            return ""
        directory = self.modules.resolve(path)
        if directory is not None and directory.path in self._loaded:
            return self._loaded[directory.path].name
        for name in self.files.list(directory).files if directory is not None else ():
            if directory is None or not is_source(name):
                continue
            try:
                data = self.files.read(directory, name)
            except FileRefused:
                continue
            clause = package_clause(data)
            if clause not in ("", DOCUMENTATION) and not is_conditional(name, data):
                return clause
        return ""

    def string_constant(self, expr: Expr, file: GoFile, package: Package) -> str | None:
        """Return the string that the constant expression `expr`, read in `file` of `package`, stands for.

        None when it stands for none, or for one or another depending on the build.
        """
        values = self.string_constants(expr, file, package)
        return values[0] if values is not None and len(values) == 1 else None

    def string_constants(self, expr: Expr, file: GoFile, package: Package) -> Values | None:
        """Return every string that `expr` may stand for, sorted: several where files for different builds differ.

        None when it is no constant that can be read, or when the set of its values is not small.
        """
        return self._constants.values(expr, file, package)

    def _read(self, directory: Directory, import_path: str, judged: Judged | None) -> Package:
        files: list[GoFile] = []
        problems: list[tuple[str, Problem]] = []
        listing = self.files.list(directory)
        prefix = "" if directory.name == "." else f"{directory.name}/"
        for name in listing.refused:
            if is_source(name):
                link = Problem("outside-root", "is a link out of the source root", 1)
                problems.append((prefix + name, link))
        for name in listing.files:
            if not is_source(name):
                continue
            label = prefix + name
            try:
                data = self.files.read(directory, name)
            except FileRefused as refusal:
                problems.append((label, Problem(refusal.rule, str(refusal), 1)))
                continue
            expression = constraint(data)
            if expression is not None and is_never_built(expression):
                continue
            file = GoFile(label, data, self.files.limits.nesting, judged)
            if file.problem is not None:
                problems.append((label, file.problem))
            elif file.package_name != DOCUMENTATION:
                files.append(file)
        package = Package(directory, import_path, tuple(files), tuple(problems))
        if self._dotted is not None and any(dot_imports(file) for file in files):
            self._reading.add(directory.path)
            files = [self._without_dots(file, package) for file in files]
            self._reading.discard(directory.path)
        strangers = _strangers(package)
        strangers.update({file.name: file.problem for file in files if file.problem is not None})
        kept = tuple(file for file in files if file.name not in strangers)
        return Package(directory, import_path, kept, (*problems, *strangers.items()))

    def _without_dots(self, file: GoFile, package: Package) -> GoFile:
        for imported in dot_imports(file):
            if self._is_of_interest(imported.path) and self._exported(imported) is None:
                file.problem = Problem(
                    "dot-import", f"imports {imported.path} with a dot, and it cannot be read", imported.line
                )
                return file
        return without_dots(file, package.declared_names, self._exported, self.files.limits.nesting)

    def _is_of_interest(self, path: str) -> bool:
        return path in (self._dotted or {}) or self.modules.is_local(path) or assumed_name(path).endswith("api")

    def _exported(self, imported: Import) -> tuple[str, Exported] | None:
        """Return a package's name and what it exports; None for one of no interest, or that cannot be read."""
        path = imported.path
        if not self._is_of_interest(path):
            return None
        directory = self.modules.resolve(path)
        if directory is None or directory.path in self._reading:
            known = (self._dotted or {}).get(path)
            return (assumed_name(path), known) if known is not None else None
        package = self.load(directory, path)
        if package.problems or not package.files:
            return None
        return package.name, frozenset(name for name in package.declared_names if name[:1].isupper())


def _strangers(package: Package) -> dict[str, Problem]:
    """Return the files of other packages in the directory, by name: no build takes them together, as Go says."""
    if len({file.package_name for file in package.files}) < 2:
        return {}
    return {
        file.name: Problem(
            "mixed-packages",
            f"is of package {file.package_name}, its directory of package {package.name}; Go builds neither",
            1,
        )
        for file in package.files
        if file.package_name != package.name and not is_conditional(file.name, file.data)
    }
