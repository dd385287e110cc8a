"""Rewrites Go source without changing what it does: other names, another order, another layout, another split.

Works on syntax alone, so each rewrite keeps to what is safe without types, and gives up (returns the source as it is)
where it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import tree_sitter_go
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_go.language()))
_FUNCTIONS = ("function_declaration", "method_declaration")
_ATOMS = ("interpreted_string_literal", "raw_string_literal", "rune_literal", "comment")
# After these no semicolon is inserted, so a line may end there.
_LINE_MAY_END = {b"(", b"{", b"[", b",", b".", b"+", b"=", b":=", b"&&", b"||", b"==", b"!="}


def _root(data: bytes) -> Node:
    return _PARSER.parse(data).root_node


def renamed_local(data: bytes, random: Random) -> bytes:
    """Give one local variable, parameter or receiver another name."""
    root = _root(data)
    if re.search(rb'^(import)?\s*\. "', data, re.MULTILINE):
        # A local may hide what a dot import brings, and that is no renaming then.
        return data
    taken = {_text(node) for node in _walk(root, "package_identifier")} | _top_level(root)
    taken |= {path.rpartition(b"/")[2].strip(b'"') for path in map(_text, _walk(root, "interpreted_string_literal"))}
    choices = []
    for function in _functions(root):
        keys = {
            _text(key)
            for element in _walk(function, "keyed_element")
            for key in _walk(element.children[0], "identifier")
        }
        names = {_text(node) for node in _declared(function)} - taken - keys - {b"_"}
        choices += [(function, name) for name in sorted(names)]
    if not choices:
        return data
    function, name = random.choice(choices)
    # A type of the same name inside the function would be another thing.
    if any(_text(node) == name for node in _walk(function, "type_identifier", "label_name")):
        return data
    places = [node for node in _walk(function, "identifier") if _text(node) == name]
    return _replaced(data, [(node.start_byte, node.end_byte, b"renamed_" + name) for node in places])


def reordered(data: bytes, random: Random) -> bytes:
    """Shuffle the functions of a file."""
    functions = list(_functions(_root(data)))
    shuffled = random.sample(functions, len(functions))
    pairs = zip(functions, shuffled, strict=True)
    return _replaced(data, [(old.start_byte, old.end_byte, _text(new)) for old, new in pairs])


def reformatted(data: bytes, random: Random, *, inside: bool = True) -> bytes:
    """Put blanks, line ends and comments wherever Go allows them; without `inside`, between lines alone."""
    root = _root(data)
    tokens = list(_tokens(root))
    out = [data[: tokens[0].start_byte]] if tokens else [data]
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        out.append(_text(token))
        gap = data[token.end_byte : after.start_byte if after is not None else len(data)]
        if after is None or token.type == "comment" or after.type == "comment" or _is_before_code(token):
            out.append(gap)
        elif b"\n" in gap:
            out.append(random.choice((gap, b"\n\n" + gap, b" // said\n", b"\n/* said\nmore */\n", gap + b"  ")))
        elif not inside:
            out.append(gap)
        elif _text(token) in _LINE_MAY_END and random.random() < 0.3:
            out.append(random.choice((b"\n", b" // said\n", b"\n\n\t")))
        elif gap or random.random() < 0.3:
            out.append(random.choice((b" ", b"  ", b"\t", b" /* said */ ")))
    return b"".join(out)


def split(data: bytes, random: Random) -> bytes:
    """Move one function's body to a new one, which it calls with its own parameters."""
    choices = [function for function in _functions(_root(data)) if _arguments(function) is not None]
    if not choices:
        return data
    function = random.choice(choices)
    body = function.child_by_field_name("body")
    call = _call_of(function, b"split")
    if body is None or call is None:
        return data
    head = _replaced(_text(function), _name_of(function, b"split", function.start_byte))
    handing = b"{\n\t" + (b"return " if function.child_by_field_name("result") else b"") + call + b"\n}"
    return _replaced(data, [(body.start_byte, body.end_byte, handing)]) + b"\n" + head + b"\n"


def extracted(data: bytes, random: Random) -> bytes:
    """Move one statement to a new function, where it needs nothing but the parameters."""
    choices = []
    for function in _functions(_root(data)):
        body = function.child_by_field_name("body")
        if body is None or _arguments(function) is None:
            continue
        inner = {_text(node) for node in _declared(body)}
        inner |= {_text(each.child_by_field_name("name")) for each in _walk(body, "type_spec", "type_alias")}
        result = function.child_by_field_name("result")
        for block in _walk(body, "statement_list"):
            for statement in block.named_children:
                names = {_text(node) for node in _walk(statement, "identifier", "type_identifier")}
                free = names & inner - {_text(node) for node in _declared(statement)}
                returns = any(_walk(statement, "return_statement"))
                whole = statement.type == "return_statement" and result is not None and result.type != "parameter_list"
                if not free and (whole or (statement.type == "expression_statement" and not returns)):
                    choices.append((function, statement, whole))
    if not choices:
        return data
    function, statement, whole = random.choice(choices)
    body, result, call = function.child_by_field_name("body"), function.child_by_field_name("result"), None
    if body is not None:
        call = _call_of(function, b"extracted")
    if body is None or call is None:
        return data
    head = _replaced(
        data[function.start_byte : (result.start_byte if result is not None else body.start_byte)],
        _name_of(function, b"extracted", function.start_byte),
    )
    made = head + (_text(result) + b" " if whole and result is not None else b"") + b"{\n" + _text(statement) + b"\n}\n"
    instead = (b"return " if whole else b"") + call
    return _replaced(data, [(statement.start_byte, statement.end_byte, instead)]) + b"\n" + made


def _functions(root: Node) -> Iterator[Node]:
    return (node for node in root.named_children if node.type in _FUNCTIONS)


def _arguments(function: Node) -> list[bytes] | None:
    """How a function's own parameters are passed on; None where that cannot be said."""
    parameters = function.child_by_field_name("parameters")
    if parameters is None or function.child_by_field_name("type_parameters") is not None:
        return None
    found = []
    for each in parameters.named_children:
        names = each.children_by_field_name("name")
        if each.type == "comment" or not names or any(_text(name) == b"_" for name in names):
            return None
        found += [_text(name) + (b"..." if each.type == "variadic_parameter_declaration" else b"") for name in names]
    return found


def _call_of(function: Node, prefix: bytes) -> bytes | None:
    name, arguments = function.child_by_field_name("name"), _arguments(function)
    if name is None or arguments is None or _text(name) in (b"init", b"main"):
        return None
    call = prefix + _text(name) + b"(" + b", ".join(arguments) + b")"
    receiver = function.child_by_field_name("receiver")
    if receiver is None:
        return call
    named = [each.child_by_field_name("name") for each in receiver.named_children]
    if not named or named[0] is None or b"[" in _text(receiver):
        return None
    return _text(named[0]) + b"." + call


def _name_of(function: Node, prefix: bytes, base: int) -> list[tuple[int, int, bytes]]:
    name = function.child_by_field_name("name")
    return [(name.start_byte - base, name.end_byte - base, prefix + _text(name))] if name is not None else []


def _declared(node: Node) -> Iterator[Node]:
    """The identifiers that are declared inside `node`."""
    for each in _walk(node, "parameter_declaration", "variadic_parameter_declaration", "var_spec", "const_spec"):
        yield from each.children_by_field_name("name")
    for each in _walk(node, "short_var_declaration", "range_clause", "receive_statement"):
        left = each.child_by_field_name("left")
        if left is not None and (each.type == "short_var_declaration" or b":=" in _text(each)):
            yield from (name for name in left.named_children if name.type == "identifier")
    for each in _walk(node, "type_switch_statement"):
        alias = each.child_by_field_name("alias")
        if alias is not None:
            yield from alias.named_children


def _top_level(root: Node) -> set[bytes]:
    names = set()
    for node in root.named_children:
        for spec in _walk(node, "var_spec", "const_spec") if node.type not in _FUNCTIONS else ():
            names |= {_text(name) for name in spec.children_by_field_name("name")}
        name = node.child_by_field_name("name")
        if name is not None:
            names.add(_text(name))
    return names


def _tokens(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in _ATOMS or not each.children:
            if each.end_byte > each.start_byte and _text(each).strip():
                yield each
        else:
            waiting.extend(reversed(each.children))


def _is_before_code(token: Node) -> bool:
    found: Node | None = token
    while found is not None and found.type not in ("package_clause", "import_declaration"):
        found = found.parent
    return found is not None


def _walk(node: Node, *kinds: str) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in kinds:
            yield each
        waiting.extend(reversed(each.named_children))


def _replaced(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for start, end, text in sorted(changes, reverse=True):
        data = data[:start] + text + data[end:]
    return data


def _text(node: Node | None) -> bytes:
    return node.text or b"" if node is not None else b""


def is_valid(data: bytes) -> bool:
    """Whether `data` is Go at all, as far as syntax goes."""
    return not _root(data).has_error


def says_more(data: bytes) -> bool:
    """Whether comments in it mean something by where they stand."""
    return re.search(rb"//\s*gencreds:|//go:|// does not compile", data) is not None
