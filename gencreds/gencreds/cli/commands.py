"""The commands by name, each loaded only when it is used: what `gencreds --help` prints needs none of them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO, cast

from gencreds.cli.flags import Flag, Values, usage


class Runs(Protocol):
    """A command's module: its flags, and what runs it."""

    FLAGS: Sequence[Flag]

    def run(self, values: Values, out: TextIO, complaints: TextIO) -> int:
        """Run the command and return its exit code; raises `CommandFailed`."""


class RunsWithWords(Protocol):
    """A command's module that takes words beside flags."""

    FLAGS: Sequence[Flag]

    def run_with(self, words: Sequence[str], values: Values, out: TextIO, complaints: TextIO) -> int:
        """Run the command and return its exit code; raises `CommandFailed`."""


@dataclass(frozen=True)
class Command:
    """A command's name, module, summary in a line, and `words`: what it takes beside flags, empty for nothing."""

    name: str
    module: str
    summary: str
    words: str = ""

    @property
    def flags(self) -> Sequence[Flag]:
        """Its flags; loads it."""
        return self._loaded().FLAGS

    def run(self, words: Sequence[str], values: Values, out: TextIO, complaints: TextIO) -> int:
        """Run it and return its exit code; raises `CommandFailed`."""
        module = self._loaded()
        if self.words:
            return cast(RunsWithWords, module).run_with(words, values, out, complaints)
        return module.run(values, out, complaints)

    def usage(self) -> str:
        """What `gencreds help` prints of it."""
        name = f"gencreds {self.name}".rstrip()
        synopsis = f"{name} [flags] {self.words}".rstrip()
        return f"{self.summary}\n\n  {synopsis}\n\n{usage(name, self.flags)}"

    def _loaded(self) -> Runs:
        return cast(Runs, importlib.import_module(f"gencreds.cli.{self.module}"))


SIGNING = Command("", "signing", "sign one .creds file per microservice (the command without a name, as upstream's)")
COMMANDS = (
    Command("scan", "scanning", "print what the source needs, and why, without signing anything"),
    Command("diff", "comparing", "print what two states of a source allow differently; 3 if alarming", "OLD NEW"),
    Command("verify", "verifying", "do these .creds files still match this source? 3 if they hold too much", "CREDS…"),
    Command("inspect", "inspecting", "print what .creds files say: whose, until when, what they allow", "CREDS…"),
    Command("explain-parity", "explaining", "print what upstream's gencreds would grant differently, and why"),
    Command("bundle", "bundling", "pack the source that the operator needs into source.tar.gz"),
)


def command_named(name: str) -> Command | None:
    """Return the command of that name."""
    return next((command for command in COMMANDS if command.name == name), None)


def overview() -> str:
    """Return what `gencreds --help` prints: each command with a line."""
    width = max(len(command.name) for command in COMMANDS)
    listed = [f"  {command.name.ljust(width)}  {command.summary}" for command in (SIGNING, *COMMANDS)]
    lines = ["Usage: gencreds [command] [flags]", "", *listed, f"  {'help'.ljust(width)}  print a command's flags"]
    return "\n".join(lines) + "\n\n"


def unknown(name: str) -> str:
    """Return what to say of a command that there is none of."""
    import difflib  # Only for the mistaken.

    near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`gencreds help` lists the commands"
    return f"unknown command {name!r}; {hint}"
