"""Which commands there are, how they are found, and what loading them costs."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from gencreds.cli import main
from gencreds.cli.commands import COMMANDS
from gencreds.cli.flags import Flag, parse
from gencreds.cli.progress import shown_on

from .shop_trees import SHOP


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_help_lists_each_command_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for command in COMMANDS:
        assert any(line.split(maxsplit=1) == [command.name, command.summary] for line in lines)


def test_the_help_flag_lists_the_commands_and_upstreams_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "  scan  " in err
    assert "Usage of gencreds:\n" in err
    assert "  -signing-key string\n" in err


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_each_command_has_a_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", name]) == 0
    page = capsys.readouterr().out
    assert main([name, "-h"]) == 0
    assert capsys.readouterr().err == page
    assert f"Usage of gencreds {name}:\n" in page


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["scna"], "'scna'; did you mean 'scan'?"),
        (["help", "bundel"], "'bundel'; did you mean 'bundle'?"),
        (["xyz"], "'xyz'; `gencreds help` lists the commands"),
        (["a\x1b[2J"], "'a\\x1b[2J'; `gencreds help`"),
    ],
)
def test_an_unknown_command_is_told_with_the_nearest(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert f"gencreds: unknown command {hint}" in capsys.readouterr().err


def test_words_and_flags_may_be_mixed_where_a_command_takes_words() -> None:
    flags = (Flag("format", "text", ""), Flag("quiet", False, ""))
    values, words = parse(flags, ["old", "-quiet", "new", "--format", "json", "--", "-x"], interspersed=True)
    assert (words, values.text("format"), values.switch("quiet")) == (["old", "new", "-x"], "json", True)
    values, words = parse(flags, ["old", "-quiet"])
    assert (words, values.switch("quiet")) == (["old", "-quiet"], False)


def test_progress_is_one_line_that_a_terminal_alone_gets() -> None:
    stream = _Terminal()
    with shown_on(stream) as progress:
        assert progress is not None
        progress(1, 2)
    assert "\n" not in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
    for other, quiet in ((io.StringIO(), False), (_Terminal(), True)):
        with shown_on(other, quiet=quiet) as progress:
            assert progress is None
        assert other.getvalue() == ""


def test_help_loads_no_parser_and_no_cryptography() -> None:
    code = (
        "import sys; from gencreds.cli import main; main(['help']); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'tree_sitter', 'yaml', 'jwt', 'nacl'}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        (["inspect", "none.creds"], {"tree_sitter", "yaml", "subprocess"}),
        (["scan", "--bundle", str(SHOP / "main" / "main.go")], {"jwt", "subprocess", "hypothesis", "email"}),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], not_loaded: set[str]) -> None:
    code = (
        f"import sys; from gencreds.cli import main; main({arguments!r}); "
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {not_loaded!r}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
