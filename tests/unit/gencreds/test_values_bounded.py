"""Following values is bounded: source that is made to cost gets "cannot be told", and never minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gencreds.pipeline import scan

from .golang_trees import caller

_HEAD = """package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	field string
}

"""
# CPU seconds; each takes a few, on a machine that does other things too.
_BOUND = 10.0


def _run(statements: str) -> str:
    return f"func (svc *Service) Run(ctx context.Context, i int) {{\n{statements}}}\n"


def _doubling() -> str:
    constants = "".join(f"const a{i + 1} = a{i} + a{i}\n" for i in range(60))
    return f'const a0 = "https://a.b/aaaa"\n{constants}' + _run("svc.Request(ctx, pub.GET(a60))\n")


def _product() -> str:
    elements = ",".join(f'"{i}"' for i in range(60))
    return _run(f'x := []string{{{elements}}}\nsvc.Request(ctx, pub.GET("https://"+{"+".join(["x[i]"] * 100)}))\n')


def _functions_that_return_one_another() -> str:
    functions = "".join(
        f'func f{i}() string {{ if true {{ return f{(i * 7 + 1) % 1000}() }}; return "https://a.b/{i % 9}" }}\n'
        for i in range(1000)
    )
    return functions + _run("".join(f"svc.Request(ctx, pub.GET(f{i}()))\n" for i in range(1000)))


def _one_field_of_many_values() -> str:
    return "".join(
        f'func (svc *Service) g{i}() {{ svc.field = "https://h{i % 50}.x/"; svc.Request(nil, pub.GET(svc.field)) }}\n'
        for i in range(2000)
    )


def _options_passed_on_in_a_chain() -> str:
    functions = "".join(
        f'func (svc *Service) f{i}(o ...pub.Option) {{ svc.f{i + 1}(append(o, pub.Method("M{i}"))...); '
        f"svc.f{i + 1}(o...); svc.Request(nil, o...) }}\n"
        for i in range(200)
    )
    return functions + _run('svc.f0(pub.GET("https://a.b/"))\n')


def _one_name_in_many_blocks() -> str:
    return _run('{ x := "https://a.b/"; x = "https://c.d/"; svc.Request(ctx, pub.GET(x)) }\n' * 2000)


def _method_values() -> str:
    return _run('f := svc.Request; f(ctx, pub.GET("https://a.b/"))\n' * 5000)


def _comments() -> str:
    return "// gencreds:calls a.b GET /x\n" * 20_000


@pytest.mark.parametrize(
    "source",
    [
        _doubling,
        _product,
        _functions_that_return_one_another,
        _one_field_of_many_values,
        _options_passed_on_in_a_chain,
        _one_name_in_many_blocks,
        _method_values,
        _comments,
    ],
    ids=lambda source: source.__name__.strip("_"),
)
def test_source_that_is_made_to_cost_is_scanned_in_time(source: Callable[[], str], tmp_path: Path) -> None:
    directory = caller(tmp_path, _HEAD + source())
    start = time.process_time()
    scan(None, [directory])
    assert time.process_time() - start < _BOUND
