"""Copies of the example shop, changed as a test wants, and git repositories of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

SHOP = Path(__file__).resolve().parents[3] / "examples" / "shop"
_IDENTITY = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]


def copied(folder: Path) -> Path:
    """Copy the shop to `folder` and return it."""
    shutil.copytree(SHOP, folder)
    return folder


def edited(tree: Path, name: str, old: str, new: str) -> Path:
    """Replace a text in a file of `tree`, which has to hold it."""
    path = tree / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return tree


def calling(tree: Path, call: str, api: str = "signer/signerapi") -> Path:
    """Let inventory make a call of its own, in a file of its own: `inventory/audit.go`, line 10."""
    (tree / "inventory" / "audit.go").write_text(
        f"""package inventory

import (
	"context"

	"example.com/shop/{api}"
)

func (svc *Service) Audit(ctx context.Context, host string) {{
	{call}
}}
"""
    )
    return tree


def without_functions(text: str) -> str:
    """Return an output without what stands behind each place: the function there, and how it is reached."""
    return re.sub(r"(\.go:\d+) [^`\n]*", r"\1", text)


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    """Run git in `folder` and return what it prints."""
    command = ["git", *_IDENTITY, *arguments]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, check=True).stdout.decode().strip()


def committed(folder: Path, message: str = "x") -> str:
    """Commit all that is in `folder`, a repository from now on, and return the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "trunk")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")
