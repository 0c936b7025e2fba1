"""Lists that are given out as files: what stands in each, and who may have it is asked of every person.

The least that work needs: ids, states, days and codes. No name, date of birth, address or free text of
anybody is in any of them, and no service's address.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, or_, select

from gateway.directory.board import By, vacancy_board
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.local_day import local_day, start_of
from gateway.people.access import openable
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Actor
from gateway.records.tables import EventRow
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Invalid
from gateway.stay import Stay
from gateway.storage.work import Work

MOST_ROWS: Final = 100_000
"""More than a spreadsheet is read with; whoever needs more asks for fewer days."""

AT_ONCE: Final = 500


class What(StrEnum):
    """Which list."""

    VACANCIES = "vacancies"
    VACANCY_COUNTS = "vacancy_counts"
    REFERRALS = "referrals"
    OFFERS = "offers"
    PLACEMENTS = "placements"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which list, for which days (half-open), asked by whom and when.

    from_day, until
        Vacancies and their counts: of ``from_day`` alone. Referrals: entered, offers: made, placements: lived
        there, events: recorded on one of these days. ``None``: no bound.
    """

    what: What
    from_day: date | None
    until: date | None
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list: its columns, its rows, and the ids of whom it tells."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    about: Sequence[str]


def listed(work: Work, asked: Asked) -> Listed:
    """A list as it stands.

    Raises
    ------
    Invalid
        If it would have more than `MOST_ROWS` rows.
    """
    return _LISTS[asked.what](work, asked)


def _vacancies(work: Work, asked: Asked) -> Listed:
    day = asked.from_day or local_day(asked.at)
    columns = ("provider", "service", "name", "authority", "tier", "lot", "unit", "unit_name", "pool")
    rows = [
        (
            *(unit.service.provider, unit.service.id, unit.service.name, unit.service.authority),
            *(unit.service.tier.value, unit.service.lot, unit.id, unit.name, unit.pool, unit.kind.value),
            *(unit.on(day).gender.value, unit.on(day).state.value, _plain(unit.confirmed_at)),
        )
        for unit in vacancies(work, Stay.on(day)).units
    ]
    return _bounded((*columns, "kind", "gender", "state", "confirmed_at"), rows, ())


def _vacancy_counts(work: Work, asked: Asked) -> Listed:
    board = vacancy_board(work, Stay.on(asked.from_day or local_day(asked.at)), by=(By.AUTHORITY, By.TIER))
    columns = ("authority", "tier", "units", *(state.value for state in UnitState))
    rows = [
        (_plain(row.authority), _plain(row.tier), row.units, *(row.states[state] for state in UnitState))
        for row in board
    ]
    return _bounded(columns, rows, ())


def _referrals(work: Work, asked: Asked) -> Listed:
    query = _between(select(ReferralRow), ReferralRow.entered_at, asked).order_by(ReferralRow.id)
    names = (
        *("id", "agency_id", "agency_reference", "status", "status_since", "end_reason", "entered_at"),
        *("referred_on", "waiting_since", "authority_id", "duty", "duty_date", "tier", "units", "band"),
    )
    return _of_people(work, asked, query, names, lambda row: row.id)


def _offers(work: Work, asked: Asked) -> Listed:
    query = _between(select(OfferRow), OfferRow.made_at, asked).order_by(OfferRow.id)
    names = (
        *("id", "referral_id", "service_id", "status", "from_day", "made_at", "answer_by", "answered_at"),
        *("side", "reason", "review"),
    )
    return _of_people(work, asked, query, names, lambda row: row.referral_id)


def _placements(work: Work, asked: Asked) -> Listed:
    query = select(PlacementRow).order_by(PlacementRow.id)
    if asked.until is not None:
        query = query.where(PlacementRow.from_day < asked.until)
    if asked.from_day is not None:
        query = query.where(or_(PlacementRow.until.is_(None), PlacementRow.until > asked.from_day))
    names = (
        *("id", "referral_id", "service_id", "authority_id", "status", "from_day", "until", "review_on"),
        *("ready_since", "blocked_by", "departure_reason", "destination", "planned"),
    )
    return _of_people(work, asked, query, names, lambda row: row.referral_id)


def _events(work: Work, asked: Asked) -> Listed:
    query = _between(select(EventRow), EventRow.recorded_at, asked).order_by(EventRow.number)
    names = ("number", "what", "actor", "role", "happened_at", "recorded_at", "changes")
    rows = [_cells(row, names) for row in _limited(work, query)]
    return _bounded(names, rows, ())


def _between(query: Select[Any], moment: Any, asked: Asked) -> Select[Any]:  # noqa: ANN401  a column
    if asked.from_day is not None:
        query = query.where(moment >= start_of(asked.from_day))
    if asked.until is not None:
        query = query.where(moment < start_of(asked.until))
    return query


def _limited(work: Work, query: Select[Any]) -> Sequence[Any]:
    return work.all(query.limit(MOST_ROWS + 1))


def _of_people(
    work: Work, asked: Asked, query: Select[Any], names: Sequence[str], about: Callable[[Any], str]
) -> Listed:
    """The rows about people whose case the one asking may open."""
    found = _limited(work, query)
    rows = list(_opened(work, found, asked))
    return _bounded(names, [_cells(row, names) for row in rows], [about(row) for row in rows])


def _opened(work: Work, rows: Sequence[Any], asked: Asked) -> Iterator[Any]:
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        may = openable(work, {row.person_id for row in part}, asked.by, asked.at)
        yield from (row for row in part if row.person_id in may)


def _cells(row: object, names: Iterable[str]) -> tuple[str | int, ...]:
    return tuple(_plain(getattr(row, name)) for name in names)


def _plain(value: Any) -> str | int:  # noqa: ANN401  whatever a column holds
    """As it stands in a file; empty is unknown, or none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _bounded(columns: Sequence[str], rows: Sequence[Sequence[str | int]], about: Sequence[str]) -> Listed:
    if len(rows) > MOST_ROWS:
        raise Invalid([("until", f"the list has more than {MOST_ROWS:,} rows: ask for fewer days")])
    return Listed(columns=columns, rows=rows, about=about)


_LISTS: Mapping[What, Callable[[Work, Asked], Listed]] = MappingProxyType(
    {
        What.VACANCIES: _vacancies,
        What.VACANCY_COUNTS: _vacancy_counts,
        What.REFERRALS: _referrals,
        What.OFFERS: _offers,
        What.PLACEMENTS: _placements,
        What.EVENTS: _events,
    }
)
