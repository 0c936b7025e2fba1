"""What needs somebody now, by role: counts of what waits for them, each in one query together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.agreements.reading import entered_by
from gateway.agreements.tables import AgreementRow
from gateway.allocation_runs.tables import (
    EmergencyRow,
    ProposalRow,
    ProposalStatus,
    RedesignationRequestRow,
    RequestStatus,
    RunRow,
    RunStatus,
)
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.local_day import local_day
from gateway.people.clusters import on_sqlite
from gateway.people.exclusions import due_for_review
from gateway.people.tables import ExclusionRow, GrantRow, PersonRow
from gateway.placements.forbidden_places import forbidden_counted
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import OfferRow, PlacementRow, Review
from gateway.records.actor import Role
from gateway.records.tables import EventRow, LinkRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import SCORED_FROM, all_answered
from gateway.storage.work import Work

SOON: Final = timedelta(hours=24)
"""A deadline this near is worth a look; ours."""

HALF_A_YEAR: Final = timedelta(days=183)
"""An agreement that ends this soon is worth a look; ours."""

STALE: Final = timedelta(days=7)
"""A unit that nobody confirmed for so long is asked about; ours, a setting of the doors."""


class Need(StrEnum):
    """One kind of thing that waits for somebody."""

    EMERGENCIES = "emergencies"
    FORBIDDEN_PLACES = "forbidden_places"
    SUBMITTED = "submitted"
    IN_TRIAGE = "in_triage"
    ANSWERED = "answered"
    UNSCORED = "unscored"
    REFUSALS = "refusals"
    OFFERS_SOON = "offers_soon"
    LINES = "lines"
    EXCLUSIONS = "exclusions"
    STALE_UNITS = "stale_units"
    QUESTIONS = "questions"
    DRAFTS = "drafts"
    OFFERS = "offers"
    MOVES = "moves"
    REQUESTS = "requests"
    REVIEWS = "reviews"
    READY = "ready"
    BROKEN_GLASS = "broken_glass"
    UNSEALED = "unsealed"
    INVITED = "invited"
    ENDING_AGREEMENTS = "ending_agreements"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAsks:
    """For whom it is counted: their role, and the agency, provider or authority they work for.

    account_id
        Who they are: somebody may have been let into a restricted case.
    """

    role: Role
    agency_id: str | None = None
    provider_id: str | None = None
    authority_id: str | None = None
    account_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """For whom it is counted, when, and for which database."""

    who: WhoAsks
    at: datetime
    sqlite: bool


def needs_now(work: Work, who: WhoAsks, *, at: datetime) -> Mapping[Need, int]:
    """What waits for somebody, in the order in which they should look; what is nought is told too."""
    counts = _COUNTS[who.role](_Asked(who=who, at=at, sqlite=on_sqlite(work)))
    row = work.session.execute(select(*(count.label(need) for need, count in counts.items()))).one()
    return dict(zip(counts, (int(each) for each in row), strict=True))


def _of_the_gateway(asked: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    who, at = asked.who, asked.at
    triage = ReferralRow.status == ReferralStatus.IN_TRIAGE
    waiting = ReferralRow.status.in_((ReferralStatus.WAITING, ReferralStatus.IN_TRIAGE))
    open_run = exists().where(RunRow.id == ProposalRow.run_id, RunRow.status == RunStatus.PROPOSED)
    told_line = exists().where(
        ReferralRow.id == ProposalRow.referral_id, _may_be_told(ReferralRow.person_id, who, at)
    )
    told_offer = _may_be_told(OfferRow.person_id, who, at)
    # The queue tells of a restricted case without its name, and so do the numbers; all other lists do not.
    return {
        Need.EMERGENCIES: _many(EmergencyRow, EmergencyRow.ended_at.is_(None)),
        Need.FORBIDDEN_PLACES: forbidden_counted(
            local_day(at),
            sqlite=asked.sqlite,
            may_be_told=lambda person_id: _may_be_told(person_id, who, at),
        ),
        Need.SUBMITTED: _many(ReferralRow, ReferralRow.status == ReferralStatus.SUBMITTED),
        Need.ANSWERED: _many(ReferralRow, triage, all_answered()),
        Need.IN_TRIAGE: _many(ReferralRow, triage),
        Need.UNSCORED: _many(ReferralRow, waiting, ReferralRow.triage_rank < SCORED_FROM),
        Need.REFUSALS: _many(OfferRow, OfferRow.review == Review.PENDING, told_offer),
        Need.OFFERS_SOON: _many(
            OfferRow, OfferRow.status == OfferStatus.MADE, OfferRow.answer_by <= at + SOON, told_offer
        ),
        # Runs that are compared propose places for the same people: each is counted once.
        Need.LINES: select(func.count(ProposalRow.referral_id.distinct()))
        .where(
            ProposalRow.status == ProposalStatus.PROPOSED,
            ProposalRow.service_id.is_not(None),  # where no place was found there is none to decide on
            open_run,
            told_line,
        )
        .scalar_subquery(),
        Need.EXCLUSIONS: _many(
            ExclusionRow, due_for_review(local_day(at)), _may_be_told(ExclusionRow.person_id, who, at)
        ),
        Need.STALE_UNITS: _stale_units(at),
    }


def _of_a_provider(asked: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    who, at = asked.who, asked.at
    theirs = select(ServiceRow.id).where(ServiceRow.provider_id == who.provider_id)
    units = select(UnitRow.id).where(UnitRow.service_id.in_(theirs))
    living = (
        PlacementRow.service_id.in_(theirs),
        PlacementRow.status == PlacementStatus.LIVING,
        _may_be_told(PlacementRow.person_id, who, at),
    )
    mine = (OfferRow.service_id.in_(theirs), _may_be_told(OfferRow.person_id, who, at))
    return {
        Need.OFFERS: _many(OfferRow, *mine, OfferRow.status == OfferStatus.MADE),
        Need.MOVES: _many(OfferRow, *mine, OfferRow.status == OfferStatus.ACCEPTED),
        Need.REQUESTS: _many(
            RedesignationRequestRow,
            RedesignationRequestRow.unit_id.in_(units),
            RedesignationRequestRow.status == RequestStatus.ASKED,
        ),
        Need.STALE_UNITS: _stale_units(at, UnitRow.service_id.in_(theirs)),
        Need.REVIEWS: _many(PlacementRow, *living, PlacementRow.review_on <= local_day(at)),
        Need.READY: _many(PlacementRow, *living, PlacementRow.ready_since.is_not(None)),
    }


def _may_be_told(
    person_id: ColumnElement[str] | InstrumentedAttribute[str], who: WhoAsks, at: datetime
) -> ColumnElement[bool]:
    """Whether a case is counted: no number tells of a restricted one that stands in no list of theirs.

    As `gateway.people.access.openable`, with rows that were merged followed one step.
    """
    asked, row = aliased(PersonRow), aliased(PersonRow)
    same = or_(
        row.id == asked.id,
        row.id == asked.merged_into,
        row.merged_into == asked.id,
        row.merged_into == asked.merged_into,
    )
    let_in = exists().where(
        GrantRow.person_id == row.id,
        GrantRow.holder == who.account_id,
        GrantRow.granted_at <= at,
        GrantRow.until > at,
        or_(GrantRow.revoked_at.is_(None), GrantRow.revoked_at > at),
    )
    return ~exists().where(asked.id == person_id, same, row.restricted, ~let_in)


def _of_a_referrer(asked: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    who, at = asked.who, asked.at
    mine = (ReferralRow.agency_id == who.agency_id, _may_be_told(ReferralRow.person_id, who, at))
    theirs = select(ReferralRow.id).where(*mine)
    offered = (OfferRow.referral_id.in_(theirs), OfferRow.status == OfferStatus.MADE)
    return {
        Need.QUESTIONS: _many(ReferralRow, *mine, ReferralRow.status == ReferralStatus.MORE_ASKED),
        Need.DRAFTS: _many(ReferralRow, *mine, ReferralRow.status == ReferralStatus.DRAFT),
        Need.OFFERS_SOON: _many(OfferRow, *offered, OfferRow.answer_by <= at + SOON),
    }


def _of_an_auditor(asked: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    month_ago = asked.at - timedelta(days=30)
    unsealed = ~exists().where(LinkRow.event == EventRow.number)
    return {
        Need.BROKEN_GLASS: _many(GrantRow, GrantRow.broken_glass.is_(True), GrantRow.granted_at >= month_ago),
        Need.UNSEALED: _many(EventRow, unsealed, EventRow.recorded_at >= month_ago),
    }


def _of_an_administrator(_: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    return {Need.INVITED: _many(AccountRow, AccountRow.status == AccountStatus.INVITED)}


def _of_a_commissioner(asked: _Asked) -> Mapping[Need, ScalarSelect[int]]:
    who, at = asked.who, asked.at
    today = local_day(at)
    stands = [AgreementRow.ended_on.is_(None), AgreementRow.until > today]
    if who.authority_id is not None:
        stands.append(entered_by(who.authority_id))
    return {Need.ENDING_AGREEMENTS: _many(AgreementRow, *stands, AgreementRow.until <= today + HALF_A_YEAR)}


def _stale_units(at: datetime, *which: ColumnElement[bool]) -> ScalarSelect[int]:
    today = local_day(at)
    return _many(
        UnitRow,
        or_(UnitRow.confirmed_at.is_(None), UnitRow.confirmed_at < at - STALE),
        UnitRow.opens_on <= today,
        or_(UnitRow.closes_on.is_(None), UnitRow.closes_on > today),
        *which,
    )


def _many(kind: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:  # noqa: ANN401  any row's class
    query: Select[int] = select(func.count()).select_from(kind).where(*conditions)
    return query.scalar_subquery()


Counts: TypeAlias = Callable[[_Asked], Mapping[Need, ScalarSelect[int]]]

_COUNTS: Final[Mapping[Role, Counts]] = MappingProxyType(
    {
        Role.OFFICER: _of_the_gateway,
        Role.DUTY_MANAGER: _of_the_gateway,
        Role.PROVIDER: _of_a_provider,
        Role.REFERRER: _of_a_referrer,
        Role.AUDITOR: _of_an_auditor,
        Role.ADMINISTRATOR: _of_an_administrator,
        Role.COMMISSIONER: _of_a_commissioner,
    }
)
"""What is counted for whom; the clockwork needs nothing."""
