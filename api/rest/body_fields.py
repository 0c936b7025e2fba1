"""Where in a body a fault of the rules lies, and the faults of several parts of a body told at once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from gateway.refusals import Invalid, refuse

Place: TypeAlias = Callable[[str], str]
"""From a field as a rule names it to where it stands in the body."""


def under(part: str, *, besides: frozenset[str] = frozenset()) -> Place:
    """Fields of one part of a body; those ``besides`` stand at its top."""

    def place(field: str) -> str:
        if field in besides:
            return field
        return f"{part}.{field}"

    return place


def in_query(field: str) -> str:
    """Fields that stand in the address, after the question mark."""
    return f"query:{field}"


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """Faults told inside are told where they stand in the body.

    Raises
    ------
    Invalid
        The same faults, in their places.
    """
    try:
        yield
    except Invalid as error:
        raise Invalid((place(field), what) for field, what in error.faults) from None


class Faults:
    """Collects what is wrong with several parts, so that it is told at once."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    @contextmanager
    def of(self, place: Place) -> Iterator[None]:
        """Faults told inside are kept, in their places, for `refuse`."""
        try:
            with placed(place):
                yield
        except Invalid as error:
            self._found.extend(error.faults)

    def add(self, faults: Iterable[tuple[str, str]]) -> None:
        """Keep these too."""
        self._found.extend(faults)

    def refuse(self) -> None:
        """Raise `Invalid` with all that was found, if anything was."""
        refuse(self._found)
