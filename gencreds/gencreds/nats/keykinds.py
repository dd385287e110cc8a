"""What NATS keys are for. Apart from `nkeys`, because who only names a kind need not load what signs."""

from __future__ import annotations

from enum import StrEnum


class KeyKind(StrEnum):
    """What a key is for: the first letter of its public key, the second of its seed."""

    OPERATOR = "O"
    ACCOUNT = "A"
    USER = "U"
    SERVER = "N"
    CLUSTER = "C"
    CURVE = "X"


class KeyInvalid(ValueError):
    """A text is not the key that it should be. The message never contains a seed, nor any part of one."""
