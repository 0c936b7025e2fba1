"""Whatever is stored was written with an event: one is about the row, or names it among its changes.

Where an event only counts the rows it added (``gateway.records.write``, ``counted``), as many rows of that
table may go unnamed.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from gateway.invariants.invariant import Invariant
from gateway.invariants.rooms import TABLES
from gateway.people.tables import ERASED as NOBODY
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.referrals.tables import ERASED as NO_REFERRAL
from gateway.storage.rows import Row, Untold

TELL_OF_EVENTS = frozenset({"events", "event_subjects", "event_particulars", "event_links"})
"""Tables whose rows are events, and have none."""

DRAWN = frozenset({"person_keys"})
"""Tables drawn from rows that have an event: a blind index told in an event could never be erased."""

UNTOLD = frozenset(
    each.class_.__tablename__ for each in Row.registry.mappers if issubclass(each.class_, Untold)
)
"""Tables that tell of the machine and of nobody's case."""


class _Document(FunctionElement[Any]):
    """A text column as JSON: PostgreSQL wants a cast, SQLite takes it as it is."""

    inherit_cache = True


@compiles(_Document, "postgresql")
def _cast(element: _Document, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  SQLAlchemy passes them
    return f"CAST({compiler.process(element.clauses, **options)} AS json)"


@compiles(_Document)
def _as_it_is(element: _Document, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    return compiler.process(element.clauses, **options)


class _Added(FunctionElement[int]):
    """How many rows an entry says that it added; ``None`` if it is about one row."""

    type = Integer()
    inherit_cache = True


@compiles(_Added, "postgresql")
def _added_postgresql(element: _Added, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    return f"CAST(({compiler.process(element.clauses, **options)}) ->> 'added' AS integer)"


@compiles(_Added)
def _added_sqlite(element: _Added, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    return f"json_extract({compiler.process(element.clauses, **options)}, '$.added')"


def _rows(each: Table) -> Select[str, str]:
    """The rows of a table that no event is about, by their names in events."""
    name: ColumnElement[str] = literal(each.name, Text)
    for key in each.primary_key.columns:
        name = name + "/" + cast(key, Text)
    conditions: list[ColumnElement[bool]] = []
    if "id" in each.c:
        conditions.append(~select(EventSubjectRow.event).where(EventSubjectRow.subject == each.c.id).exists())
    # What outlived an erased person has events that no longer name it.
    conditions += [
        or_(each.c[column].is_(None), each.c[column] != nobody)
        for column, nobody in (("person_id", NOBODY), ("referral_id", NO_REFERRAL))
        if column in each.c
    ]
    return select(literal(each.name, Text).label("kept_in"), name.label("name")).where(*conditions)


def _query() -> Select[str]:
    entries = func.json_each(_Document(EventRow.changes)).table_valued("key", "value", name="entry")
    told = select(entries.c.key).select_from(EventRow).join(entries, true()).distinct().cte("told")
    rows = union_all(
        *(_rows(each) for each in TABLES.sorted_tables if each.name not in TELL_OF_EVENTS | DRAWN | UNTOLD)
    )
    # Otherwise SQLite reads all the events anew for each of the tables.
    kept = rows.cte("kept").prefix_with("MATERIALIZED")
    unnamed = (
        select(kept.c.kept_in, kept.c.name, func.count().over(partition_by=kept.c.kept_in).label("of_them"))
        # On PostgreSQL NOT IN would compare each row with each name.
        .outerjoin(told, told.c.key == kept.c.name)
        .where(told.c.key.is_(None))
        .subquery("unnamed")
    )
    counted = (
        select(entries.c.key.label("kept_in"), func.sum(_Added(entries.c.value)).label("added"))
        .select_from(EventRow)
        .join(entries, true())
        .where(entries.c.key.not_like("%/%"))
        .group_by(entries.c.key)
        .subquery("counted")
    )
    return (
        select(unnamed.c.name)
        .outerjoin(counted, and_(counted.c.kept_in == unnamed.c.kept_in))
        .where(unnamed.c.of_them > func.coalesce(counted.c.added, 0))
        .order_by(unnamed.c.name)
    )


EVERY_ROW_HAS_ITS_EVENT = Invariant(
    name="every_row_has_its_event",
    sentence="Every row was written with an event.",
    query=_query(),
)
