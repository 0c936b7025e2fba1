"""What the page of places reads beside the places themselves: names, what gets free, what quotas leave."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from allocation.problem import Person
from api.pages.where_to.sentences import Sentences
from api.pages.where_to.views import EVERYWHERE, NEAR, QuotaSeen, quota_seen
from gateway.agreements.reading import agreements_named
from gateway.agreements.remaining import remaining_on
from gateway.allocation_runs.where_to import Somewhere
from gateway.directory.authorities import neighbours_of
from gateway.directory.naming import ServiceNamed
from gateway.directory.services import services_open
from gateway.directory.tables import UnitGender
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.stay import Stay
from gateway.storage.work import Work

AHEAD: Final = timedelta(days=90)
"""How far ahead it is looked for a unit that gets free."""

MANY: Final = 200
"""With more services than that, those in and next to the person's authority are looked at first."""


MOST_FULL: Final = 25
"""Of so many services that suit and are full, the best, it is looked when a unit gets free."""


def near(work: Work, authority: str | None, where: str, today: date) -> Sequence[str] | None:
    """The authorities to look in: the person's own and those next to it; ``None``: everywhere."""
    if authority is None or where == EVERYWHERE:
        return None
    if where != NEAR and services_open(work, today) <= MANY:
        return None
    return [authority, *neighbours_of(work, [authority])[authority]]


def sentences_of(
    work: Work, services: Mapping[str, ServiceNamed], authorities: Mapping[str, str]
) -> Sentences:
    """Sentences with the names of these services and authorities, and of every agreement."""
    names = {id: each.name for id, each in services.items()}
    return Sentences({**names, **authorities, **agreements_spoken(work)})


def agreements_spoken(work: Work) -> Mapping[str, str]:
    """What each agreement is called inside a sentence, by id."""
    return {id: f"“{name}”" for id, name in agreements_named(work).items()}


def freed(work: Work, places: Sequence[Somewhere], gender: str | None, today: date) -> Mapping[str, date]:
    """The first day on which a unit that is not for others gets free, of the best that suit and are full."""
    full = [each.service for each in places if each.place[0] == 1 and not each.free_units][:MOST_FULL]
    if not full:
        return {}
    found: dict[str, date] = {}
    for unit in vacancies(work, Stay(today, today + AHEAD), services=full).units:
        day = _first_free(unit, gender)
        if day is not None and day < found.get(unit.service.id, date.max):
            found[unit.service.id] = day
    return found


def _first_free(unit: UnitVacancy, gender: str | None) -> date | None:
    fits = {UnitGender.ANY, UnitGender.SAME, *(each for each in UnitGender if each.value == gender)}
    free = (each for each in unit.days if each.state is UnitState.FREE and each.gender in fits)
    return next((each.stay.from_day for each in free), None)


def quotas_left(
    work: Work,
    authority: str | None,
    services: Mapping[str, ServiceNamed],
    sentences: Sentences,
    today: date,
) -> list[QuotaSeen]:
    """What is left of each limit that is about this person's authority, in the services looked at."""
    somebody = Person(id="somebody", authority=authority)
    names = {id: each.name for id, each in services.items()}
    return [
        quota_seen(each, names, sentences)
        for each in remaining_on(work, today, covering=names.keys(), about=somebody)
        if names.keys() & (each.limit.quota.services or frozenset())
    ]
