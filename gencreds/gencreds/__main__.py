"""`python -m gencreds`: the same as the `gencreds` command."""

from __future__ import annotations

import sys

from gencreds.cli import main

sys.exit(main())
