"""Dot imports, undone: a file with `import . "x/orders"` is read as if it said `import orders "x/orders"`.

`packages` puts files through this before anyone looks at them, so that nothing else has to know of dot imports. Lines
stay where they are. Source: the Go specification, "Import declarations" and "Declarations and scope".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tree_sitter import Node

from gencreds.golang.syntax import GoFile, Import, Problem, line_of

_RULE = "dot-import"
_NAMES = frozenset({"identifier", "type_identifier"})
# Where the field `name` of a node is a name that comes into being.
_DECLARING = frozenset(
    {
        "function_declaration",
        "type_spec",
        "type_alias",
        "type_parameter_declaration",
        "parameter_declaration",
        "variadic_parameter_declaration",
        "var_spec",
        "const_spec",
    }
)
_ASSIGNING = frozenset({"short_var_declaration", "range_clause", "receive_statement", "type_switch_statement"})

Exported = frozenset[str]


def dot_imports(file: GoFile) -> tuple[Import, ...]:
    """Return the dot imports of `file`."""
    return tuple(imported for imported in file.imports if imported.alias == ".") if file.may_import_dots else ()


def without_dots(
    file: GoFile, own: Iterable[str], exported: Callable[[Import], tuple[str, Exported] | None], nesting: int
) -> GoFile:
    """Return `file` with every dot import named and every name that comes through one qualified.

    `own` are the names that the file's package declares; `exported` gives the name and the exported names of what is
    imported, None for what is of no interest. Where Go itself could not tell, or a local name hides an imported one,
    the file's `problem` says so.
    """
    origins: dict[str, Import] = {}
    aliases: dict[Import, str] = {}
    declared = frozenset(own)
    for imported in dot_imports(file):
        found = exported(imported)
        if found is None:
            continue
        name, names = found
        aliases[imported] = _free(file, name)
        for each in names:
            if each in declared or (each in origins and origins[each].path != imported.path):
                file.problem = Problem(
                    _RULE, f"imports {imported.path} with a dot, and {each} is declared elsewhere too", imported.line
                )
                return file
            origins[each] = imported
    if not aliases:
        return file
    edits: list[tuple[int, int, bytes]] = []
    for node, declares in _names(file, origins):
        text = file.text(node)
        if declares:
            file.problem = Problem(
                _RULE, f"declares {text}, which it also imports from {origins[text].path} with a dot", line_of(node)
            )
            return file
        edits.append((node.start_byte, node.start_byte, _bytes(aliases[origins[text]]) + b"."))
    edits.extend((start, end, _bytes(alias)) for start, end, alias in _dots(file, aliases))
    return GoFile(file.name, _edited(file.data, edits), nesting)


def _names(file: GoFile, origins: Mapping[str, Import]) -> Iterator[tuple[Node, bool]]:
    """Yield every identifier that may come from a dot import, and whether it is declared there instead."""
    wanted = {_bytes(name) for name in origins}
    data = file.data
    for top in file.declarations:
        cursor = top.walk()
        while True:
            node = cursor.node
            if node is None:
                break
            if node.type in _NAMES and data[node.start_byte : node.end_byte] in wanted:
                declares = _declares(node)
                if declares is not None:
                    yield node, declares
            if cursor.goto_first_child() or cursor.goto_next_sibling():
                continue
            while cursor.goto_parent():
                if cursor.goto_next_sibling():
                    break
            else:
                break


def _declares(node: Node) -> bool | None:
    """Return whether the identifier `node` declares its name; None where it is no name in the file's scope at all."""
    parent = node.parent
    if parent is None or parent.type in ("qualified_type", "package_clause"):
        return None
    if parent.type == "literal_element" and parent.parent is not None:
        # A field of a struct; a map's key would be a value that nothing here depends on.
        outer = parent.parent
        if outer.type == "keyed_element" and outer.child_by_field_name("key") == parent:
            return None
    if parent.type in _DECLARING:
        return node in parent.children_by_field_name("name")
    if parent.type == "expression_list" and parent.parent is not None and parent.parent.type in _ASSIGNING:
        assigning = parent.parent
        side = "alias" if assigning.type == "type_switch_statement" else "left"
        is_new = assigning.type == "type_switch_statement" or any(each.type == ":=" for each in assigning.children)
        return is_new and assigning.child_by_field_name(side) == parent
    return False


def _dots(file: GoFile, aliases: Mapping[Import, str]) -> Iterator[tuple[int, int, str]]:
    """Yield where each dot is, with the name to put there."""
    for imported, node in file.import_nodes():
        name = node.child_by_field_name("name")
        if imported in aliases and name is not None:
            yield name.start_byte, name.end_byte, aliases[imported] + " "


def _free(file: GoFile, name: str) -> str:
    """Return a name for an import that nothing in the file is called yet."""
    while _bytes(name) in file.data.replace(b"/" + _bytes(name), b""):
        name += "_"
    return name


def _edited(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for start, end, text in sorted(edits):
        parts += (data[at:start], text)
        at = end
    return b"".join([*parts, data[at:]])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
