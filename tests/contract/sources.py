"""Source archives of small microservices, as `gencreds bundle` lays them out, for the tests of image and analysis."""

from __future__ import annotations

from collections.abc import Mapping

from ..unit.source.tar_making import Entry, make_archive

BROKEN_GO = "package orders\n\nfunc broken( {\n"

_FILES = {
    "go.mod": "module example.com/shop\n\ngo 1.22\n",
    "orders/manifest.yaml": "general:\n  name: orders\n  hostname: {hostname}\n",
    "orders/ordersapi/definition.go": """package ordersapi

import "github.com/microbus-io/fabric/define"

const Hostname = "{hostname}"

var Ping = define.Function{Host: Hostname, Method: "POST", Route: ":443/ping"}
""",
    "orders/service.go": """package orders

type Service struct {
	*Intermediate
}

func NewService() *Service {
	return &Service{Intermediate: NewIntermediate()}
}
""",
    "orders/intermediate.go": """package orders

import (
	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/orders/ordersapi"
)

type Intermediate struct {
	*connector.Connector
}

func NewIntermediate() *Intermediate {
	svc := &Intermediate{Connector: connector.New(ordersapi.Hostname)}
	svc.Subscribe("Ping", svc.doPing, sub.At(ordersapi.Ping.Method, ordersapi.Ping.Route))
	return svc
}
""",
}

_MAIN = b"""package main

import (
	"example.com/shop/orders"
	"github.com/microbus-io/fabric/application"
)

func main() {
	app := application.New()
	app.Add(orders.NewService())
	app.Run()
}
"""


def service_archive(hostname: str, more: Mapping[str, str] | None = None) -> bytes:
    """The archive of a bundle of one microservice with one endpoint, and `more` files by path below `src/`."""
    files = {name: text.replace("{hostname}", hostname) for name, text in _FILES.items()} | dict(more or {})
    entries = (Entry(f"src/{name}", text.encode()) for name, text in sorted(files.items()))
    return make_archive(*entries, main=_MAIN)
