"""Recording that somebody agrees to be referred, or no longer does."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from gateway.people.access import person_to_change
from gateway.people.clusters import cluster
from gateway.people.consents import stands_on
from gateway.people.tables import ConsentRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.stay import LONDON
from gateway.storage.work import Work

_LONGEST = 64


class NoConsent(Conflict):
    """There is no consent to take back."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(f"Person {person_id} has given no consent that stands.")


def give_consent(
    person_id: str, *, given_on: date, how: str, by: Actor, at: datetime, work: Work
) -> ConsentRow:
    """Record that the person agrees to be referred.

    Parameters
    ----------
    how
        In a word or two and without names: ``signed form``, ``by telephone``.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If the record was erased.
    Invalid
        If the day is still to come, or nothing says how.
    """
    person_to_change(work, person_id, by, at)
    refuse([*_day_faults("given_on", given_on, at), *_how_faults(how)])
    consent = ConsentRow(id=work.new_id("C"), person_id=person_id, given_on=given_on, how=how.strip())
    write(work, consent, what="consent given", by=by, at=at, about=[person_id])
    return consent


def withdraw_consent(
    person_id: str, *, withdrawn_on: date, by: Actor, at: datetime, work: Work, why: str | None = None
) -> Sequence[ConsentRow]:
    """Record that the person no longer agrees: every consent that stands, under any of their ids, ends.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If the record was erased.
    NoConsent
        If none stands on that day.
    Invalid
        If the day is still to come.
    """
    person_to_change(work, person_id, by, at)
    refuse(_day_faults("withdrawn_on", withdrawn_on, at))
    theirs = ConsentRow.person_id.in_(sorted(cluster(work, person_id)))
    consents = sorted(work.where(ConsentRow, theirs, stands_on(withdrawn_on)), key=lambda each: each.id)
    if not consents:
        raise NoConsent(person_id)
    for each in consents:
        each.withdrawn_on = withdrawn_on
    about = {person_id, *(each.person_id for each in consents)}
    write(work, *consents, what="consent withdrawn", by=by, at=at, about=about, why=why)
    return consents


def _day_faults(field: str, day: date, at: datetime) -> Iterator[tuple[str, str]]:
    if day > (today := at.astimezone(LONDON).date()):
        yield field, f"is {day}, must not be after {today}"


def _how_faults(how: str) -> Iterator[tuple[str, str]]:
    if not 0 < len(how.strip()) <= _LONGEST:
        yield "how", f"must have 1 to {_LONGEST} letters"
