"""Entries of allow-lists read back into what people ask about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gencreds.microbus.model import Endpoint
from gencreds.subjects import covers, publish_subject
from microbus_operator.cli.permissions import overlaps, permissions


@pytest.mark.parametrize(
    ("subject", "kind", "host", "port", "method", "path"),
    [
        ("p.danger.666.orders_shop.signer_shop.*.POST.sign", "call", "signer.shop", "666", "POST", "/sign"),
        ("p.safe.443.orders_shop.stock_shop.*.GET.stock.*", "call", "stock.shop", "443", "GET", "/stock/*"),
        ("p.safe.443.orders_shop.files_shop.*.*.>", "call", "files.shop", "443", "*", "*"),
        ("p.safe.443.orders_shop.files_shop.*.GET._", "call", "files.shop", "443", "GET", "/"),
        ("p.safe.443.orders_shop.files_shop.*.GET.a.>", "call", "files.shop", "443", "GET", "/a/>"),
        ("p.safe.443.orders_shop.files_shop.*.GET.a%20b", "call", "files.shop", "443", "GET", "/a b"),
        ("p.safe.*.orders_shop.*.*.GET.>", "call", "*", "*", "GET", "*"),
        ("p.safe.417.orders_shop.orders_shop.*.POST.on-placed", "event", "orders.shop", "417", "POST", "/on-placed"),
        ("p.safe.888.orders_shop.>", "standard", "*", "888", "*", "*"),
        ("p.reply._.orders_shop.>", "standard", "*", "reply", "*", "*"),
    ],
)
def test_a_publish_entry_says_which_endpoint_it_reaches(
    subject: str, kind: str, host: str, port: str, method: str, path: str
) -> None:
    (found,) = permissions("orders.shop", (subject,), ())
    assert (found.kind, found.host, found.port, found.method, found.path) == (kind, host, port, method, path)


@pytest.mark.parametrize(
    ("subject", "kind", "host", "port", "path"),
    [
        ("p.safe.*.*.orders_shop.>", "standard", "orders.shop", "*", "*"),
        ("p.danger.666.*.orders_shop.>", "route", "orders.shop", "666", "*"),
        ("p.safe.888.*.all.>", "standard", "all", "888", "*"),
        ("p.reply._.*.orders_shop.*", "standard", "*", "reply", "*"),
        ("p.safe.417.*.stock_shop.*.POST.on-sold-out", "hook", "stock.shop", "417", "/on-sold-out"),
    ],
)
def test_a_subscribe_entry_says_what_it_serves(subject: str, kind: str, host: str, port: str, path: str) -> None:
    (found,) = permissions("orders.shop", (), (subject,))
    assert (found.kind, found.host, found.port, found.path) == (kind, host, port, path)


def test_trust_roots_and_wildcards_are_marked_and_the_standard_entries_are_not() -> None:
    pub = ("p.danger.666.a.b.*.POST.x", "p.safe.443.a.*.*.GET.x", "p.safe.443.a.b.*.GET.>", "p.safe.888.a.>")
    found = permissions("a", pub, ())
    assert [item.is_trust_root for item in found] == [True, False, False, False]
    assert [item.is_wildcard for item in found] == [False, True, True, False]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "*.b", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        ("a.b", "a.b.c", False),
        ("a.*.c", "a.>", True),
        ("*.b", "a.c", False),
    ],
)
def test_patterns_overlap_where_a_subject_matches_both(one: str, other: str, expected: bool) -> None:
    assert overlaps(one, other) is expected
    assert overlaps(other, one) is expected


patterns = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=4).flatmap(
    lambda head: st.sampled_from([".".join(head), ".".join([*head, ">"])])
)


@given(patterns, patterns)
def test_what_covers_another_overlaps_it(one: str, other: str) -> None:
    if covers(one, other):
        assert overlaps(one, other)


names = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,2}", fullmatch=True)


@given(
    names, names, st.sampled_from([443, 444, 666]), st.sampled_from(["GET", "POST"]), st.text("ab-_ %/.", max_size=8)
)
def test_what_gencreds_writes_is_read_back_as_the_same_endpoint(
    source: str, host: str, port: int, method: str, path: str
) -> None:
    wanted = Endpoint(host=host, port=port, method=method, path="/" + path)
    (found,) = permissions(source, (publish_subject("p", source, wanted),), ())
    assert (found.host, found.port, found.method) == (host, str(port), method)
    assert found.path.strip("/") == path.strip("/") or "_" in path or "//" in path
