"""The form of a backup: lines of JSON, compressed, the last one a digest of all before it.

``{"format": "gateway-backup/1", "revision": …, "made_at": …}``, then for each table
``{"table": …, "columns": [...]}`` and a list for each row, then ``{"rows": …}`` and ``{"sha256": …}``. Values
are as the database keeps them: what is sealed stays sealed, and SQLite and PostgreSQL can both take them.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Date
from sqlalchemy.types import DateTime, TypeEngine

from gateway.storage.rows import Exact, UtcTime

FORMAT = "gateway-backup/1"


class BadBackup(Exception):
    """A file is no backup, or not all of it is as it was written. ``faults``: what is wrong, a line each."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        self.path, self.faults = path, tuple(faults)
        super().__init__("\n".join([f"{path} cannot be restored, and nothing was written:", *self.faults]))


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a backup holds, and its digest."""

    rows: int
    digest: str


class Writer:
    """Writes lines and keeps their digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.rows = file, sha256(), 0

    def line(self, told: Any) -> None:  # noqa: ANN401  whatever JSON holds
        """Write one line."""
        text = json.dumps(told, separators=(",", ":"), ensure_ascii=False, default=_kept).encode() + b"\n"
        self._digest.update(text)
        self._file.write(text)

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        self.rows += 1
        self.line(list(values))

    def end(self) -> Written:
        """Write how many rows there were, and the digest."""
        self.line({"rows": self.rows})
        digest = self._digest.hexdigest()
        self.line({"sha256": digest})
        return Written(self.rows, digest)


def _kept(value: Any) -> str:  # noqa: ANN401  whatever a column holds
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def lines(path: Path) -> Iterator[Any]:
    """Every line of a backup; the digest is checked when all were read.

    Raises
    ------
    BadBackup
        If it is no backup, was cut, or is not as it was written.
    """
    digest, before = sha256(), ""
    told: Any = None
    try:
        with gzip.open(path, "rb") as file:
            for text in file:
                before = digest.hexdigest() if text.startswith(b'{"sha256"') else before
                digest.update(text)
                told = json.loads(text)
                yield told
    except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadBackup(path, [f"it is no backup, or was cut: {error}"]) from error
    if not isinstance(told, dict) or "sha256" not in told:
        raise BadBackup(path, ["it has no end: it was cut"])
    if told["sha256"] != before:
        raise BadBackup(path, ["its digest is another: it was changed"])


def reader(column: Column[Any]) -> Callable[[Any], Any]:
    """Turns what JSON holds into what a column takes."""
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, UtcTime | DateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return Decimal if isinstance(kind, Exact) else _same


def _same(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    return value
