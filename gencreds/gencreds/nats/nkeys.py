"""NATS keys: their text forms verified, and seeds kept out of every print, log, exception and pickle.

The `nkeys` package does the Ed25519 work (over PyNaCl) but checks neither checksum nor length nor kind; this module
does, as Go's `github.com/nats-io/nkeys` does, and also refuses base32 that is not canonical and public keys that are no
point of the curve's prime-order group. What is left: an arbitrary change of a seed's text passes a CRC-16 once in
65,536 times (never if it lies within 16 bits, so never for one character), because every 32 bytes are a valid seed.
Whoever knows the public key that belongs to a seed should therefore compare it.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import NoReturn

import nkeys
from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from gencreds.nats.keykinds import KeyInvalid as KeyInvalid
from gencreds.nats.keykinds import KeyKind as KeyKind

_SEED_PREFIX = 18 << 3
_SEED_CHARACTERS = 58
_PUBLIC_CHARACTERS = 56
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


_PREFIXES = {
    KeyKind.OPERATOR: nkeys.PREFIX_BYTE_OPERATOR,
    KeyKind.ACCOUNT: nkeys.PREFIX_BYTE_ACCOUNT,
    KeyKind.USER: nkeys.PREFIX_BYTE_USER,
    KeyKind.SERVER: nkeys.PREFIX_BYTE_SERVER,
    KeyKind.CLUSTER: nkeys.PREFIX_BYTE_CLUSTER,
    KeyKind.CURVE: 23 << 3,
}
_KINDS = {prefix: kind for kind, prefix in _PREFIXES.items()}


def check_public_key(text: str, kind: KeyKind) -> str:
    """Return `text` if it is a public key of `kind`, else raise `KeyInvalid`."""
    _raw_public_key(text, kind)
    return text


def is_public_key(text: str, kind: KeyKind) -> bool:
    """Return whether `text` is a public key of `kind`."""
    try:
        _raw_public_key(text, kind)
    except KeyInvalid:
        return False
    return True


def verify(public_key: str, kind: KeyKind, data: bytes, signature: bytes) -> bool:
    """Return whether `signature` is that of `public_key` over `data`; raises `KeyInvalid` for no key of `kind`."""
    try:
        VerifyKey(_raw_public_key(public_key, kind)).verify(data, signature)
    except (BadSignatureError, ValueError) as error:
        if isinstance(error, KeyInvalid):
            raise
        return False
    return True


class Seed:
    """A private key. Its text is reached through `reveal` alone; everything else shows the public key."""

    __slots__ = ("_kind", "_pair", "_public_key")

    def __init__(self, raw: bytes, kind: KeyKind) -> None:
        """Take 32 bytes; `Seed.create` and `Seed.parse` are the ways to call this."""
        if kind is KeyKind.CURVE:
            raise KeyInvalid("a curve key (X…) encrypts and cannot sign; give an operator, account or user seed")
        self._kind = kind
        self._pair = nkeys.from_seed(nkeys.encode_seed(raw, _PREFIXES[kind]))
        self._public_key = str(self._pair.public_key, "ascii")

    @classmethod
    def create(cls, kind: KeyKind) -> Seed:
        """Return a new seed from the operating system's randomness."""
        return cls(secrets.token_bytes(32), kind)

    @classmethod
    def parse(cls, text: str | bytes, kind: KeyKind) -> Seed:
        """Read a seed of `kind`: base32, length, prefix, checksum and kind are verified.

        Raises `KeyInvalid`, without any part of the input.
        """
        # Latin-1 takes any byte; a decoding error would carry the input along.
        raw = _decoded(text.decode("latin-1") if isinstance(text, bytes) else text, _SEED_CHARACTERS, "seed")
        prefix = (raw[0] & 7) << 5 | raw[1] >> 3
        if raw[0] & 248 != _SEED_PREFIX or raw[1] & 7 or prefix not in _KINDS:
            raise KeyInvalid("seed: it does not start as a seed does (SO…, SA…, SU…)")
        if _KINDS[prefix] is not kind:
            raise KeyInvalid(f"seed: it is of kind {_KINDS[prefix].name.lower()}, and {kind.name.lower()} is needed")
        return cls(raw[2:], kind)

    @property
    def kind(self) -> KeyKind:
        """What the key is for."""
        return self._kind

    @property
    def public_key(self) -> str:
        """The public key's text, 56 characters."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        return bytes(self._pair.sign(data))

    def reveal(self) -> str:
        """Return the secret text, 58 characters: for writing it where it belongs, and nowhere else."""
        return str(self._pair.seed, "ascii")

    def __repr__(self) -> str:
        return f"<seed of {self._public_key}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seed) and other._public_key == self._public_key

    def __hash__(self) -> int:
        return hash(self._public_key)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a seed cannot be pickled or copied")


def _raw_public_key(text: str, kind: KeyKind) -> bytes:
    raw = _decoded(text, _PUBLIC_CHARACTERS, "public key")
    found = _KINDS.get(raw[0])
    if found is not kind:
        what = f"it is of kind {found.name.lower()}" if found else "its first letter is no key's"
        raise KeyInvalid(f"public key: {what}, and {kind.name.lower()} ({kind}…) is needed")
    if kind is not KeyKind.CURVE and not crypto_core_ed25519_is_valid_point(raw[1:]):
        raise KeyInvalid("public key: it is no point of the Ed25519 group")
    return raw[1:]


def _decoded(text: str, characters: int, what: str) -> bytes:
    """Return prefix and key of a base32 text after checking its length, alphabet, spare bits and CRC-16."""
    if len(text) != characters:
        blanks = "; remove the white space around it" if len(text.strip()) == characters else ""
        raise KeyInvalid(f"{what}: it has {len(text)} characters, and {characters} are needed{blanks}")
    if not _ALPHABET.issuperset(text):
        raise KeyInvalid(f"{what}: only A-Z and 2-7 are allowed")
    raw = base64.b32decode(text + "=" * (-characters % 8))
    if base64.b32encode(raw).rstrip(b"=") != text.encode("ascii"):
        raise KeyInvalid(f"{what}: its last character has bits set that mean nothing")
    if binascii.crc_hqx(raw[:-2], 0) != int.from_bytes(raw[-2:], "little"):
        raise KeyInvalid(f"{what}: its checksum is wrong, so it was changed or cut")
    return raw[:-2]
