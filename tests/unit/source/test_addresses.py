"""No reference, redirect or token realm leads into the node's own network."""

from __future__ import annotations

import socket

import pytest

from microbus_operator.source.addresses import AddressRefused, guarded_socket, is_refused


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_metadata_and_reserved_addresses_are_refused_in_any_spelling(address: str) -> None:
    assert is_refused(address, loopback_allowed=False)
    assert is_refused(address, loopback_allowed=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_is_for_registries_that_are_listed(address: str) -> None:
    assert is_refused(address, loopback_allowed=False)
    assert not is_refused(address, loopback_allowed=True)


@pytest.mark.parametrize("address", ["10.96.0.10", "192.168.1.1", "172.18.0.2", "fd00::1", "93.184.216.34", "2606::1"])
def test_registries_may_be_inside_the_cluster_or_outside(address: str) -> None:
    assert not is_refused(address, loopback_allowed=False)


def test_the_guard_stands_before_the_socket() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("169.254.169.254", 80))
    with pytest.raises(AddressRefused, match="link-local"):
        guarded_socket(info, loopback_allowed=True)
