"""Recording where somebody is not safe and from whom they must be kept apart, and that it is over."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from gateway.people.access import open_person, person_to_change
from gateway.people.clusters import clusters
from gateway.people.rooms_above import refuse_unknown
from gateway.people.tables import SafetyAreaRow, SafetyReason, SeparationRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, NotFound, refuse
from gateway.storage.work import Work


class OneAndTheSame(Conflict):
    """Nobody can be kept apart from themselves."""

    def __init__(self, person_id: str, other_id: str) -> None:
        self.person_id, self.other_id = person_id, other_id
        super().__init__(f"{person_id} and {other_id} are one person: nobody is kept apart from themselves.")


class StandsAlready(Conflict):
    """The same is recorded already, and has not ended."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        super().__init__(f"{kind.capitalize()} {id} says so already.")


class EndedAlready(Conflict):
    """What has ended does not end again."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        super().__init__(f"{kind.capitalize()} {id} has ended already.")


def set_safety_area(
    person_id: str,
    authority_id: str,
    *,
    reason: SafetyReason,
    on: date,
    by: Actor,
    at: datetime,
    work: Work,
    why: str | None = None,
) -> SafetyAreaRow:
    """Record that somebody is not safe in an authority, from a day on.

    Raises
    ------
    NotFound
        If there is no such person or authority, or the case may not be opened.
    PersonErased
        If the record was erased.
    StandsAlready
        If it is recorded under this id, and has not ended.
    """
    person_to_change(work, person_id, by, at)
    refuse_unknown(work, "authority", authority_id)
    same = (SafetyAreaRow.person_id == person_id, SafetyAreaRow.authority_id == authority_id)
    standing = work.first(
        select(SafetyAreaRow.id).where(*same, SafetyAreaRow.ended_on.is_(None)).order_by(SafetyAreaRow.id)
    )
    if standing is not None:
        raise StandsAlready("safety area", standing)
    area = SafetyAreaRow(
        id=work.new_id("SA"), person_id=person_id, authority_id=authority_id, reason=reason, set_on=on
    )
    write(work, area, what="safety area set", by=by, at=at, about=[person_id], why=why)
    return area


def end_safety_area(
    area_id: str, *, on: date, why: str, by: Actor, at: datetime, work: Work
) -> SafetyAreaRow:
    """Record that somebody is safe there again, from a day on.

    Raises
    ------
    NotFound
        If there is no such safety area, or the case may not be opened.
    EndedAlready
        If it has ended.
    Invalid
        If no reason is given, or it would end before it was set.
    """
    area = work.session.get(SafetyAreaRow, area_id)
    if area is None:
        raise NotFound("safety area", area_id)
    _end(work, area, "safety area", (area.person_id,), on=on, why=why, by=by, at=at)
    return area


def keep_apart(
    person_id: str,
    other_id: str,
    *,
    reason: SafetyReason,
    on: date,
    by: Actor,
    at: datetime,
    work: Work,
    why: str | None = None,
) -> SeparationRow:
    """Record that two people must not be in the same service, from a day on; their order does not matter.

    Raises
    ------
    NotFound
        If one of them is not there, or the case may not be opened.
    PersonErased
        If a record was erased.
    OneAndTheSame
        If they are one person.
    StandsAlready
        If it is recorded for these two ids, and has not ended.
    """
    low, high = sorted((person_id, other_id))
    for id in (low, high):
        person_to_change(work, id, by, at)
    if other_id in clusters(work, [person_id])[person_id].ids:
        raise OneAndTheSame(person_id, other_id)
    same = (SeparationRow.person_id == low, SeparationRow.other_id == high)
    standing = work.first(
        select(SeparationRow.id).where(*same, SeparationRow.ended_on.is_(None)).order_by(SeparationRow.id)
    )
    if standing is not None:
        raise StandsAlready("separation", standing)
    separation = SeparationRow(id=work.new_id("SP"), person_id=low, other_id=high, reason=reason, set_on=on)
    write(work, separation, what="separation set", by=by, at=at, about=[low, high], why=why)
    return separation


def end_separation(
    separation_id: str, *, on: date, why: str, by: Actor, at: datetime, work: Work
) -> SeparationRow:
    """Record that two people need no longer be kept apart, from a day on.

    Raises
    ------
    NotFound
        If there is no such separation, or one of the cases may not be opened.
    EndedAlready
        If it has ended.
    Invalid
        If no reason is given, or it would end before it was set.
    """
    separation = work.get(SeparationRow, separation_id)
    about = (separation.person_id, separation.other_id)
    _end(work, separation, "separation", about, on=on, why=why, by=by, at=at)
    return separation


def _end(
    work: Work,
    row: SafetyAreaRow | SeparationRow,
    kind: str,
    about: tuple[str, ...],
    *,
    on: date,
    why: str,
    by: Actor,
    at: datetime,
) -> None:
    try:
        for person_id in about:
            open_person(work, person_id, by, at)
    except NotFound:
        raise NotFound(kind, row.id) from None
    if row.ended_on is not None:
        raise EndedAlready(kind, row.id)
    refuse(_end_faults(row.set_on, on, why))
    row.ended_on = on
    write(work, row, what=f"{kind} ended", by=by, at=at, about=about, why=why)


def _end_faults(set_on: date, on: date, why: str) -> Iterator[tuple[str, str]]:
    if on < set_on:
        yield "on", f"is {on}, must not be before {set_on}, when it was set"
    if not why.strip():
        yield "why", "is empty: say why it is over"
