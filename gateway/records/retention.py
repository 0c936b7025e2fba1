"""Who is due to be erased on a day, and erasing them in batches.

People who were merged are one person and go together; so do people who must be kept apart, while that stands:
erasing one of the two would take the other's protection away.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true

from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.erase import Erased, erase_people
from gateway.records.reach import table
from gateway.records.retention_rules import Keeps, Kind, Life, RetentionRules, kept_by, kept_until
from gateway.records.sweep import sweep
from gateway.records.tombstones import PERSON
from gateway.refusals import Invalid
from gateway.storage.store import Store
from gateway.storage.work import Work

BATCH = 50
"""People erased in one unit of work."""

DRAFT, ENDED = "draft", ("declined", "withdrawn", "expired", "closed")
"""States of a referral in which nobody has anything to do any more (``gateway.referrals.states``)."""


@dataclass(frozen=True, slots=True)
class Due:
    """People to be erased together, and the day since which they are due."""

    people: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be erased; how many are kept, by what keeps them; the rest is not old enough yet."""

    due: tuple[Due, ...]
    kept: Mapping[Keeps, int]
    not_yet: int


def preview(work: Work, *, rules: RetentionRules, as_of: date) -> Preview:
    """Who is due on a day, the longest overdue first. Nothing is written."""
    return _preview(work, rules, as_of, None)


def apply(store: Store, *, rules: RetentionRules, as_of: date, by: Actor, batch: int = BATCH) -> Erased:
    """Erase everybody who is due, a batch in a unit of work; killed half-way, the next call goes on.

    Each batch asks again whether its people are due, so that somebody referred anew meanwhile stays.

    Raises
    ------
    Invalid
        If the day is yet to come.
    """
    if as_of > local_day(store.clock()):
        raise Invalid([("as_of", f"is {as_of}, must not be after today: nobody is erased before their time")])
    with store.reading() as work:
        due = preview(work, rules=rules, as_of=as_of).due
    total = Erased()
    for people in _batches(due, batch):
        erase = partial(_erase_still_due, people=people, rules=rules, as_of=as_of, by=by)
        total = total.and_also(store.transact(erase))
    return total.and_also(Erased(events=sweep(store)))


def _batches(due: Iterable[Due], size: int) -> Iterator[list[str]]:
    """Ids by the batch, those who go together never apart."""
    people: list[str] = []
    for each in due:
        people += each.people
        if len(people) >= size:
            yield people
            people = []
    if people:
        yield people


def _erase_still_due(
    work: Work, *, people: Sequence[str], rules: RetentionRules, as_of: date, by: Actor
) -> Erased:
    due = [person for each in _preview(work, rules, as_of, people).due for person in each.people]
    return erase_people(due, as_of=as_of, by=by, at=work.clock(), work=work) if due else Erased()


def _preview(work: Work, rules: RetentionRules, as_of: date, only: Sequence[str] | None) -> Preview:
    due: list[Due] = []
    kept: dict[Keeps, int] = {}
    not_yet = 0
    for lives in _together(_lives(work, only), _bonds(work, only)):
        reasons = [reason for life in lives if (reason := kept_by(life)) is not None]
        since = max(kept_until(life, rules) for life in lives)
        if reasons:
            kept[min(reasons)] = kept.get(min(reasons), 0) + len(lives)
        elif since > as_of:
            not_yet += len(lives)
        else:
            due.append(Due(tuple(life.person for life in lives), since))
    return Preview(tuple(sorted(due, key=lambda each: (each.since, each.people))), kept, not_yet)


def _of(column: ColumnElement[str], only: Sequence[str] | None) -> ColumnElement[bool]:
    """The rows of these people; ``None``: of everybody."""
    return true() if only is None else column.in_(only)


def _lives(work: Work, only: Sequence[str] | None) -> list[Life]:
    people = table("people")
    referrals, placements = _referral_facts(work, only), _placement_facts(work, only)
    held, barred = _held(work, only), _barred(work, only)
    entered = work.session.execute(
        select(people.c.id, people.c.entered_at)
        .where(people.c.erased_at.is_(None), people.c.id != PERSON, _of(people.c.id, only))
        .order_by(people.c.id)
    )
    return [
        _life(id, at, referrals.get(id), placements.get(id), held=id in held, barred_until=barred.get(id))
        for id, at in entered
    ]


def _life(
    person: str,
    entered: datetime,
    referral: tuple[datetime, int] | None,
    placement: tuple[date | None, int] | None,
    *,
    held: bool,
    barred_until: date | None,
) -> Life:
    ended = referral[0].date() if referral else entered.date()
    kind = Kind.PLACED if placement else Kind.UNPLACED if referral else Kind.NEVER_REFERRED
    if placement and placement[0]:
        ended = max(ended, placement[0])
    return Life(
        person=person,
        kind=kind,
        ended=ended,
        open_referral=bool(referral and referral[1]),
        living=bool(placement and placement[1]),
        held=held,
        barred_until=barred_until,
    )


def _referral_facts(work: Work, only: Sequence[str] | None) -> dict[str, tuple[datetime, int]]:
    t = table("referrals")
    still_open = func.sum(case((t.c.status.in_((DRAFT, *ENDED)), 0), else_=1))
    query: Select[Any] = select(t.c.person_id, func.max(t.c.status_since), still_open)
    rows = work.session.execute(query.where(_of(t.c.person_id, only)).group_by(t.c.person_id))
    return {person: (since, count) for person, since, count in rows}


def _placement_facts(work: Work, only: Sequence[str] | None) -> dict[str, tuple[date | None, int]]:
    t = table("placements")
    living = func.sum(case((t.c.until.is_(None), 1), else_=0))
    query: Select[Any] = select(t.c.person_id, func.max(t.c.until), living)
    rows = work.session.execute(query.where(_of(t.c.person_id, only)).group_by(t.c.person_id))
    return {person: (until, count) for person, until, count in rows}


def _held(work: Work, only: Sequence[str] | None) -> set[str]:
    t = table("legal_holds")
    return set(work.all(select(t.c.person_id).where(t.c.lifted_at.is_(None), _of(t.c.person_id, only))))


def _barred(work: Work, only: Sequence[str] | None) -> dict[str, date]:
    t = table("exclusions")
    query: Select[Any] = select(t.c.person_id, func.max(t.c.until)).where(t.c.lifted_on.is_(None))
    rows = work.session.execute(query.where(_of(t.c.person_id, only)).group_by(t.c.person_id))
    return {row[0]: row[1] for row in rows}


def _together(lives: Sequence[Life], bonds: Iterable[tuple[str, str]]) -> Iterator[list[Life]]:
    """Groups of people who go together, in the order of their first ids; none with a bond to a stranger."""
    leader = {life.person: life.person for life in lives}
    bound: set[str] = set()

    def lead(person: str) -> str:
        while leader[person] != person:
            leader[person] = person = leader[leader[person]]
        return person

    for one, other in bonds:
        if one in leader and other in leader:
            first, second = sorted((lead(one), lead(other)))
            leader[second] = first
        else:
            bound |= {one, other} & leader.keys()
    groups: dict[str, list[Life]] = {}
    for life in lives:
        groups.setdefault(lead(life.person), []).append(life)
    strangers = {lead(person) for person in bound}
    yield from (group for head, group in groups.items() if head not in strangers)


def _bonds(work: Work, only: Sequence[str] | None) -> list[tuple[str, str]]:
    """Pairs of people who go together: merged, or to be kept apart, of whom these are one or both."""
    people, apart = table("people"), table("separations")
    merged = select(people.c.id, people.c.merged_into).where(
        people.c.merged_into.is_not(None), or_(_of(people.c.id, only), _of(people.c.merged_into, only))
    )
    kept_apart = select(apart.c.person_id, apart.c.other_id).where(
        apart.c.ended_on.is_(None), or_(_of(apart.c.person_id, only), _of(apart.c.other_id, only))
    )
    return [(row[0], row[1]) for query in (merged, kept_apart) for row in work.session.execute(query)]
