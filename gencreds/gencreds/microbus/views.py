"""What a file's imports mean to the analysis: API packages, option packages, packages of the same microservice."""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.golang.packages import Package
from gencreds.golang.syntax import GoFile, assumed_name
from gencreds.microbus.api import ApiPackage, Apis
from gencreds.microbus.fileview import FileView

_PUB = "github.com/microbus-io/fabric/pub"
_SUB = "github.com/microbus-io/fabric/sub"


def view_of(
    package: Package,
    file: GoFile,
    apis: Apis,
    siblings: Mapping[str, Package],
    home: ApiPackage | None = None,
) -> FileView:
    """Return the view of `file`. `siblings` are the microservice's packages by import path, `home` its API package
    when the file is a part of that."""
    found: dict[str, ApiPackage] = {}
    unresolved: dict[str, str] = {}
    near: dict[str, Package] = {}
    pub: set[str] = set()
    sub: set[str] = set()
    for imported in file.imports:
        if imported.alias in ("_", "."):
            continue
        if imported.path == _PUB or (imported.alias == "pub" and imported.path.endswith("/pub")):
            pub.add(imported.alias)
        elif imported.path == _SUB or (imported.alias == "sub" and imported.path.endswith("/sub")):
            sub.add(imported.alias)
        elif imported.path in siblings:
            near[apis.packages.name_of(imported)] = siblings[imported.path]
        elif _is_api(imported.path) or "." in imported.path or apis.packages.modules.is_local(imported.path):
            api = apis.find(imported.path)
            if api is not None:
                # The package clause decides without an explicit alias.
                found[imported.alias if imported.is_named else api.package.name or imported.alias] = api
            elif _is_api(imported.path) and not apis.is_resolved(imported.path):
                unresolved[imported.alias] = imported.path
    return FileView(package, file, found, unresolved, frozenset(pub), frozenset(sub), near, home)


def _is_api(path: str) -> bool:
    """Return whether a package is an API package by its path, major versions left out: its name ends in `api`."""
    name = assumed_name(path)
    return name.endswith("api") and name != "api"
