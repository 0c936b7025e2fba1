"""Finding people for somebody who looks for them, which is recorded about whoever they were told of."""

from collections.abc import Iterable
from datetime import date, datetime

from gateway.people.details import PersonDetails
from gateway.people.enter_person import details_of
from gateway.people.possible_duplicates import Match, possible_duplicates
from gateway.people.search import Found, Sought, find_people
from gateway.records.actor import Actor
from gateway.records.reading import record_reading
from gateway.refusals import Invalid
from gateway.storage.work import Work


def search_people(sought: Sought, *, by: Actor, at: datetime, work: Work) -> Found:
    """People who fit, as `find_people`."""
    found = find_people(work, sought, by=by, at=at)
    _record("people searched", (each.person_id for each in found.people), by, at, work)
    return found


def look_for_duplicates(details: PersonDetails, *, by: Actor, at: datetime, work: Work) -> tuple[Match, ...]:
    """Who the person described may already be, as `possible_duplicates`."""
    found = possible_duplicates(work, details, by=by, at=at)
    _record("possible duplicates read", (each.person_id for each in found), by, at, work)
    return found


def duplicates_of(person_id: str, *, told_on: date, by: Actor, at: datetime, work: Work) -> tuple[Match, ...]:
    """Who else somebody who is there may be; somebody of whom nothing is known is like nobody.

    Parameters
    ----------
    told_on
        Today.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    try:
        details = details_of(work, person_id, told_on=told_on, by=by, at=at)
    except Invalid:
        return ()
    found = possible_duplicates(work, details, by=by, at=at, apart_from=person_id)
    _record("possible duplicates read", (person_id, *(each.person_id for each in found)), by, at, work)
    return found


def _record(what: str, about: Iterable[str], by: Actor, at: datetime, work: Work) -> None:
    record_reading(what, about=about, by=by, at=at, work=work)
