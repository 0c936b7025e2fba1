"""Who a run is about: people who wait, and those who live in, or were offered, one of its places."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, or_, select

from gateway.allocation_runs.places import holds_after, services_in
from gateway.allocation_runs.scope import Scope
from gateway.assessment.tables import AssessmentRow, OverrideRow
from gateway.people.clusters import clusters
from gateway.people.tables import PersonRow
from gateway.placements.tables import HoldRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One referral as it stood when the run was made.

    person
        Whom it is about; the one they turned out to be, if two were merged.
    yes, unknown
        Codes answered yes, and risks nobody has answered.
    wishes
        Services, the most wished for first.
    look
        Why an officer must look at this person singly, in words; empty: no such reason.
    """

    referral: str
    version: int
    status: ReferralStatus
    person: str
    band: int
    triage_rank: int
    authority: str | None
    units: int
    gender: str | None
    born: date | None
    tier: str | None
    must_leave: bool
    may_move: bool
    yes: Mapping[ReferralTrait, frozenset[str]]
    wishes: tuple[str, ...]
    look: tuple[str, ...]

    def age_on(self, day: date) -> int | None:
        """Whole years; ``None`` where the date of birth is not known."""
        if self.born is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born.month, self.born.day)
        return day.year - self.born.year - (not had_birthday)


def candidates(work: Work, scope: Scope, *, only: str | None = None) -> tuple[Candidate, ...]:
    """Read them in the order of triage, in five queries however many there are.

    only
        One referral, however it stands; ``None``: everybody whom a run of this scope is about.
    """
    among = _among(scope) if only is None else select(ReferralRow.id).where(ReferralRow.id == only)
    rows = work.session.execute(
        select(ReferralRow, PersonRow)
        .join(PersonRow, PersonRow.id == ReferralRow.person_id)
        .where(ReferralRow.id.in_(among))
        .order_by(ReferralRow.triage_rank, ReferralRow.id)
    ).all()
    codes: dict[str, list[ReferralCodeRow]] = defaultdict(list)
    for code in work.where(ReferralCodeRow, ReferralCodeRow.referral_id.in_(among)):
        codes[code.referral_id].append(code)
    overridden = set(
        work.all(
            select(OverrideRow.referral_id).where(
                OverrideRow.referral_id.in_(among), OverrideRow.ended_at.is_(None)
            )
        )
    )
    complete = set(
        work.all(
            select(AssessmentRow.referral_id).where(
                AssessmentRow.referral_id.in_(among),
                AssessmentRow.superseded_at.is_(None),
                AssessmentRow.scored.is_(True),
            )
        )
    )
    roots = clusters(work, {person.id for _, person in rows})
    return tuple(
        _candidate(
            referral,
            person,
            roots[person.id].root,
            codes[referral.id],
            overridden=referral.id in overridden,
            scored=referral.id in complete,
        )
        for referral, person in rows
    )


def _among(scope: Scope) -> Select[str]:
    there = select(HoldRow.referral_id).where(
        HoldRow.service_id.in_(services_in(scope)), holds_after(scope.as_of)
    )
    waits = ReferralRow.status == ReferralStatus.WAITING
    if scope.authorities:
        waits = waits & ReferralRow.authority_id.in_(sorted(scope.authorities))
    return select(ReferralRow.id).where(or_(waits, ReferralRow.id.in_(there)))


NOT_SCORED, OVERRIDDEN = "not yet scored", "the band was overridden"
RISK_UNKNOWN, RESTRICTED = "a risk is not yet known", "the case is restricted"

LOOKED_AT_SINGLY = (NOT_SCORED, OVERRIDDEN, RISK_UNKNOWN, RESTRICTED)
"""Flags of a referral that an officer must look at by itself; a near tie, which a plan makes, is another."""


def _candidate(
    referral: ReferralRow,
    person: PersonRow,
    root: str,
    codes: list[ReferralCodeRow],
    *,
    overridden: bool,
    scored: bool,
) -> Candidate:
    yes: dict[ReferralTrait, set[str]] = defaultdict(set)
    for code in codes:
        if code.answer is not False and (code.answer or code.trait is not ReferralTrait.RISK):
            yes[code.trait].add(code.value)
    unknown = [each for each in codes if each.trait is ReferralTrait.RISK and each.answer is None]
    wishes = sorted(
        (each for each in codes if each.trait is ReferralTrait.WISHED_SERVICE),
        key=lambda each: (each.place or 0, each.value),
    )
    return Candidate(
        referral=referral.id,
        version=referral.version,
        status=referral.status,
        person=root,
        band=referral.band or 1,
        triage_rank=referral.triage_rank,
        authority=referral.authority_id,
        units=referral.units,
        gender=person.gender,
        born=person.born,
        tier=referral.tier,
        must_leave=referral.must_leave,
        may_move=referral.may_move,
        yes={trait: frozenset(values) for trait, values in yes.items()},
        wishes=tuple(each.value for each in wishes),
        look=_look(scored=scored, overridden=overridden, unknown=bool(unknown), restricted=person.restricted),
    )


def _look(*, scored: bool, overridden: bool, unknown: bool, restricted: bool) -> tuple[str, ...]:
    flags = (not scored, overridden, unknown, restricted)
    return tuple(why for holds, why in zip(flags, LOOKED_AT_SINGLY, strict=True) if holds)


def why_to_look(work: Work, referral_id: str) -> tuple[str, ...]:
    """Why an officer must look at this referral singly as it stands now (`Candidate.look`); one query."""
    risk = (ReferralCodeRow.trait == ReferralTrait.RISK, ReferralCodeRow.answer.is_(None))
    counts = (AssessmentRow.superseded_at.is_(None), AssessmentRow.scored.is_(True))
    query = (
        select(
            exists().where(AssessmentRow.referral_id == ReferralRow.id, *counts),
            exists().where(OverrideRow.referral_id == ReferralRow.id, OverrideRow.ended_at.is_(None)),
            exists().where(ReferralCodeRow.referral_id == ReferralRow.id, *risk),
            PersonRow.restricted,
        )
        .select_from(ReferralRow)
        .join(PersonRow, PersonRow.id == ReferralRow.person_id)
        .where(ReferralRow.id == referral_id)
    )
    scored, overridden, unknown, restricted = work.session.execute(query).one()
    return _look(scored=scored, overridden=overridden, unknown=unknown, restricted=restricted)
