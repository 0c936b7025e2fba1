"""Imposing, reviewing and lifting exclusions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from gateway.people.access import open_person, person_to_change
from gateway.people.exclusions import ExclusionTerms, term_faults
from gateway.people.rooms_above import refuse_unknown
from gateway.people.tables import ExclusionRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, NotFound, refuse
from gateway.storage.work import Work


class ExclusionOver(Conflict):
    """An exclusion that has ended, or was lifted, is neither reviewed nor lifted again."""

    def __init__(self, exclusion_id: str, since: date) -> None:
        self.exclusion_id, self.since = exclusion_id, since
        super().__init__(f"Exclusion {exclusion_id} is over since {since}.")


def impose_exclusion(terms: ExclusionTerms, *, by: Actor, at: datetime, work: Work) -> ExclusionRow:
    """Bar somebody from a service, a provider or an authority for a time.

    Raises
    ------
    NotFound
        If there is no such person, service, provider or authority, or the case may not be opened.
    PersonErased
        If the record was erased.
    """
    person_to_change(work, terms.person_id, by, at)
    refuse_unknown(work, *_scope(terms))
    exclusion = ExclusionRow(
        id=work.new_id("X"),
        person_id=terms.person_id,
        service_id=terms.service_id,
        provider_id=terms.provider_id,
        authority_id=terms.authority_id,
        reason=terms.reason,
        detail=terms.detail,
        from_day=terms.from_day,
        until=terms.until,
        review_on=terms.review_on,
    )
    _write(work, exclusion, "exclusion imposed", by, at)
    return exclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What came of a review that does not lift the exclusion.

    on
        The day of the review.
    review_on
        When to ask again.
    until
        An earlier end; ``None`` keeps the end.
    """

    on: date
    review_on: date
    until: date | None = None


def review_exclusion(
    exclusion_id: str, reviewed: Reviewed, *, why: str, seen: int, by: Actor, at: datetime, work: Work
) -> ExclusionRow:
    """Say that an exclusion is still right and when to ask again, or shorten it.

    To lift it has its own verb; to make it longer, impose another, with its own reason.

    Raises
    ------
    NotFound
        If there is no such exclusion, or the case may not be opened.
    ChangedMeanwhile
        If it was changed since it was seen.
    ExclusionOver
        If it is over by that day.
    Invalid
        If a day does not hold, or no reason is given.
    """
    exclusion = _standing(work, exclusion_id, reviewed.on, seen, by, at)
    refuse([*_review_faults(exclusion, reviewed), *_why_faults(why)])
    end = reviewed.until or exclusion.until
    what = "exclusion kept" if end == exclusion.until else "exclusion shortened"
    exclusion.until, exclusion.review_on = end, reviewed.review_on
    _write(work, exclusion, what, by, at, why)
    return exclusion


def _review_faults(exclusion: ExclusionRow, reviewed: Reviewed) -> Iterator[tuple[str, str]]:
    end = reviewed.until or exclusion.until
    yield from term_faults(exclusion.from_day, end, reviewed.review_on)
    if end > exclusion.until:
        yield "until", f"is {end}, must not be after {exclusion.until}: impose another instead"
    if end <= reviewed.on:
        yield "until", f"is {end}, must be after {reviewed.on}: lift it instead"
    if reviewed.review_on <= reviewed.on:
        yield "review_on", f"is {reviewed.review_on}, must be after {reviewed.on}, the day of this review"


def _why_faults(why: str) -> Iterator[tuple[str, str]]:
    if not why.strip():
        yield "why", "is empty: say why"


def lift_exclusion(
    exclusion_id: str, *, on: date, why: str, seen: int, by: Actor, at: datetime, work: Work
) -> ExclusionRow:
    """End an exclusion early: from that day on the person is free again.

    Raises
    ------
    NotFound
        If there is no such exclusion, or the case may not be opened.
    ChangedMeanwhile
        If it was changed since it was seen.
    ExclusionOver
        If it is over by that day.
    Invalid
        If no reason is given.
    """
    exclusion = _standing(work, exclusion_id, on, seen, by, at)
    refuse(_why_faults(why))
    exclusion.lifted_on, exclusion.lifted_why = on, why
    _write(work, exclusion, "exclusion lifted", by, at, why)
    return exclusion


def _standing(work: Work, exclusion_id: str, on: date, seen: int, by: Actor, at: datetime) -> ExclusionRow:
    exclusion = work.get(ExclusionRow, exclusion_id)
    try:
        open_person(work, exclusion.person_id, by, at)
    except NotFound:
        raise NotFound("exclusion", exclusion_id) from None
    work.get(ExclusionRow, exclusion_id, seen=seen)
    if exclusion.lifted_on is not None or exclusion.until <= on:
        raise ExclusionOver(exclusion_id, min(exclusion.lifted_on or exclusion.until, exclusion.until))
    return exclusion


def _scope(terms: ExclusionTerms) -> tuple[str, str]:
    if terms.service_id is not None:
        return "service", terms.service_id
    if terms.provider_id is not None:
        return "provider", terms.provider_id
    return "authority", str(terms.authority_id)


def _write(
    work: Work, exclusion: ExclusionRow, what: str, by: Actor, at: datetime, why: str | None = None
) -> None:
    write(work, exclusion, what=what, by=by, at=at, about=[exclusion.id, exclusion.person_id], why=why)
