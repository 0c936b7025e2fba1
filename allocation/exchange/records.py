"""Reading objects of a document key by key: what can be read, and a fault for everything that cannot."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from allocation.exchange.strict_json import InvalidDocument, key_path
from allocation.exchange.values import under, unfit
from allocation.problem import Fault, InvalidProblem

T = TypeVar("T")
Found = dict[str, object]
"""Attributes of a record that could be read, by name."""

PROBLEM_FORMAT: Final = "placement-problem/1"
PLAN_FORMAT: Final = "placement-plan/1"
FORMATS: Final = (PROBLEM_FORMAT, PLAN_FORMAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of an object of the format, and the attribute it is kept in.

    required
        A missing key is a fault.
    nullable
        ``null`` says the same as leaving the key out.
    """

    read: Callable[[object], object]
    attribute: str
    required: bool = False
    nullable: bool = False


Keys = Mapping[str, Key]


def required(read: Callable[[object], object], attribute: str) -> Key:
    """A key that must be there and may not be ``null``."""
    return Key(read=read, attribute=attribute, required=True)


def optional(read: Callable[[object], object], attribute: str) -> Key:
    """A key with one value, which may be left out or ``null``."""
    return Key(read=read, attribute=attribute, nullable=True)


def several(read: Callable[[object], object], attribute: str) -> Key:
    """A key with a list or an object, which may be left out but not ``null``."""
    return Key(read=read, attribute=attribute)


def read_record(value: object, keys: Keys) -> tuple[Found, list[Fault]]:
    """Read an object: the attributes that can be read, and every unknown, missing or unfit key."""
    if not isinstance(value, dict):
        return {}, list(unfit(value, "an object").faults)
    found: Found = {}
    faults: list[Fault] = []
    for name, item in value.items():
        key = keys.get(name)
        if key is None:
            faults.append(Fault(key_path("", str(name)), "is not a key of this format here"))
        elif item is not None or not key.nullable:
            try:
                found[key.attribute] = key.read(item)
            except InvalidDocument as refused:
                faults += under(name, refused.faults)
    faults += [Fault(name, "is missing") for name, key in keys.items() if key.required and name not in value]
    return found, faults


def read_rows(
    rows: Sequence[object], read: Callable[[object, int], tuple[T, list[Fault]]], name: str
) -> tuple[list[T], list[Fault]]:
    """Read each row of list ``name``, given its position; every fault with its path from ``name`` on."""
    things: list[T] = []
    faults: list[Fault] = []
    for at, row in enumerate(rows):
        thing, wrong = read(row, at)
        things.append(thing)
        if wrong:
            faults += under(f"{name}[{at}]", wrong)
    return things, faults


def read_document(document: object, keys: Keys) -> tuple[Found, list[Fault]]:
    """Read the outermost object (see `read_record`).

    Raises
    ------
    InvalidDocument
        If it is not an object, or says that it is of another format: then nothing else in it means anything.
    """
    if not isinstance(document, dict):
        (fault,) = unfit(document, "an object").faults
        raise InvalidDocument([Fault("", f"the document {fault.message}")])
    found, faults = read_record(document, keys)
    if document.get("format") in FORMATS and "format" not in found:
        raise InvalidDocument(fault for fault in faults if fault.path == "format")
    return found, faults


def in_document_order(faults: Iterable[Fault], sections: Iterable[str]) -> tuple[Fault, ...]:
    """Faults by section in the order of ``sections``, then by row; otherwise in the order found."""
    rank = {section: at for at, section in enumerate(sections)}

    def place(fault: Fault) -> tuple[int, int]:
        section = re.split(r"[.\[]", fault.path, maxsplit=1)[0]
        row = re.match(r"\w+\[(\d+)\]", fault.path)
        return rank.get(section, -1), int(row[1]) if row else -1

    return tuple(sorted(faults, key=place))


def whole_document(read: Callable[[list[Fault]], T | None], keys: Keys, already: Iterable[Fault]) -> T:
    """What ``read`` makes of a document, or everything that is wrong with it.

    Parameters
    ----------
    read
        Adds the faults it meets to the list it is given; if there are any, its return counts for nothing.
    keys
        The sections of the document in the order of its format.
    already
        Faults that were found before, to be reported with the others.

    Raises
    ------
    InvalidDocument
        Naming every fault by its path, section by section in the order of the format, row by row.
    """
    faults = list(already)
    try:
        made = read(faults)
        if made is not None and not faults:
            return made
    except (InvalidDocument, InvalidProblem) as refused:
        faults += refused.faults
    raise InvalidDocument(in_document_order(dict.fromkeys(faults), keys))


def built(
    make: Callable[..., T], found: Found, keys: Keys, instead: Mapping[str, object] = MappingProxyType({})
) -> tuple[T, list[Fault]]:
    """Make a thing of what was found; what it refuses becomes a fault, and is left out or replaced."""
    try:
        return make(**{**instead, **found}), []
    except InvalidProblem as refused:
        wrong = {keys[fault.path].attribute for fault in refused.faults}
        fit = {name: value for name, value in found.items() if name not in wrong}
        return make(**{**instead, **fit}), list(refused.faults)
