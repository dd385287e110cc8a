"""Microservices made to cost an analysis that follows values: each gives service.go, valid Go of moderate size."""

from __future__ import annotations

from collections.abc import Callable, Iterable

_HEAD = """package caller

import (
	"context"

	"example.com/shop/target/targetapi"
	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	route  string
	client targetapi.Client
}

"""
_CALL = "targetapi.NewClient(svc).Load(ctx)"


def _go(*parts: str) -> str:
    return _HEAD + "\n".join(parts) + "\n"


def _function(name: str, lines: Iterable[str], parameters: str = "ctx context.Context", result: str = "") -> str:
    return f"func (svc *Service) {name}({parameters}) {result}{{\n\t" + "\n\t".join(lines) + "\n}\n"


def _requests(count: int, url: Callable[[int], str]) -> list[str]:
    return [f'svc.Request(ctx, pub.Method("GET"), pub.URL({url(index)}))' for index in range(count)]


def many_requests() -> str:
    return _go(_function("Run", ['svc.Request(ctx, pub.GET("https://a.example/x"))'] * 20_000))


def many_distinct_requests() -> str:
    return _go(_function("Run", (f'svc.Request(ctx, pub.GET("https://h{at}/x"))' for at in range(20_000))))


def many_calls() -> str:
    return _go(_function("Run", [_CALL] * 20_000))


def many_calls_of_a_variable() -> str:
    lines = ["client := targetapi.NewClient(svc)"]
    return _go(_function("Run", lines + ["client.Load(ctx)", "client = targetapi.NewClient(svc)"] * 10_000))


def many_writes_to_a_field() -> str:
    writes = [f'svc.route = "/r{index}"' for index in range(10_000)]
    return _go(_function("Set", writes), _function("Run", _requests(10, lambda _: '"https://a.example" + svc.route')))


def many_writes_to_a_variable() -> str:
    writes = ['route := ""'] + [f'route = "/r{index}"' for index in range(10_000)]
    return _go(_function("Run", writes + _requests(200, lambda _: '"https://a.example" + route')))


def a_variable_that_grows() -> str:
    lines = ['route := ""', *('route += "/a"' for _ in range(10_000))]
    return _go(_function("Run", lines + _requests(200, lambda _: '"https://a.example" + route')))


def a_long_chain_of_helpers() -> str:
    helpers = [f"func f{at}(r string) string {{ return f{at + 1}(r) }}" for at in range(20_000)]
    end = "func f20000(r string) string { return r }"
    return _go(*helpers, end, _function("Run", _requests(1, lambda _: 'f0("https://a.example/x")')))


def a_long_chain_that_passes_a_client() -> str:
    helpers = [f"func f{at}(c targetapi.Client) {{ f{at + 1}(c) }}" for at in range(8_000)]
    return _go(*helpers, "func f8000(c targetapi.Client) { c.Load(nil) }", _function("Run", ["f0(svc.client)"]))


def a_ring_that_passes_a_client() -> str:
    helpers = [
        f'func f{at}(c targetapi.Client) {{ f{(at + 1) % 2000}(c.ForHost("h{at}.example")); c.Load(nil) }}'
        for at in range(2_000)
    ]
    return _go(*helpers, _function("Run", ["f0(targetapi.NewClient(svc))"]))


def a_literal_of_many_elements() -> str:
    body = ",".join(["1"] * 300_000)
    return _go(f"var table = []int{{{body}}}\n", _function("Run", [_CALL]))


def a_map_of_many_strings() -> str:
    body = "\n".join(f'"{at}": "/r{at}",' for at in range(30_000))
    lines = ["for _, route := range table {", *_requests(50, lambda _: '"https://a.example" + route'), "}"]
    return _go(f"var table = map[string]string{{\n{body}\n}}\n", _function("Run", lines))


def clients_in_a_map_of_maps() -> str:
    body = "\n".join(f'"{at}": {{"x": targetapi.NewClient(nil).ForHost("h{at}.example")}},' for at in range(1_000))
    table = f"var table = map[string]map[string]targetapi.Client{{\n{body}\n}}\n"
    loop = "for _, inner := range table { for _, c := range inner { c.Load(ctx) } }"
    return _go(table, _function("Run", [loop] * 50))


def hosts_of_a_closed_set() -> str:
    names = ", ".join(f'"h{at}.example"' for at in range(30_000))
    lines = [f"for _, host := range []string{{{names}}} {{", "targetapi.NewClient(svc).ForHost(host).Load(ctx)", "}"]
    return _go(_function("Run", lines))


def a_product_of_strings() -> str:
    letters = ", ".join(f'"{letter}"' for letter in "abcdefghijklmnopqrst")
    sets = [f"for _, s{at} := range []string{{{letters}}} {{" for at in range(12)]
    url = '"https://a.example/" + ' + " + ".join(f"s{at}" for at in range(12))
    return _go(_function("Run", sets + _requests(50, lambda _: url) + ["}"] * 12))


def constants_of_each_other() -> str:
    lines = [f"const C{at} = C{(at + 1) % 5000} + C{(at * 7) % 5000}" for at in range(5_000)]
    return _go(*lines, _function("Run", _requests(200, lambda at: f"C{at * 25}")))


def constants_that_double() -> str:
    lines = ['const D0 = "https://a.example/x"'] + [f"const D{at + 1} = D{at} + D{at}" for at in range(64)]
    return _go(*lines, _function("Run", _requests(64, lambda at: f"D{at}")))


def functions_that_call_each_other() -> str:
    calls = [" ".join(f"f{(at * 31 + by * 17) % 3000}(r);" for by in range(8)) for at in range(3_000)]
    helpers = [f"func f{at}(r string) string {{ {each} return r }}" for at, each in enumerate(calls)]
    return _go(*helpers, _function("Run", _requests(50, lambda at: f'f{at}("https://a.example/x{at}")')))


def fields_that_lead_to_each_other() -> str:
    types = [
        f"type T{at} struct {{ *T{(at + 1) % 2000}; next *T{(at * 3) % 2000}; c targetapi.Client }}"
        for at in range(2_000)
    ]
    uses = [f"var t{at} T{at}; t{at}.next.next.next.next.c.Load(ctx)" for at in range(500)]
    return _go(*types, _function("Run", uses))


def closures_in_closures() -> str:
    opened = ["func() {", "c := c"] * 100
    return _go(_function("Run", ["c := targetapi.NewClient(svc)", *opened, "c.Load(ctx)", *["}()"] * 100]))


def many_closures() -> str:
    each = [f"g{at} := func(c targetapi.Client) {{ g{max(at - 1, 0)}(c) }}" for at in range(3_000)]
    return _go(_function("Run", [*each, "g2999(svc.client)"]))


def every_variable_is_every_other() -> str:
    size = 400
    names = [f"var v{at} targetapi.Client" for at in range(size)]
    copies = [f"v{(at * 7 + x) % size} = v{(at + x * x) % size}" for at in range(size) for x in range(20)]
    starts = [f'v{at} = targetapi.NewClient(svc).ForHost("h{at}.example")' for at in range(size)]
    return _go(*names, _function("Run", copies + starts), _function("Go", [f"v{at}.Load(ctx)" for at in range(size)]))


def every_field_is_every_other() -> str:
    size = 300
    fields = "type Box struct {\n" + "\n".join(f"f{at} targetapi.Client" for at in range(size)) + "\n}\n"
    copies = [f"b.f{(at * 7 + x) % size} = b.f{(at + x * x) % size}" for at in range(size) for x in range(20)]
    starts = [f'b.f{at} = targetapi.NewClient(svc).ForHost("h{at}.example")' for at in range(size)]
    uses = [f"b.f{at}.Load(ctx)" for at in range(size)]
    return _go(fields, _function("Run", copies + starts + uses, "ctx context.Context, b *Box"))


def interfaces_of_many_types() -> str:
    types = [
        f"type I{at} struct{{ c targetapi.Client }}\nfunc (i I{at}) Do() {{ i.c.Load(nil) }}" for at in range(2_000)
    ]
    makes = [f"run(I{at}{{targetapi.NewClient(svc)}})" for at in range(2_000)]
    return _go("type Doer interface { Do() }", "func run(d Doer) { d.Do() }", *types, _function("Run", makes))


def generics_of_generics() -> str:
    types = [f"type G{at}[T any] struct {{ inner G{at + 1}[G{at + 1}[T]]; c targetapi.Client }}" for at in range(60)]
    return _go(*types, "type G60[T any] struct { t T }", _function("Run", ["var g G0[int]; g.inner.inner.c.Load(ctx)"]))


def many_comments_that_state_calls() -> str:
    return _go(*(f"// gencreds:calls h{at}.example GET /x{at}" for at in range(20_000)), _function("Run", [_CALL]))


def options_of_options() -> str:
    names = ['o0 := []pub.Option{pub.GET("https://a.example/x")}']
    names += [f"o{at + 1} := append(o{at}, o{at}...)" for at in range(300)]
    return _go(_function("Run", [*names, *(f"svc.Request(ctx, o{at}...)" for at in range(300))]))


def hosts_in_a_ring_of_methods() -> str:
    methods = [
        f"func (svc *Service) M{at}(c targetapi.Client) targetapi.Client {{ c.Load(nil); "
        f'return svc.M{(at * 7 + 1) % 1000}(c.ForHost("h{at}.example")) }}'
        for at in range(1_000)
    ]
    return _go(*methods, _function("Run", ["svc.M0(targetapi.NewClient(svc)).Load(ctx)"]))


def many_routes() -> str:
    lines = [f'svc.Subscribe("GET", ":443/r{at}", svc.Run)' for at in range(10_000)]
    return _go(_function("Run", lines))


def _with_ledger(text: str) -> str:
    """Import a module that cannot be found."""
    return text.replace('"context"\n', '"context"\n\n\t"example.com/ledger"\n', 1)


def many_receivers_with_a_module_that_is_not_there() -> str:
    return _with_ledger(_go(*(f"func (a{at} *Service) m{at}() {{ ledger.Use(a{at}, a{at}) }}" for at in range(5_000))))


def copies_of_the_connector() -> str:
    copies = [f"c{at + 1} := c{at}" for at in range(5_000)]
    return _with_ledger(_go(_function("Run", ["c0 := svc", *copies, "ledger.Use(c5000)"])))


def a_ring_of_variables_of_another_module() -> str:
    ring = [f"v{at} = v{(at + 1) % 400}" for at in range(400)]
    names = ", ".join(f"v{at}" for at in range(400))
    return _with_ledger(_go("var v0 any", _function("Run", [f"var {names} any", *ring, "v0.Use(svc)"])))


def many_types_with_clients_for_another_module() -> str:
    types = [f"type T{at} struct {{ Target targetapi.Client }}" for at in range(1_500)]
    made = [f"t{at} := &T{at}{{targetapi.NewClient(svc)}}\n\tledger.Use(t{at})" for at in range(1_500)]
    return _with_ledger(_go(*types, _function("Run", made)))


def lists_without_an_end_for_another_module() -> str:
    many = ",".join("a" for _ in range(100_000))
    made = ["t := &T{targetapi.NewClient(svc)}", "ledger.Use(t)", f"ledger.Use({many})"]
    return _with_ledger(_go("type T struct { Target targetapi.Client }", _function("Run", made)))


def many_branches() -> str:
    cases = "\n\t".join(f'case {at}: host = "h{at % 8}.example"' for at in range(8_000))
    use = "targetapi.NewClient(svc).ForHost(host).Load(ctx)"
    return _go(_function("Run", ["var host string", f"switch n {{ {cases}\n\tdefault: return }}", *[use] * 500]))


def branches_in_branches() -> str:
    inner = 'options = append(options, pub.GET("https://a.example/x"))'
    for at in range(200):
        inner = f"if c{at} {{ {inner} }} else {{ options = append(options, pub.GET(u{at})) }}"
    return _go(_function("Run", ["var options []pub.Option", inner, *["svc.Request(ctx, options...)"] * 50]))


FLOWS: tuple[Callable[[], str], ...] = (
    many_requests,
    many_distinct_requests,
    many_calls,
    many_calls_of_a_variable,
    many_writes_to_a_field,
    many_writes_to_a_variable,
    a_variable_that_grows,
    a_long_chain_of_helpers,
    a_long_chain_that_passes_a_client,
    a_ring_that_passes_a_client,
    a_literal_of_many_elements,
    a_map_of_many_strings,
    clients_in_a_map_of_maps,
    hosts_of_a_closed_set,
    a_product_of_strings,
    constants_of_each_other,
    constants_that_double,
    functions_that_call_each_other,
    fields_that_lead_to_each_other,
    closures_in_closures,
    many_closures,
    every_variable_is_every_other,
    every_field_is_every_other,
    interfaces_of_many_types,
    generics_of_generics,
    many_comments_that_state_calls,
    options_of_options,
    hosts_in_a_ring_of_methods,
    many_routes,
    many_receivers_with_a_module_that_is_not_there,
    copies_of_the_connector,
    a_ring_of_variables_of_another_module,
    many_types_with_clients_for_another_module,
    lists_without_an_end_for_another_module,
    many_branches,
    branches_in_branches,
)
