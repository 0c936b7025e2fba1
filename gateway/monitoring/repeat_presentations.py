"""Who comes back to the gateway: how often, from where, and what happened last."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CTE, ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from gateway.directory.tables import ServiceRow
from gateway.local_day import local_day, start_of
from gateway.monitoring.what_happened_last import (
    DEPARTURES,
    Cause,
    Ending,
    Happening,
    cause_of,
    offer_ending,
    referral_ending,
)
from gateway.people.access import openable
from gateway.people.clusters import members_of
from gateway.people.looking import look_at
from gateway.people.tables import ERASED, ExclusionRow, PersonRow
from gateway.placements.states import HOLDING, OfferStatus
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.records.actor import Actor
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.stay import Stay
from gateway.storage.work import Work

WINDOW_DAYS = 365
"""Within how many days somebody who comes again is a repeat presenter: a setting of this gateway."""

AT_LEAST = 2
"""How many presentations in the window make a repeat presenter: a setting of this gateway."""


_ENDED = (ReferralStatus.DECLINED, ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED)
"""Ends of a referral that say something themselves; one is closed because an offer or a placement ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatPresenter:
    """Somebody who came several times in the window.

    person_id
        The id under which merged people are read.
    days
        Of the presentations in the window, in order.
    agencies
        Who referred them, and how often: the most often first, then by id.
    last
        What last came to nothing, up to the day asked for; ``None``: nothing has.
    """

    person_id: str
    days: tuple[date, ...]
    agencies: tuple[tuple[str, int], ...]
    last: Happening | None
    cause: Cause

    @property
    def times(self) -> int:
        """How often they came."""
        return len(self.days)


def repeat_presentations(
    work: Work,
    *,
    as_of: date,
    by: Actor,
    at: datetime,
    window_days: int = WINDOW_DAYS,
    at_least: int = AT_LEAST,
) -> tuple[RepeatPresenter, ...]:
    """Everybody who came at least so often in the window that ends with, and has in it, the day asked for.

    A presentation is a referral that was submitted and was no duplicate, on the day it arrived (where that is
    not known, the day it was entered). Merged people count together. The most often first, then who came
    last, then by id; seven queries however many they are. People whose case may not be opened are not there.
    """
    window = _window(as_of, window_days)
    roots = _who_came_back(work, window, at_least)
    opened = openable(work, roots, by, at)
    found = _presenters(work, [each for each in roots if each in opened], window, as_of)
    return tuple(sorted(found, key=lambda each: (-each.times, -each.days[-1].toordinal(), each.person_id)))


def presentations_of(
    person_id: str, *, as_of: date, window_days: int = WINDOW_DAYS, by: Actor, at: datetime, work: Work
) -> RepeatPresenter:
    """How often one person came in the window, under any of their ids; that it was read is recorded.

    Raises
    ------
    NotFound
        If there is no such person, or the case may not be opened.
    PersonErased
        If nothing is kept of them any more.
    """
    found = look_at(person_id, "presentations read", by=by, at=at, work=work)
    return presenter(work, found.root, as_of=as_of, window_days=window_days)


def presenter(work: Work, root: str, *, as_of: date, window_days: int = WINDOW_DAYS) -> RepeatPresenter:
    """The same for whoever has opened the person already, by the id under which they are read."""
    (found,) = _presenters(work, [root], _window(as_of, window_days), as_of)
    return found


def _window(as_of: date, days: int) -> Stay:
    return Stay(as_of - timedelta(days=days - 1), as_of + timedelta(days=1))


def _presenters(work: Work, roots: list[str], window: Stay, as_of: date) -> Iterator[RepeatPresenter]:
    days: dict[str, list[tuple[date, str]]] = defaultdict(list)
    happenings: dict[str, list[Happening]] = defaultdict(list)
    for root, day, agency in _presentations(work, roots, window):
        days[root].append((day, agency))
    for root, happening in (*_referrals(work, roots), *_offers(work, roots), *_placements(work, roots)):
        if happening.day <= as_of:
            happenings[root].append(happening)
    exclusions = _exclusions(work, roots)
    yield from (_presenter(root, days[root], happenings[root], exclusions[root]) for root in roots)


def _presenter(
    root: str,
    days: list[tuple[date, str]],
    happenings: list[Happening],
    exclusions: list[ExclusionRow],
) -> RepeatPresenter:
    last = max(happenings, default=None)
    agencies = Counter(agency for _, agency in days)
    return RepeatPresenter(
        person_id=root,
        days=tuple(sorted(day for day, _ in days)),
        agencies=tuple(sorted(agencies.items(), key=lambda each: (-each[1], each[0]))),
        last=last,
        cause=cause_of(last, exclusions),
    )


def presented(window: Stay) -> ColumnElement[bool]:
    """A condition on referrals: submitted, no duplicate, and arrived in the window."""
    never = and_(
        ReferralRow.status == ReferralStatus.EXPIRED,
        ReferralRow.end_reason == EndReason.TOO_OLD,
        ReferralRow.waiting_since.is_(None),
    )
    duplicate = and_(ReferralRow.end_reason.is_not(None), ReferralRow.end_reason == EndReason.DUPLICATE)
    until = window.until or date.max
    arrived = and_(ReferralRow.referred_on >= window.from_day, ReferralRow.referred_on < until)
    entered = and_(
        ReferralRow.referred_on.is_(None),
        ReferralRow.entered_at >= start_of(window.from_day),
        ReferralRow.entered_at < start_of(until),
    )
    submitted = ReferralRow.status != ReferralStatus.DRAFT
    return and_(submitted, not_(func.coalesce(never, False)), not_(duplicate), or_(arrived, entered))


def _who_came_back(work: Work, window: Stay, at_least: int) -> list[str]:
    people = _everybody()
    query = (
        select(people.c.root)
        .join(ReferralRow, ReferralRow.person_id == people.c.id)
        .where(presented(window), people.c.root != ERASED)
        .group_by(people.c.root)
        .having(func.count() >= at_least)
    )
    return list(work.all(query.order_by(people.c.root)))


def _everybody() -> CTE:
    """Every person, each with the root of their cluster."""
    merged = aliased(PersonRow)
    roots = select(PersonRow.id.label("root"), PersonRow.id).where(PersonRow.merged_into.is_(None))
    people = roots.cte("everybody", recursive=True)
    return people.union_all(select(people.c.root, merged.id).join(merged, merged.merged_into == people.c.id))


def _presentations(work: Work, roots: Collection[str], window: Stay) -> Iterator[tuple[str, date, str]]:
    members = members_of(work, roots)
    query = (
        select(members.c.asked, ReferralRow.referred_on, ReferralRow.entered_at, ReferralRow.agency_id)
        .join(ReferralRow, ReferralRow.person_id == members.c.id)
        .where(presented(window))
    )
    for root, referred_on, entered_at, agency in work.session.execute(query):
        yield root, referred_on or local_day(entered_at), agency


def _referrals(work: Work, roots: Collection[str]) -> Iterator[tuple[str, Happening]]:
    members = members_of(work, roots)
    query = (
        select(members.c.asked, ReferralRow.id, ReferralRow.status, ReferralRow.status_since)
        .add_columns(ReferralRow.end_reason, ReferralRow.waiting_since)
        .join(ReferralRow, ReferralRow.person_id == members.c.id)
        .where(ReferralRow.status.in_(_ENDED))
    )
    for root, id, status, since, reason, waiting_since in work.session.execute(query):
        if reason is not EndReason.DUPLICATE:
            ending = referral_ending(status, reason, waited=waiting_since is not None)
            yield root, Happening(day=local_day(since), step=0, subject=id, ending=ending)


def _offers(work: Work, roots: Collection[str]) -> Iterator[tuple[str, Happening]]:
    members = members_of(work, roots)
    query = (
        select(members.c.asked, OfferRow.id, OfferRow.answered_at, OfferRow.made_at, OfferRow.status)
        .add_columns(OfferRow.side, OfferRow.reason, OfferRow.review)
        .add_columns(ServiceRow.id, ServiceRow.provider_id, ServiceRow.authority_id)
        .join(OfferRow, OfferRow.person_id == members.c.id)
        .join(ServiceRow, ServiceRow.id == OfferRow.service_id)
        .where(OfferRow.status.not_in([*HOLDING, OfferStatus.TAKEN_UP]))
    )
    for root, id, answered_at, made_at, status, side, reason, review, *service in work.session.execute(query):
        ending = offer_ending(status, side, reason, review)
        day = local_day(answered_at or made_at)
        yield root, Happening(day=day, step=1, subject=id, ending=ending, service=_service(service))


def _placements(work: Work, roots: Collection[str]) -> Iterator[tuple[str, Happening]]:
    members = members_of(work, roots)
    query = (
        select(members.c.asked, PlacementRow.id, PlacementRow.until, PlacementRow.departure_reason)
        .add_columns(ServiceRow.id, ServiceRow.provider_id, ServiceRow.authority_id)
        .join(PlacementRow, PlacementRow.person_id == members.c.id)
        .join(ServiceRow, ServiceRow.id == PlacementRow.service_id)
        .where(PlacementRow.until.is_not(None))
    )
    for root, id, until, reason, *service in work.session.execute(query):
        ending = DEPARTURES.get(reason, Ending.LEFT)
        yield root, Happening(day=until, step=2, subject=id, ending=ending, service=_service(service))


def _service(columns: list[str]) -> tuple[str, str, str]:
    id, provider, authority = columns
    return id, provider, authority


def _exclusions(work: Work, roots: Collection[str]) -> Mapping[str, list[ExclusionRow]]:
    members = members_of(work, roots)
    query = select(members.c.asked, ExclusionRow).join(ExclusionRow, ExclusionRow.person_id == members.c.id)
    found: dict[str, list[ExclusionRow]] = defaultdict(list)
    for root, exclusion in work.session.execute(query.order_by(ExclusionRow.id)):
        found[root].append(exclusion)
    return found
