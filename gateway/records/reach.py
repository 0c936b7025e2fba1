"""Which tables tell of people, found from the tables themselves: whatever leads to a person by foreign keys.

Retention and subject access both start here, so that neither forgets a table that somebody adds. They know
the rooms above as tables and not as modules, for records lie below everything that is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, or_, select

from gateway.storage.rows import Row
from gateway.storage.work import Work

PEOPLE = "people"

CHUNK = 5_000
"""Ids in one query; SQLite takes 32,766 variables (sqlite.org/limits.html), PostgreSQL 65,535."""

NOT_ABOUT_PEOPLE: Mapping[str, str] = {
    "events": "what was done and when; what it tells of somebody is found through its subjects",
    "event_subjects": "which ids an event is about; exported with the event",
    "event_particulars": "sealed part of an event; exported with the event",
    "event_links": "digests of events",
    "statistics": "classes and counts, with the id of nobody",
    "retention_runs": "counts",
    "authorities": "councils",
    "neighbours": "councils that touch",
    "providers": "organisations",
    "services": "places and teams",
    "service_codes": "whom a service is for",
    "units": "bedspaces, flats and slots",
    "designations": "whom a unit is for",
    "unit_features": "what a unit has",
    "voids": "why a unit is empty",
    "conversions": "what a provider would re-designate",
    "agreements": "agreements between councils",
    "agreement_parties": "councils in an agreement",
    "agreement_services": "services under an agreement",
    "schedules": "what councils agreed, and when",
    "purchases": "units that councils bought",
    "access_clauses": "limits that councils agreed",
    "agencies": "organisations that refer",
    "schemes": "rules of scoring",
    "emergencies": "services that close; whom they affect is emergency_people",
    "emergency_services": "services that close",
    "runs": "problem and plan under the run's own pseudonyms; who is meant is run_pseudonyms",
    "redesignation_requests": "what a provider was asked about a unit",
    "accounts": "those who work with the gateway, who are not those it is about",
    "credentials": "what they sign in with",
    "recovery_codes": "as credentials",
    "invitations": "as credentials",
    "sessions": "who of them is signed in where",
    "tokens": "as credentials",
    "kept_answers": "answers to requests, sealed and gone after a day",
    "tasks": "how far long work is; what it is about are ids",
    "task_files": "files of tasks, sealed and gone after a day",
    "workers": "processes",
    "chores": "when work that comes round by itself was last done",
    "messages": "that somebody was told of something, gone after ninety days; what it is about are ids",
    "messages_read_up_to": "a position in the chain",
}
"""Tables that do not lead to a person, each with the reason why nothing of a person is in it."""


@dataclass(frozen=True, slots=True)
class Path:
    """A column that leads to a row which is about a person, or to the person."""

    column: str
    leads_to: str


def table(name: str) -> Table:
    """A table by its name.

    Raises
    ------
    KeyError
        If the room that keeps it was not imported (``gateway.schema`` imports them all).
    """
    return Row.metadata.tables[name]


@cache
def paths() -> Mapping[str, tuple[Path, ...]]:
    """Every table that leads to people, with the columns that do, parents before children."""
    reached: dict[str, tuple[Path, ...]] = {PEOPLE: ()}
    before = 0
    while before != len(reached):
        before = len(reached)
        for each in Row.metadata.sorted_tables:
            found = tuple(path for path in _references(each) if path.leads_to in reached)
            if found and each.name != PEOPLE:
                reached[each.name] = found
    return {each.name: reached[each.name] for each in Row.metadata.sorted_tables if each.name in reached}


def _references(each: Table) -> Iterator[Path]:
    for key in sorted(each.foreign_keys, key=lambda key: key.parent.name):
        yield Path(key.parent.name, key.column.table.name)


def in_chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Sorted lists of at most ``size`` of the values."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def same_person(work: Work, person_id: str) -> list[str]:
    """The ids of everybody this person was merged with, their own among them."""
    people = table(PEOPLE)
    known, news = {person_id}, {person_id}
    while news:
        rows = work.session.execute(
            select(people.c.id, people.c.merged_into).where(
                or_(people.c.id.in_(news), people.c.merged_into.in_(news))
            )
        ).all()
        met = {each for row in rows for each in row if each is not None}
        known, news = known | met, met - known
    return sorted(known)


def rows_about(work: Work, people: Sequence[str]) -> dict[str, list[RowMapping]]:
    """Every row of every table that leads to these people; a query or two a table.

    Returns
    -------
    dict
        Rows in the order of their keys, with sealed columns opened; each table has a list.
    """
    found: dict[str, list[RowMapping]] = {}
    for name, ways in paths().items():
        wanted: list[tuple[str, Sequence[str]]] = [
            (way.column, [row["id"] for row in found[way.leads_to]]) for way in ways
        ]
        found[name] = _select(work, table(name), wanted or [("id", people)])
    return found


def _select(work: Work, each: Table, wanted: Sequence[tuple[str, Sequence[str]]]) -> list[RowMapping]:
    keys = list(each.primary_key.columns)
    met: dict[tuple[Any, ...], RowMapping] = {}
    for column, values in wanted:
        for chunk in in_chunks(set(values)):
            for row in work.session.execute(select(each).where(each.c[column].in_(chunk))).mappings():
                met[tuple(row[key.name] for key in keys)] = row
    return [met[key] for key in sorted(met)]


def leading_to(name: str, found: Mapping[str, Sequence[RowMapping]]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the rows of a table that lead to the rows found, parents included."""
    for way in paths()[name]:
        for chunk in in_chunks({row["id"] for row in found[way.leads_to]}):
            yield table(name).c[way.column].in_(chunk)


def ids_in(rows: Mapping[str, Sequence[RowMapping]]) -> set[str]:
    """The ids of these rows."""
    return {row["id"] for each in rows.values() for row in each if "id" in row}
