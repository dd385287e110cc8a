"""Any history of rotations, revocations, crashes, restarts, partitions, restored backups and clocks, in any order.

hypothesis composes them (https://hypothesis.readthedocs.io/en/latest/stateful.html); after each step the invariants
hold, and each history ends in a settled world. Clients, nodes and servers are those of `fleets.py`.
"""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from microbus_operator.api.app import MicrobusApp
from microbus_operator.core.account_keys import alive, closed
from microbus_operator.core.flip_status import FINAL
from microbus_operator.core.network import server_names

from .builders import LIFE, app, new_plane
from .fleets import Fleet
from .test_convergence import (
    EXTRA,
    ORDERS,
    PAY,
    Event,
    accounts_lost,
    accounts_restored,
    all_rekeyed,
    another_account,
    called_off,
    leaked,
    rekeyed,
    requested,
    statuses_lost,
)
from .worlds import Crash, _creds, account_claims

SERVERS = 3
SERVER = st.integers(0, SERVERS - 1)


def running() -> Fleet:
    """A Plane of three servers, and two apps of two replicas each, settled."""
    plane = new_plane(finalizers=[], spec={"nats": {"replicas": SERVERS, "image": "nats"}})
    apps = {name: _applied(name) for name in ("shop", "bank")}
    world = Fleet(plane, apps, {"shop:1": (ORDERS,), "bank:1": (PAY,), "more:1": (EXTRA,)})
    world.settle()
    world.backup = dict(world.entries)
    return world


def _applied(name: str) -> MicrobusApp:
    bundle = {"name": "main", "image": f"{name}:1", "workload": {"replicas": 2}}
    never: dict[str, None] = {"signingKey": None}
    return app(name=name, uid=f"{name}-uid", finalizers=[], spec={"bundles": [bundle]}, status=never)


class Life(RuleBasedStateMachine):
    """What may happen. The operator works in rounds, each of which may end in a crash before any write."""

    def __init__(self) -> None:
        super().__init__()
        self.world = _RUNNING.copy()
        self.refused: dict[tuple[str, str], set[str]] = {}
        self.signers: dict[tuple[str, str], set[str]] = {}
        self.first_revoked: dict[str, int] = {}

    @initialize()
    def settled(self) -> None:
        assert self.world.wrong == []

    @rule(writes=st.integers(0, 15))
    def operator_works_and_crashes(self, writes: int) -> None:
        self.world.writes_left = writes
        with contextlib.suppress(Crash):
            self.operator_looks()
        self.world.writes_left = None

    @rule(is_served=st.booleans())
    def operator_looks(self, is_served: bool = True) -> None:
        if is_served:
            self.world.resolve()
        self.world.look_at_plane()
        for name in sorted(self.world.apps):
            self.world.look_at_app(name)

    @rule(rounds=st.integers(1, 4))
    def all_goes_on(self, rounds: int) -> None:
        for _ in range(rounds):
            self.world.round()

    @precondition(lambda self: "more" not in self.world.apps)
    @rule()
    def an_app_is_applied(self) -> None:
        self.world.apps["more"] = _applied("more")

    @rule(steps=st.integers(1, 8), is_late=st.booleans())
    def nodes_work(self, steps: int, is_late: bool) -> None:
        self.world.is_late = is_late
        for _ in range(steps):
            self.world.node_step()

    @rule()
    def some_files_come(self) -> None:
        self.world.bring_files(all_of_them=False)

    @rule()
    def rotation_is_requested(self) -> None:
        requested(self.world)

    @rule(of_all=st.booleans())
    def a_new_signing_key_is_requested(self, of_all: bool) -> None:
        (all_rekeyed if of_all else rekeyed)(self.world)

    @rule()
    def a_new_account_is_requested(self) -> None:
        another_account(self.world)

    @rule()
    def the_new_account_is_called_off(self) -> None:
        called_off(self.world)

    @rule()
    def a_key_leaks(self) -> None:
        leaked(self.world)

    @rule(seconds=st.sampled_from([1, 60, 3600, LIFE * 2 // 3 + 1, -1, -60, -3600]))
    def clock_moves(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(what=st.sampled_from([statuses_lost, accounts_restored, accounts_lost]))
    def something_is_lost_or_put_back(self, what: Event) -> None:
        what(self.world)

    @rule(server=SERVER)
    def a_server_restarts(self, server: int) -> None:
        self.world.restart_server(server_names(_PLANE)[server])

    @precondition(lambda self: not self.world.away)
    @rule(server=SERVER)
    def a_server_is_cut_off(self, server: int) -> None:
        self.world.cut_off(server_names(_PLANE)[server])

    @rule()
    def the_network_heals(self) -> None:
        self.world.away.clear()

    @invariant()
    def nothing_is_wrong(self) -> None:
        """No client refused without being asked for, no key overwritten, no revocation undone or dated back."""
        assert self.world.wrong == []

    @invariant()
    def every_client_has_a_file_that_every_server_accepts(self) -> None:
        dead = self.world.wanted_dead()
        for client in self.world.clients():
            if client.file.public_key in dead or client.is_deaf:
                continue
            for name, jwts in self.world.servers.items():
                if name not in self.world.away and client.file.issuer_account in jwts:
                    assert self.world.lets_in(name, client.file), f"{name} would refuse {client.hostname}"

    @invariant()
    def what_a_server_refused_once_it_never_accepts_again(self) -> None:
        for name, jwts in self.world.servers.items():
            for account, token in jwts.items():
                if account == self.world.system_account():
                    continue
                seen = self.refused.setdefault((name, account), set())
                claims = account_claims(token)
                had = self.signers.setdefault((name, account), set())
                gone = had - {*claims.signing_keys}
                had |= {*claims.signing_keys}
                now = {*claims.revocations, *(user for user, signer in self.world.signers.items() if signer in gone)}
                now |= {user for user in seen if self.world.is_over(user)}
                assert seen <= now, f"{name} accepts a key that it refused before"
                seen |= now

    def teardown(self) -> None:
        """Each history ends: all connected with the present keys, and nothing replaced is left valid."""
        world = self.world
        # As it is: no server comes back and no file comes, and what cannot be proven has to stay valid.
        world.settle()
        self.nothing_is_wrong()
        world.away.clear()
        world.is_late = False
        for _ in range(3):
            world.bring_files()
            world.settle()
            # What a person has to restart: clients that closed for good because their key was revoked on request, and
            # those that started with late files and are told of as stalled.
            world.replicas = [
                item
                for item in world.replicas
                if all(client.credential in world.credentials.values() for client in item.clients)
            ]
        world.settle()
        assert world.wrong == []
        assert world.summary()["plane"] == ("Ready", len(world.active_account().revocations))
        assert world.revoked.keys() <= world.active_account().revocations.keys()
        assert {phase for phase, _ in world.summary()["apps"].values()} == {"Ready"}
        generations = {app.key: app.spec.credentials.generation for app in world.apps.values()}
        assert all(_creds(item).generation in generations.values() for item in world.credentials.values())
        assert world.plane is not None
        inside = set(world.active_account().signing_keys)
        accounts = world.account_keys(world.plane)
        assert len(alive(accounts)) == 1
        assert all(world.is_closed(each.public_key) for each in closed(accounts))
        rotation = world.plane.status.rotation
        assert len(accounts) == 1 or rotation is None or rotation.phase in FINAL
        assert {item.issuer_account for item in world.credentials.values()} == {alive(accounts)[0].public_key}
        dead = {user for user, signer in world.signers.items() if signer not in inside or world.is_over(user)}
        old = world.issued.keys() - {item.public_key for item in world.credentials.values()}
        assert old <= world.revoked.keys() | dead
        assert len(inside) == len(world.apps)
        present = {item.public_key for item in world.credentials.values()}
        used = {client.credential.public_key for client in world.clients() if client.credential}
        assert used == present
        assert not present & world.revoked.keys()
        assert {previous for name, (_, _, previous) in world.summary()["credentials"].items()} <= {None, "{}"}


_RUNNING = running()
_PLANE = _RUNNING.plane or new_plane()
TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
