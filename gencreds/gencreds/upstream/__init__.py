"""Upstream's gencreds, gaps and all: what it would grant for the same source, for `--parity upstream`.

It reads the same files with the same parser as our engine and shares none of its patterns, so that each can be wrong
alone. `engine` is the front door; `gencreds.parity` says where the two differ and why.
"""
