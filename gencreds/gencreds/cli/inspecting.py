"""`gencreds inspect`: what `.creds` files say, in clear; never the seed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from gencreds.cli import inputs, options
from gencreds.cli.credentials import creds_files, read
from gencreds.cli.failing import FAILED, OK, OVER_BUDGET, CommandFailed
from gencreds.cli.flags import Flag, Values
from gencreds.inspection import warnings_of
from gencreds.rendering.credentials import as_object, as_text
from gencreds.rendering.terminal import COLOURS, printable, wants_colour

FLAGS = (Flag("format", "text", "text or json"), options.COLOR, options.MAX_CONTROL_LINE)


def run_with(
    words: Sequence[str], values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ
) -> int:
    """Print each file's claims; returns 1 if one is no credentials, 2 if one is too large for the broker."""
    if not words:
        raise CommandFailed("name one or more .creds files, or a folder of them")
    form = inputs.one_of(values, "format", ("text", "json"))
    colour = wants_colour(out, environment, inputs.one_of(values, "color", COLOURS))
    limit, now = values.number("max-control-line"), time.time()
    code, shown, objects = OK, [], []
    for path in creds_files([*words]):
        try:
            found = read(path)
        except CommandFailed as error:
            complaints.write(f"gencreds: {printable(str(error))}\n")
            code = FAILED
            continue
        warnings = warnings_of(found, limit, now)
        shown.append(as_text(str(path), found, warnings, limit=limit, now=now, colour=colour))
        objects.append(as_object(str(path), found, warnings, limit=limit, now=now))
        code = OVER_BUDGET if found.connect_bytes > limit and code == OK else code
    out.write(json.dumps({"credentials": objects}, indent=2) + "\n" if form == "json" else "\n".join(shown))
    return code
