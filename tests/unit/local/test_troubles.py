"""What goes wrong while the local mode runs ends nothing else, is told, and is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from microbus_operator.kube.errors import ApiUnavailable
from microbus_operator.local.runtime.control import Control, answering
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.kubelet import answers
from microbus_operator.local.runtime.progress import Progress
from microbus_operator.local.runtime.waking import watch
from microbus_operator.local.store import Store

from ...contract.waiting import until
from .objects import config_map

UNREADABLE = "half-written"


async def holds(predicate: Callable[[], bool], what: str) -> None:
    """Wait for it."""

    async def seen() -> bool:
        return predicate()

    await until(seen, bool, what, 20.0)


async def watching(store: Store, seen: Callable[[str, Any], Awaitable[None]], lines: list[str]) -> asyncio.Task[None]:
    """The ConfigMaps, with what is told of trouble."""
    progress = Progress(lines.append, list)
    return asyncio.create_task(watch(store, "ConfigMap", seen, progress.troubled))


async def test_one_event_that_cannot_be_handled_keeps_no_other_from_it_and_is_tried_again(tmp_path: Path) -> None:
    seen: list[str] = []
    lines: list[str] = []
    failing = [ValueError("odd"), OSError(28, "No space left on device", "/x")]

    async def see(event: str, item: Any) -> None:
        name = item["metadata"]["name"]
        if name == "a" and failing:
            raise failing.pop(0)
        seen.append(f"{event} {name}")

    async with await Store.open(tmp_path) as store:
        for name in ("a", "b"):
            await store.create(config_map(name))
        task = await watching(store, see, lines)
        await holds(lambda: "ADDED a" in seen, "a to be seen at the third time")
        assert seen.index("ADDED b") < seen.index("ADDED a")
        assert lines == [
            "ValueError, which nothing expected; the operator's log has the details",
            "/x: No space left on device; make room on that disk",
        ]
        await store.delete("ConfigMap", "default", "b")
        await holds(lambda: "DELETED b" in seen, "b to be gone")
        task.cancel()


async def test_what_is_deleted_while_a_file_cannot_be_read_is_seen_once_it_can(tmp_path: Path) -> None:
    seen: list[str] = []
    lines: list[str] = []

    async def see(event: str, item: Any) -> None:
        seen.append(f"{event} {item['metadata']['name']}")

    async with await Store.open(tmp_path) as store:
        for name in ("a", "b"):
            await store.create(config_map(name))
        task = await watching(store, see, lines)
        await holds(lambda: len(seen) == 2, "both to be seen")
        files = tmp_path / "objects" / "ConfigMap" / "default"
        good = (files / "a.yaml").read_text()
        (files / "a.yaml").write_text(UNREADABLE)
        await holds(lambda: bool(lines), "the file to be told")
        (files / "b.yaml").unlink()
        (files / "a.yaml").write_text(good)
        await holds(lambda: "DELETED b" in seen, "b to be gone")
        assert "correct the file, or restore it" in lines[0]
        task.cancel()


def test_what_cannot_become_ready_by_itself_is_a_failure_and_the_weather_is_not() -> None:
    lines: list[str] = []
    progress = Progress(lines.append, list)
    progress.troubled("a", ApiUnavailable("the file is half-written"))
    assert progress.failure() is None
    for _ in range(2):
        progress.troubled("a", Unusable("give another one"))
        assert progress.failure() is None
    progress.troubled("a", Unusable("give another one"))
    assert progress.failure() == "give another one"
    progress.troubled("a", None)
    assert progress.failure() is None
    assert lines == ["the file is half-written", "give another one"]


@pytest.mark.parametrize("reason", ["Refused", "Invalid", "KeyInvalid", "InternalError"])
def test_a_look_that_is_refused_again_and_again_is_a_failure(reason: str) -> None:
    progress = Progress(lambda _: None, list)
    condition = {"type": "Ready", "status": "Unknown", "reason": reason, "message": "why; correct it"}
    metadata = {"name": "shop", "namespace": "shop"}
    progress.saw("ADDED", {"kind": "MicrobusApp", "metadata": metadata, "status": {"conditions": [condition]}})
    assert progress.failure() == f"MicrobusApp shop/shop: {reason}: why; correct it"


async def test_a_question_that_cannot_be_answered_is_told_so_and_the_next_one_is(tmp_path: Path) -> None:
    async def handle(question: dict[str, Any]) -> dict[str, Any]:
        return {"got": question["wanted"]}

    async with answering(tmp_path, handle):
        control = await Control.connect(tmp_path)
        assert control is not None
        with pytest.raises(Unusable, match="KeyError, which nothing expected; the operator's log has the details"):
            await control.ask("x")
        assert (await control.ask("x", wanted=1))["got"] == 1
        control.close()


@pytest.mark.parametrize("said", [b"what?\n", b"[1]\n", b"", b"5\n"])
async def test_whoever_else_listens_in_our_place_is_told(tmp_path: Path, said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    async with await asyncio.start_unix_server(serve, tmp_path / "control"):
        control = await Control.connect(tmp_path)
        assert control is not None
        with pytest.raises(Unusable, match=r"; see "):
            await control.ask("status")
        control.close()


async def test_another_thing_in_our_sockets_place_is_told_and_stays(tmp_path: Path) -> None:
    async def handle(question: dict[str, Any]) -> dict[str, Any]:
        return question

    (tmp_path / "control").mkdir()
    with pytest.raises(Unusable, match=r"control is no socket, and ours belongs there; move it away$"):
        async with answering(tmp_path, handle):
            pass
    assert (tmp_path / "control").is_dir()


async def test_an_answer_to_a_probe_without_an_end_is_no_readiness() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 " + b"2" * 200_000)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await answers(port, "/") is False
