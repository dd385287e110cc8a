"""A fresh virtual environment with the built wheel alone, as a user installs it; `local` and a test measure in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_LOCKED = re.compile(r"^[\w.-]+==[\w.+!-]+", re.MULTILINE)


@dataclass(frozen=True)
class Installed:
    """The virtual environment's folder."""

    root: Path

    @property
    def command(self) -> tuple[str, ...]:
        """`microbus-operator local`."""
        return (str(self.root / "bin" / "microbus-operator"), "local")

    def forget_compiled(self) -> None:
        """As after installers that compile nothing, such as uv: the next start has to."""
        for folder in list(self.root.rglob("__pycache__")):
            shutil.rmtree(folder)


def install(folder: Path) -> Installed:
    """Build the wheel and install it with the extra `local`, in the locked versions, into an environment in `folder`.

    Asks the package index, or pip's cache of it. Raises `subprocess.CalledProcessError`.
    """
    made = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(made)], check=True)
    pip = [str(made / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("microbus_operator-*.whl")
    versions = folder / "versions"
    versions.write_text("\n".join(_LOCKED.findall((ROOT / "requirements-dev.lock").read_text())))
    subprocess.run([*pip, "install", "--constraint", str(versions), f"{wheel}[local]"], check=True)
    return Installed(made)
