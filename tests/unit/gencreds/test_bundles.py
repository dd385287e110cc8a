"""Which microservices a main package adds to its application: in all of its files, and in the packages that help it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, write

from gencreds.microbus.model import Microservice
from gencreds.pipeline import ScanError, scan

_IMPORTS = """package main

import (
	"runtime"
	"sync"

	"github.com/microbus-io/fabric/application"

	"example.com/shop/one"
	"example.com/shop/two"
	"example.com/shop/setup"
)

var _ sync.WaitGroup
var _ = runtime.NumCPU
"""
_SETUP = """package setup

import (
	"github.com/microbus-io/fabric/application"

	"example.com/shop/one"
	"example.com/shop/two"
)

type App struct {
	*application.Application
}

type Builder struct {
	app  *application.Application
	list []application.Service
}

var Defaults = []application.Service{two.NewService()}

func Services(app *application.Application) {
	app.Add(two.NewService())
}

func All() []application.Service {
	return []application.Service{one.NewService(), two.NewService()}
}

func Generic(app interface{ Add(...any) }, extra ...any) {
	app.Add(extra...)
	inner(app)
}

func inner(app interface{ Add(...any) }) {
	app.Add(two.NewService())
}

func Each(add func(...application.Service)) {
	add(two.NewService())
}

func New(app *application.Application) *Builder {
	return &Builder{app: app}
}

func (b *Builder) Fill() {
	b.app.Add(two.NewService())
}
"""


def _tree(root: Path, body: str, more: str = "", **files: str) -> Path:
    tree = {"go.mod": GO_MOD, "setup/setup.go": _SETUP}
    for name in ("one", "two"):
        tree[f"{name}/manifest.yaml"] = f"general:\n  hostname: {name}.example\n"
        tree[f"{name}/service.go"] = f"package {name}\n"
        tree[f"{name}/{name}api/definition.go"] = f'package {name}api\n\nconst Hostname = "{name}.example"\n'
    main = f"{_IMPORTS}\nfunc main() {{\n\tapp := application.New()\n\tapp.Add(one.NewService())\n\t{body}\n}}\n{more}"
    write(root, {**tree, "main/main.go": main, **files})
    return root / "main" / "main.go"


def _rules(services: list[Microservice]) -> set[str]:
    return {finding.rule for service in services for finding in service.findings}


def _scan(root: Path, body: str, more: str = "", **files: str) -> tuple[list[str], set[str]]:
    services = scan(_tree(root, body, more, **files))
    return [service.hostname.partition(".")[0] for service in services], _rules(services)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("app.Add(two.NewService())", ""),
        ("app.AddAndStartup(two.NewService())", ""),
        ("if err := app.AddAndStartup(two.NewService()); err != nil {\n\t\treturn\n\t}", ""),
        ("add := app.Add\n\tadd(two.NewService())", ""),
        ("(*application.Application).Add(app, two.NewService())", ""),
        ("application.New().Add(two.NewService())", ""),
        ("svc := two.NewService()\n\tapp.Add(svc)", ""),
        ("svc := two.NewService()\n\tsvc.Init(nil)\n\tapp.Add(svc.Init(nil))", ""),
        ("var svc application.Service\n\tsvc = two.NewService()\n\tapp.Add(svc)", ""),
        ("services := []application.Service{one.NewService(), two.NewService()}\n\tapp.Add(services...)", ""),
        ("services := make([]application.Service, 0)\n\tservices = append(services, two.NewService())\n"
         "\tapp.Add(services...)", ""),
        ("for _, svc := range []application.Service{two.NewService()} {\n\t\tapp.Add(svc)\n\t}", ""),
        ("services := map[string]application.Service{\"x\": two.NewService()}\n\tapp.Add(services[\"x\"])", ""),
        ("if runtime.NumCPU() > 2 {\n\t\tapp.Add(two.NewService())\n\t}", ""),
        ("switch {\n\tdefault:\n\t\tapp.Add(two.NewService())\n\t}", ""),
        ("defer app.Add(two.NewService())", ""),
        ("func() { app.Add(two.NewService()) }()", ""),
        ("register := func(svc application.Service) { app.Add(svc) }\n\tregister(two.NewService())", ""),
        ("func(svc application.Service) { app.Add(svc) }(two.NewService())", ""),
        ("build := func() application.Service { return two.NewService() }\n\tapp.Add(build())", ""),
        ("app.Add(&two.Service{})", ""),
        ("app.Add(new(two.Service))", ""),
        ("app.Add(made())", "\nfunc made() *two.Service {\n\treturn two.NewService()\n}\n"),
        ("svc, err := made()\n\tapp.Add(svc)\n\t_ = err",
         "\nfunc made() (*two.Service, error) {\n\treturn two.NewService(), nil\n}\n"),
        ("fill(app)", "\nfunc fill(a *application.Application) {\n\ta.Add(two.NewService())\n}\n"),
        ("fill(app, two.NewService())",
         "\nfunc fill(a *application.Application, services ...application.Service) {\n\ta.Add(services...)\n}\n"),
        ("other().Add(two.NewService())",
         "\nfunc other() *application.Application {\n\treturn application.New()\n}\n"),
        ("global = app\n\tfill()",
         "\nvar global *application.Application\n\nfunc fill() {\n\tglobal.Add(two.NewService())\n}\n"),
        ("app.Add(service)", "\nvar service = two.NewService()\n"),
        ("app.Add(service)", "\nvar service application.Service\n\nfunc init() {\n\tservice = two.NewService()\n}\n"),
        ("h := holder{app: app}\n\th.fill()",
         "\ntype holder struct{ app *application.Application }\n"
         "\nfunc (h holder) fill() {\n\th.app.Add(two.NewService())\n}\n"),
        ("h := holder{app}\n\th.Add(two.NewService())", "\ntype holder struct{ *application.Application }\n"),
        ("h := &holder{app}\n\th.fill()",
         "\ntype holder struct{ *application.Application }\n"
         "\nfunc (h *holder) fill() {\n\th.Add(two.NewService())\n}\n"),
        ("h := holder{svc: two.NewService()}\n\tapp.Add(h.svc)", "\ntype holder struct{ svc *two.Service }\n"),
        ("var h holder\n\th.svc = two.NewService()\n\tapp.Add(h.svc)", "\ntype holder struct{ svc *two.Service }\n"),
        ("setup.Services(app)", ""),
        ("setup.Generic(app, one.NewService())", ""),
        ("setup.Generic(app)", ""),
        ("setup.Each(app.Add)", ""),
        ("setup.New(app).Fill()", ""),
        ("app.Add(setup.All()...)", ""),
        ("app.Add(setup.Defaults...)", ""),
        ("same := setup.App{Application: app}\n\tsame.Add(two.NewService())", ""),
        ("var wg sync.WaitGroup\n\twg.Add(runtime.NumCPU())\n\tapp.Add(two.NewService())\n\twg.Add(1)", ""),
    ],
)  # fmt: skip
def test_what_is_added_is_found_however_it_is_written(tmp_path: Path, body: str, more: str) -> None:
    assert _scan(tmp_path, body, more) == (["one", "two"], set())


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ("app.Add(<-channel)", "\nvar channel chan application.Service\n"),
        ("app.Add(made())", "\nvar made func() application.Service\n"),
        ("app.Add(elsewhere.New())", ""),
        ("app.Add(services...)", "\nvar services []application.Service\n"),
        ("elsewhere.Fill(app)", ""),
        ("elsewhere.Fill(app.Add)", ""),
        ("elsewhere.Fill(elsewhere.Options{App: app})", ""),
        ("unknown(app)", "\nvar unknown = elsewhere.Fill\n"),
        ("one.Fill(app)", ""),
        ("\n\t_ = 1", "\nfunc never(a *application.Application, svc application.Service) {\n\ta.Add(svc)\n}\n"),
    ],
)
def test_what_cannot_be_followed_refuses_every_list(tmp_path: Path, body: str, more: str) -> None:
    main = _tree(tmp_path, body, more)
    main.write_text(main.read_text().replace('\t"runtime"\n', '\t"example.org/elsewhere"\n\t"runtime"\n'))
    services = scan(main)
    assert [service.hostname for service in services] == ["one.example"]
    assert _rules(services) == {"unfollowed-service"}


@pytest.mark.parametrize(
    "body",
    [
        "var wg sync.WaitGroup\n\twg.Add(1)",
        "var wg sync.WaitGroup\n\twg.Add(runtime.NumCPU())",
        "set.Add(app2)",
        "fmt.Println(app)",
        "var list []int\n\t_ = append(list, 1)",
        "app.Add()",
    ],
)
def test_what_is_no_application_is_of_no_interest(tmp_path: Path, body: str) -> None:
    main = _tree(tmp_path, body)
    main.write_text(main.read_text().replace('\t"runtime"\n', '\t"fmt"\n\t"runtime"\n'))
    services = scan(main)
    assert ([service.hostname for service in services], _rules(services)) == (["one.example"], set())


def test_files_beside_main_go_count_whatever_they_are_built_for(tmp_path: Path) -> None:
    sibling = """//go:build {tag}

package main

import (
	"github.com/microbus-io/fabric/application"

	"example.com/shop/two"
)

func add(app *application.Application) {{ {body} }}
"""
    files = {
        "main/add_linux.go": sibling.format(tag="linux", body="app.Add(two.NewService())"),
        "main/add_other.go": sibling.format(tag="!linux", body=""),
    }
    assert _scan(tmp_path, "add(app)", "", **files) == (["one", "two"], set())


def test_a_package_is_called_what_its_clause_says_and_not_its_folder(tmp_path: Path) -> None:
    main = _tree(tmp_path, "app.Add(second.NewService())")
    main.write_text(main.read_text().replace('"example.com/shop/two"', '"example.com/shop/v2"'))
    (tmp_path / "two").rename(tmp_path / "v2")
    (tmp_path / "v2" / "service.go").write_text("package second\n")
    (tmp_path / "setup" / "setup.go").write_text("package setup\n")
    assert [service.hostname for service in scan(main)] == ["one.example", "two.example"]


def test_a_closure_for_a_microservice_that_a_helper_package_makes_is_its_own(tmp_path: Path) -> None:
    helper = """package setup

import (
	"example.com/shop/one"
	"example.com/shop/one/oneapi"
	"example.com/shop/two"
)

func Two() *two.Service {
	return two.NewService().Init(func(svc *two.Service) error {
		return oneapi.NewClient(svc).Load(nil)
	})
}

var _ one.Service
"""
    definition = """package oneapi

import "github.com/microbus-io/fabric/define"

const Hostname = "one.example"

var Load = define.Function{Host: Hostname, Method: "GET", Route: ":443/load"}
"""
    main = _tree(
        tmp_path, "app.Add(setup.Two())", "", **{"setup/setup.go": helper, "one/oneapi/definition.go": definition}
    )
    one, two = scan(main)
    assert (one.accesses, one.findings, two.findings) == ((), (), ())
    (access,) = two.accesses
    assert (access.endpoint.host, access.location.file) == ("one.example", "setup/setup.go")


def test_a_main_package_without_an_application_adds_nothing(tmp_path: Path) -> None:
    main = _tree(tmp_path, "")
    main.write_text("package main\n\nfunc main() {}\n")
    with pytest.raises(ScanError, match=r"no app\.Add"):
        scan(main)


def test_values_that_double_one_another_are_followed_once_each(tmp_path: Path) -> None:
    steps = "".join(f"\ts{i + 1} := append(s{i}, append(s{i}, s{i}...)...)\n" for i in range(300))
    body = f"s0 := []application.Service{{two.NewService()}}\n{steps}\tapp.Add(s300...)"
    assert _scan(tmp_path, body) == (["one", "two"], set())


def test_a_function_that_calls_itself_ends(tmp_path: Path) -> None:
    more = "\nfunc loop(svc application.Service) application.Service {\n\treturn loop(loop(svc))\n}\n"
    hostnames, _ = _scan(tmp_path, "app.Add(loop(two.NewService()))", more)
    assert "one" in hostnames
