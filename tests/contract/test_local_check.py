"""`microbus-operator local check`: commands under derived permissions on a real broker, and what it says of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gencreds.grants import Verb
from gencreds.report import Evidence, Grant, ServiceReport
from microbus_operator.local.checking.justification import NOTHING, reasons
from microbus_operator.local.checking.violations import MOST_DISTINCT, Violation, refusals_in

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples/shop"
# A microservice of the shop that publishes what it is told to, then ends with a code.
CLIENT = """
import os, sys
sys.path[:0] = [{root!r}]
from tests.contract.nats_wire import connected
from gencreds.nats.creds import parse_creds
hostname, code, *subjects = sys.argv[1:]
creds = parse_creds(open(hostname + "_nats.creds").read())
with connected(int(os.environ["MICROBUS_NATS"].rpartition(":")[2]), creds) as wire:
    wire.refused(subjects, subjects)
sys.exit(int(code))
"""
# A client without credentials.
KNOCK = """
import os, socket
with socket.create_connection(("127.0.0.1", int(os.environ["MICROBUS_NATS"].rpartition(":")[2]))) as wire:
    wire.recv(9999)
    wire.sendall(b"CONNECT {}\\r\\nPING\\r\\n")
    wire.recv(99)
"""
# The shop itself, every call path of it used.
EXERCISE = """
import os, sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from tests.contract.shop import running_shop
with running_shop(os.environ["MICROBUS_NATS"], os.environ["MICROBUS_PLANE"], Path(".").absolute()) as shop:
    sys.exit(0 if all(call.ok for call in shop.exercise()) else 9)
"""


def check(*arguments: str, folder: Path = SHOP, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    environment = {**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})}
    command = [sys.executable, "-m", "microbus_operator.cli.main", "local", "check", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def client(hostname: str, code: int, *subjects: str) -> list[str]:
    """The command line of a client."""
    return [sys.executable, "-c", CLIENT.format(root=str(ROOT)), hostname, str(code), *subjects]


def test_a_command_that_keeps_to_its_code_ends_with_its_own_code() -> None:
    done = check("--", *client("orders.shop", 7))
    assert done.returncode == 7
    assert done.stderr.splitlines()[-1] == "no permission violation in 7 microservices"


def test_a_violation_names_the_microservice_the_subject_and_the_call_site_that_is_near() -> None:
    reserve = "local.safe.444.orders_shop.inventory_shop._.DELETE.reserve"
    done = check("--", *client("orders.shop", 0, reserve))
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert "REFUSED  orders.shop published DELETE inventory.shop:444/reserve" in lines
    near = next(line for line in lines if "near: POST inventory.shop:444/reserve at " in line)
    assert "orders/service.go:" in near
    assert lines[-1] == "2 permission violations in 7 microservices"


def test_a_subject_that_no_code_wants_is_said_to_be_that() -> None:
    done = check("--", *client("orders.shop", 0, "local.danger.666.orders_shop.access_token_core._.POST.mint"))
    assert f"         {NOTHING}" in done.stderr.splitlines()


def test_a_client_of_the_tests_own_may_do_anything_on_the_plane() -> None:
    done = check("--tester", "tester.client", "--", *client("tester.client", 0, "local.safe.443.a.b._.GET.c"))
    assert done.returncode == 0, done.stderr


def test_one_without_credentials_is_counted_and_told_what_to_do() -> None:
    done = check("--", sys.executable, "-c", KNOCK)
    assert done.returncode == 0
    assert "1 connection came without credentials of this check" in done.stderr
    assert "--tester HOSTNAME" in done.stderr


def test_the_example_app_keeps_to_its_code() -> None:
    done = check("--", sys.executable, "-c", EXERCISE.format(root=str(ROOT)))
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "no permission violation in 7 microservices"


def test_an_app_that_calls_what_its_source_does_not_is_caught_with_the_call_that_is_near(tmp_path: Path) -> None:
    source = tmp_path / "shop"
    shutil.copytree(SHOP, source)
    file = source / "reports/service.go"
    file.write_text(file.read_text().replace("orders.shop:444/totals", "orders.shop:444/sums"))
    done = check("--source", str(source), "--", sys.executable, "-c", EXERCISE.format(root=str(ROOT)))
    assert done.returncode == 1
    assert "REFUSED  reports.shop published GET orders.shop:444/totals" in done.stderr
    assert "near: GET orders.shop:444/sums at reports/service.go:" in done.stderr
    assert done.stderr.splitlines()[-1] == "1 permission violation in 7 microservices"


def test_go_test_finds_the_credentials_beside_its_packages_own_files(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/t\n\ngo 1.21\n")
    (tmp_path / "testdata").mkdir()
    (tmp_path / "testdata/x.txt").write_text("x")
    (tmp_path / "t_test.go").write_text(
        'package t\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestFiles(t *testing.T) {\n'
        '\tfor _, name := range []string{"orders.shop_nats.creds", "testdata/x.txt", "go.mod"} {\n'
        "\t\tif _, err := os.Stat(name); err != nil {\n\t\t\tt.Error(err)\n\t\t}\n\t}\n}\n"
    )
    spaced = tmp_path / "_a folder"
    spaced.mkdir()
    done = check("--source", str(SHOP), "--", "go", "test", "./...", folder=tmp_path, temporary=spaced)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(tmp_path.rglob("*.creds"))
    assert not list(spaced.iterdir())


def test_sigterm_ends_the_command_and_leaves_nothing_behind(tmp_path: Path) -> None:
    waits = "import signal; print('up', flush=True); signal.pause()"
    command = [sys.executable, "-m", "microbus_operator.cli.main", "local", "check", "--", sys.executable, "-c", waits]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=SHOP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert list(tmp_path.rglob("orders.shop_nats.creds"))
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "there is no command"),
        (["--source", "nowhere", "--", "true"], "--source nowhere is no folder"),
        (["--source", "deploy", "--", "true"], "no main.go"),
        (["--bundle", "nothing.go", "--", "true"], "nothing.go is not there"),
        (["--", "no-such-program"], "no-such-program is no program"),
        (["--plane", "a.b", "--", "true"], "plane 'a.b'"),
        (["--tester", "A!", "--", "true"], "hostname 'A!'"),
        (["--tester", "orders.shop", "--", "true"], "is a microservice of the source"),
    ],
)
def test_what_cannot_be_used_is_one_line(arguments: list[str], said: str) -> None:
    done = check(*arguments)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert said in line


USER = "U" + "A" * 55
LINE = f'[1] 2026/01/01 [ERR] 127.0.0.1:1 - cid:5 - "v1:go" - "A/prod/jwt:{USER}" - '


def test_a_log_is_counted_by_subject_and_bounded() -> None:
    lines = [f'{LINE}Publish Violation - Subject "p.{number}"' for number in range(MOST_DISTINCT + 5)]
    lines += [
        f'{LINE}Subscription Violation - Subject "p.0", Queue: "q", SID 7',
        lines[0],
        "[1] - authentication error",
    ]
    found = refusals_in(lines, {USER: "a.b"})
    assert found.violations[Violation("a.b", Verb.PUB, "p.0")] == 2
    assert (len(found.violations), found.more, found.strangers) == (MOST_DISTINCT, 6, 1)


def test_reasons_tell_another_plane_and_anothers_name_from_missing_code() -> None:
    grant = Grant(Verb.PUB, "p.safe.443.a_b.c_d.*.GET.x", "call", (Evidence("a.go", 3),))
    services = {"a.b": ServiceReport("a.b", pub=(grant.subject,), grants=(grant,))}

    def why(subject: str) -> str:
        return reasons(Violation("a.b", Verb.PUB, subject), services, "p")[0]

    assert "its plane is q" in why("q.safe.443.a_b.c_d._.GET.x")
    assert "in the name of z.z" in why("p.safe.443.z_z.c_d._.GET.x")
    assert why("p.safe.443.a_b.c_d._.GET.y") == "near: GET c.d:443/x at a.go:3"
    assert why("p.safe.80.a_b.c_d._.GET.x") == "near: GET c.d:443/x at a.go:3"
    assert why("p.safe.443.a_b.e_f._.GET.x") == NOTHING
    assert why("p") == NOTHING
