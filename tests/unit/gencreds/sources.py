"""A small Go tree of two microservices and another module, written where a test wants it."""

from __future__ import annotations

from pathlib import Path

_FILES = {
    "go.mod": "module example.com/shop\n\nrequire example.com/lib v1.2.3\n\nreplace example.com/lib => ../lib\n",
    "main/main.go": """package main

import (
	"example.com/lib/ledger"
	"example.com/shop/orders"
	"github.com/microbus-io/fabric/application"
)

func main() {
	app := application.New()
	app.Add(
		ledger.NewService(),
		orders.NewService(),
	)
	app.Run()
}
""",
    "main/main_test.go": "package main\n",
    "orders/manifest.yaml": "general:\n  name: Orders\n  hostname: orders.shop\n",
    "orders/README.md": "not needed\n",
    "orders/intermediate.go": """package orders

import (
	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"
	"example.com/shop/orders/ordersapi"
)

func NewIntermediate() {
	svc.Subscribe("Place", svc.doPlace, sub.At(ordersapi.Place.Method, ordersapi.Place.Route))
}
""",
    "orders/service.go": """package orders

import (
	"context"

	"example.com/lib/ledger/ledgerapi"
)

func (svc *Service) Place(ctx context.Context) (err error) {
	return ledgerapi.NewClient(svc).Book(ctx)
}
""",
    "orders/service_test.go": "package orders\n",
    "orders/ordersapi/definition.go": """package ordersapi

import "github.com/microbus-io/fabric/define"

const Hostname = "orders.shop"

var Place = define.Function{Host: Hostname, Method: "POST", Route: ":443/place"}
""",
    "orders/ordersapi/client.go": "package ordersapi\n\ntype Client struct{}\n",
    "../lib/go.mod": "module example.com/lib\n",
    "../lib/ledger/manifest.yaml": "general:\n  hostname: ledger.lib\n",
    "../lib/ledger/intermediate.go": """package ledger

import (
	"github.com/microbus-io/fabric/sub"
	"example.com/lib/ledger/ledgerapi"
)

func NewIntermediate() {
	svc.Subscribe("Book", svc.Book, sub.At(ledgerapi.Book.Method, ledgerapi.Book.Route))
}
""",
    "../lib/ledger/service.go": "package ledger\n",
    "../lib/ledger/ledgerapi/definition.go": """package ledgerapi

import "github.com/microbus-io/fabric/define"

const Hostname = "ledger.lib"

var Book = define.Function{Host: Hostname, Method: "POST", Route: ":666/book"}
""",
    "../lib/ledger/ledgerapi/client.go": """package ledgerapi

type Client struct{}

func (_c Client) Book(ctx context.Context) (err error) {
	return nil
}
""",
}


def write_shop(folder: Path) -> Path:
    """Write the tree to `folder/shop`, beside it the module `folder/lib`, and return the bundle's main file."""
    for name, text in _FILES.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "shop" / "main" / "main.go"
