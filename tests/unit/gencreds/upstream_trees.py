"""A microservice `caller.x` and its callees, as upstream's generators lay them out, with what upstream grants it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gencreds.upstream.engine import UpstreamService, scan_as_upstream
from gencreds.upstream.rules import allow_lists, rules_of

from .golang_trees import write

BODY = """package caller

import (
	"example.com/shop/other/otherapi"
	"example.com/shop/target/targetapi"
	"github.com/microbus-io/fabric/pub"
)

func (svc *Service) Run(ctx context.Context, host string, url string, opts ...pub.Option) {
%s
}
"""
INTERMEDIATE = """package caller

import (
	"example.com/shop/caller/callerapi"
	"example.com/shop/target/targetapi"
	"github.com/microbus-io/fabric/sub"
)

func NewIntermediate() {
%s
}
"""
DEFINITIONS = """package targetapi

import "github.com/microbus-io/fabric/define"

const Hostname = "target.x"

var Load = define.Function{Host: Hostname, Method: "GET", Route: ":443/load/{id}"}

var Save = define.Function{Host: Hostname, Method: "POST", Route: "/save"}

var Seal = define.Function{Host: Hostname, Method: "POST", Route: ":666/seal"}

var Else = define.Web{Host: Hostname, Method: "GET", Route: "//else.x:0/here"}

var OnSaved = define.OutboundEvent{Host: Hostname, Method: "POST", Route: ":417/on-saved"}

%s
"""
FILES = {
    "go.mod": "module example.com/shop\n\ngo 1.24\n\nrequire github.com/microbus-io/fabric v1.45.0\n",
    "caller/manifest.yaml": "general:\n  hostname: caller.x\n",
    "caller/intermediate.go": INTERMEDIATE % "",
    "caller/callerapi/definition.go": 'package callerapi\n\nconst Hostname = "caller.x"\n',
    "target/targetapi/definition.go": DEFINITIONS % "",
    "other/otherapi/definition.go": (
        'package otherapi\n\nimport "github.com/microbus-io/fabric/define"\n\nconst Hostname = "other.x"\n\n'
        'var Save = define.Function{Host: Hostname, Method: "PUT", Route: "/save"}\n'
    ),
}


def scanned(root: Path, files: Mapping[str, str]) -> UpstreamService:
    """Write `files` over the usual ones and return the caller as upstream sees it."""
    write(root, {**FILES, **files})
    return scan_as_upstream(None, [root / "caller"]).services[0]


def lists(root: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return what upstream lets the caller publish and subscribe beside what every microservice may."""
    service = scanned(root, files)
    assert service.error == ""
    pub, sub = allow_lists(rules_of(service.identity, service.found, "P"))
    return pub[2:], sub[3:]


def published(root: Path, body: str, files: Mapping[str, str] | None = None) -> list[str]:
    """Return what upstream lets the caller publish whose one function has `body`."""
    return lists(root, {"caller/service.go": BODY % body, **(files or {})})[0]
