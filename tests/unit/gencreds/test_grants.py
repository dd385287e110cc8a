"""From accesses to grants: upstream's lists line for line, with evidence, and the sizes they have on the wire."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gencreds.budget import (
    connect_bytes,
    expected_connect_bytes,
    largest,
    raw_budget,
    raw_bytes,
    shares,
    wire_bytes,
)
from gencreds.grants import Evidence, Grant, GrantKind, Verb, allow_lists, grants_of
from gencreds.microbus.model import Access, AccessKind, Endpoint, Location, Microservice
from gencreds.nats.claims import UserClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.subjects import covers

from .fixtures import KITCHEN, KITCHEN_PUB, KITCHEN_SUB, WEIRD, WEIRD_PUB, WEIRD_SUB


@pytest.mark.parametrize(
    ("microservice", "pub", "sub"), [(KITCHEN, KITCHEN_PUB, KITCHEN_SUB), (WEIRD, WEIRD_PUB, WEIRD_SUB)]
)
def test_the_lists_are_upstreams_line_for_line(microservice: Microservice, pub: list[str], sub: list[str]) -> None:
    assert allow_lists(grants_of(microservice, "P")) == (pub, sub)


def test_every_grant_but_the_standard_ones_has_evidence() -> None:
    for microservice in (KITCHEN, WEIRD):
        grants = grants_of(microservice, "P")
        assert all(grant.evidence or grant.kind is GrantKind.STANDARD for grant in grants)
        assert [grant for grant in grants if grant.kind is GrantKind.STANDARD] == grants[:5]


def test_equal_grants_are_one_with_the_evidence_of_all() -> None:
    subject = "P.safe.443.kitchen_fixture.weird_fixture.*.GET.plain"
    found = [grant for grant in grants_of(KITCHEN, "P") if grant.subject == subject]
    places = tuple(Evidence(Location("kitchen/service.go", line)) for line in (11, 16, 17))
    assert found == [Grant(Verb.PUB, subject, GrantKind.CALL, places)]


def test_what_another_grant_covers_is_still_a_grant() -> None:
    listed = [grant.subject for grant in grants_of(KITCHEN, "P")]
    assert "P.safe.444.kitchen_fixture.weird_fixture.*.POST.internal" in listed


def test_a_trust_root_of_its_own_adds_the_danger_subscription_with_its_place() -> None:
    found = [grant for grant in grants_of(WEIRD, "P") if ".danger." in grant.subject]
    assert [(grant.subject, grant.kind, grant.evidence) for grant in found] == [
        ("P.danger.666.*.weird_fixture.>", GrantKind.ROUTE, (Evidence(Location("kitchen/service.go", 35)),))
    ]


def test_an_unknown_host_keeps_its_trust_root_on_its_port() -> None:
    """Foreman mints with ForHost(iss)."""
    mint = Access(AccessKind.CALL, Endpoint(None, 666, "ANY", "/mint"), Location("f.go", 1), callee="access.token.core")
    pub, _ = allow_lists(grants_of(Microservice("foreman.core", "f", (mint,), ()), "P"))
    assert pub[-1] == "P.danger.666.foreman_core.*.*.*.mint"


def test_a_wildcard_port_is_never_a_trust_root() -> None:
    anything = Access(AccessKind.REQUEST, Endpoint(None, 0, "ANY", None), Location("f.go", 1))
    pub, _ = allow_lists(grants_of(Microservice("x.y", "x", (anything,), ()), "P"))
    assert pub == ["P.safe.888.x_y.>", "P.reply._.x_y.>", "P.safe.*.x_y.*.*.*.>"]
    assert not covers(pub[-1], "P.danger.666.x_y.access_token_core._.POST.mint")


def test_the_order_does_not_depend_on_that_of_the_accesses_but_for_own_routes() -> None:
    calls = tuple(access for access in KITCHEN.accesses if access.kind is not AccessKind.ROUTE)
    there = dataclasses.replace(KITCHEN, accesses=calls)
    back = dataclasses.replace(KITCHEN, accesses=calls[::-1])
    assert grants_of(there, "P") == grants_of(back, "P")


def _caller_of(*routes: tuple[AccessKind, str]) -> Microservice:
    accesses = tuple(
        Access(kind, Endpoint("files.core", 443, "GET", path), Location("a.go", line), "", "files.core", f":443{path}")
        for line, (kind, path) in enumerate(routes, 1)
    )
    return Microservice("a.b", "a", accesses, ())


def test_a_caller_of_a_star_and_a_tail_keeps_the_tail() -> None:
    caller = _caller_of((AccessKind.CALL, "/files/{name}"), (AccessKind.CALL, "/files/{path...}"))
    pub, _ = allow_lists(grants_of(caller, "P"))
    assert pub[2:] == ["P.safe.443.a_b.files_core.*.GET.files.>"]


def test_equal_subjects_of_a_typed_and_a_raw_call_are_listed_once() -> None:
    caller = _caller_of((AccessKind.CALL, "/x"), (AccessKind.CALL, "/x"), (AccessKind.REQUEST, "/x"))
    pub, _ = allow_lists(grants_of(caller, "P"))
    assert pub[2:] == ["P.safe.443.a_b.files_core.*.GET.x"]


_endpoints = st.builds(
    Endpoint,
    st.sampled_from([None, "a.b", "c.d", "me.x"]),
    st.sampled_from([0, 443, 444, 666, 888]),
    st.sampled_from(["GET", "POST", "ANY"]),
    st.sampled_from([None, "/", "/x", "/x/{y}", "/x/{y...}", "/x/y/z"]),
)
_accesses = st.builds(
    Access,
    st.sampled_from(list(AccessKind)),
    _endpoints,
    st.builds(Location, st.sampled_from(["a.go", "b.go"]), st.integers(1, 99)),
    st.sampled_from(["", "OnX"]),
    st.sampled_from(["", "a.b", "c.d"]),
    st.sampled_from([":443/x", ""]),
)


@given(st.lists(_accesses, max_size=10))
def test_the_allow_lists_cover_every_grant_and_have_nothing_else(accesses: list[Access]) -> None:
    grants = grants_of(Microservice("me.x", "me", tuple(accesses), ()), "P")
    for verb, listed in zip(Verb, allow_lists(grants), strict=True):
        wanted = [grant.subject for grant in grants if grant.verb is verb]
        assert set(listed) <= set(wanted)
        assert all(any(covers(kept, subject) for kept in listed) for subject in wanted)
        assert not any(covers(a, b) for a in listed for b in listed if a != b)


@given(st.lists(_accesses, max_size=10))
def test_a_trust_root_is_granted_only_where_the_source_names_its_port(accesses: list[Access]) -> None:
    microservice = Microservice("me.x", "me", tuple(accesses), ())
    granted = any(grant.subject.startswith("P.danger.666.") for grant in grants_of(microservice, "P"))
    assert granted == any(access.endpoint.port == 666 for access in accesses)


def test_the_raw_size_is_what_upstream_counts() -> None:
    plane = "microbus"
    pub, sub = ([subject.replace("P.", f"{plane}.", 1) for subject in half] for half in (KITCHEN_PUB, KITCHEN_SUB))
    assert raw_bytes(plane, pub, sub) == 742
    assert raw_bytes("P", KITCHEN_PUB, KITCHEN_SUB) == 742


def test_the_largest_grants_are_named_with_upstreams_placeholder() -> None:
    assert largest("P", KITCHEN_PUB, []).startswith(
        "PUB {{plane}}.danger.666.kitchen_fixture.weird_fixture.*.POST.dangerous (67 B), "
    )


@pytest.mark.parametrize("signing_key", [True, False])
@pytest.mark.parametrize("expires", [True, False])
def test_the_expected_size_is_that_of_the_signed_credentials(signing_key: bool, expires: bool) -> None:
    signer, user = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
    claims = UserClaims(
        subject=user.public_key,
        name=KITCHEN.hostname,
        issuer_account=Seed.create(KeyKind.ACCOUNT).public_key if signing_key else None,
        pub_allow=tuple(KITCHEN_PUB),
        sub_allow=tuple(KITCHEN_SUB),
        expires=1_800_003_600 if expires else None,
    )
    token = encode(claims, signer, issued_at=1_800_000_000)
    expected = expected_connect_bytes(
        KITCHEN.hostname, KITCHEN_PUB, KITCHEN_SUB, signing_key=signing_key, expires=expires
    )
    assert expected == connect_bytes(token)


def test_the_first_jwt_that_a_default_broker_refuses_has_3836_characters() -> None:
    """Pitfall N13: measured with nats.go; upstream lets 4000 pass."""
    assert connect_bytes("x" * 3835) == 4096
    assert connect_bytes("x" * 3836) == 4097


def test_the_raw_budget_is_upstreams_and_grows_with_the_brokers_limit() -> None:
    assert [raw_budget(limit) for limit in (1024, 4096, 65536)] == [3000, 3000, 48000]


def _call(path: str, line: int) -> Access:
    place = Location("me/service.go", line)
    return Access(AccessKind.CALL, Endpoint("files.x", 443, "GET", path), place, callee="files.x", route=path)


def test_a_path_and_all_below_it_are_one_entry_with_the_evidence_of_both() -> None:
    calls = (_call("/load/{name}", 3), _call("/load/{name}/{rest...}", 4))
    grants = grants_of(Microservice("me.x", "me", calls, ()), "P")
    assert allow_lists(grants)[0][2:] == ["P.safe.443.me_x.files_x.*.GET.load.>"]
    (joined,) = [grant for grant in grants if grant.subject.endswith(".load.>")]
    assert [place.location.line for place in joined.evidence] == [3, 4]
    assert joined.kind is GrantKind.CALL
    assert not joined.subject.endswith(".GET.>")


def test_what_policies_call_a_wildcard_is_never_made_of_two_narrower_entries() -> None:
    calls = (_call("/{name}", 3), _call("/{name}/{rest...}", 4))
    grants = grants_of(Microservice("me.x", "me", calls, ()), "P")
    assert allow_lists(grants)[0][2:] == [f"P.safe.443.me_x.files_x.*.GET.{tail}" for tail in ("*", "*.>")]


def test_an_entry_takes_its_text_in_base64() -> None:
    base = ["P.safe.443.me_x.a_x.*.GET.x"]
    for length in range(10, 40):
        more = [*base, "P.safe.443.me_x.b_x.*.GET." + "y" * length]
        grown = expected_connect_bytes("me.x", more, base) - expected_connect_bytes("me.x", base, base)
        assert abs(grown - wire_bytes(more[1])) <= 1


def test_hosts_are_listed_by_what_they_take() -> None:
    found = shares(
        [*(f"P.safe.443.me_x.a_x.*.GET.{n}" for n in "123"), "P.safe.443.me_x.b_x.*.GET.x", "P.reply._.me_x.>"],
        ["P.safe.417.*.b_x.*.POST.on-it", "P.safe.*.*.me_x.>"],
    )
    assert [(share.host, share.entries) for share in found] == [("a.x", 3), ("b.x", 2), ("me.x", 1)]
