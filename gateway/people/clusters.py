"""Rows that turned out to be one person: merged rows point at the one they became, and are read together."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import TableValuedAlias

from gateway.people.tables import PersonRow
from gateway.refusals import NotFound
from gateway.storage.work import Work

_PEOPLE: Final = "people_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The ids that are one person; ``root`` is the one the others were merged into."""

    root: str
    ids: frozenset[str]


def cluster(work: Work, person_id: str) -> frozenset[str]:
    """Every id that is the same person, this one among them.

    Raises
    ------
    NotFound
        If there is no such person.
    """
    return _one(work, person_id).ids


def canonical(work: Work, person_id: str) -> str:
    """The id under which the person is read: the one that the others were merged into.

    Raises
    ------
    NotFound
        If there is no such person.
    """
    return _one(work, person_id).root


def clusters(work: Work, person_ids: Collection[str]) -> Mapping[str, Cluster]:
    """The cluster of each of these people, in one query; whom nobody knows is not among the answers."""
    ids: dict[str, set[str]] = defaultdict(set)
    roots: dict[str, str] = {}
    for asked, root, id in work.session.execute(_clusters(sqlite=on_sqlite(work)), people(person_ids)):
        ids[asked].add(id)
        roots[asked] = root
    return {asked: Cluster(root=roots[asked], ids=frozenset(ids[asked])) for asked in sorted(ids)}


def members_of(work: Work, person_ids: Collection[str]) -> CTE:
    """A part of a query: for each id ``asked``, the ``root`` of its cluster and each ``id`` of it.

    The ids travel as one parameter, so that there may be any number of them.
    """
    return members_among(these(work, person_ids), sqlite=on_sqlite(work))


@cache
def members_asked(*, sqlite: bool) -> CTE:
    """As `members_of`, of the ids that `people` gives when the query is executed.

    A query around it can be made once and kept: making one takes longer than the database takes to answer.
    """
    return members_among(_ids_in(bindparam(_PEOPLE, type_=Text), sqlite=sqlite), sqlite=sqlite)


def people(person_ids: Collection[str]) -> dict[str, str]:
    """The parameter of a query around `members_asked`."""
    return {_PEOPLE: _as_json(person_ids)}


def on_sqlite(work: Work) -> bool:
    """Whether the store is on SQLite."""
    return work.session.get_bind().dialect.name == "sqlite"


@cache
def _clusters(*, sqlite: bool) -> Select[str, str, str]:
    members = members_asked(sqlite=sqlite)
    return select(members.c.asked, members.c.root, members.c.id)


def members_among(asked: Select[Any], *, sqlite: bool) -> CTE:
    """As `members_of`, of the ids that another part of the query finds."""
    person = aliased(PersonRow)
    begin = select(PersonRow.id.label("asked"), PersonRow.id, PersonRow.merged_into)
    up = begin.where(PersonRow.id.in_(asked)).cte("up", recursive=True)
    up = up.union(
        select(up.c.asked, person.id, person.merged_into).join(person, person.id == up.c.merged_into)
    )
    roots = select(up.c.asked, up.c.id.label("root"), up.c.id).where(up.c.merged_into.is_(None))
    down = roots.cte("members", recursive=True)
    down = down.union(
        select(down.c.asked, down.c.root, person.id).join(person, person.merged_into == down.c.id)
    )
    return _told_to_be_few(down, sqlite=sqlite)


def _told_to_be_few(members: CTE, *, sqlite: bool) -> CTE:
    """The same members, for databases that guess far too many rows of a recursive part of a query.

    They would then read the whole table that is joined to them. SQLite guesses four billion, and can be told
    (sqlite.org/lang_corefunc.html, likelihood). PostgreSQL guesses thousands for each; of an equality that it
    cannot look through it believes that one row of two hundred meets it (documentation, 72.1).
    """
    few = (
        func.likelihood(members.c.id.is_not(None), literal_column("0.0000001"))
        if sqlite
        else func.concat(members.c.id) == members.c.id
    )
    return select(members).where(few).cte("few_members")


def these(work: Work, ids: Collection[str]) -> Select[tuple[str]]:
    """A part of a query: these ids, as one parameter."""
    return _ids_in(literal(_as_json(ids), Text), sqlite=on_sqlite(work))


def _as_json(ids: Collection[str]) -> str:
    return json.dumps(sorted(set(ids)))


def _ids_in(text: ColumnElement[str], *, sqlite: bool) -> Select[tuple[str]]:
    if sqlite:
        return _values(func.json_each(text).table_valued("value"))
    return _values(func.json_array_elements_text(cast(text, JSON)).table_valued("value"))


def _values(table: TableValuedAlias) -> Select[tuple[str]]:
    return select(table.c.value)


def _one(work: Work, person_id: str) -> Cluster:
    found = clusters(work, [person_id])
    if person_id not in found:
        raise NotFound("person", person_id)
    return found[person_id]
