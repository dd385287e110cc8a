"""API packages as upstream reads them: literals only, absent what is none, helpers by the names they call.

Two generations: `endpoints.go` with `var X = Def{…}`, and `definition.go` with `var X = define.Function{…}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from gencreds.golang.files import Directory
from gencreds.golang.syntax import GoFile, line_of
from gencreds.upstream.nodes import bodies, called, identifier, literal, qualified, specs, walk
from gencreds.upstream.sources import Fatal, Sources

OLD, NEW = "endpoints.go", "definition.go"
CLIENT = "client.go"
_OWN = (OLD, CLIENT)
_KINDS = frozenset({"Function", "Web", "Task", "Workflow", "OutboundEvent"})
_CLIENTS = ("Client", "MulticastClient")
_TRIGGER = "MulticastTrigger"


@dataclass(frozen=True)
class Definition:
    """A feature; `method` and `route` are None where the source has no literal."""

    name: str
    kind: str
    method: str | None
    route: str | None
    file: str
    line: int


class Api:
    """The API package in `directory`, of whose files `names` are read. Raises `Fatal` if one cannot be parsed."""

    def __init__(self, directory: Directory, names: list[str], sources: Sources) -> None:
        self.directory = directory
        self.is_new = NEW in names
        self._files = [sources.parse(directory, name) for name in names]
        self._by_name = dict(zip(names, self._files, strict=True))
        # Of the older generation endpoints.go alone is read; of the newer any file may define.
        files = self._files if self.is_new else [self._by_name[name] for name in names if name == OLD]
        self.hostname = next((text for file in files for text in _hostnames(file)), None)
        self.definitions = {each.name: each for file in files for each in _definitions(file, self.is_new)}

    def reached(self, name: str) -> tuple[Definition, ...]:
        """Return what a call of `name` on a client stands for: a definition, or all that a helper of it reaches."""
        if name in self.definitions:
            return (self.definitions[name],)
        return tuple(self.definitions[each] for each in sorted(self._behind.get(name, ())))

    def is_helper(self, name: str) -> bool:
        """Return whether the clients have a hand-written method `name`."""
        return name not in self.definitions and name in self._helpers

    @property
    def events(self) -> list[Definition]:
        """The outbound events, sorted by name, whether they are ever triggered or not."""
        if self.is_new:
            found = [each for each in self.definitions.values() if each.kind == "OutboundEvent"]
        else:
            file = self._by_name.get(CLIENT)
            names = _triggers(file) if file is not None else ()
            found = [self.definitions[name] for name in names if name in self.definitions]
        return sorted(found, key=lambda each: each.name)

    @cached_property
    def _behind(self) -> dict[str, set[str]]:
        """The definitions that each helper reaches, through others too; each is carried once to each caller."""
        found: dict[str, set[str]] = {name: set() for name in self._helpers if name not in self.definitions}
        callers: dict[str, list[str]] = {}
        for helper in found:
            for name in self._helpers[helper]:
                callers.setdefault(name, []).append(helper)
        waiting = [(name, name) for name in callers if name in self.definitions]
        while waiting:
            name, definition = waiting.pop()
            for helper in callers.get(name, ()):
                if definition not in found[helper]:
                    found[helper].add(definition)
                    waiting.append((helper, definition))
        return found

    @cached_property
    def _helpers(self) -> dict[str, list[str]]:
        """What each method of a client calls on its receiver; of two methods with one name the later counts."""
        found: dict[str, list[str]] = {}
        for file in self._files:
            for node, body in bodies(file):
                receiver, of_type = _receiver(node, file)
                name = node.child_by_field_name("name")
                if of_type in _CLIENTS and name is not None:
                    calls = (called(each, file) for each in walk(body))
                    found[file.text(name)] = [
                        call.name for call in calls if call is not None and identifier(call.base, file) == receiver
                    ]
        return found


class Apis:
    """API packages by directory, each read once; one that cannot be parsed is remembered as such."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._found: dict[str, Api | None] = {}

    def own(self, directory: Directory) -> tuple[str, Api]:
        """Return name and package of the API of the microservice in `directory`. Raises `Fatal`."""
        listed = self.sources.files.list(directory)
        for name in listed.directories:
            child = directory.child(name)
            if name.endswith("api") and name != "api" and _has_api_file(self.sources, child):
                names = self.sources.names(child)
                # Of a microservice's own older package only two files are read.
                api = Api(child, names if NEW in names else [each for each in names if each in _OWN], self.sources)
                if api.hostname is None:
                    raise Fatal("own *api package has no Hostname constant")
                return name, api
        raise Fatal(f"no *api/{OLD} subdirectory in {directory.name}")

    def find(self, import_path: str) -> Api | None:
        """Return the API package `import_path`; None, silently, where it is missing, empty or cannot be parsed."""
        directory = self.sources.modules.resolve(import_path)
        if directory is None:
            return None
        if directory.path not in self._found:
            try:
                self._found[directory.path] = Api(directory, self.sources.names(directory), self.sources)
            except Fatal:
                self._found[directory.path] = None
        return self._found[directory.path]


def _has_api_file(sources: Sources, directory: Directory) -> bool:
    names = sources.files.list(directory).files
    return OLD in names or NEW in names


def _hostnames(file: GoFile) -> Iterator[str]:
    for node in file.declarations:
        if node.type != "const_declaration":
            continue
        for spec in specs(node, "const_spec"):
            for name, value in _pairs(spec):
                text = literal(value, file)
                if file.text(name) == "Hostname" and text is not None:
                    yield text


def _pairs(spec: Node) -> Iterator[tuple[Node, Node]]:
    names = [child for child in spec.children_by_field_name("name") if child.is_named]
    listed = spec.child_by_field_name("value")
    values = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
    yield from zip(names, values, strict=False)


def _definitions(file: GoFile, is_new: bool) -> Iterator[Definition]:
    for node in file.declarations:
        if node.type != "var_declaration":
            continue
        for spec in specs(node, "var_spec"):
            for name, value in _pairs(spec):
                kind = _kind(value, file, is_new)
                if kind:
                    fields = _literal_fields(value, file)
                    method, route = fields.get("Method"), fields.get("Route")
                    yield Definition(file.text(name), kind, method, route, file.name, line_of(name))


def _kind(value: Node, file: GoFile, is_new: bool) -> str:
    """Return the kind that the plain composite literal `value` defines, or nothing: `&Def{…}` is none."""
    of_type = value.child_by_field_name("type") if value.type == "composite_literal" else None
    if of_type is None:
        return ""
    if is_new:
        package, kind = qualified(of_type, file) if of_type.type == "qualified_type" else ("", "")
        return kind if package == "define" and kind in _KINDS else ""
    return "Def" if of_type.type == "type_identifier" and file.text(of_type) == "Def" else ""


def _literal_fields(value: Node, file: GoFile) -> dict[str, str]:
    body = value.child_by_field_name("body")
    found: dict[str, str] = {}
    for element in body.named_children if body is not None else ():
        key, given = element.child_by_field_name("key"), element.child_by_field_name("value")
        if key is not None and given is not None and given.named_child_count:
            text = literal(given.named_children[0], file)
            if text is not None:
                found[file.text(key)] = text
    return found


def _receiver(node: Node, file: GoFile) -> tuple[str, str]:
    receiver = node.child_by_field_name("receiver")
    if receiver is None or not receiver.named_child_count:
        return "", ""
    parameter = receiver.named_children[0]
    name, of_type = parameter.child_by_field_name("name"), parameter.child_by_field_name("type")
    while of_type is not None and of_type.type == "pointer_type" and of_type.named_child_count == 1:
        of_type = of_type.named_children[0]
    return file.text(name) if name is not None else "", file.text(of_type) if of_type is not None else ""


def _triggers(file: GoFile) -> Iterator[str]:
    """Yield the methods of `MulticastTrigger` that return something else than another one."""
    for node, _ in bodies(file):
        result, name = node.child_by_field_name("result"), node.child_by_field_name("name")
        returned = file.text(result).strip("() \t\n") if result is not None else ""
        if _receiver(node, file)[1] == _TRIGGER and returned != _TRIGGER and name is not None:
            yield file.text(name)
