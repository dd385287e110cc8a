"""What a variable holds that upstream takes for no client, told by what is nearest to being its declaration."""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.syntax import GoFile
from gencreds.upstream.clients import CONSTRUCTORS
from gencreds.upstream.nodes import assigned, called, chain, identifier, member, qualified, walk
from gencreds.upstream.sources import is_api_alias, own_aliases

PACKAGE_VARIABLE = "package-variable"
_BY_VALUE = {
    "identifier": "second-name",
    "selector_expression": "struct-field",
    "index_expression": "element",
    "call_expression": "function-result",
    "func_literal": "closure",
    "type_assertion_expression": "type-assertion",
    "composite_literal": "client-literal",
    "unary_expression": "client-literal",
    "parenthesized_expression": "parenthesised",
}


def variable_shape(name: str, function: Node, body: Node, file: GoFile) -> str:
    """Return where the variable `name` of `function` comes from; `PACKAGE_VARIABLE` if from nowhere in it."""
    found = _parameter(name, function, file)
    for node in walk(body):
        if node.type == "func_literal":
            found = "closure-parameter" if _parameter(name, node, file) else found
        elif node.type == "range_clause":
            left = node.child_by_field_name("left")
            names = [identifier(each, file) for each in left.named_children] if left is not None else []
            found = "range-variable" if name in names else found
        elif node.type == "type_switch_statement":
            alias = node.child_by_field_name("alias")
            found = "type-assertion" if alias is not None and file.text(alias) == name else found
        elif node.type in ("short_var_declaration", "assignment_statement"):
            found = _assigned_shape(name, node, file) or found
        elif node.type == "var_spec":
            values = [value for each, value in assigned(node, file) if each == name]
            declared = name in [identifier(each, file) for each in node.children_by_field_name("name")]
            if values:
                found = _value_shape(values[0], file)
            elif declared:
                package, _ = qualified(node.child_by_field_name("type"), file)
                found = "import-alias" if package in own_aliases(file) and not is_api_alias(package) else "interface"
    return found or PACKAGE_VARIABLE


def _assigned_shape(name: str, node: Node, file: GoFile) -> str:
    for each, value in assigned(node, file):
        if each == name:
            return _value_shape(value, file)
    left = node.child_by_field_name("left")
    names = [identifier(each, file) for each in left.named_children] if left is not None else []
    # One call with several results.
    return "function-result" if name in names else ""


def _value_shape(value: Node, file: GoFile) -> str:
    root = chain(value, file).root
    call = called(root, file)
    if call is not None and call.name in CONSTRUCTORS:
        alias = identifier(call.base, file)
        return "import-alias" if alias in own_aliases(file) and not is_api_alias(alias) else "unknown-callee"
    if root.type == "selector_expression":
        found = member(root, file)
        if found is not None and identifier(found.base, file) in own_aliases(file):
            return PACKAGE_VARIABLE
    return _BY_VALUE.get(root.type, "")


def _parameter(name: str, function: Node, file: GoFile) -> str:
    for field in ("receiver", "parameters", "result"):
        listed = function.child_by_field_name(field)
        for parameter in listed.named_children if listed is not None else ():
            if name not in [identifier(each, file) for each in parameter.children_by_field_name("name")]:
                continue
            if parameter.type == "variadic_parameter_declaration":
                return "variadic-parameter"
            alias, kind = qualified(parameter.child_by_field_name("type"), file)
            if kind in ("Client", "MulticastClient"):
                return "unknown-callee" if is_api_alias(alias) else "import-alias"
            return "interface-parameter"
    return ""
