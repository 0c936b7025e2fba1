"""Reading single values of a document.

A *reader* takes one JSON value and gives what it stands for, or raises `InvalidDocument` with paths relative
to that value. Types are exact: a truth value is not a number, and ``1.0`` is not a whole number.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from allocation.exchange.strict_json import InvalidDocument, Unreadable, inside, shown
from allocation.problem import LARGEST, Fault

T = TypeVar("T")

DEEPEST: Final = 100
"""How deep plain JSON values may be nested inside a document."""


def under(path: str, faults: Iterable[Fault]) -> list[Fault]:
    """The same faults seen from outside, their paths prefixed by ``path``."""
    return [fault.under(path) for fault in faults]


def unfit(value: object, must: str) -> InvalidDocument:
    """The refusal of one value: what it is and what it must be."""
    what = value.why if isinstance(value, Unreadable) else f"is {shown(value)}, must be {must}"
    return InvalidDocument([Fault("", what)])


_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def text(value: object) -> str:
    """A text of at least one character. Empty text is refused: what is not known is left out."""
    if type(value) is not str:
        raise unfit(value, "text")
    if not value:
        raise InvalidDocument([Fault("", "is empty")])
    if not value.isascii() and _HALF_A_CHARACTER.search(value):
        raise InvalidDocument([Fault("", f"holds half a character: {shown(value)}")])
    return value


def whole_number(*, least: int = 0, most: int = LARGEST) -> Callable[[object], int]:
    """A reader of whole numbers from ``least`` to ``most``."""

    def read(value: object) -> int:
        if type(value) is not int:
            raise unfit(value, "a whole number")
        if not least <= value <= most:
            raise InvalidDocument([Fault("", f"is {shown(value)}, must be from {least} to {most}")])
        return value

    return read


def truth(value: object) -> bool:
    """``true`` or ``false``."""
    if type(value) is not bool:
        raise unfit(value, "true or false")
    return value


def word_of(words: type[StrEnum]) -> Callable[[object], StrEnum]:
    """A reader of one of the words of an enumeration."""
    allowed = ", ".join(words)

    def read(value: object) -> StrEnum:
        if type(value) is not str or value not in words.__members__.values():
            raise unfit(value, f"one of {allowed}")
        return words(value)

    return read


def exactly(word: str) -> Callable[[object], str]:
    """A reader of one word and no other, such as the name of a format."""

    def read(value: object) -> str:
        if type(value) is not str or value != word:
            raise unfit(value, repr(word))
        return word

    return read


def an_object(value: object) -> dict[str, object]:
    """An object, whatever it holds."""
    if not isinstance(value, dict):
        raise unfit(value, "an object")
    return value


def a_list(value: object) -> list[object]:
    """A list, whatever it holds."""
    if type(value) is not list:
        raise unfit(value, "a list")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, in its order."""
    return tuple(_each(a_list(value), text))


def words(value: object) -> frozenset[str]:
    """A list of texts whose order and repeats say nothing."""
    return frozenset(_each(a_list(value), text))


def _each(items: Sequence[object], read: Callable[[object], T]) -> list[T]:
    things: list[T] = []
    faults: list[Fault] = []
    for at, item in enumerate(items):
        try:
            things.append(read(item))
        except InvalidDocument as refused:
            faults += under(f"[{at}]", refused.faults)
    if faults:
        raise InvalidDocument(faults)
    return things


def place(value: object) -> tuple[float, float]:
    """A latitude and a longitude in degrees; minus nought is nought, so that equal places are equal."""
    pair = a_list(value)
    if len(pair) != 2:
        raise unfit(value, f"a latitude and a longitude, not {len(pair)} values")
    latitude, longitude = _each(pair, _number)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        what = "is not a latitude from -90 to 90 and a longitude from -180 to 180"
        raise InvalidDocument([Fault("", what)])
    return float(latitude) + 0.0, float(longitude) + 0.0


def _number(value: object) -> int | float:
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise unfit(value, "a number")


def plain_object(value: object) -> Mapping[str, object]:
    """An object of any JSON values, not to be changed."""
    faults = tuple(_no_json(an_object(value)))
    if faults:
        raise InvalidDocument(faults)
    return MappingProxyType(an_object(value))


def _no_json(value: object) -> Iterator[Fault]:
    """What is no JSON value inside ``value``. No recursion: it may be deep."""
    waiting = [("", value, 0)]
    while waiting:
        path, each, depth = waiting.pop()
        if not isinstance(each, (dict, list)):
            yield from _no_simple_value(path, each)
        elif depth == DEEPEST:
            yield Fault(path, f"is nested more than {DEEPEST} deep")
        elif isinstance(each, dict) or not set(map(type, each)) <= _NUMBERS:
            yield from _no_keys(path, each)
            waiting += reversed([(step, item, depth + 1) for step, item in inside(path, each)])


_NUMBERS = {int, bool, type(None)}
"""Types of which every value is JSON, so that long lists of numbers are passed at a glance."""


def _no_keys(path: str, value: dict[object, object] | list[object]) -> Iterator[Fault]:
    for key in value if isinstance(value, dict) else ():
        if not isinstance(key, str):
            yield Fault(path, f"has a key that is not text: {shown(key)}")
        elif _HALF_A_CHARACTER.search(key):
            yield Fault(path, f"has a key that holds half a character: {shown(key)}")


def _no_simple_value(path: str, value: object) -> Iterator[Fault]:
    if isinstance(value, str):
        if _HALF_A_CHARACTER.search(value):
            yield Fault(path, f"holds half a character: {shown(value)}")
    elif not (type(value) in _NUMBERS or _is_finite(value)):
        yield from under(path, unfit(value, "a JSON value").faults)


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
