"""Image references mean here what they mean to the kubelet."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbus_operator.source.errors import ReferenceInvalid
from microbus_operator.source.references import parse_reference

D = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nats", "docker.io/library/nats:latest"),
        ("nats:2.14", "docker.io/library/nats:2.14"),
        ("team/shop", "docker.io/team/shop:latest"),
        ("docker.io/nats", "docker.io/library/nats:latest"),
        ("index.docker.io/nats", "docker.io/library/nats:latest"),
        ("localhost/shop", "localhost/shop:latest"),
        ("localhost:5000/shop:1", "localhost:5000/shop:1"),
        ("127.0.0.1:5000/shop:1", "127.0.0.1:5000/shop:1"),
        ("[::1]:5000/shop:1", "[::1]:5000/shop:1"),
        ("Registry/shop", "Registry/shop:latest"),
        ("registry.example/a/b/c__d-e.f:V1.0-rc_1", "registry.example/a/b/c__d-e.f:V1.0-rc_1"),
        (f"registry.example:8443/shop@{D}", f"registry.example:8443/shop@{D}"),
        (f"registry.example/shop:1@{D}", f"registry.example/shop:1@{D}"),
        (f"shop@sha512:{'a' * 128}", f"docker.io/library/shop@sha512:{'a' * 128}"),
    ],
)
def test_references_are_normalised(text: str, expected: str) -> None:
    assert str(parse_reference(text)) == expected
    assert parse_reference(expected) == parse_reference(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has 0 characters"),
        ("a" * 513, "has 513 characters"),
        ("Shop", "'Shop' is not part of a repository's name"),
        ("registry.example/Shop", "'Shop' is not part of a repository's name"),
        ("registry.example/", "'' is not part"),
        ("registry.example//shop", "'' is not part"),
        ("registry.example/shop/..", "'..' is not part"),
        ("registry.example/shop:", "'' is not a tag"),
        ("registry.example/shop:-a", "'-a' is not a tag"),
        ("registry.example/shop:1 2", "'1 2' is not a tag"),
        ("registry.example/shop\n", "'shop' is not part"),
        ("registry.example/shop@sha256:abc", "is not a digest"),
        (f"registry.example/shop@{D.upper()}", "is not a digest"),
        (f"registry.example/shop@{D}\n", "is not a digest"),
        ("registry.example/shop@", "is not a digest"),
        ("registry.example:0/shop", "'registry.example:0' is not a registry's host[:port]"),
        ("registry.example:65536/shop", "is not a registry's host"),
        ("user@registry.example/shop", "is not a digest"),
        ("http://registry.example/shop", "'http:' is not a registry's host"),
        ("-bad.example/shop", "'-bad.example' is not a registry's host"),
        ("registry.example/" + "a" * 250, "longer than 255 characters"),
    ],
)
def test_what_is_no_reference_is_refused_with_the_part_that_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ReferenceInvalid) as refused:
        parse_reference(text)
    assert message in str(refused.value)
    assert str(refused.value).startswith("image ")


def test_docker_hub_is_asked_at_its_own_host_and_a_digest_counts_more_than_a_tag() -> None:
    assert parse_reference("nats").api_host == "registry-1.docker.io"
    assert parse_reference("localhost:5000/nats").api_host == "localhost:5000"
    assert parse_reference(f"shop:1@{D}").target == D
    assert parse_reference("shop:1").target == "1"
    assert parse_reference("shop:1").pinned(D) == f"docker.io/library/shop@{D}"


@given(st.text(max_size=80))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    with suppress(ReferenceInvalid):
        reference = parse_reference(text)
        assert parse_reference(str(reference)) == reference
