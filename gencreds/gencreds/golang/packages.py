"""Go packages as directories of parsed files, loaded once and shared. Sits on `files`, `modules` and `syntax`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from gencreds.golang.expressions import Concat, Expr, Name, Select, Text
from gencreds.golang.files import Directory, FileRefused, Files
from gencreds.golang.lowering import Lowering, TooDeep
from gencreds.golang.modules import Modules
from gencreds.golang.syntax import GoFile, Problem

# Constants may refer to constants; a longer chain than this is a loop.
_MAX_CONSTANT_STEPS = 32
# Constants that double one another grow without end; no route or hostname is longer (characters).
_MAX_CONSTANT_LENGTH = 65_536
_FUNCTION = re.compile(rb"^[ \t]*func\s*(?:\(([^)]*)\)\s*)?(\w+)\s*[(\[]", re.MULTILINE)


@dataclass(frozen=True)
class Function:
    """A declared function or method: where it is, its receiver (name and type, empty for a function)."""

    file: GoFile
    node: Node
    name: str
    receiver: str
    receiver_type: str


class Package:
    """All Go files of a directory but tests. `problems` are files that cannot be analysed, by the file's name."""

    def __init__(
        self,
        directory: Directory,
        import_path: str,
        files: tuple[GoFile, ...],
        problems: tuple[tuple[str, Problem], ...],
    ) -> None:
        self.directory = directory
        self.import_path = import_path
        self.files = files
        self.problems = problems
        self._found: dict[str, tuple[Function, ...]] = {}

    @cached_property
    def constants(self) -> Mapping[str, tuple[Expr, GoFile]]:
        """The package's constants that have a value of their own, as written, with the file each is in."""
        found: dict[str, tuple[Expr, GoFile]] = {}
        for file in self.files:
            if b"const" not in file.data:
                continue
            for node in file.declarations:
                if node.type == "const_declaration":
                    try:
                        values = Lowering(file, ()).constant_values(node)
                    except TooDeep:
                        continue
                    for name, value in values:
                        found.setdefault(name, (value, file))
        return found

    @property
    def function_names(self) -> tuple[str, ...]:
        """The names of the package's functions and methods."""
        return tuple(self._functions)

    def functions(self, name: str) -> tuple[Function, ...]:
        """Return the functions and methods called `name`, whatever their receivers."""
        if name not in self._functions:
            return ()
        if name not in self._found:
            found = (_function(file, offset) for file, offset in self._functions[name])
            self._found[name] = tuple(function for function in found if function is not None and function.name == name)
        return self._found[name]

    def methods(self, receiver_type: str) -> tuple[Function, ...]:
        """Return the methods of the type `receiver_type`, in the order of files and lines."""
        word = receiver_type.encode()
        candidates = {
            match[2].decode("utf-8", "surrogateescape")
            for file in self.files
            if word in file.data
            for match in _FUNCTION.finditer(file.data)
            if match[1] and word in match[1]
        }
        found = (function for name in sorted(candidates) for function in self.functions(name))
        methods = [function for function in found if function.receiver_type == receiver_type]
        return tuple(sorted(methods, key=lambda function: (function.file.name, function.node.start_byte)))

    @cached_property
    def _functions(self) -> Mapping[str, list[tuple[GoFile, int]]]:
        found: dict[str, list[tuple[GoFile, int]]] = {}
        for file in self.files:
            for match in _FUNCTION.finditer(file.data):
                name = match[2].decode("utf-8", "surrogateescape")
                found.setdefault(name, []).append((file, match.end(2) - 1))
        return found


class Packages:
    """Loads packages by import path or directory, each once."""

    def __init__(self, modules: Modules, files: Files) -> None:
        self.modules = modules
        self.files = files
        self._loaded: dict[str, Package] = {}
        self._constants: dict[tuple[str, str], str | None] = {}

    def load(self, directory: Directory, import_path: str, *, keep: bool = True) -> Package:
        """Return the package in `directory`; `keep` remembers it for the next who asks."""
        package = self._loaded.get(directory.path)
        if package is None:
            package = self._read(directory, import_path)
            if keep:
                self._loaded[directory.path] = package
        return package

    def find(self, import_path: str) -> Package | None:
        """Return the package `import_path`, or None when it cannot be resolved."""
        directory = self.modules.resolve(import_path)
        return self.load(directory, import_path) if directory is not None else None

    def string_constant(self, expr: Expr, file: GoFile, package: Package) -> str | None:
        """Return the string that the constant expression `expr`, read in `file` of `package`, stands for."""
        return self._string(expr, file, package, _MAX_CONSTANT_STEPS)

    def _string(self, expr: Expr, file: GoFile, package: Package, steps: int) -> str | None:
        if steps == 0:
            return None
        if isinstance(expr, Text):
            return expr.value
        if isinstance(expr, Concat):
            text = ""
            for each in expr.parts:
                part = self._string(each, file, package, steps - 1)
                if part is None or len(text) + len(part) > _MAX_CONSTANT_LENGTH:
                    return None
                text += part
            return text
        if isinstance(expr, Name):
            return self._constant(package, expr.text, steps)
        if isinstance(expr, Select) and isinstance(expr.base, Name):
            for imported in file.imports:
                if imported.alias == expr.base.text:
                    other = self.find(imported.path)
                    return self._constant(other, expr.name, steps) if other is not None else None
        return None

    def _constant(self, package: Package, name: str, steps: int) -> str | None:
        found = package.constants.get(name)
        if found is None:
            return None
        key = (package.directory.path, name)
        if key not in self._constants:
            # Set before it is known: a constant that is made of itself has no value.
            self._constants[key] = None
            self._constants[key] = self._string(found[0], found[1], package, steps - 1)
        return self._constants[key]

    def _read(self, directory: Directory, import_path: str) -> Package:
        files: list[GoFile] = []
        problems: list[tuple[str, Problem]] = []
        listing = self.files.list(directory)
        prefix = "" if directory.name == "." else f"{directory.name}/"
        for name in listing.refused:
            if _is_source(name):
                link = Problem("outside-root", "is a link out of the source root", 1)
                problems.append((prefix + name, link))
        for name in listing.files:
            if not _is_source(name):
                continue
            label = prefix + name
            try:
                data = self.files.read(directory, name)
            except FileRefused as refusal:
                problems.append((label, Problem(refusal.rule, str(refusal), 1)))
                continue
            file = GoFile(label, data, self.files.limits.nesting)
            if file.problem is not None:
                problems.append((label, file.problem))
            else:
                files.append(file)
        return Package(directory, import_path, tuple(files), tuple(problems))


def _is_source(name: str) -> bool:
    return name.endswith(".go") and not name.endswith("_test.go") and not name.startswith(("_", "."))


def _function(file: GoFile, offset: int) -> Function | None:
    node = file.declaration_at(offset)
    if node is None or node.type not in ("function_declaration", "method_declaration"):
        return None
    name_node, receiver_node = node.child_by_field_name("name"), node.child_by_field_name("receiver")
    if name_node is None:
        return None
    receiver = receiver_type = ""
    if receiver_node is not None and receiver_node.named_child_count:
        parameter = receiver_node.named_children[0]
        name = parameter.child_by_field_name("name")
        kind = parameter.child_by_field_name("type")
        receiver = file.text(name) if name is not None else ""
        receiver_type = file.text(kind).lstrip("*( ").partition("[")[0].rstrip(") ") if kind is not None else ""
    return Function(file, node, file.text(name_node), receiver, receiver_type)


def function_at(file: GoFile, node: Node) -> Function | None:
    """Return `node`, a top-level declaration of `file`, as a function if it is one."""
    return _function(file, node.start_byte)
