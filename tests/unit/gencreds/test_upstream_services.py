"""Upstream's reading of intermediate.go, events, bundles and manifests, and what it ends with an error for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gencreds.upstream.engine import UpstreamFails, scan_as_upstream
from gencreds.upstream.rules import allow_lists, rules_of

from .golang_trees import write
from .upstream_trees import FILES, INTERMEDIATE, lists, scanned

_ON_SAVED = "P.safe.417.*.target_x.*.POST.on-saved"
_OWN_API = """package callerapi

import "github.com/microbus-io/fabric/define"

const Hostname = "caller.x"

var Plain = define.Function{Method: "GET", Route: "/plain"}

var Danger = define.Function{Method: "POST", Route: ":666/danger"}

var There = define.Function{Method: "GET", Route: "//there.x/a"}

var Far = define.Function{Method: "POST", Route: "//there.x:666/b"}

var Computed = define.Function{Method: verb, Route: "//computed.x/c"}
"""


def _subscribed(name: str, api: str = "callerapi") -> str:
    return f'svc.Subscribe("{name}", svc.do, sub.NoQueue(), sub.At({api}.{name}.Method, {api}.{name}.Route))'


@pytest.mark.parametrize(
    ("body", "subjects"),
    [
        (_subscribed("Plain"), []),
        (_subscribed("Danger"), ["P.danger.666.*.caller_x.>"]),
        (_subscribed("There"), ["P.safe.443.*.there_x.*.GET.a"]),
        (f"{_subscribed('There')}\n{_subscribed('There')}", ["P.safe.443.*.there_x.*.GET.a"]),
        (_subscribed("Far"), ["P.danger.666.*.caller_x.>", "P.danger.666.*.there_x.*.POST.b"]),
        (_subscribed("Computed"), []),
        (_subscribed("There", "mineapi"), []),
        ('svc.Subscribe("X", svc.do, sub.At("GET", "//there.x/a"))', []),
        ("targetapi.NewHook(svc).OnSaved(svc.OnSaved)", [_ON_SAVED]),
        ("targetapi.NewHook(svc).WithOptions(o).ForHost(h).OnSaved(svc.OnSaved)", [_ON_SAVED]),
        ("targetapi.NewHook(svc).OnSaved(a)\ntargetapi.NewHook(svc).OnSaved(b)", [_ON_SAVED, _ON_SAVED]),
        ("hook := targetapi.NewHook(svc)\nhook.OnSaved(svc.OnSaved)", []),
        ("targetapi.NewHook(svc).OnGone(svc.OnGone)", []),
    ],
)
def test_intermediate_go_subscribes(tmp_path: Path, body: str, subjects: list[str]) -> None:
    files = {"caller/callerapi/definition.go": _OWN_API, "caller/intermediate.go": INTERMEDIATE % body}
    assert lists(tmp_path, files)[1] == subjects


def test_hooks_and_routes_in_other_files_are_not_seen(tmp_path: Path) -> None:
    body = f"{_subscribed('Danger')}\ntargetapi.NewHook(svc).OnSaved(svc.OnSaved)"
    files = {"caller/callerapi/definition.go": _OWN_API, "caller/service.go": INTERMEDIATE % body}
    assert lists(tmp_path, files)[1] == []


def test_a_hook_on_a_source_that_does_not_parse_is_dropped_without_a_word(tmp_path: Path) -> None:
    hook = INTERMEDIATE % "targetapi.NewHook(svc).OnSaved(svc.OnSaved)"
    files = {"caller/intermediate.go": hook, "target/targetapi/broken.go": "package targetapi\n\nfunc {\n"}
    assert lists(tmp_path, files)[1] == []


def test_events_of_the_newer_generation_are_those_defined(tmp_path: Path) -> None:
    api = FILES["target/targetapi/definition.go"].replace("target", "caller")
    event = 'var OnGone = define.OutboundEvent{Host: Hostname, Method: "POST", Route: "//gone.x:417/on-gone"}\n'
    assert lists(tmp_path, {"caller/callerapi/definition.go": api + event})[0] == [
        "P.safe.417.caller_x.gone_x.*.POST.on-gone",
        "P.safe.417.caller_x.caller_x.*.POST.on-saved",
    ]


def test_events_of_the_older_generation_are_the_triggers_of_client_go(tmp_path: Path) -> None:
    api = """package callerapi

const Hostname = "caller.x"

var (
	OnDone  = Def{Method: "POST", Route: `:417/on-done`}
	OnNever = Def{Method: "POST", Route: `:417/on-never`}
)
"""
    client = """package callerapi

func (_c MulticastTrigger) OnDone(ctx context.Context) (err error) { return nil }

func (_c MulticastTrigger) ForHost(host string) MulticastTrigger { return _c }

func (_c MulticastTrigger) OnUndefined(ctx context.Context) (err error) { return nil }
"""
    service = dict(FILES)
    del service["caller/callerapi/definition.go"]
    write(tmp_path, {**service, "caller/callerapi/endpoints.go": api})
    without = scan_as_upstream(None, [tmp_path / "caller"]).services[0]
    write(tmp_path, {"caller/callerapi/client.go": client})
    found = scan_as_upstream(None, [tmp_path / "caller"]).services[0]
    assert (without.error, without.found) == ("", ())
    assert [each.name for each in found.found] == ["OnDone"]


@pytest.mark.parametrize(
    ("files", "gone", "error"),
    [
        ({}, "caller/callerapi/definition.go", "no *api/endpoints.go subdirectory in caller"),
        ({"caller/callerapi/definition.go": "package callerapi\n"}, "", "own *api package has no Hostname constant"),
        (
            {"caller/callerapi/definition.go": "package callerapi\n\nconst Hostname = prefix\n"},
            "",
            "own *api package has no Hostname constant",
        ),
        ({}, "caller/intermediate.go", "parse caller/intermediate.go: cannot be read: No such file or directory"),
        ({"caller/mock.go": "package {"}, "", "parse caller/mock.go: line 1: is no valid Go: expected name, found {"),
    ],
)
def test_upstream_refuses(tmp_path: Path, files: dict[str, str], gone: str, error: str) -> None:
    write(tmp_path, {**FILES, **files})
    if gone:
        (tmp_path / gone).unlink()
    assert scan_as_upstream(None, [tmp_path / "caller"]).services[0].error == f"scan source: {error}"


def test_the_subjects_are_of_the_api_packages_hostname_and_the_file_of_the_manifests(tmp_path: Path) -> None:
    service = scanned(tmp_path, {"caller/manifest.yaml": "general:\n  hostname: Other.Name\n"})
    assert (service.hostname, service.identity) == ("Other.Name", "caller.x")


def test_manifests_are_not_made_unique_but_a_bundle_is(tmp_path: Path) -> None:
    twin = {name.replace("caller", "twin"): text for name, text in FILES.items() if name.startswith("caller/")}
    twin["twin/manifest.yaml"] = FILES["caller/manifest.yaml"]
    main = 'package main\n\nimport (\n\t"example.com/shop/caller"\n\t"example.com/shop/twin"\n)\n\n'
    write(tmp_path, {**FILES, **twin, "main/main.go": main + "func main() { app.Add(twin.New(), caller.New()) }\n"})
    both = scan_as_upstream(None, [tmp_path / "twin", tmp_path / "caller"]).services
    one = scan_as_upstream(tmp_path / "main" / "main.go").services
    assert [each.directory.name for each in both] == ["twin", "caller"]
    assert [each.directory.name for each in one] == ["caller"]


@pytest.mark.parametrize(
    ("added", "directories", "warned"),
    [
        ("app.Add(caller.NewService())", ["caller"], []),
        ("anything.Add(caller.NewService().Init(f).Else())", ["caller"], []),
        ("app.Add(caller.NewService(), svc)", ["caller"], [10]),
        ("app.Add(caller.NewService(), (caller.NewService()))", ["caller"], [10]),
        ("app.Add(caller.NewService())\nwg.Add(1)", ["caller"], [11]),
        ("app.Add(caller.NewService())\napp.AddAndStartup(twin.NewService())", ["caller"], []),
    ],
)
def test_a_bundle_is_what_main_go_adds(tmp_path: Path, added: str, directories: list[str], warned: list[int]) -> None:
    main = 'package main\n\nimport (\n\t"runtime"\n\n\t"example.com/shop/caller"\n)\n\nfunc main() {\n'
    write(tmp_path, {**FILES, "main/main.go": f"{main}{added}\n}}\n"})
    found = scan_as_upstream(tmp_path / "main" / "main.go")
    path = (tmp_path / "main" / "main.go").resolve()
    assert [each.directory.name for each in found.services] == directories
    assert list(found.warnings) == [
        f"{path}:{line}: cannot resolve app.Add argument to a package; service will not be signed" for line in warned
    ]


def test_one_import_that_cannot_be_found_fails_the_whole_bundle(tmp_path: Path) -> None:
    """What go.mod requires counts as found: `go list` would download it."""
    main = 'package main\n\nimport "example.com/shop/caller"\n\nfunc main() { app.Add(caller.NewService()) }\n'
    inner = 'package inner\n\nimport "github.com/microbus-io/fabric/pub"\nimport "{}"\n'
    files = {"caller/a.go": 'package caller\n\nimport "example.com/shop/inner"\n', "main/main.go": main}
    write(tmp_path, {**FILES, **files, "inner/inner.go": inner.format("context")})
    assert scan_as_upstream(tmp_path / "main" / "main.go").services[0].error == ""
    for missing in ("example.com/gone/goneapi", "example.com/shop/gone"):
        write(tmp_path, {"inner/inner.go": inner.format(missing)})
        with pytest.raises(UpstreamFails, match=f"^resolve bundle: go list: package {missing} cannot be found$"):
            scan_as_upstream(tmp_path / "main" / "main.go")


@pytest.mark.parametrize(
    ("added", "error"),
    [
        ("wg.Add(1)", "resolve bundle: no app.Add(...) services found in "),
        ("wg.Add(runtime.NumCPU())", "resolve bundle: go list: package runtime cannot be found"),
    ],
)
def test_a_bundle_fails_as_a_whole(tmp_path: Path, added: str, error: str) -> None:
    write(tmp_path, {**FILES, "main/main.go": f'package main\n\nimport "runtime"\n\nfunc main() {{ {added} }}\n'})
    with pytest.raises(UpstreamFails) as failure:
        scan_as_upstream(tmp_path / "main" / "main.go")
    assert str(failure.value).startswith(error)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_source_the_engine_answers_or_says_why_not(tmp_path: Path, data: st.DataObject) -> None:
    source = Path(__file__).parents[2] / "golden" / "generation-a"
    root = tmp_path / "mutant"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(source, root)
    path = data.draw(st.sampled_from(sorted(each for each in root.rglob("*.*") if each.is_file())))
    text = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    path.write_bytes(text[:start] + data.draw(st.sampled_from([b"", b"(", b"x.", b'"', b"\xff", b"{}"])) + text[end:])
    try:
        found = scan_as_upstream(root / "main" / "main.go")
    except UpstreamFails:
        return
    for service in found.services:
        if not service.error:
            pub, sub = allow_lists(rules_of(service.identity, service.found, "P"))
            assert all(subject.startswith("P.") for subject in (*pub, *sub))
