"""Upstream's scanners for calls and raw requests: what each shape gives, gaps and all."""

from __future__ import annotations

from pathlib import Path

import pytest

from gencreds.upstream.engine import scan_as_upstream
from gencreds.upstream.rules import allow_lists, rules_of

from .fixtures import KITCHEN_PUB, KITCHEN_SUB, WEIRD_PUB, WEIRD_SUB
from .upstream_trees import BODY, DEFINITIONS, FILES, lists, published

_GOLDEN = Path(__file__).parents[2] / "golden"
_SAVE = "P.safe.443.caller_x.target_x.*.POST.save"
_LOAD = "P.safe.443.caller_x.target_x.*.GET.load.*"
_SEAL = "P.danger.666.caller_x.target_x.*.POST.seal"
_ANYTHING = "P.safe.*.caller_x.*.*.*.>"


@pytest.mark.parametrize("generation", ["generation-a", "generation-b"])
def test_kitchen_and_weird_come_out_line_for_line_and_in_order(generation: str) -> None:
    services = scan_as_upstream(_GOLDEN / generation / "main" / "main.go").services
    found = {each.hostname: allow_lists(rules_of(each.identity, each.found, "P")) for each in services}
    assert found == {"kitchen.fixture": (KITCHEN_PUB, KITCHEN_SUB), "weird.fixture": (WEIRD_PUB, WEIRD_SUB)}


@pytest.mark.parametrize(
    ("body", "subjects"),
    [
        ("targetapi.NewClient(svc).Save(ctx)", [_SAVE]),
        ("targetapi.NewMulticastClient(svc).WithOptions(opts...).Save(ctx)", [_SAVE]),
        ("c := targetapi.NewClient(svc)\nc.Save(ctx)\nfunc() { c.Load(ctx) }()", [_SAVE, _LOAD]),
        ("var c targetapi.Client\nc.Save(ctx)", [_SAVE]),
        ('targetapi.NewClient(svc).ForHost("a.b").Seal(ctx)', ["P.danger.666.caller_x.a_b.*.POST.seal"]),
        ('targetapi.NewClient(svc).ForHost("").Seal(ctx)', [_SEAL]),
        ('targetapi.NewClient(svc).ForHost("A.b").Save(ctx)', ["P.safe.443.caller_x.A_b.*.POST.save"]),
        ('targetapi.NewClient(svc).ForHost("id-1.b").Save(ctx)', ["P.safe.443.caller_x.id-1_b.*.POST.save"]),
        ('targetapi.NewClient(svc).ForHost("h:9").Save(ctx)', ["P.safe.9.caller_x.h.*.POST.save"]),
        ('targetapi.NewClient(svc).ForHost("no host").Save(ctx)', []),
        ('targetapi.NewClient(svc).ForHost("a.b").Else(ctx)', ["P.safe.*.caller_x.else_x.*.GET.here"]),
        ("targetapi.NewClient(svc).ForHost(host).Else(ctx)", ["P.safe.*.caller_x.*.*.GET.here"]),
        ("targetapi.NewClient(svc).ForHost(targetapi.Hostname).Seal(ctx)", ["P.danger.666.caller_x.*.*.POST.seal"]),
        ('c := targetapi.NewClient(svc).ForHost("a.b")\nc.Save(ctx)', [_SAVE]),
        ("{\nc := targetapi.NewClient(svc)\n}\nc := other()\nc.Save(ctx)", [_SAVE]),
        ("c.Save(ctx)\nc := targetapi.NewClient(svc)", [_SAVE]),
        ("c := targetapi.NewClient(svc)\nd := c\nd.Save(ctx)", []),
        ("(targetapi.NewClient(svc)).Save(ctx)", []),
        ("targetapi.Client{}.Save(ctx)", []),
        ("svc.target.Save(ctx)", []),
        ("svc.all[0].Save(ctx)", []),
        ("func(c targetapi.Client) { c.Save(ctx) }(nil)", []),
        ("svc.Parallel(ctx, targetapi.NewClient(svc).Save)", []),
        ("targetapi.NewClient(svc).Unknown(ctx)", []),
    ],
)
def test_a_typed_call_grants(tmp_path: Path, body: str, subjects: list[str]) -> None:
    assert published(tmp_path, body) == subjects


@pytest.mark.parametrize(
    ("body", "subjects"),
    [
        ('svc.Request(ctx, pub.GET("https://h.x/a?b#c"))', ["P.safe.443.caller_x.h_x.*.GET.a"]),
        ('any.Publish(ctx, pub.URL("http://h.x"), pub.Method("put"))', ["P.safe.80.caller_x.h_x.*.PUT._"]),
        ('svc.Request(ctx, pub.POST("https://h.x:666/a"))', ["P.danger.666.caller_x.h_x.*.POST.a"]),
        ('svc.Request(ctx, pub.GET("https://h.x/a%2Fb/{c}/*"))', ["P.safe.443.caller_x.h_x.*.GET.a.b.*.*"]),
        ('svc.Request(ctx, pub.GET("https://h.x/dir/"))', ["P.safe.443.caller_x.h_x.*.GET.dir."]),
        ('svc.Request(ctx, pub.GET("https://h.x/{a...}/b"))', ["P.safe.443.caller_x.h_x.*.GET.>.b"]),
        ('svc.Request(ctx, pub.GET("https://H.x/a"))', ["P.safe.443.caller_x.H_x.*.GET.a"]),
        ('svc.Request(ctx, pub.GET("HTTPS://h.x/a"))', ["P.safe.*.caller_x.*.*.GET.>"]),
        ('svc.Request(ctx, pub.GET("//h.x/a"))', ["P.safe.*.caller_x.*.*.GET.>"]),
        ("svc.Request(ctx, pub.GET(url))", ["P.safe.*.caller_x.*.*.GET.>"]),
        ("svc.Request(ctx, pub.Body(1))", [_ANYTHING]),
        ('o := []pub.Option{pub.GET("https://h.x/a")}\nsvc.Request(ctx, o...)', ["P.safe.443.caller_x.h_x.*.GET.a"]),
        (
            'o := []pub.Option{pub.GET("https://h.x/a")}\nsvc.Request(ctx, o...)\n'
            'o = []pub.Option{pub.PUT("https://i.x/b")}\nsvc.Request(ctx, o...)',
            ["P.safe.443.caller_x.i_x.*.PUT.b"],
        ),
        (
            'o := []pub.Option{pub.GET("https://h.x/a")}\nmore := append(o, pub.Body(1))\nsvc.Request(ctx, more...)',
            [_ANYTHING],
        ),
        ('var o = []pub.Option{pub.GET("https://h.x/a")}\nsvc.Request(ctx, o...)', []),
        ('o := pub.GET("https://h.x/a")\nsvc.Request(ctx, o)', []),
        ('svc.Request(ctx, (pub.GET("https://h.x/a")))', []),
        ('svc.Request(ctx, append(opts, pub.GET("https://h.x/a"))...)', []),
        ('svc.Request(ctx, []pub.Option{pub.GET("https://h.x/a")}...)', []),
        ("svc.Request(ctx, opts...)", []),
        ('svc.GET(ctx, "https://h.x/a")', []),
    ],
)
def test_a_raw_request_grants(tmp_path: Path, body: str, subjects: list[str]) -> None:
    assert published(tmp_path, body) == subjects


@pytest.mark.parametrize(
    ("definition", "subjects"),
    [
        ('Method: verb, Route: ":443/x"', ["P.safe.443.caller_x.target_x.*.*.x"]),
        ('Method: "GET", Route: prefix + "/x"', ["P.safe.443.caller_x.target_x.*.GET._"]),
        ('Method: "get", Route: "*"', ["P.safe.*.caller_x.target_x.*.GET.>"]),
        ('Method: "GET", Route: ":*/x"', []),
        ('Method: "GET", Route: ":notaport"', []),
        ('Method: "GET", Route: "/x`y"', []),
        ('Method: "GET", Route: "/a%2Fb"', ["P.safe.443.caller_x.target_x.*.GET.a.b"]),
        ('Method: "GET", Route: "/a\\tb"', ["P.safe.443.caller_x.target_x.*.GET.a%5ctb"]),
    ],
)
def test_a_definition_is_read_by_its_literals(tmp_path: Path, definition: str, subjects: list[str]) -> None:
    text = DEFINITIONS % f"var Odd = define.Function{{Host: Hostname, {definition}}}"
    files = {"target/targetapi/definition.go": text}
    assert published(tmp_path, "targetapi.NewClient(svc).Odd(ctx)", files) == subjects


@pytest.mark.parametrize("value", ["&Def{%s}", "(Def{%s})", "types.Def{%s}", "newDef()"])
def test_what_is_no_plain_literal_of_a_def_is_no_definition(tmp_path: Path, value: str) -> None:
    fields = 'Method: "GET", Route: "/x"'
    value = value.replace("%s", fields)
    text = f'package oldapi\n\nconst Hostname = "old.x"\n\nvar A, B = Def{{{fields}}}, {value}\n'
    body = BODY.replace("target/targetapi", "old/oldapi") % "oldapi.NewClient(svc).A(ctx)\noldapi.NewClient(svc).B(ctx)"
    pub, _ = lists(tmp_path, {"old/oldapi/endpoints.go": text, "caller/service.go": body})
    assert pub == ["P.safe.443.caller_x.old_x.*.GET.x"]


def test_a_helper_reaches_what_it_calls_on_its_receiver_and_nothing_else(tmp_path: Path) -> None:
    helper = """package targetapi

func (_c Client) Both(ctx context.Context) {
	_c.Save(ctx)
	_c.Again(ctx)
	_c.ForHost("a.b").Seal(ctx)
	d := _c
	d.Seal(ctx)
}

func (c *Client) Again(ctx context.Context) { c.Load(ctx); c.Both(ctx) }
"""
    files = {"target/targetapi/clientext.go": helper}
    assert published(tmp_path, "targetapi.NewClient(svc).Both(ctx)", files) == [_SAVE, _LOAD]


def test_of_two_helpers_with_one_name_the_later_counts(tmp_path: Path) -> None:
    helper = """package targetapi

func (_c Client) Do(ctx context.Context) { _c.Save(ctx) }

func (_c MulticastClient) Do(ctx context.Context) { _c.Load(ctx) }
"""
    files = {"target/targetapi/clientext.go": helper}
    assert published(tmp_path, "targetapi.NewClient(svc).Do(ctx)", files) == [_LOAD]


def test_parameters_and_named_results_are_clients_but_variadic_ones_are_not(tmp_path: Path) -> None:
    text = BODY % "" + "\nfunc one(c *targetapi.Client, d ...targetapi.Client) (e targetapi.MulticastClient) {\n%s\n}\n"
    body = "c.Save(ctx)\nd.Seal(ctx)\ne.Load(ctx)"
    assert lists(tmp_path, {"caller/service.go": text % body})[0] == [_SAVE, _LOAD]


def test_one_alias_map_serves_all_files_and_the_mock_feeds_it(tmp_path: Path) -> None:
    imported = 'import targetapi "example.com/shop/other/otherapi"'
    mock = f"package caller\n\n{imported}\n\nfunc f() {{ targetapi.NewClient(x).Save(1) }}\n"
    files = {"caller/a.go": BODY % "targetapi.NewClient(svc).Save(ctx)"}
    assert lists(tmp_path, files)[0] == [_SAVE]
    assert lists(tmp_path, {**files, "caller/mock.go": mock})[0] == ["P.safe.443.caller_x.other_x.*.PUT.save"]
    assert lists(tmp_path, {"caller/a.go": "package caller\n", "caller/mock.go": mock})[0] == []


def test_sub_packages_tests_and_initialisers_are_not_read_for_calls(tmp_path: Path) -> None:
    call = BODY % "targetapi.NewClient(svc).Save(ctx)"
    imported = 'import "example.com/shop/target/targetapi"'
    initialiser = f"package caller\n\n{imported}\n\nvar f = func() {{ targetapi.NewClient(nil).Save(1) }}\n"
    files = {"caller/inner/run.go": call, "caller/run_test.go": call, "caller/var.go": initialiser}
    assert lists(tmp_path, files)[0] == []


def test_an_alias_that_does_not_end_in_api_is_no_client(tmp_path: Path) -> None:
    for alias, expected in (("api", []), ("target", []), ("myapi", [_SAVE])):
        text = BODY.replace('"example.com/shop/target', f'{alias} "example.com/shop/target')
        assert lists(tmp_path, {"caller/service.go": text % f"{alias}.NewClient(svc).Save(ctx)"})[0] == expected


def test_a_package_is_called_what_its_path_ends_in(tmp_path: Path) -> None:
    files = {"voteapi/v2/definition.go": FILES["target/targetapi/definition.go"].replace("targetapi", "voteapi")}
    for name, expected in (("", []), ("voteapi ", [_SAVE])):
        imported = f'{name}"example.com/shop/voteapi/v2"'
        text = BODY.replace('"example.com/shop/target/targetapi"', imported) % "voteapi.NewClient(svc).Save(ctx)"
        assert lists(tmp_path, {**files, "caller/service.go": text})[0] == expected


def test_equal_endpoints_are_one_but_a_typed_and_a_raw_call_stay_two(tmp_path: Path) -> None:
    typed = "targetapi.NewClient(svc).Seal(ctx)"
    raw = 'svc.Request(ctx, pub.POST("https://target.x:666/seal"))'
    assert published(tmp_path, f"{typed}\n{typed}") == [_SEAL]
    assert published(tmp_path, f"{typed}\n{raw}") == [_SEAL, _SEAL]


def test_a_star_swallows_a_tail(tmp_path: Path) -> None:
    text = DEFINITIONS % (
        'var Star = define.Web{Method: "GET", Route: "/files/{name}"}\n\n'
        'var Tail = define.Web{Method: "GET", Route: "/files/{path...}"}'
    )
    body = "targetapi.NewClient(svc).Tail(ctx)\ntargetapi.NewClient(svc).Star(ctx)"
    assert published(tmp_path, body, {"target/targetapi/definition.go": text}) == [
        "P.safe.443.caller_x.target_x.*.GET.files.*"
    ]
