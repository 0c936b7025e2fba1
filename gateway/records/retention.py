"""Who is due to be erased on a day, and erasing them in batches.

People who were merged are one person and go together; so do people who must be kept apart, while that stands:
erasing one of the two would take the other's protection away.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select

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
    due: list[Due] = []
    kept: dict[Keeps, int] = {}
    not_yet = 0
    for lives in _together(work, _lives(work)):
        reasons = [reason for life in lives if (reason := kept_by(life)) is not None]
        since = max(kept_until(life, rules) for life in lives)
        if reasons:
            kept[min(reasons)] = kept.get(min(reasons), 0) + len(lives)
        elif since > as_of:
            not_yet += len(lives)
        else:
            due.append(Due(tuple(life.person for life in lives), since))
    return Preview(tuple(sorted(due, key=lambda each: (each.since, each.people))), kept, not_yet)


def apply(store: Store, *, rules: RetentionRules, as_of: date, by: Actor, batch: int = BATCH) -> Erased:
    """Erase everybody who is due, a batch in a unit of work; killed half-way, the next call goes on.

    Each batch asks again who is due, so that somebody referred anew meanwhile stays.

    Raises
    ------
    Invalid
        If the day is yet to come.
    """
    if as_of > store.clock().date():
        raise Invalid([("as_of", f"is {as_of}, must not be after today: nobody is erased before their time")])
    total = Erased()
    while True:
        done = store.transact(lambda work: _next_batch(work, rules, as_of, by=by, batch=batch))
        if not done.people:
            break
        total = total.and_also(done)
    return total.and_also(Erased(events=sweep(store)))


def _next_batch(work: Work, rules: RetentionRules, as_of: date, *, by: Actor, batch: int) -> Erased:
    people: list[str] = []
    for due in preview(work, rules=rules, as_of=as_of).due:
        people += due.people
        if len(people) >= batch:
            break
    return erase_people(people, as_of=as_of, by=by, at=work.clock(), work=work) if people else Erased()


def _lives(work: Work) -> list[Life]:
    people = table("people")
    referrals, placements = _referral_facts(work), _placement_facts(work)
    held, barred = _held(work), _barred(work)
    entered = work.session.execute(
        select(people.c.id, people.c.entered_at)
        .where(people.c.erased_at.is_(None), people.c.id != PERSON)
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


def _referral_facts(work: Work) -> dict[str, tuple[datetime, int]]:
    t = table("referrals")
    still_open = func.sum(case((t.c.status.in_((DRAFT, *ENDED)), 0), else_=1))
    rows = work.session.execute(
        select(t.c.person_id, func.max(t.c.status_since), still_open).group_by(t.c.person_id)
    )
    return {person: (since, count) for person, since, count in rows}


def _placement_facts(work: Work) -> dict[str, tuple[date | None, int]]:
    t = table("placements")
    living = func.sum(case((t.c.until.is_(None), 1), else_=0))
    rows = work.session.execute(select(t.c.person_id, func.max(t.c.until), living).group_by(t.c.person_id))
    return {person: (until, count) for person, until, count in rows}


def _held(work: Work) -> set[str]:
    t = table("legal_holds")
    return set(work.all(select(t.c.person_id).where(t.c.lifted_at.is_(None))))


def _barred(work: Work) -> dict[str, date]:
    t = table("exclusions")
    query: Select[Any] = (
        select(t.c.person_id, func.max(t.c.until)).where(t.c.lifted_on.is_(None)).group_by(t.c.person_id)
    )
    return {row[0]: row[1] for row in work.session.execute(query)}


def _together(work: Work, lives: Sequence[Life]) -> Iterator[list[Life]]:
    """Groups of people who go together, each in the order of the ids."""
    leader = {life.person: life.person for life in lives}

    def lead(person: str) -> str:
        while leader[person] != person:
            leader[person] = person = leader[leader[person]]
        return person

    for one, other in _bonds(work):
        if one in leader and other in leader:
            first, second = sorted((lead(one), lead(other)))
            leader[second] = first
    groups: dict[str, list[Life]] = {}
    for life in lives:
        groups.setdefault(lead(life.person), []).append(life)
    yield from groups.values()


def _bonds(work: Work) -> Iterable[tuple[str, str]]:
    people, apart = table("people"), table("separations")
    merged = select(people.c.id, people.c.merged_into).where(people.c.merged_into.is_not(None))
    kept_apart = select(apart.c.person_id, apart.c.other_id).where(apart.c.ended_on.is_(None))
    for query in (merged, kept_apart):
        yield from ((row[0], row[1]) for row in work.session.execute(query))
