"""Hostile trees, manifests and microservices: the real command ends within its bounds, and says what is wrong where."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.hostile_flows import FLOWS
from tests.contract.hostile_trees import MANIFESTS, SERVICE, TREES, Case
from tests.contract.measuring import MEBIBYTES, SECONDS, assert_ended_well, gencreds
from tests.unit.gencreds.golang_trees import caller, write

from gencreds.pipeline import ScanError, scan

# Those that are read differently by upstream's engine, or whose cost is ours alone.
_PARITY = (
    "many_requests",
    "many_distinct_requests",
    "many_calls",
    "a_ring_that_passes_a_client",
    "every_variable_is_every_other",
    "many_routes",
)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder for a tree, inside one that the tree may try to reach."""
    folder = tmp_path / "shop"
    folder.mkdir()
    yield folder
    # pytest's own way to remove folders recurses.
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def _directories(root: Path) -> str:
    many = sorted(path.parent for path in root.glob("s[0-9]*/manifest.yaml"))
    return ",".join(map(str, [root / "caller", *many]))


@pytest.mark.parametrize("case", TREES, ids=[case.name for case in TREES])
def test_a_hostile_tree_costs_little_and_is_named(root: Path, case: Case) -> None:
    caller(root, SERVICE)
    case.build(root)
    measured = gencreds("scan", "-quiet", "-manifests", _directories(root))
    assert_ended_well(measured)
    assert any(case.says in message for message in measured.messages) == bool(case.says or measured.messages)
    assert str(root.parent) not in measured.complaint


@pytest.mark.parametrize("name", ["odd_file_names", "odd_directory_name", "odd_texts_in_go", "odd_import_path"])
@pytest.mark.parametrize("form", ["text", "markdown", "sarif"])
def test_no_name_in_a_hostile_tree_reaches_a_terminal_as_it_is(root: Path, name: str, form: str) -> None:
    caller(root, SERVICE)
    next(case for case in TREES if case.name == name).build(root)
    measured = gencreds("scan", "-quiet", "-format", form, "-manifests", str(root / "caller"))
    assert (measured.code, "Traceback" in measured.complaint) == (int(name != "odd_directory_name"), False)
    assert all(char.isprintable() for char in (measured.output + measured.complaint).replace("\n", ""))


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_hostile_manifest_costs_little_and_is_named(root: Path, name: str) -> None:
    caller(root, SERVICE)
    data, says = MANIFESTS[name]
    (root / "caller/manifest.yaml").write_bytes(data)
    measured = gencreds("scan", "-quiet", "-manifests", str(root / "caller"))
    assert_ended_well(measured)
    assert any(says in message for message in measured.messages) if says else not measured.messages


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.__name__ for flow in FLOWS])
def test_a_microservice_that_is_made_to_cost_is_analysed_or_refused_in_time(
    root: Path, flow: Callable[[], str]
) -> None:
    caller(root, flow())
    assert_ended_well(gencreds("scan", "-quiet", "-manifests", str(root / "caller")))


@pytest.mark.parametrize("flow", [flow for flow in FLOWS if flow.__name__ in _PARITY], ids=_PARITY)
def test_so_is_one_that_is_compared_with_upstream(root: Path, flow: Callable[[], str]) -> None:
    caller(root, flow())
    (root / "caller/intermediate.go").write_text("package caller\n")
    measured = gencreds("explain-parity", "-quiet", "-manifests", str(root / "caller"))
    assert (measured.code, "Traceback" in measured.complaint) in ((0, False), (1, False))
    assert measured.seconds < 2 * SECONDS  # two engines, one after the other
    assert measured.mebibytes < MEBIBYTES


def test_a_replacement_outside_is_not_followed_when_confined(root: Path) -> None:
    caller(root, SERVICE)
    next(case for case in TREES if case.name == "replace_that_leads_out").build(root)
    free, confined = (
        gencreds("scan", "-quiet", *flags, "-manifests", str(root / "caller")) for flags in ((), ("-confined",))
    )
    assert any("out/outapi defines no endpoint" in message for message in free.messages)
    assert any("outapi cannot be found" in message for message in confined.messages)
    assert "out.example" not in confined.output


def test_a_file_that_changes_while_it_is_read_is_read_as_it_was_once(root: Path) -> None:
    directory = caller(root, SERVICE)
    source = directory / "service.go"
    texts = [SERVICE, SERVICE[: len(SERVICE) // 2], "", "package caller\n" + "// x\n" * 300_000]
    stop = threading.Event()

    def change() -> None:
        turn = 0
        while not stop.is_set():
            source.write_text(texts[turn % len(texts)])
            turn += 1
            if turn % 5 == 0:
                source.unlink()

    writer = threading.Thread(target=change)
    writer.start()
    refusals: list[str] = []
    try:
        for _ in range(60):
            try:
                (service,) = scan(None, [directory])
            except ScanError as error:
                refusals.append(str(error))
                continue
            rules = {finding.rule for finding in service.findings}
            assert rules <= {"syntax-error", "too-large", "unreadable-file", "mixed-packages"}
    finally:
        stop.set()
        writer.join()
    assert all("caller" in refusal for refusal in refusals)


def test_side_by_side_a_costly_microservice_is_refused_and_the_others_are_analysed(root: Path) -> None:
    flow = next(flow for flow in FLOWS if flow.__name__ == "many_calls")
    caller(root, flow())
    write(root, {"s1/manifest.yaml": "general:\n  hostname: s1.example\n"})
    measured = gencreds("scan", "-quiet", "-jobs", "2", "-manifests", _directories(root))
    assert_ended_well(measured)
    assert [service["hostname"] for service in measured.services] == ["caller.example", "s1.example"]
