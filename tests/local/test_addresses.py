"""Ports on loopback: chosen once, kept, and chosen anew only where somebody else has them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from microbus_operator.local.runtime.addresses import HOST, Loopback, Ports
from microbus_operator.local.runtime.errors import Unusable

from ..unit.core.builders import plane


def test_ports_are_kept_from_run_to_run_and_no_two_are_the_same(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    ports.load({})
    chosen = [ports.of(key) for key in "abc"]
    assert len(set(chosen)) == 3
    again = Ports(tmp_path / "ports.json")
    again.load({})
    assert [again.of(key) for key in "abc"] == chosen


def test_a_remembered_port_that_is_in_use_by_now_is_chosen_anew_and_told(tmp_path: Path) -> None:
    ports, told = Ports(tmp_path / "ports.json"), list[str]()
    ports.load({})
    taken = ports.of("a")
    with socket.create_server((HOST, taken)):
        again = Ports(tmp_path / "ports.json", told.append)
        again.load({})
        assert again.of("a") != taken
    assert told == [f"port {taken} (a) is in use by now; another one is taken"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": "x", "b": -1, "c": 70000}', "\x00"])
def test_a_file_of_ports_that_is_torn_or_edited_is_made_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    ports = Ports(tmp_path / "ports.json")
    ports.load({})
    assert 0 < ports.of("a") < 65536


def test_a_wanted_port_that_is_in_use_is_refused(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as server, pytest.raises(Unusable, match="is in use; stop what uses it"):
        Ports(tmp_path / "ports.json").load({"a": server.getsockname()[1]})


def test_servers_of_a_plane_have_ports_each_and_the_url_names_all(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    ports.load({})
    network, subject = Loopback(ports), plane()
    servers = network.servers(subject)
    assert len({port for server in servers for port in server}) == 3 * subject.spec.nats.replicas
    assert network.client_url(subject) == ",".join(f"nats://127.0.0.1:{server.client}" for server in servers)
    assert network.routes(subject) == tuple(f"127.0.0.1:{server.cluster}" for server in servers)
    assert network.listeners.host == network.listeners.monitor_host == HOST
