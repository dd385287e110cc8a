"""What the local mode keeps in the state folder beside the store's objects, below `run/`; made again at need.

run/mark      the word that marks our processes      run/ports.json  the ports that were chosen
run/logs/     what bundles, servers and we print     run/pods/       working directories, credentials in them
run/built/    what `go build` made                   run/scans/      remembered analyses
run/control   the socket of the one that runs
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from microbus_operator.local.runtime.errors import Unusable, line_of

DEFAULT = Path(".microbus-local")
_IGNORED = "# Keys are in here: nothing of it belongs into a repository.\n*\n"
_MOST_LOG_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Places:
    """Paths below a state folder."""

    root: Path

    @property
    def run(self) -> Path:
        """The part that is not the store's."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One file a bundle, a server, and our own."""
        return self.run / "logs"

    @property
    def own_log(self) -> Path:
        """What the operator itself says."""
        return self.logs / "operator.log"

    @property
    def pods(self) -> Path:
        """Working directories."""
        return self.run / "pods"

    @property
    def mark(self) -> Path:
        """The mark of our processes."""
        return self.run / "mark"

    def make(self) -> None:
        """Make them, and put aside what an earlier run left. Raises `Unusable`."""
        try:
            for folder in (self.run, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            shutil.rmtree(self.pods, ignore_errors=True)
            self.pods.mkdir(mode=0o700)
            ignored = self.root / ".gitignore"
            if not ignored.exists():
                ignored.write_text(_IGNORED)
            for log in (*self.logs.glob("*.log"), self.own_log):
                # A pipe's other end would be waited for by whoever writes into it.
                if log.exists() and not log.is_file():
                    raise Unusable(f"{log} is no plain file; move it away")
                if log.exists() and log.stat().st_size > _MOST_LOG_BYTES:
                    os.replace(log, log.with_suffix(".log.1"))
        except OSError as error:
            raise Unusable(line_of(error)) from None
