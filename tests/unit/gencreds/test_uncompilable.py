"""What parses and yet compiles nowhere blocks where it would hide which client is meant: no default host takes over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.golden.corpus import BASE

from gencreds.microbus.model import Microservice, Severity
from gencreds.pipeline import scan

HEAD = """package caller

import (
\t"context"

\t"example.com/go-odd"
\t"golden.example/target/targetapi"
)

type Service struct {
\t*Intermediate
\tkept targetapi.Client
}

func (svc *Service) Run(ctx context.Context, it targetapi.Client) error {
\treturn svc.kept.Seal(ctx)
}
"""


def scanned(tmp_path: Path, functions: str) -> Microservice:
    tree = tmp_path / "tree"
    shutil.copytree(BASE, tree)
    (tree / "caller" / "service.go").write_text(HEAD + functions)
    (service,) = scan(None, [tree / "caller"])
    return service


def blocked(tmp_path: Path, functions: str) -> list[tuple[int, str]]:
    return [
        (finding.location.line - HEAD.count("\n"), finding.message.partition(",")[0])
        for finding in scanned(tmp_path, functions).findings
        if (finding.rule, finding.severity) == ("unfollowed-client", Severity.BLOCKING)
    ]


@pytest.mark.parametrize(
    ("functions", "line", "name"),
    [
        ('func (*Service) OnStartup() {\n\tsvc.kept = targetapi.NewClient(svc).ForHost("kept.golden")\n}\n', 2, "svc"),
        ("func (*Service) Plain(ctx context.Context) {\n\ttargetapi.NewClient(svc).Save(ctx)\n}\n", 2, "svc"),
        ("func (s *Service) Typo() {\n\tsvc.kept = targetapi.NewClient(s)\n}\n", 2, "svc"),
        ("func (s *Service) Part(ctx context.Context) {\n\ttargetapi.NewClient(x.s).Save(ctx)\n}\n", 2, "x"),
        ('func (s *Service) Host(d targetapi.Client) {\n\ts.kept = c.ForHost("kept.golden")\n}\n', 2, "c"),
        ("func (s *Service) Late() {\n\t{\n\t\tx := s\n\t}\n\tx.kept = targetapi.NewClient(s)\n}\n", 5, "x"),
        ("func (s *Service) Lost() {\n\tclient = targetapi.NewClient(s)\n\tclient.Save(nil)\n}\n", 2, "client"),
    ],
)
def test_a_client_of_a_name_that_nothing_declares_blocks(tmp_path: Path, functions: str, line: int, name: str) -> None:
    assert (line, f"{name} is declared nowhere") in blocked(tmp_path, functions)


@pytest.mark.parametrize(
    "body",
    [
        "x := s; %s",
        "for _, x := range all { %s }",
        "switch x := any(s).(type) { case *Service: %s }",
        "select { case x, ok := <-queue: _ = ok; %s }",
        "if x := s; x != nil { %s } else { %s }",
        "func(x *Service) { %s }(s)",
        "f := func() (x *Service) { %s; return }; f()",
        "var y, x = s, s; _ = y; %s",
        "var x *Service; func() { %s }()",
        "targetapi.NewClient(nil).Save(ctx)",
        "targetapi.NewClient(one).Save(ctx); two.kept = targetapi.NewClient(s)",
        "targetapi.NewClient(odd.Service).Save(ctx)",
    ],
)
def test_whatever_declares_a_name_is_found(tmp_path: Path, body: str) -> None:
    body = body.replace("%s", "x.kept = targetapi.NewClient(x)")
    variables = "var (\n\tone, two *Service\n\tall []*Service\n\tqueue chan *Service\n)\n"
    assert blocked(tmp_path, f"func (s *Service) Case(ctx context.Context) {{\n\t{body}\n}}\n\n{variables}") == []


def test_a_function_that_returns_nothing_where_a_client_is_due_blocks(tmp_path: Path) -> None:
    functions = """
func walk(c targetapi.Client, n int) targetapi.Client {
\tif n == 0 {
\t\treturn
\t\tc
\t}
\treturn walk(c, n-1)
}

func (svc *Service) Walk(ctx context.Context) {
\twalk(targetapi.NewClient(svc).ForHost("walked.golden"), 3).Seal(ctx)
}
"""
    assert blocked(tmp_path, functions) == [(4, "a client is to be returned")]


def test_a_named_result_may_be_returned_without_saying_so(tmp_path: Path) -> None:
    functions = """
func walk(c targetapi.Client, n int) (found targetapi.Client) {
\tif n == 0 {
\t\tfunc() {
\t\t\treturn
\t\t}()
\t\treturn
\t}
\treturn walk(c, n-1)
}

func (svc *Service) Walk(ctx context.Context) {
\twalk(targetapi.NewClient(svc), 3).Save(ctx)
}
"""
    assert blocked(tmp_path, functions) == []
