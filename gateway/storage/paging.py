"""Lists page by page: each begins exactly after the row that the page before ended with."""

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from gateway.storage.rows import Row
from gateway.storage.work import Work

RowT = TypeVar("RowT", bound=Row)

Place: TypeAlias = tuple[Any, ...]
"""What a row is ordered by, its id last."""


def page_of(
    work: Work,
    query: Select[RowT],
    order: Sequence[InstrumentedAttribute[Any]],
    *,
    after: Place | None,
    size: int,
) -> tuple[Sequence[RowT], Place | None]:
    """Some rows that a query finds, and where the next page begins; ``None``: this is the last.

    Parameters
    ----------
    order
        Columns without unknown values, so that any two rows have an order; an id is the last.
    after
        What was given for the page before; ``None``: the first page.
    size
        How many rows at most.
    """
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    found = work.all(query.order_by(*order).limit(size + 1))
    kept = found[:size]
    more = len(found) > size
    return kept, tuple(getattr(kept[-1], column.key) for column in order) if more else None
