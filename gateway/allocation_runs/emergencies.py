"""Emergencies: services close at once; everybody in them is followed until nobody is without a place."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from gateway.allocation_runs.emergency_people import living_in, offered_in, standings
from gateway.allocation_runs.tables import AffectedRow, EmergencyRow, EmergencyServiceRow, RunRow
from gateway.directory.closing import plan_closure
from gateway.directory.tables import ServiceRow
from gateway.local_day import A_YEAR, local_day
from gateway.people.access import openable
from gateway.people.clusters import these
from gateway.people.tables import PersonRow
from gateway.placements.answering import withdraw_offer
from gateway.records.actor import Actor
from gateway.records.tables import EventRow, EventSubjectRow, ParticularRow
from gateway.records.write import write
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, refuse
from gateway.storage.work import Work


def declare_emergency(
    title: str,
    *,
    closes_on: date,
    services: Collection[str] = (),
    referrals: Collection[str] = (),
    by: Actor,
    at: datetime,
    work: Work,
) -> EmergencyRow:
    """Declare an emergency: the services close on the day, and everybody in them must leave.

    Offers that stand in these services are withdrawn, and the people are back on the list where they stood.

    Parameters
    ----------
    title
        What has happened, in a few words and without anybody's name.
    services
        Those that close.
    referrals
        People who lose their place for another reason, from a list.

    Raises
    ------
    Invalid
        If the title is empty, the day is over or far away, nothing closes and nobody is named, or a service
        or referral is unknown; a restricted person whom the one declaring may not open is as unknown.
    """
    found = {row.id: row for row in work.where(ServiceRow, ServiceRow.id.in_(these(work, services)))}
    named = openable_referrals(work, referrals, by, at)
    refuse(
        [
            *([("title", "is empty")] if not title.strip() else []),
            *day_faults(closes_on, local_day(at)),
            *([("services", "none is named, and nobody is")] if not services and not referrals else []),
            *_unknown("services", "service", services, found),
            *_unknown("referrals", "referral", referrals, named),
        ]
    )
    for offer in offered_in(work, found):
        withdraw_offer(offer, why="The service closes.", by=by, at=at, work=work)
    emergency = EmergencyRow(
        id=work.new_id("E"), title=title.strip(), declared_by=by.id, declared_at=at, closes_on=closes_on
    )
    affected = named | {row.id: row for row in _living_in(work, found, closes_on)}
    why = f"Emergency {emergency.id}."
    for id, service in sorted(found.items()):
        if service.closes_on is None or service.closes_on > closes_on:
            plan_closure(
                id, closes_on, seen=service.version, why=why, leaving=affected, by=by, at=at, work=work
            )
    _must_leave(affected.values())
    rows = [
        *(EmergencyServiceRow(emergency_id=emergency.id, service_id=id) for id in sorted(found)),
        *(AffectedRow(emergency_id=emergency.id, referral_id=id) for id in sorted(affected)),
    ]
    about = [emergency.id, *found, *affected]
    write(
        work,
        emergency,
        *affected.values(),
        counted=rows,
        what="emergency declared",
        by=by,
        at=at,
        about=about,
    )
    return emergency


def day_faults(closes_on: date, today: date) -> Iterator[tuple[str, str]]:
    """What is wrong with the day on which everybody must be out.

    Before today it would affect people who have left since; further away than a year it is a slip of the pen.
    """
    if not today <= closes_on <= today + A_YEAR:
        yield "closes_on", f"is {closes_on}, must be today or a day within a year"


def add_affected(
    emergency_id: str, referrals: Collection[str], *, by: Actor, at: datetime, work: Work
) -> Sequence[str]:
    """Add people to an emergency; those who are in it already stay as they are. Returns who was added.

    Raises
    ------
    Invalid
        If a referral is unknown, or restricted and not to be opened by whoever adds it.
    Conflict
        If the emergency has ended.
    """
    emergency = work.get(EmergencyRow, emergency_id)
    _must_go_on(emergency)
    there = set(work.all(select(AffectedRow.referral_id).where(AffectedRow.emergency_id == emergency_id)))
    found = openable_referrals(work, referrals, by, at)
    refuse(_unknown("referrals", "referral", referrals, found))
    named = [row for id, row in sorted(found.items()) if id not in there]
    _must_leave(named)
    rows = [AffectedRow(emergency_id=emergency.id, referral_id=row.id) for row in named]
    if rows:
        about = [emergency.id, *(row.id for row in named)]
        write(work, *named, counted=rows, what="people added to emergency", by=by, at=at, about=about)
    return sorted(row.id for row in named)


def _must_leave(referrals: Iterable[ReferralRow]) -> None:
    """Whoever lives in a service must leave it; of nobody else can a referral say so."""
    for referral in referrals:
        referral.must_leave = referral.current_service_id is not None


def end_emergency(
    emergency_id: str, *, why: str | None = None, by: Actor, at: datetime, work: Work
) -> EmergencyRow:
    """End an emergency; while somebody has no place yet only with a reason.

    Raises
    ------
    Conflict
        If it has ended already, or somebody has no place and no reason is given.
    """
    emergency = work.get(EmergencyRow, emergency_id)
    _must_go_on(emergency)
    without = board(work, emergency_id).without_a_place
    if without and not (why or "").strip():
        raise Conflict(
            f"{len(without)} people of emergency {emergency_id} have no place yet: say why it ends."
        )
    emergency.ended_at = at
    write(work, emergency, what="emergency ended", by=by, at=at, about=[emergency_id], why=why)
    return emergency


def openable_referrals(
    work: Work, referrals: Collection[str], by: Actor, at: datetime
) -> dict[str, ReferralRow]:
    """Those of these referrals that there are, and whose cases somebody may open."""
    rows = work.where(ReferralRow, ReferralRow.id.in_(these(work, referrals)))
    may = openable(work, {row.person_id for row in rows}, by, at)
    return {row.id: row for row in rows if row.person_id in may}


def _unknown(
    field: str, kind: str, ids: Collection[str], found: Collection[str]
) -> Iterator[tuple[str, str]]:
    for at, id in enumerate(ids):
        if id not in found:
            yield f"{field}[{at}]", f"{id} is no {kind}"


def _must_go_on(emergency: EmergencyRow) -> None:
    if emergency.ended_at is not None:
        raise Conflict(f"Emergency {emergency.id} has ended already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Where everybody of an emergency stands (`Stands`), by referral, each list in the order of ids."""

    without_a_place: tuple[str, ...]
    offered: tuple[str, ...]
    accepted: tuple[str, ...]
    moved: tuple[str, ...]
    ended: tuple[str, ...]


def board(work: Work, emergency_id: str) -> Board:
    """Where everybody stands, in four queries."""
    lists: dict[str, list[str]] = {name: [] for name in Board.__slots__}
    for each in standings(work, emergency_id):
        lists[each.stands].append(each.referral)
    return Board(**{name: tuple(ids) for name, ids in lists.items()})


def log(
    work: Work, emergency_id: str, *, after: int | None = None, limit: int | None = None
) -> Sequence[EventRow]:
    """Everything done since it was declared, in order: about it, its runs, and whom it affects.

    Parameters
    ----------
    after, limit
        The number of the event with which the page before ended, and how many at most.
    """
    work.get(EmergencyRow, emergency_id)
    declared = select(func.min(EventSubjectRow.event)).where(EventSubjectRow.subject == emergency_id)
    subjects = (
        select(AffectedRow.referral_id)
        .where(AffectedRow.emergency_id == emergency_id)
        .union(select(RunRow.id).where(RunRow.emergency_id == emergency_id))
    )
    about = select(EventSubjectRow.event).where(
        (EventSubjectRow.subject == emergency_id) | EventSubjectRow.subject.in_(subjects)
    )
    query = (
        select(EventRow)
        .where(EventRow.number.in_(about), EventRow.number >= declared.scalar_subquery())
        .order_by(EventRow.number)
        .limit(limit)
    )
    return work.all(query if after is None else query.where(EventRow.number > after))


def referrals_in(work: Work, emergency_id: str, events: Sequence[EventRow]) -> Mapping[int, Sequence[str]]:
    """Which of the people affected each event is about, by its number, in the order of ids."""
    affected = select(AffectedRow.referral_id).where(AffectedRow.emergency_id == emergency_id)
    query = select(EventSubjectRow.event, EventSubjectRow.subject).where(
        EventSubjectRow.event.in_([event.number for event in events]), EventSubjectRow.subject.in_(affected)
    )
    found: dict[int, list[str]] = {event.number: [] for event in events}
    for event, subject in work.session.execute(query.order_by(EventSubjectRow.subject)):
        found[event].append(subject)
    return found


def reasons_of(work: Work, events: Sequence[EventRow]) -> Mapping[int, str]:
    """The reason given for each event that has one, by its number; who may read it is asked elsewhere."""
    query = select(ParticularRow.event, ParticularRow.text).where(
        ParticularRow.event.in_([event.number for event in events])
    )
    whys = {number: json.loads(text).get("why") for number, text in work.session.execute(query)}
    return {number: why for number, why in whys.items() if isinstance(why, str)}


def people_of(work: Work, events: Sequence[EventRow]) -> Mapping[int, Sequence[str]]:
    """All the people each event is about, by its number: whose cases must be open to read its reason."""
    numbers = [event.number for event in events]
    persons = select(EventSubjectRow.event, PersonRow.id).join(
        PersonRow, PersonRow.id == EventSubjectRow.subject
    )
    referred = select(EventSubjectRow.event, ReferralRow.person_id).join(
        ReferralRow, ReferralRow.id == EventSubjectRow.subject
    )
    found: dict[int, set[str]] = {number: set() for number in numbers}
    for query in (persons, referred):
        for event, person in work.session.execute(query.where(EventSubjectRow.event.in_(numbers))):
            found[event].add(person)
    return {number: sorted(people) for number, people in found.items()}


def _living_in(work: Work, services: Collection[str], day: date) -> Sequence[ReferralRow]:
    """Whoever lives there on the day."""
    return work.all(
        select(ReferralRow).where(ReferralRow.id.in_(living_in(services, day))).order_by(ReferralRow.id)
    )
