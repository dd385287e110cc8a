"""Evidence tells the whole way: from the handler through helpers to the call site, and into a callee's helpers."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.golden.corpus import BASE

from gencreds.microbus.model import Access, AccessKind
from gencreds.pipeline import scan

HEAD = """package caller

import (
\t"context"

\t"golden.example/target/targetapi"
)

type Service struct {
\t*Intermediate
}
"""


def calls(tmp_path: Path, files: dict[str, str]) -> list[Access]:
    tree = tmp_path / "tree"
    shutil.copytree(BASE, tree)
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (service,) = scan(None, [tree / "caller"])
    return [access for access in service.accesses if access.kind is AccessKind.CALL]


def way(access: Access) -> list[str]:
    return [f"{step.function} {step.file}:{step.line}" for step in access.via]


def test_a_handlers_own_call_needs_no_way(tmp_path: Path) -> None:
    (call,) = calls(
        tmp_path,
        {
            "caller/service.go": HEAD
            + """
func (svc *Service) Pay(ctx context.Context) error {
\t_, err := targetapi.NewClient(svc).Load(ctx, "1")
\treturn err
}

func (svc *Service) Twice(ctx context.Context) error {
\treturn svc.Pay(ctx)
}
"""
        },
    )
    assert (call.function, way(call)) == ("(*Service).Pay", [])


def test_helpers_of_helpers_are_told_from_the_handler_down(tmp_path: Path) -> None:
    (call,) = calls(
        tmp_path,
        {
            "caller/service.go": HEAD
            + """
func (svc *Service) Pay(ctx context.Context) error {
\t// reserve(ctx) in a comment is no call.
\treturn svc.prepare(ctx, "reserve(")
}

func (svc *Service) prepare(ctx context.Context, note string) error {
\treturn reserve(ctx, targetapi.NewClient(svc))
}
""",
            "caller/reserve.go": """package caller

import (
\t"context"

\t"golden.example/target/targetapi"
)

func reserve(ctx context.Context, c targetapi.Client) error {
\tif ctx == nil {
\t\treturn reserve(ctx, c)
\t}
\t_, err := c.Load(ctx, "1")
\treturn err
}
""",
        },
    )
    assert (call.location.file, call.function) == ("caller/reserve.go", "reserve")
    assert way(call) == ["(*Service).Pay caller/service.go:15", "(*Service).prepare caller/service.go:19"]


def test_a_helper_package_is_reached_by_its_name_in_the_caller(tmp_path: Path) -> None:
    (call,) = calls(
        tmp_path,
        {
            "caller/service.go": HEAD.replace("golden.example/target/targetapi", "golden.example/caller/stock")
            + """
func (svc *Service) Pay(ctx context.Context) error {
\treturn stock.Reserve(ctx, svc)
}
""",
            "caller/stock/stock.go": """package stock

import (
\t"context"

\t"golden.example/target/targetapi"
\t"github.com/microbus-io/fabric/service"
)

func Reserve(ctx context.Context, svc service.Publisher) error {
\t_, err := targetapi.NewClient(svc).Load(ctx, "1")
\treturn err
}
""",
        },
    )
    assert (call.location.file, call.function) == ("caller/stock/stock.go", "Reserve")
    assert way(call) == ["(*Service).Pay caller/service.go:14"]


def test_a_callees_helper_is_told_down_to_the_request(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        {
            "caller/service.go": HEAD
            + """
func (svc *Service) Pay(ctx context.Context) error {
\treturn targetapi.NewClient(svc).LoadTwice(ctx)
}
""",
            "target/targetapi/clientext.go": """package targetapi

import "context"

func (_c Client) LoadTwice(ctx context.Context) error {
\treturn _c.loadOnce(ctx)
}

func (_c Client) loadOnce(ctx context.Context) error {
\t_, err := _c.Load(ctx, "1")
\treturn err
}
""",
        },
    )
    (call,) = found
    assert (call.location.file, call.location.line, call.function) == ("caller/service.go", 14, "(*Service).Pay")
    assert way(call) == [
        "Client.LoadTwice target/targetapi/clientext.go:6",
        "Client.loadOnce target/targetapi/clientext.go:10",
    ]
