"""`gencreds scan --confined`: what the operator runs over a source that somebody handed it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gencreds.cli import main

MAIN = """package main

import (
	"example.com/app/caller"
	"github.com/microbus-io/fabric/application"
)

func main() {
	app := application.New()
	app.Add(caller.NewService())
	app.Run()
}
"""
CALLER = """package caller

import "example.com/outside/outsideapi"

func (svc *Service) Do() error {
	return outsideapi.NewClient(svc).Ping()
}
"""
API = """package {name}api

import "github.com/microbus-io/fabric/define"

const Hostname = "{name}.example"

var Ping = define.Function{{Host: Hostname, Method: "POST", Route: ":443/ping"}}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "app/go.mod": "module example.com/app\n\ngo 1.22\n\nreplace example.com/outside => ../outside\n",
        "app/main/main.go": MAIN,
        "app/caller/manifest.yaml": "general:\n  hostname: caller.example\n",
        "app/caller/callerapi/definition.go": API.format(name="caller"),
        "app/caller/intermediate.go": "package caller\n",
        "app/caller/service.go": CALLER,
        "outside/go.mod": "module example.com/outside\n",
        "outside/outsideapi/definition.go": API.format(name="outside"),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "app/main/main.go"


def test_a_replace_that_leads_out_of_the_tree_is_followed_on_a_laptop(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--bundle", str(tree)]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert "microbus.safe.443.caller_example.outside_example.*.POST.ping" in service["pub"]


def test_a_replace_that_leads_out_of_the_tree_is_a_finding_when_confined(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--confined", "--bundle", str(tree)]) == 1
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert [finding["severity"] for finding in service["findings"]] == ["blocking"]
    assert "outsideapi" in service["findings"][0]["message"]
