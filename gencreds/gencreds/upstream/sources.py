"""The files that upstream's engine reads: those directly in a directory, by name, each parsed once.

Bounded by the same reader as our engine. What upstream ends with an error for is `Fatal` here.
"""

from __future__ import annotations

from gencreds.golang.files import Directory, FileRefused, Files
from gencreds.golang.modules import Modules
from gencreds.golang.syntax import GoFile

MOCK = "mock.go"
INTERMEDIATE = "intermediate.go"


class Fatal(Exception):
    """Upstream signs nothing for this microservice; the message is upstream's where it is known."""


class Sources:
    """Directories and files of one tree, and where an import path leads."""

    def __init__(self, modules: Modules, files: Files) -> None:
        self.modules = modules
        self.files = files
        self._parsed: dict[tuple[str, str], GoFile] = {}

    def names(self, directory: Directory) -> list[str]:
        """Return the names of the Go files of `directory` that are no tests, sorted."""
        listed = self.files.list(directory)
        return [name for name in listed.files if name.endswith(".go") and not name.endswith("_test.go")]

    def parse(self, directory: Directory, name: str) -> GoFile:
        """Return a file of `directory`. Raises `Fatal` when it is missing, refused or no Go."""
        key = directory.path, name
        file = self._parsed.get(key)
        if file is None:
            label = name if directory.name == "." else f"{directory.name}/{name}"
            try:
                data = self.files.read(directory, name)
            except FileRefused as error:
                raise Fatal(f"parse {label}: {error}") from error
            file = self._parsed[key] = GoFile(label, data, self.files.limits.nesting)
        if file.problem is not None:
            raise Fatal(f"parse {file.name}: line {file.problem.line}: {file.problem.message}")
        return file

    def all(self, directory: Directory) -> list[GoFile]:
        """Return every Go file of `directory` but tests. Raises `Fatal` if one cannot be parsed."""
        return [self.parse(directory, name) for name in self.names(directory)]


def is_api_alias(alias: str) -> bool:
    """Return whether upstream takes an import of this alias for an API package: one that ends in `api` and has more."""
    return alias.endswith("api") and alias != "api"


def own_aliases(file: GoFile) -> dict[str, str]:
    """Return the import paths of `file` by alias, `_` and `.` left out.

    Without an explicit one the alias is the path's last part, whatever the package calls itself, `v2` included.
    """
    named = ((each.alias if each.is_named else each.path.rpartition("/")[2], each.path) for each in file.imports)
    return {alias: path for alias, path in named if alias not in ("_", ".")}


def api_aliases(file: GoFile) -> frozenset[str]:
    """Return the aliases of `file` that upstream takes for API packages."""
    return frozenset(filter(is_api_alias, own_aliases(file)))


def merged_aliases(files: list[GoFile]) -> dict[str, str]:
    """Return the one alias map of a directory: of two files with one alias the later, by name, wins for both."""
    return {alias: path for file in files for alias, path in own_aliases(file).items()}
