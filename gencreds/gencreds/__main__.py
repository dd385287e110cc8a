"""`python -m gencreds`: the same as the `gencreds` command."""

from __future__ import annotations

from gencreds.cli import command

command()
