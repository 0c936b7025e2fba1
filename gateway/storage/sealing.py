"""What is told of somebody is kept encrypted: a copied database without its key tells nothing of anybody.

Names, dates of birth, contact details, addresses and free text are *sealed*.

The encryption is Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` package. Searching goes over
*blind indexes*: keyed digests (HMAC-SHA256) of a normalised value, equal for equal values and telling nothing
without the key.
"""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_SEAL, _INDEX = "seal:", "index:"
_INDEX_BYTES = 32


class WrongKey(Exception):
    """A sealed value cannot be opened: it was sealed with a key that this ring does not hold, or changed."""


class Keyring:
    """The keys of one gateway: ``sealing``, newest first (the first seals, all open), and the ``index`` key.

    Raises
    ------
    ValueError
        If there is no sealing key, or a key is malformed.
    """

    def __init__(self, sealing: Sequence[str], index: str) -> None:
        if not sealing:
            raise ValueError("a keyring holds at least one sealing key")
        self.sealing, self.index = tuple(sealing), index
        self._fernet = MultiFernet([Fernet(key) for key in self.sealing])
        self._index = urlsafe_b64decode(index)
        if len(self._index) != _INDEX_BYTES:
            raise ValueError(f"the index key is {len(self._index)} bytes long, must be {_INDEX_BYTES}")

    @staticmethod
    def generate() -> "Keyring":
        """A ring of new random keys."""
        return Keyring([Fernet.generate_key().decode()], Fernet.generate_key().decode())

    @staticmethod
    def parse(text: str) -> "Keyring":
        """Read what `text` writes: lines ``seal:KEY``, newest first, and one line ``index:KEY``.

        Raises
        ------
        ValueError
            If a line is something else, or a key is missing, repeated or malformed.
        """
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        sealing = [line.removeprefix(_SEAL) for line in lines if line.startswith(_SEAL)]
        index = [line.removeprefix(_INDEX) for line in lines if line.startswith(_INDEX)]
        if len(index) != 1 or len(sealing) + 1 != len(lines):
            raise ValueError("a key file has lines 'seal:KEY', newest first, and one line 'index:KEY'")
        return Keyring(sealing, index[0])

    def text(self) -> str:
        """The ring as the text of a key file."""
        return "".join(f"{_SEAL}{key}\n" for key in self.sealing) + f"{_INDEX}{self.index}\n"

    def with_new_key(self) -> "Keyring":
        """The same ring with a new key that seals from now on; the older ones still open."""
        return Keyring([Fernet.generate_key().decode(), *self.sealing], self.index)

    def seal(self, text: str) -> str:
        """Encrypt a text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """Decrypt what `seal` made.

        Raises
        ------
        WrongKey
            If no key of the ring opens it.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise WrongKey("a sealed value cannot be opened with the keys given") from None

    def newest(self) -> "Keyring":
        """A ring of the newest key alone: what it opens needs no older one."""
        return Keyring(self.sealing[:1], self.index)

    def opens(self, token: str) -> bool:
        """Whether some key of this ring sealed it."""
        try:
            self.open(token)
        except WrongKey:
            return False
        return True

    def reseal(self, token: str) -> str:
        """The same text under the newest key."""
        return self.seal(self.open(token))

    def digest(self, kind: str, text: str) -> str:
        """The blind index of a text: equal for equal kinds and texts, and telling nothing without the key."""
        return hmac.new(self._index, f"{kind}\0{text}".encode(), sha256).hexdigest()[:32]


_rings: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def give_keys(dialect: Dialect, keys: Keyring) -> None:
    """Let the sealed columns that pass through this engine's dialect use these keys."""
    _rings[dialect] = keys


class Sealed(TypeDecorator[str]):
    """A text column that is encrypted in the database and plain in Python."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else _rings[dialect].seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else _rings[dialect].open(value)


class SealedDay(TypeDecorator[date]):
    """A day (a date of birth) that is encrypted in the database and a date in Python."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else _rings[dialect].seal(value.isoformat())

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Decrypt on the way out."""
        return None if value is None else date.fromisoformat(_rings[dialect].open(value))


def is_sealed(column_type: Any) -> bool:  # noqa: ANN401  its column types have many parents
    """Whether a column of this type is kept encrypted."""
    return isinstance(column_type, Sealed | SealedDay)
