"""The last known good accounts on disk, so that brokers can start while the API server and the operator are down.

One file a JWT, written beside and renamed, so that a crash leaves the old or the new one and never half of either.
Everything in here is public. Called by `intake.py`, in a thread.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from gencreds.nats.jwt import MAX_TOKEN_BYTES, TokenInvalid
from gencreds.nats.nkeys import KeyKind, is_public_key
from microbus_operator.resolver.store import (
    MOST_ACCOUNTS,
    EntryRefused,
    KnownAccount,
    KnownOperator,
    read_account,
    read_operator,
)

logger = logging.getLogger(__name__)

_SUFFIX = ".json"
_MOST_FILE_BYTES = MAX_TOKEN_BYTES + 4096


class StateDirectory:
    """A directory with `<public key>.json` of operators and accounts."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def load(self) -> tuple[list[KnownOperator], list[KnownAccount]]:
        """Everything in it that still verifies; the rest is logged and left lying. Raises `OSError`."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        operators: list[KnownOperator] = []
        accounts: list[KnownAccount] = []
        for path in sorted(self._directory.glob(f"?*{_SUFFIX}"))[: 2 * MOST_ACCOUNTS]:
            try:
                if path.stat().st_size > _MOST_FILE_BYTES:
                    raise EntryRefused(f"it has more than {_MOST_FILE_BYTES} bytes")
                self._read(path, operators, accounts)
            except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
                logger.error("%s is not used: %s: %s", path, type(error).__name__, error)
        return operators, accounts

    def save(self, operators: Iterable[KnownOperator], accounts: Iterable[KnownAccount]) -> None:
        """Make them durable. Raises `OSError`."""
        for operator in operators:
            self._write(operator.identity, {"jwt": operator.jwt})
        for known in accounts:
            self._write(known.account, {"jwt": known.jwt, "operator": known.operator, "origin": known.origin})
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, path: Path, operators: list[KnownOperator], accounts: list[KnownAccount]) -> None:
        name = path.name.removesuffix(_SUFFIX)
        content = json.loads(path.read_text("ascii"))
        if is_public_key(name, KeyKind.OPERATOR):
            operator = read_operator(content["jwt"])
            if operator.identity != name:
                raise TokenInvalid(f"it holds the JWT of operator {operator.identity}")
            operators.append(operator)
        elif is_public_key(name, KeyKind.ACCOUNT):
            vouching, origin = str(content["operator"]), str(content["origin"])
            accounts.append(read_account(name, content["jwt"], vouching, origin)[0])
        else:
            raise TokenInvalid("its name is no operator's and no account's public key")

    def _write(self, name: str, content: dict[str, str]) -> None:
        path = self._directory / f"{name}{_SUFFIX}"
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="ascii") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
