"""What code does counts, not how it is laid out: comments and line ends that no formatter writes hide nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.golden.corpus import BASE

from gencreds.microbus.model import AccessKind
from gencreds.pipeline import scan

HEAD = """package caller

import (
\t"context"

\t"github.com/microbus-io/fabric/pub"
\t"golden.example/target/targetapi"
)

type Service struct {
\t*Intermediate
}

"""


def found(tmp_path: Path, functions: str) -> list[str]:
    tree = tmp_path / "tree"
    shutil.copytree(BASE, tree)
    (tree / "caller" / "service.go").write_text(HEAD + functions)
    (service,) = scan(None, [tree / "caller"])
    calls = (access for access in service.accesses if access.kind is not AccessKind.ROUTE)
    endpoints = (access.endpoint for access in calls)
    return [f"{each.method} {each.host}:{each.port}{each.path}" for each in endpoints] + [
        finding.rule for finding in service.findings
    ]


@pytest.mark.parametrize(
    "call",
    [
        "svc. // said\n\t\tRequest(ctx, given...)",
        "svc.\n\n\t\t// said\n\t\t// twice\n\t\tRequest(ctx, given...)",
        f"svc.{chr(10) * 100}Request(ctx, given...)",
        "svc /* said */ . /* said\n*/ Request /* said */ (ctx, given...)",
    ],
)
def test_nothing_between_a_dot_and_a_request_hides_it(tmp_path: Path, call: str) -> None:
    function = f"func (svc *Service) Run(ctx context.Context, given ...pub.Option) {{\n\t{call}\n}}\n"
    assert found(tmp_path, function) == ["unfollowed-request"]


@pytest.mark.parametrize(
    "head",
    [
        "func ( // said :)\n\tsvc *Service) helper(c targetapi.Client)",
        "func // said\n(svc *Service) helper(c targetapi.Client)",
        "func /* ) */ (svc /* ( */ *\tService) helper /* said */ (c targetapi.Client)",
        "func (svc *(Service)) helper( // said\n\tc targetapi.Client)",
    ],
)
def test_nothing_in_a_functions_head_hides_it(tmp_path: Path, head: str) -> None:
    functions = f"""{head} {{
\tc.Save(nil)
}}

func (svc *Service) Run(ctx context.Context) {{
\tsvc.helper(targetapi.NewClient(svc).ForHost("helped.golden"))
}}
"""
    assert found(tmp_path, functions) == ["POST helped.golden:444/save"]


def test_a_comment_in_brackets_hides_nothing_of_what_is_in_them(tmp_path: Path) -> None:
    function = """func (svc *Service) Run(ctx context.Context) {
\toption := ( // said
\tpub.GET("https://first.golden/a"))
\tsvc.Request(ctx, option)
\toptions := []pub.Option{ /* said */ pub.GET("https://second.golden/b")}
\toptions = append( // said
\toptions, pub.Method("PUT"))
\tsvc.Request(ctx, options[: /* said */ len( options )]...)
}
"""
    assert found(tmp_path, function) == ["GET first.golden:443/a", "PUT second.golden:443/b"]
