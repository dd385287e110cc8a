"""A file with what its imports mean. `views` makes them, everything that reads a file's code asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from gencreds.golang.packages import Package
from gencreds.golang.syntax import GoFile
from gencreds.microbus.api import ApiPackage
from gencreds.microbus.clients import CONSTRUCTORS, TYPES


@dataclass(frozen=True)
class FileView:
    """A file with what its imports mean: API packages and the framework's option packages, by alias."""

    package: Package
    file: GoFile
    apis: Mapping[str, ApiPackage]
    unresolved: Mapping[str, str]
    pub: frozenset[str]
    sub: frozenset[str]
    siblings: Mapping[str, Package]
    home: ApiPackage | None = None

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names of all imports."""
        return frozenset(each.alias for each in self.file.imports)

    @property
    def words(self) -> set[bytes]:
        """The words that make a place in the file interesting."""
        names = {*self.pub, *self.sub}
        if self.home is not None:
            names |= {*CONSTRUCTORS, *TYPES}
        return {name.encode("utf-8", "surrogateescape") for name in names}

    @property
    def api_words(self) -> set[bytes]:
        """The aliases of API packages: of interest where a client, hook or trigger is meant, not for data types."""
        return {name.encode("utf-8", "surrogateescape") for name in (*self.apis, *self.unresolved)}
