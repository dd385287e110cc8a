"""One Go file, parsed: its tree, its imports, its top-level declarations. Built once per file by `packages`.

Nothing here walks a whole tree: top-level nodes are visited one by one, and a subtree only where a caller asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import tree_sitter_go
from tree_sitter import Language, Node, Parser

from gencreds.golang.builds import plain_package_clause
from gencreds.golang.judged import Judged, fingerprint
from gencreds.golang.nesting import is_nested_deeper
from gencreds.golang.quiet import without_block_comments, without_comments
from gencreds.golang.strictness import is_unusual, with_semicolons

_PARSER = Parser(Language(tree_sitter_go.language()))
# Bytes from which a file is judged before it is parsed: tree-sitter takes long to make sense of what is no Go.
_LARGE = 1 << 17
_DOT_IMPORT = re.compile(rb'\.\s*["`]')
_MAJOR = re.compile(r"v[0-9]+")
_GOPKG = re.compile(r"\.v[0-9]+$")
_BEFORE_CODE = frozenset({"comment", "package_clause", "import_declaration", "\n", ";"})


@dataclass(frozen=True)
class Problem:
    """Why a file cannot be analysed: `rule` is the finding, `line` where (from 1)."""

    rule: str
    message: str
    line: int


@dataclass(frozen=True)
class Import:
    """An import: `alias` is the explicit name (`is_named`), also `_` and `.`, or what its path makes one assume."""

    alias: str
    path: str
    line: int
    is_named: bool = True


class GoFile:
    """A parsed file. `name` is how locations name it; `problem` is set when it must not be analysed.

    Where `judged` knows it as Go it is parsed once its tree is asked for.
    """

    def __init__(self, name: str, data: bytes, nesting: int, judged: Judged | None = None) -> None:
        self.name = name
        self.problem: Problem | None = None
        # Whether the tree is that of another text than `data`.
        self._is_rewritten = False
        known = fingerprint(data) if judged is not None else b""
        if judged is not None and judged.knows(known):
            self.data = with_semicolons(data).data
            return
        if is_nested_deeper(data, nesting):
            self.problem = Problem("nesting-too-deep", f"brackets nest deeper than {nesting} levels", 1)
        elif len(data) > _LARGE:
            self._judge(data)
        if self.problem is not None:
            data = b""
        # What locations and texts are taken from: no line moves.
        written = with_semicolons(data)
        self.data = written.data
        self.root = _PARSER.parse(self.data).root_node
        if self.problem is None and (self.root.has_error or is_unusual(written, self.root)):
            if len(data) <= _LARGE:
                self._judge(data)
            if self.problem is None:
                # Beside code they would only hide what a search over the text looks for.
                self._parse_plainer(without_block_comments(data) if written.is_notable else data)
        elif judged is not None and self.problem is None:
            judged.add(known)

    @cached_property
    def root(self) -> Node:
        """The root of the tree."""
        return _PARSER.parse(self.data).root_node

    @cached_property
    def code(self) -> bytes:
        """The text with blanks in place of comments: where something stands does not change."""
        return without_comments(self.data)

    def release(self) -> None:
        """Give the tree back: it takes some twenty times the memory of the text, and is parsed again if asked for.

        For one who has read what is to be known of a file that others will hardly look at. Nodes that were handed out
        stay good, but are not equal to those of the next tree.
        """
        for known in ("root", "code", "declarations", "_head") if not self._is_rewritten else ():
            self.__dict__.pop(known, None)

    def _judge(self, data: bytes) -> None:
        """Have `grammar` judge the file; sets `problem` if it is no Go."""
        # Loaded here and below, because most sources need it for no file.
        from gencreds.golang.grammar.cursor import TooDeep
        from gencreds.golang.grammar.source import check_source
        from gencreds.golang.grammar.tokens import NotGo

        try:
            check_source(data)
        except NotGo as error:
            self.problem = Problem("syntax-error", f"is no valid Go: {error}", error.line)
        except TooDeep as error:
            self.problem = Problem("nesting-too-deep", str(error), error.line)

    def _parse_plainer(self, data: bytes) -> None:
        """Parse what is surely Go so that tree-sitter sees in it what Go does."""
        from gencreds.golang.grammar.source import plainer_sources

        first, last = b"", b""
        for plain in plainer_sources(data):
            plain += b"" if plain.endswith(b"\n") else b"\n"
            first = first or plain
            if plain == last:
                continue
            if plain == self.data and not self.root.has_error:
                return
            root = _PARSER.parse(plain).root_node
            if not root.has_error:
                # What is written otherwise in the later ones stays readable as it was.
                self.data, self.root, self._is_rewritten = first, root, True
                return
            last = plain
        message = "is Go, but cannot be read; write what stands there in a more usual way"
        self.problem = Problem("syntax-error", message, _first_error_line(self.root))

    def text(self, node: Node) -> str:
        """Return the source text of `node`; bytes that are not UTF-8 survive as surrogates."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    @cached_property
    def package_name(self) -> str:
        """The name in the package clause, or an empty string."""
        if name := plain_package_clause(self.data):
            return name
        for node in self._head:
            if node.type == "package_clause" and node.named_child_count:
                return self.text(node.named_children[0])
        return ""

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """The imports in source order."""
        return tuple(imported for imported, _ in self.import_nodes())

    @property
    def may_import_dots(self) -> bool:
        """Whether an import with a dot may be among the imports, without parsing the file for it."""
        return "root" in self.__dict__ or b"/*" in self.data or _DOT_IMPORT.search(self.data) is not None

    def import_nodes(self) -> Iterator[tuple[Import, Node]]:
        """Yield each import with the node that says so."""
        for node in self._head:
            if node.type == "import_declaration":
                yield from ((self._import(spec), spec) for spec in _import_specs(node))

    @cached_property
    def declarations(self) -> tuple[Node, ...]:
        """Top-level functions, methods, types, variables and constants in source order."""
        return tuple(node for node in self.root.named_children if node.type not in _BEFORE_CODE)

    def declaration_at(self, offset: int) -> Node | None:
        """Return the top-level declaration around the byte `offset`."""
        cursor = self.root.walk()
        if cursor.goto_first_child_for_byte(offset) is None:
            return None
        node = cursor.node
        return node if node is not None and node.start_byte <= offset < node.end_byte else None

    @cached_property
    def _head(self) -> tuple[Node, ...]:
        head: list[Node] = []
        cursor = self.root.walk()
        more = cursor.goto_first_child()
        while more:
            node = cursor.node
            if node is None or node.type not in _BEFORE_CODE:
                break
            head.append(node)
            more = cursor.goto_next_sibling()
        return tuple(head)

    def _import(self, spec: Node) -> Import:
        path_node = spec.child_by_field_name("path")
        path = self.text(path_node)[1:-1] if path_node is not None else ""
        name_node = spec.child_by_field_name("name")
        alias = self.text(name_node) if name_node is not None else assumed_name(path)
        return Import(alias, path, line_of(spec), name_node is not None)


def assumed_name(path: str) -> str:
    """Return what a package is called whose source is not looked at: the path's last part, but no major version."""
    rest, _, last = path.rpartition("/")
    if rest and _MAJOR.fullmatch(last):
        last = rest.rpartition("/")[2]
    return _GOPKG.sub("", last)


def line_of(node: Node) -> int:
    """Return the line that `node` starts on, from 1."""
    return node.start_point.row + 1


def _import_specs(declaration: Node) -> Iterator[Node]:
    for child in declaration.named_children:
        if child.type == "import_spec":
            yield child
        elif child.type == "import_spec_list":
            yield from (spec for spec in child.named_children if spec.type == "import_spec")


def _first_error_line(root: Node) -> int:
    """Follow the first erroneous child downwards: as many steps as levels, never the whole tree."""
    cursor = root.walk()
    line = 1
    while True:
        node = cursor.node
        if node is None:
            return line
        if node.is_error or node.is_missing:
            return line_of(node)
        line = line_of(node)
        if not cursor.goto_first_child():
            return line
        while (child := cursor.node) is not None and not (child.has_error or child.is_missing):
            if not cursor.goto_next_sibling():
                return line
