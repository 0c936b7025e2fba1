"""Exclusions: their terms, which are in force, whom they bar from what, and which are due for review."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, or_, select

from gateway.people.access import openable
from gateway.people.clusters import members_asked, on_sqlite, people
from gateway.people.looking import look_at
from gateway.people.tables import ExclusionReason, ExclusionRow
from gateway.records.actor import Actor
from gateway.refusals import NotFound, refuse
from gateway.storage.work import Work

_LONGEST_DETAIL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionTerms:
    """What an exclusion says: it needs a reason, a scope, an end and a day of review.

    Partners' practice (the project's glossary, *Exclusion*); a bar without an end is how people come to be
    excluded by routine.

    service_id, provider_id, authority_id
        The scope, exactly one: one service, all of a provider, or all in an authority.
    from_day, until
        Half-open: on ``until`` the person is free again.
    review_on
        When somebody must ask whether it is still right: on or before ``until``.

    Raises
    ------
    Invalid
        Naming every field that does not hold.
    """

    person_id: str
    reason: ExclusionReason
    from_day: date
    until: date
    review_on: date
    service_id: str | None = None
    provider_id: str | None = None
    authority_id: str | None = None
    detail: str | None = None

    def __post_init__(self) -> None:
        refuse(self._faults())

    def _faults(self) -> Iterator[tuple[str, str]]:
        scopes = {
            "service_id": self.service_id,
            "provider_id": self.provider_id,
            "authority_id": self.authority_id,
        }
        given = [name for name, id in scopes.items() if id is not None]
        if not given:
            yield "service_id", "is empty, and so are provider and authority: it must bar from one of them"
        for name in given[1:]:
            yield name, f"cannot be given besides {given[0]}: it bars from one of them"
        yield from term_faults(self.from_day, self.until, self.review_on)
        if self.reason is ExclusionReason.OTHER and not (self.detail or "").strip():
            yield "detail", "is empty, and the reason is 'other': say what it is"
        if len(self.detail or "") > _LONGEST_DETAIL:
            yield "detail", f"is {len(self.detail or '')} letters long, may have {_LONGEST_DETAIL}"


def term_faults(from_day: date, until: date, review_on: date) -> Iterator[tuple[str, str]]:
    """What is wrong with the days of an exclusion."""
    if until <= from_day:
        yield "until", f"is {until}, must be after {from_day}"
    if review_on > until:
        yield "review_on", f"is {review_on}, must be on or before {until}, when it ends"
    if review_on < from_day:
        yield "review_on", f"is {review_on}, must not be before {from_day}, when it begins"


def in_force(exclusion: ExclusionRow, day: date) -> bool:
    """Whether it bars anybody on that day."""
    lifted = exclusion.lifted_on
    return exclusion.from_day <= day < exclusion.until and (lifted is None or day < lifted)


def bars(exclusion: ExclusionRow, *, service_id: str, provider_id: str, authority_id: str) -> bool:
    """Whether its scope covers a service, which has this provider and stands in this authority."""
    return (exclusion.service_id, exclusion.provider_id, exclusion.authority_id) in (
        (service_id, None, None),
        (None, provider_id, None),
        (None, None, authority_id),
    )


def exclusions_in_force(
    work: Work, person_ids: Collection[str], day: date
) -> Mapping[str, tuple[ExclusionRow, ...]]:
    """For each of these people, what bars them on that day under any of their ids; one query, by id."""
    query = _exclusions_asked(sqlite=on_sqlite(work))
    found: dict[str, list[ExclusionRow]] = defaultdict(list)
    for asked, exclusion in work.session.execute(query, {**people(person_ids), "day": day}):
        found[asked].append(exclusion)
    return {id: tuple(found[id]) for id in sorted(set(person_ids))}


@cache
def _exclusions_asked(*, sqlite: bool) -> Select[str, ExclusionRow]:
    members = members_asked(sqlite=sqlite)
    return (
        select(members.c.asked, ExclusionRow)
        .join(ExclusionRow, ExclusionRow.person_id == members.c.id)
        .where(in_force_on(bindparam("day", type_=Date)))
        .order_by(ExclusionRow.id)
    )


def exclusions_of(person_id: str, *, by: Actor, at: datetime, work: Work) -> Sequence[ExclusionRow]:
    """Every exclusion of a person under any of their ids, those that are over among them; recorded.

    The newest first, then by id.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "exclusions read", by=by, at=at, work=work)
    theirs = select(ExclusionRow).where(ExclusionRow.person_id.in_(sorted(found.ids)))
    return work.all(theirs.order_by(ExclusionRow.from_day.desc(), ExclusionRow.id))


def open_exclusion(exclusion_id: str, *, by: Actor, at: datetime, work: Work) -> ExclusionRow:
    """One exclusion; that it was read is recorded.

    Raises
    ------
    NotFound
        If there is none, or the case may not be opened.
    """
    exclusion = work.get(ExclusionRow, exclusion_id)
    try:
        look_at(exclusion.person_id, "exclusions read", by=by, at=at, work=work)
    except NotFound:
        raise NotFound("exclusion", exclusion_id) from None
    return exclusion


def exclusions_due_for_review(
    work: Work,
    day: date,
    *,
    by: Actor,
    at: datetime,
    after: tuple[date, str] | None = None,
    most: int = 100,
) -> Sequence[ExclusionRow]:
    """Exclusions in force whose day of review has come, the longest due first, then by id.

    Those of people whose case may not be opened are not there; two queries, and two more as often as so many
    of them stand in the way that the page is not full.

    Parameters
    ----------
    after
        Day of review and id of the last one of the page before.
    """
    found: list[ExclusionRow] = []
    while True:
        rows = _due(work, day, after, most)
        opened = openable(work, {each.person_id for each in rows}, by, at)
        found.extend(each for each in rows if each.person_id in opened)
        if len(rows) < most or len(found) >= most:
            return found[:most]
        after = (rows[-1].review_on, rows[-1].id)


def _due(work: Work, day: date, after: tuple[date, str] | None, most: int) -> Sequence[ExclusionRow]:
    due = select(ExclusionRow).where(due_for_review(day))
    if after is not None:
        review_on, id = after
        same_day = and_(ExclusionRow.review_on == review_on, ExclusionRow.id > id)
        due = due.where(or_(ExclusionRow.review_on > review_on, same_day))
    return work.all(due.order_by(ExclusionRow.review_on, ExclusionRow.id).limit(most))


def due_for_review(day: date) -> ColumnElement[bool]:
    """Which exclusions are in force on a day, and to be looked at again by then."""
    return in_force_on(day) & (ExclusionRow.review_on <= day)


def in_force_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Which exclusions bar anybody on a day."""
    stands = or_(ExclusionRow.lifted_on.is_(None), ExclusionRow.lifted_on > day)
    return (ExclusionRow.from_day <= day) & (ExclusionRow.until > day) & stands
