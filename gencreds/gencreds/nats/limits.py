"""Limits of nats-server that concern credentials; here alone, so that who only names one loads nothing else."""

from __future__ import annotations

DEFAULT_MAX_CONTROL_LINE = 4096
"""Bytes of a client's line that nats-server reads unless `max_control_line` says otherwise (fact N31)."""
