"""Strict JSON: what is read is UTF-8 without NaN or repeated keys, what is written is laid out for reading.

Python's own reader takes more than JSON allows (``NaN``, ``1e999``, two values under one key, of which the
first is lost) and stops at the first fault. Here whatever still has a place in the document is kept as a
marked value, so that its path can be named together with every other fault.
"""

import codecs
import json
import math
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allocation.problem import Fault

LONGEST_SHOWN: Final = 60
"""Characters of a text that a fault repeats."""

MOST_DIGITS: Final = 4300
"""Longer whole numbers are not read; Python's own limit, because reading them takes quadratic time."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class InvalidDocument(ValueError):
    """A document that is not what it should be. ``faults`` lists everything wrong with it at once.

    The message has one line for each fault: its path in the document (such as ``people[3].units``; empty
    where the fault is the document itself) and what is wrong there.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where JSON text had something that no JSON value is."""

    why: str


class Repeated(dict[str, object]):
    """An object that gives some keys more than once; it holds the last value of each."""

    repeated: tuple[str, ...] = ()


def parse(data: bytes) -> object:
    """Read strict JSON: dicts, lists, texts, whole and other numbers, truth values and ``None``.

    Raises
    ------
    InvalidDocument
        If ``data`` is empty, is not UTF-8, starts with a byte order mark, is not JSON, is nested too deeply
        to read, or holds NaN, an infinity, a number too large to hold or an object with a repeated key.
    """
    document, faults = parsed(data)
    if faults:
        raise InvalidDocument(faults)
    return document


def parsed(data: bytes) -> tuple[object, tuple[Fault, ...]]:
    """Read JSON and list the faults of `parse` that have a path, marked values standing in their places.

    Raises
    ------
    InvalidDocument
        If nothing can be read at all.
    """
    text = _text(data)
    reader = _Reader()
    try:
        document = reader.read(text)
    except json.JSONDecodeError as error:
        where = f"{error.msg}, line {error.lineno}, column {error.colno}"
        raise _unreadable(f"is not JSON: {where}") from None
    except RecursionError:
        raise _unreadable("is nested too deeply") from None
    return document, tuple(_marked(document)) if reader.has_marked else ()


def read_bytes(path: Path) -> bytes:
    """Read a file; `InvalidDocument` if it cannot be read (missing, a directory, not permitted)."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidDocument([Fault("", f"{path}: cannot be read: {error.strerror}")]) from error


def _unreadable(what: str) -> InvalidDocument:
    return InvalidDocument([Fault("", f"the document {what}")])


def _text(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        raise _unreadable("starts with a byte order mark; save it as UTF-8 without one")
    if not data or data.isspace():
        raise _unreadable("is empty")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(f"is not UTF-8: byte {error.start} does not belong to any character") from None


class _Reader:
    """Python's reader, with hooks that mark what is not JSON.

    Whole numbers that are too long are marked in a second reading: a hook for them would slow every reading.
    """

    def __init__(self) -> None:
        self.has_marked = False

    def read(self, text: str) -> object:
        try:
            return self._decoder().decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a whole number of more than `MOST_DIGITS` digits
            return self._decoder(parse_int=self._whole).decode(text)

    def _decoder(self, parse_int: Callable[[str], object] | None = None) -> json.JSONDecoder:
        return json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._number,
            parse_constant=self._constant,
            parse_int=parse_int,
        )

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        self.has_marked = True
        marked = Repeated(made)
        times = Counter(key for key, _ in pairs)
        marked.repeated = tuple(key for key in made if times[key] > 1)
        return marked

    def _number(self, text: str) -> float | Unreadable:
        number = float(text)
        return number if math.isfinite(number) else self._mark("is a number too large to hold")

    def _whole(self, text: str) -> int | Unreadable:
        if len(text) <= MOST_DIGITS:
            return int(text)
        return self._mark(f"is a whole number of {len(text.lstrip('-'))} digits")

    def _constant(self, text: str) -> Unreadable:
        return self._mark(f"is {text}, which is not JSON")

    def _mark(self, why: str) -> Unreadable:
        self.has_marked = True
        return Unreadable(why)


def _marked(document: object) -> Iterator[Fault]:
    """Find what the reader marked, in document order. No recursion: the document may be deep."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Unreadable):
            yield Fault(path, value.why) if path else Fault("", f"the document {value.why}")
        if isinstance(value, Repeated):
            yield from (Fault(key_path(path, key), "is given more than once") for key in value.repeated)
        waiting.extend(reversed([(step, item) for step, item in inside(path, value)]))


def inside(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Each value in an object or a list that stands at ``path``, with its own path."""
    if isinstance(value, dict):
        yield from ((key_path(path, str(key)), item) for key, item in value.items())
    if isinstance(value, list):
        yield from ((f"{path}[{at}]", item) for at, item in enumerate(value))


def key_path(path: str, key: str) -> str:
    """The path of ``key`` in the object at ``path``; a key that is not a plain word is quoted in brackets."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(_shortened(key))}]"
    return f"{path}.{_shortened(key)}" if path else _shortened(key)


def shown(value: object) -> str:
    """A value as a fault names it: short, on one line, without control characters."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return repr(_shortened(value))
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a whole number of more than 18 digits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


_INLINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def dumps(document: object) -> str:
    """Write JSON values as text: keys in the order given, one record a line, a newline at the end.

    An object that holds lists or objects has one key a line, a list that holds lists or objects has one item
    a line; everything else, and every object in a list, stands on one line. The same document gives the same
    text.

    Raises
    ------
    ValueError, TypeError
        If the document holds NaN, an infinity or something that is not JSON.
    """
    return f"{_laid_out(document, '')}\n"


def _laid_out(value: object, margin: str) -> str:
    inner = f"{margin}  "
    if isinstance(value, dict) and _holds_containers(value.values()):
        members = [f"{inner}{_key(key)}: {_laid_out(item, inner)}" for key, item in value.items()]
        return "\n".join(["{", ",\n".join(members), f"{margin}}}"])
    if isinstance(value, list) and _holds_containers(value):
        rows = ",\n".join(f"{inner}{_row(item, inner)}" for item in value)
        return "\n".join(["[", rows, f"{margin}]"])
    return _INLINE.encode(value)


def _row(item: object, margin: str) -> str:
    return _laid_out(item, margin) if isinstance(item, list) else _INLINE.encode(item)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of a document is text, not {key!r}")
    return _INLINE.encode(key)


def _holds_containers(values: Iterable[object]) -> bool:
    return any(isinstance(value, (dict, list)) for value in values)


def write_document(document: object, path: Path) -> None:
    """Write a document (see `dumps`) in one move: readers see the old file or the whole new one.

    The file can be read by its owner alone, for it is about people.

    Raises
    ------
    OSError
        If the folder is missing, the path is a folder, or the disk refuses. Nothing is left behind.
    """
    data = dumps(document).encode()
    try:
        _replace(path, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
