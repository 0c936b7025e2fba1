"""Lists page by page: in the order of one column, rows without it last, and of their ids."""

from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, or_

Place: TypeAlias = tuple[date | datetime | None, str]
"""Where a page ended: what its last row is ordered by, and its id."""


def page(
    query: Select[Any],
    column: SQLColumnExpression[Any],
    id: SQLColumnExpression[str],
    *,
    after: Place | None = None,
    limit: int | None = None,
) -> Select[Any]:
    """The rows that come after a place, the first on top, as many as are wanted (``None``: all)."""
    if after is not None:
        query = query.where(_follows(column, id, *after))
    return query.order_by(column.asc().nulls_last(), id).limit(limit)


def _follows(
    column: SQLColumnExpression[Any], id: SQLColumnExpression[str], value: date | datetime | None, last: str
) -> ColumnElement[bool]:
    if value is None:
        return and_(column.is_(None), id > last)
    return or_(column > value, and_(column == value, id > last), column.is_(None))
