"""Pages from which restricted cases are left out, and which are full all the same."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from allocation.problem import LARGEST
from api.access.visitor import Visitor
from api.rest.listing import cursor, place_of
from api.rest.values import FIRST_DAY, ID_PATTERN, LAST_DAY
from gateway.people.access import openable
from gateway.refusals import Invalid
from gateway.storage.work import Work

LARGEST_NUMBER = 2**63 - 1
"""That a database holds."""

Line = TypeVar("Line")
Place = TypeVar("Place")


def filled(
    work: Work,
    visitor: Visitor,
    fetch: Callable[[Place | None, int], Sequence[Line]],
    *,
    after: Place | None,
    size: int,
    person: Callable[[Line], str],
    place: Callable[[Line], Place],
) -> tuple[list[Line], Place | None]:
    """One page of lines about people whose cases the visitor may open, and where it ends.

    However many in between may not be opened, the page is full: nobody learns from a short one that there
    are restricted cases.

    Parameters
    ----------
    fetch
        Gives so many lines after a place (``None``: from the first on).
    person, place
        Whom a line is about, and where it stands.

    Returns
    -------
    tuple
        The second part is ``None`` on the last page.
    """
    kept: list[Line] = []
    while True:
        found = fetch(after, size + 1)
        may = openable(work, {person(each) for each in found}, visitor.actor, work.clock())
        kept += [each for each in found if person(each) in may]
        if len(kept) > size:
            return kept[:size], place(kept[size - 1])
        if len(found) <= size:
            return kept, None
        after = place(found[-1])


def shown(place: tuple[date | datetime | None, str] | None) -> str | None:
    """Where a page ended, as it stands in an address; ``None``: it was the last."""
    if place is None:
        return None
    value, id = place
    return cursor("" if value is None else value.isoformat(), id)


def day_and_id(after: str | None) -> tuple[date | None, str] | None:
    """Read what `shown` writes of a day and an id.

    Raises
    ------
    Invalid
        If it is something else.
    """
    read = _value_and_id(after)
    if read is None:
        return None
    value, id = read
    try:
        return (date.fromisoformat(value) if value else None), id
    except ValueError:
        raise _no_place() from None


def count_day_and_id(after: str | None) -> tuple[int, date, str] | None:
    """Read a place that is a number, a day and an id.

    Raises
    ------
    Invalid
        If it is something else.
    """
    place = place_of(after, int, str, str)
    if place is None:
        return None
    count, day, id = place
    try:
        return int(count), date.fromisoformat(day), str(id)
    except ValueError:
        raise _no_place() from None


def moment_and_id(after: str | None) -> tuple[datetime | None, str] | None:
    """Read what `shown` writes of a moment and an id.

    Raises
    ------
    Invalid
        If it is something else.
    """
    read = _value_and_id(after)
    if read is None:
        return None
    value, id = read
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise _no_place() from None
    if moment is not None and (moment.tzinfo is None or not FIRST_DAY.year < moment.year < LAST_DAY.year):
        raise _no_place()
    return moment, id


def dated_place(after: str | None) -> tuple[datetime, str] | None:
    """Read a place as `moment_and_id`, in a list in which every row has its moment.

    Raises
    ------
    Invalid
        If it is something else.
    """
    read = moment_and_id(after)
    if read is None:
        return None
    moment, id = read
    if moment is None:
        raise _no_place()
    return moment, id


def count_and_id(after: str | None) -> tuple[int, str] | None:
    """Read a place that is a number and an id.

    Raises
    ------
    Invalid
        If it is something else.
    """
    place = place_of(after, int, str)
    if place is None:
        return None
    count, id = place
    if not isinstance(count, int) or abs(count) > LARGEST or not re.fullmatch(ID_PATTERN, str(id)):
        raise _no_place()
    return count, str(id)


def number_alone(after: str | None) -> int | None:
    """Read a place that is one number.

    Raises
    ------
    Invalid
        If it is something else.
    """
    place = place_of(after, int)
    if place is None:
        return None
    (number,) = place
    if not isinstance(number, int) or abs(number) > LARGEST_NUMBER:
        raise _no_place()
    return number


def two_ids(after: str | None) -> tuple[str, str] | None:
    """Read a place that is two ids.

    Raises
    ------
    Invalid
        If it is something else.
    """
    read = _value_and_id(after)
    if read is not None and not re.fullmatch(ID_PATTERN, read[0]):
        raise _no_place()
    return read


def _value_and_id(after: str | None) -> tuple[str, str] | None:
    place = place_of(after, str, str)
    if place is None:
        return None
    value, id = (str(each) for each in place)
    if not re.fullmatch(ID_PATTERN, id):
        raise _no_place()
    return value, id


def _no_place() -> Invalid:
    return Invalid([("query:after", "is not where a page ended")])
