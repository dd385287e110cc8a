"""Go source written where a test wants it, and what the engine's layers make of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gencreds.golang.files import Files, Tree
from gencreds.golang.limits import Limits
from gencreds.golang.modules import Modules
from gencreds.golang.packages import Packages

GO_MOD = "module example.com/shop\n\ngo 1.24\n"
CALLER = {
    "go.mod": GO_MOD,
    "target/targetapi/definition.go": """package targetapi

import "github.com/microbus-io/fabric/define"

const Hostname = "target.example"

var Load = define.Function{Host: Hostname, Method: "GET", Route: ":443/load"}
""",
    "caller/manifest.yaml": "general:\n  hostname: caller.example\n",
    "caller/callerapi/definition.go": 'package callerapi\n\nconst Hostname = "caller.example"\n',
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write `files` (text by path) below `root` and return `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def caller(root: Path, service: str, **more: str) -> Path:
    """Write a microservice whose service.go is `service`, beside one that it may call; returns its directory."""
    write(root, {**CALLER, "caller/service.go": service, **more})
    return root / "caller"


def packages(root: Path, limits: Limits | None = None) -> Packages:
    """Return a loader of the packages of the module at `root`."""
    files = Files(limits or Limits())
    return Packages(Modules(Tree(str(root.resolve())), files), files)
