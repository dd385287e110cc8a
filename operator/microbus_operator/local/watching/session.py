"""`local watch` at work: changes in, the one that runs derives and reissues, differences out.

Permissions are compared as `gencreds diff` compares them. What blocks is compared with nothing, since nothing is issued
for it: a half-written file in between is no difference.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gencreds.difference import difference
from gencreds.rendering.difference_table import as_text, summary
from gencreds.rendering.table import Look, finding_line
from gencreds.rendering.terminal import Paint, counted, painted, printable
from gencreds.report import Report
from microbus_operator.kube.errors import KubeError
from microbus_operator.local.runtime.control import Answer, Control
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.store import Store
from microbus_operator.local.watching.changes import changes, signatures

_NAMED = 3
_SETTLED_WITHIN = 60.0
_ASKS_EVERY = 0.2


@dataclass
class Watch:
    """One run of `watch` on a state folder. `tell` gets lines for people."""

    state: Path
    tell: Callable[[str], None]
    look: Look = field(default_factory=Look)
    _reports: dict[str, Report] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled, or until the one that runs ends, which is an `Unusable`, as is that none runs."""
        control, ending = await self._connect(), await self._connect()
        ended = asyncio.create_task(ending.until_closed())
        work = asyncio.create_task(self._work(control))
        try:
            await asyncio.wait({ended, work}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise Unusable(f"the one that ran in {self.state} ended; start it again, then watch again")
            work.result()
        finally:
            for task in (ended, work):
                task.cancel()
            await asyncio.gather(ended, work, return_exceptions=True)
            control.close()
            ending.close()

    async def _connect(self) -> Control:
        control = await Control.connect(self.state / "run")
        if control is None:
            raise Unusable(f"nothing runs in {self.state}; start it with `microbus-operator local up`, then watch")
        return control

    async def _work(self, control: Control) -> None:
        root = Path((await control.ask("source"))["source"])
        state = await asyncio.to_thread(self.state.resolve)
        known = await asyncio.to_thread(signatures, root, state)
        self._show(await control.ask("derive"))
        count = sum(len(report.services) for report in self._reports.values())
        self.tell(f"watching {counted(count, 'microservice')} in {root}; Ctrl-C ends it")
        async for changed in changes(root, state, known):
            started = time.monotonic()
            self.tell(f"\n{time.strftime('%H:%M:%S')}  {_named(changed, root)} changed")
            answer = await control.ask("derive")
            self.tell(f"derived in {time.monotonic() - started:.1f} s")
            if self._show(answer):
                await self._until_settled(answer, started)

    def _show(self, answer: Answer) -> bool:
        """Tell what is different, bundle by bundle; whether something is that will be issued."""
        issued = False
        for said in answer["bundles"]:
            name = f"{said['namespace']}/{said['app']}, bundle {said['bundle']}"
            if said["report"] is None:
                self._alarm(f"{name}: {said['error']}")
                continue
            issued |= self._show_bundle(name, Report.from_json(said["report"]))
        return issued

    def _show_bundle(self, name: str, report: Report) -> bool:
        """What blocks, and the difference of all else to what was issued."""
        before = self._reports.get(name)
        found = difference(before or report, _issuable(before, report))
        self._reports[name] = _issuable(before, report)
        blocking = [finding for service in report.services for finding in service.blocking]
        for finding in blocking:
            self.tell(finding_line(finding, self.look.colour))
        if blocking:
            self._alarm(f"{name}: nothing is issued for what blocks; credentials stay as they were")
        if found.services:
            self.tell(as_text(found, f"{name}, before", f"{name}, now", self.look).rstrip("\n"))
        elif before is not None and not blocking:
            self.tell(f"{name}: {summary(found)}")
        return any(service.added or service.removed for service in found.services)

    async def _until_settled(self, answer: Answer, started: float) -> None:
        """Wait until every app runs with what was derived, and tell how long that took, or why it does not."""
        try:
            async with asyncio.timeout(_SETTLED_WITHIN), await Store.look_into(self.state) as store:
                while True:
                    if await self._is_settled(store, answer["bundles"]):
                        break
                    await asyncio.sleep(_ASKS_EVERY)
        except TimeoutError:
            self._alarm(f"not running with it after {_SETTLED_WITHIN:g} s; see `microbus-operator local status`")
        else:
            self.tell(f"issued, and running with it after {time.monotonic() - started:.1f} s")

    async def _is_settled(self, store: Store, bundles: Sequence[dict[str, Any]]) -> bool:
        for said in bundles:
            try:
                app = await store.get("MicrobusApp", said["namespace"], said["app"])
            except KubeError:
                return False
            status = (app or {}).get("status", {})
            looked = {item["name"]: item.get("digest") for item in status.get("bundles", ())}
            ready = any(item["type"] == "Ready" and item["status"] == "True" for item in status.get("conditions", ()))
            if (
                app is not None
                and said["digest"] is not None
                and not (ready and looked[said["bundle"]] == said["digest"])
            ):
                return False
        return True

    def _alarm(self, text: str) -> None:
        self.tell(painted(printable(text), Paint.RED, self.look.colour))


def _issuable(before: Report | None, report: Report) -> Report:
    """The report, with what was issued before in place of what blocks."""
    old = {service.hostname: service for service in before.services} if before is not None else {}
    return Report(
        tuple(old.get(service.hostname, service) if service.blocking else service for service in report.services)
    )


def _named(changed: Sequence[Path], root: Path) -> str:
    """The first files, relative to the source where they are in it."""
    shown = [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in changed[:_NAMED]]
    more = len(changed) - len(shown)
    return printable(", ".join(shown) + (f" and {counted(more, 'other')}" if more else ""))
