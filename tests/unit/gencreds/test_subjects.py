"""The subject grammar against upstream's golden rows, and the algebra of patterns against brute force."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gencreds.microbus.model import Endpoint
from gencreds.subjects import (
    Covering,
    RouteInvalid,
    check_plane,
    covers,
    encode_path,
    flatten_host,
    publish_subject,
    reply_subject,
    request_subject,
    resolve_route,
    split_slot,
    subscribe_subject,
    unflatten_host,
    with_tails_joined,
    without_covered,
)

SUBSCRIPTIONS = [
    (80, "EXAMPLE.com", "_", "GET", "PATH/to/file.html", "p0.safe.80.*.example_com._.GET.PATH.to.file%2ehtml"),
    (80, "EXAMPLE.com", "_", "GET", "PATH/", "p0.safe.80.*.example_com._.GET.PATH._"),
    (123, "example.com", "_", "POST", "DIR/{...}", "p0.safe.123.*.example_com._.POST.DIR.>"),
    (443, "www.example.com", "_", "delete", "/{...}", "p0.safe.443.*.www_example_com._.DELETE.>"),
    (443, "www.example.com", "_", "ANY", "", "p0.safe.443.*.www_example_com._.*._"),
    (0, "example.com", "_", "ANY", "/foo/{foo}/bar/{bar}/{a...}", "p0.safe.*.*.example_com._.*.foo.*.bar.*.>"),
    (80, "EXAMPLE.com", "_", "GET", "empty///", "p0.safe.80.*.example_com._.GET.empty._._._"),
    (666, "example.com", "_", "POST", "mint", "p0.danger.666.*.example_com._.POST.mint"),
    (443, "example.com", "ID-ABCD1234", "GET", "path", "p0.safe.443.*.example_com.id-abcd1234.GET.path"),
    (443, "my$.xml", "_", "GET", "path", "p0.safe.443.*.my%24_xml._.GET.path"),
]
PUBLISHES = [
    (80, "EXAMPLE.com", "GET", "PATH/to/file.html", "p0.safe.80.by_com.example_com._.GET.PATH.to.file%2ehtml"),
    (0, "example.com", "GET", "path", "p0.safe.0.by_com.example_com._.GET.path"),
    (443, "example.com", "ANY", "method", "p0.safe.443.by_com.example_com._.ANY.method"),
    (443, "x.y", "GET", "foo/{foo}/bar/{bar}", "p0.safe.443.by_com.x_y._.GET.foo.%7bfoo%7d.bar.%7bbar%7d"),
    (666, "example.com", "POST", "mint", "p0.danger.666.by_com.example_com._.POST.mint"),
    (443, "ID-AB12.example.com", "GET", "*", "p0.safe.443.by_com.example_com.id-ab12.GET.%2a"),
    (443, "loc-us-west.svc.core", "GET", "/", "p0.safe.443.by_com.svc_core.loc-us-west.GET._"),
]


@pytest.mark.parametrize(("port", "host", "slot", "method", "path", "subject"), SUBSCRIPTIONS)
def test_subscriptions_are_those_of_the_runtime(
    port: int, host: str, slot: str, method: str, path: str, subject: str
) -> None:
    assert subscribe_subject("p0", Endpoint(host, port, method.upper(), path), slot=slot) == subject


@pytest.mark.parametrize(("port", "host", "method", "path", "subject"), PUBLISHES)
def test_requests_are_published_as_the_runtime_does(port: int, host: str, method: str, path: str, subject: str) -> None:
    assert request_subject("p0", "by.com", Endpoint(host, port, method, path)) == subject


def test_a_request_without_a_source_says_so_with_an_underscore() -> None:
    assert request_subject("p", "", Endpoint("h", 443, "GET", "x")) == "p.safe.443._.h._.GET.x"


def test_replies_name_the_responder_the_caller_and_its_instance() -> None:
    assert reply_subject("p0", "*", "www.example.com", "ID-ABCD1234") == "p0.reply._.*.www_example_com.id-abcd1234"
    assert reply_subject("p0", "by.com", "example.com", "id-1234") == "p0.reply._.by_com.example_com.id-1234"


@pytest.mark.parametrize(
    ("host", "segment"),
    [
        ("payments.core", "payments_core"),
        ("my-service.core", "my-service_core"),
        ("my$.xml", "my%24_xml"),
        ("a~b.c", "a%7eb_c"),
        ("a!b", "a%21b"),
        ("example.", "example_"),
        ("Alt.Host", "alt_host"),
        ("a_b.c", "a_b_c"),
        ("bücher.example", "b%c3%bccher_example"),
    ],
)
def test_hostnames_flatten_to_one_segment(host: str, segment: str) -> None:
    assert flatten_host(host) == segment


@given(st.from_regex(r"[a-z0-9$~!-]{1,8}(\.[a-z0-9$~!-]{1,8}){0,3}", fullmatch=True))
def test_flattening_is_reversed_for_hostnames_without_underscores(host: str) -> None:
    assert unflatten_host(flatten_host(host)) == host


@pytest.mark.parametrize(
    ("path", "pattern", "publish"),
    [
        ("", "_", "_"),
        ("/", "_", "_"),
        ("/dir/", "dir._", "dir._"),
        ("//x", "_.x", "_.x"),
        ("/{tail...}", ">", "%7btail%2e%2e%2e%7d"),
        ("/{}/x", "*.x", "%7b%7d.x"),
        ("/{mid...}/x", "*.x", "%7bmid%2e%2e%2e%7d.x"),
        ("/*", "*", "%2a"),
        ("/a*", "a%2a", "a%2a"),
        ("/>", "%3e", "%3e"),
        ("/a_b.c-D", "a%5fb%2ec-D", "a%5fb%2ec-D"),
        ("/ü x", "%c3%bc%20x", "%c3%bc%20x"),
    ],
)
def test_paths_are_encoded_per_part(path: str, pattern: str, publish: str) -> None:
    assert encode_path(path) == pattern
    assert encode_path(path, pattern=False) == publish


@pytest.mark.parametrize(
    ("hostname", "route", "host", "port", "path"),
    [
        ("h.core", "", "h.core", 443, ""),
        ("h.core", ":444/x", "h.core", 444, "/x"),
        ("h.core", ":0/x", "h.core", 0, "/x"),
        ("h.core", ":666", "h.core", 666, ""),
        ("h.core", "//root", "root", 443, ""),
        ("h.core", "//alt.host:0/alt-path", "alt.host", 0, "/alt-path"),
        ("h.core", "//my$.xml/lookup", "my$.xml", 443, "/lookup"),
        ("h.core", "/path", "h.core", 443, "/path"),
        ("h.core", "path", "h.core", 443, "/path"),
        ("h.core", "https://Other.Host/x", "other.host", 443, "/x"),
        ("h.core", "http://other.host/x", "other.host", 80, "/x"),
        ("h.core", "HTTPS://other.host:8/x", "other.host", 8, "/x"),
        ("h.core", "/x?q=1#f", "h.core", 443, "/x"),
        ("h.core", "/x#f?q", "h.core", 443, "/x"),
        ("h.core", "/a%20b%2Fc", "h.core", 443, "/a b/c"),
        ("h.core", "/items/{id}/{tail...}", "h.core", 443, "/items/{id}/{tail...}"),
        ("h:9", "/x", "h", 9, "/x"),
        ("H.Core", "*", "h.core", 0, None),
    ],
)
def test_routes_resolve_as_the_runtime_resolves_them(
    hostname: str, route: str, host: str, port: int, path: str | None
) -> None:
    assert resolve_route(hostname, route, "get") == Endpoint(host, port, "GET", path)


@pytest.mark.parametrize(
    ("hostname", "route"),
    [
        ("h", ":*/x"),
        ("h", ":notaport"),
        ("h", ":65536/x"),
        ("h", ":٣/x"),
        ("h", "/`x"),
        ("h", "/a\nb"),
        ("h", "/%zz"),
        ("h", "ftp://h/x"),
        ("h", "///x"),
        ("h", "//user@h/x"),
        ("h:9", ":444/x"),
        ("", "/x"),
    ],
)
def test_routes_that_the_runtime_refuses_are_refused(hostname: str, route: str) -> None:
    with pytest.raises(RouteInvalid):
        resolve_route(hostname, route)


@pytest.mark.parametrize(
    ("method", "route", "subject"),
    [
        ("GET", ":443/plain", "P.safe.443.caller_x.weird_fixture.*.GET.plain"),
        ("GET", ":443/path-arg/{id}", "P.safe.443.caller_x.weird_fixture.*.GET.path-arg.*"),
        ("GET", ":443/greedy/{tail...}", "P.safe.443.caller_x.weird_fixture.*.GET.greedy.>"),
        ("GET", ":888/openapi.json", "P.safe.888.caller_x.weird_fixture.*.GET.openapi%2ejson"),
        ("ANY", ":443/any-method", "P.safe.443.caller_x.weird_fixture.*.*.any-method"),
        ("POST", ":444/internal", "P.safe.444.caller_x.weird_fixture.*.POST.internal"),
        ("POST", ":666/dangerous", "P.danger.666.caller_x.weird_fixture.*.POST.dangerous"),
        ("ANY", "//root", "P.safe.443.caller_x.root.*.*._"),
        ("GET", "//alt.host:0/alt-path", "P.safe.*.caller_x.alt_host.*.GET.alt-path"),
        ("GET", "//alt.host/items/{id}", "P.safe.443.caller_x.alt_host.*.GET.items.*"),
        ("GET", "//my$.xml/lookup", "P.safe.443.caller_x.my%24_xml.*.GET.lookup"),
        ("GET", ":443/UPPERCASE.xml", "P.safe.443.caller_x.weird_fixture.*.GET.UPPERCASE%2exml"),
    ],
)
def test_a_callers_entry_for_every_route_shape_of_weird(method: str, route: str, subject: str) -> None:
    assert publish_subject("P", "caller.x", resolve_route("weird.fixture", route, method)) == subject


def test_an_unknown_url_is_every_host_port_and_path_but_never_a_trust_root() -> None:
    assert publish_subject("P", "me", Endpoint(None, 0, "POST", None)) == "P.safe.*.me.*.*.POST.>"


def test_a_trust_root_of_an_unknown_host_stays_on_its_port() -> None:
    assert publish_subject("P", "me", Endpoint(None, 666, "ANY", "/mint")) == "P.danger.666.me.*.*.*.mint"


@pytest.mark.parametrize("host", ["id-ab12.svc.core", "LOC-us-west.svc.core", "svc.core"])
def test_replica_and_locality_labels_go_to_the_slot(host: str) -> None:
    assert publish_subject("P", "me", Endpoint(host, 443, "GET", "/x")) == "P.safe.443.me.svc_core.*.GET.x"


def test_only_a_first_label_with_more_behind_it_is_a_slot() -> None:
    assert split_slot("svc.id-x") == ("_", "svc.id-x")
    assert split_slot("id-x") == ("_", "id-x")


@pytest.mark.parametrize("plane", ["", "a.b", "a-b", "{{plane}}", "pläne", "a\n"])
def test_planes_of_other_than_letters_and_digits_are_refused(plane: str) -> None:
    with pytest.raises(ValueError, match="only letters and digits"):
        check_plane(plane)


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a.*", True),
        ("a.b", "a.*", False),
        ("a.>", "a.b.c", True),
        ("a.>", "a.*", True),
        ("a.>", "a.>", True),
        ("a.>", "a", False),
        ("a.>", "a.b.>", True),
        ("a.*.>", "a.>", False),
        ("a.*", "a.>", False),
        ("a.*.*", "a.b.>", False),
        (">", "a", True),
        ("a.b", "a.b.c", False),
        ("a.b.c", "a.b", False),
    ],
)
def test_covering_of_patterns(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


def test_equal_subjects_are_listed_once() -> None:
    assert without_covered(["a.b", "c", "a.b"]) == ["a.b", "c"]


def test_a_star_does_not_take_a_final_tail() -> None:
    both = ["p.files.*", "p.files.>"]
    assert without_covered(both) == without_covered(both[::-1]) == ["p.files.>"]


_WORDS = ("a", "b", "c")
_LITERALS = [".".join(words) for n in (1, 2, 3, 4) for words in itertools.product(_WORDS, repeat=n)]


def _matches(pattern: str, literal: str) -> bool:
    """NATS' own matching of a literal subject, written apart from the code under test."""
    head, tail = pattern.split("."), literal.split(".")
    if head[-1] == ">":
        return len(tail) >= len(head) and all(h in ("*", t) for h, t in zip(head[:-1], tail, strict=False))
    return len(head) == len(tail) and all(h in ("*", t) for h, t in zip(head, tail, strict=True))


_LONGER = [".".join(words) for n in (1, 2, 3, 4, 5) for words in itertools.product(_WORDS, repeat=n)]


def _matched(patterns: Iterable[str], literals: Iterable[str] = _LITERALS) -> set[str]:
    return {literal for pattern in patterns for literal in literals if _matches(pattern, literal)}


# One letter of three never appears in a pattern, so a `*` is never covered by an enumeration of literals, and
# patterns are at most three long, so that `>` shows its longer matches.
_patterns = st.builds(
    lambda words, tail: ".".join([*words, *tail]),
    st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=2),
    st.sampled_from([[], [">"], ["a"], ["*"]]),
)


@settings(max_examples=500)
@given(_patterns, _patterns)
def test_covers_is_inclusion_of_what_the_patterns_match(pattern: str, other: str) -> None:
    assert covers(pattern, other) == (_matched([other]) <= _matched([pattern]))


@settings(max_examples=500)
@given(st.lists(_patterns, max_size=8), _patterns)
def test_what_covers_a_subject_is_found_among_many(patterns: list[str], subject: str) -> None:
    assert sorted(Covering(patterns).over(subject)) == sorted({each for each in patterns if covers(each, subject)})


@settings(max_examples=500)
@given(st.lists(_patterns, max_size=8))
def test_dropping_the_covered_neither_narrows_nor_widens(patterns: list[str]) -> None:
    kept = without_covered(patterns)
    assert _matched(kept) == _matched(patterns)
    assert all(not covers(a, b) for a, b in itertools.permutations(kept, 2))
    assert kept == [p for p in dict.fromkeys(patterns) if p in kept]


_deeper = st.builds(
    lambda head, tail: ".".join([*head, *tail]),
    st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=3),
    st.sampled_from([[], [">"], ["*"]]),
)


@settings(max_examples=500)
@given(_deeper, _deeper, _deeper)
def test_covers_is_a_partial_order(one: str, other: str, third: str) -> None:
    assert covers(one, one)
    assert not (covers(one, other) and covers(other, one)) or one == other
    assert not (covers(one, other) and covers(other, third)) or covers(one, third)


@settings(max_examples=500)
@given(st.lists(_deeper, max_size=10), st.integers(0, 3))
def test_joining_tails_neither_narrows_nor_widens(patterns: list[str], shortest: int) -> None:
    """Over all literals of up to five words: a join of three-word heads shows its longer matches."""
    joined = with_tails_joined(patterns, shortest)
    assert _matched([*patterns, *joined], _LONGER) == _matched(patterns, _LONGER)
    kept = without_covered([*patterns, *joined])
    assert _matched(kept, _LONGER) == _matched(patterns, _LONGER)
    assert len(kept) <= len(without_covered(patterns))
    for subject, (single, tail) in joined.items():
        assert _matched([subject], _LONGER) == _matched([single, tail], _LONGER)
        assert subject.count(".") >= shortest


def test_tails_are_joined_step_by_step_and_not_without_their_beginning() -> None:
    assert with_tails_joined(["a.*", "a.*.>"]) == {"a.>": ("a.*", "a.*.>")}
    assert with_tails_joined(["a.*.*.>", "a.*", "a.*.*"]) == {
        "a.*.>": ("a.*.*", "a.*.*.>"),
        "a.>": ("a.*", "a.*.>"),
    }
    assert with_tails_joined(["a.*.*.>", "a.*"]) == {}
    assert with_tails_joined(["a.*", "b.*.>"]) == {}
    assert with_tails_joined(["a.*", "a.b.>"]) == {}
    assert with_tails_joined(["a.*", "a.*.>"], shortest=2) == {}


@given(st.text(max_size=20), st.text(min_size=1, max_size=20), st.text(max_size=30))
def test_a_path_never_leaks_a_wildcard_or_a_blank_segment_into_a_publish(source: str, host: str, path: str) -> None:
    subject = request_subject("p", source, Endpoint(host, 443, "GET", path))
    segments = subject.split(".")
    assert all(segments)
    assert not set(segments) & {"*", ">"}
    assert subject.isascii()
    assert not any(character.isspace() for character in subject)


@given(st.text(max_size=40))
def test_any_route_resolves_or_is_refused_by_name(route: str) -> None:
    try:
        endpoint = resolve_route("h.core", route)
    except RouteInvalid:
        return
    assert all(publish_subject("p", "me", endpoint).split("."))
