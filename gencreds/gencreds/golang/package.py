"""One Go package: the parsed files of a directory, its functions and its constants. Loaded by `packages`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from gencreds.golang.builds import is_conditional
from gencreds.golang.expressions import Expr
from gencreds.golang.files import Directory
from gencreds.golang.lowering import Lowering, TooDeep
from gencreds.golang.nodes import inner
from gencreds.golang.syntax import GoFile, Problem
from gencreds.golang.words import word_offsets

# White space and line comments between two tokens; the parser is given no others.
COMMENTS = rb"\s*+(?://[^\n]*+\s*+)*+"
# It begins with a literal, for which `re` searches fastest; what stands before is looked at afterwards.
_FUNCTION = re.compile(
    rb"func%(c)s(?:\(((?:[^)/]++|//[^\n]*+|/)*+)\)%(c)s)?([\w\x80-\xff]+)%(c)s[(\[]" % {b"c": COMMENTS}
)
# What follows the name in a head, or a comment before that.
_AFTER_NAME = re.compile(rb"\s*+[(\[/]")
_AROUND_TYPE = frozenset({"generic_type", "parenthesized_type", "pointer_type"})
_BEFORE_FUNCTION = b" \t\r\n;}"

Declarations = tuple[tuple[Expr, GoFile], ...]


@dataclass(frozen=True)
class Function:
    """A declared function or method: where it is, its receiver (name and type, empty for a function)."""

    file: GoFile
    node: Node
    name: str
    receiver: str
    receiver_type: str

    @property
    def title(self) -> str:
        """The function as Go names it: `Pay`, `Service.Pay`, `(*Service).Pay`."""
        receiver = self.node.child_by_field_name("receiver")
        if receiver is None or not self.receiver_type:
            return self.name
        is_pointer = b"*" in self.file.data[receiver.start_byte : receiver.end_byte]
        return f"(*{self.receiver_type}).{self.name}" if is_pointer else f"{self.receiver_type}.{self.name}"


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
    def name(self) -> str:
        """The name in the package clause; of those that differ, the one of the first file that every build takes."""
        always = [file for file in self.files if not is_conditional(file.name, file.data)]
        return next((file.package_name for file in (*always, *self.files)), "")

    @cached_property
    def constants(self) -> Mapping[str, Declarations]:
        """The package's constants that have a value of their own, as written, with the file each is in.

        One that several files declare, each for another build, has several values.
        """
        found: dict[str, Declarations] = {}
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
                        found[name] = (*found.get(name, ()), (value, file))
        return found

    @cached_property
    def declared_names(self) -> frozenset[str]:
        """The names that the package's files declare at their top level, methods left out."""
        return frozenset(name for file in self.files for node in file.declarations for name in _declared(file, node))

    @property
    def function_names(self) -> tuple[str, ...]:
        """The names of the package's functions and methods."""
        heads = (match[2] for file in self.files for match in _function_heads(file.data))
        return tuple(dict.fromkeys(name.decode("utf-8", "surrogateescape") for name in heads))

    def functions(self, name: str) -> tuple[Function, ...]:
        """Return the functions and methods called `name`, whatever their receivers."""
        if name not in self._found:
            word = name.encode("utf-8", "surrogateescape")
            found = (_function(file, offset) for file in self.files for offset in _named_heads(file.data, word))
            self._found[name] = tuple(function for function in found if function is not None and function.name == name)
        return self._found[name]

    def methods(self, receiver_type: str) -> tuple[Function, ...]:
        """Return the methods of the type `receiver_type`, in the order of files and lines."""
        word = receiver_type.encode()
        candidates = {
            match[2].decode("utf-8", "surrogateescape")
            for file in self.files
            if word in file.data
            for match in _function_heads(file.data)
            if match[1] and word in match[1]
        }
        found = (function for name in sorted(candidates) for function in self.functions(name))
        methods = [function for function in found if function.receiver_type == receiver_type]
        return tuple(sorted(methods, key=lambda function: (function.file.name, function.node.start_byte)))


def _named_heads(data: bytes, word: bytes) -> Iterator[int]:
    """Yield where `word` may be the name in the head of a function's declaration: what is called may be among them."""
    for offset in word_offsets(data, (word,)):
        if data[offset - 1 : offset] != b"." and _AFTER_NAME.match(data, offset + len(word)):
            yield offset


def _function_heads(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield what looks like the head of a function's declaration; a function literal or type may be among them."""
    for match in _FUNCTION.finditer(data):
        start = match.start()
        if start == 0 or data[start - 1] in _BEFORE_FUNCTION:
            yield match


def _declared(file: GoFile, node: Node) -> Iterator[str]:
    if node.type == "function_declaration":
        yield from (file.text(name) for name in node.children_by_field_name("name"))
    elif node.type in ("type_declaration", "var_declaration", "const_declaration"):
        for spec in node.named_children:
            for each in spec.named_children if spec.type.endswith("_list") else (spec,):
                yield from (file.text(name) for name in each.children_by_field_name("name") if name.is_named)


def _function(file: GoFile, offset: int) -> Function | None:
    node = file.declaration_at(offset)
    if node is None or node.type not in ("function_declaration", "method_declaration"):
        return None
    name_node, receiver_node = node.child_by_field_name("name"), node.child_by_field_name("receiver")
    if name_node is None or offset not in (node.start_byte, name_node.start_byte):
        return None
    receiver = receiver_type = ""
    if receiver_node is not None and receiver_node.named_child_count:
        parameter = inner(receiver_node)
        name = parameter.child_by_field_name("name")
        kind = parameter.child_by_field_name("type")
        receiver = file.text(name) if name is not None else ""
        while kind is not None and kind.type in _AROUND_TYPE and kind.named_child_count:
            kind = inner(kind)
        receiver_type = file.text(kind) if kind is not None else ""
    return Function(file, node, file.text(name_node), receiver, receiver_type)


def function_at(file: GoFile, node: Node) -> Function | None:
    """Return `node`, a top-level declaration of `file`, as a function if it is one."""
    return _function(file, node.start_byte)
