"""A named person sets another band than the computed one, and says why; both are kept, and it can end."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from gateway.assessment.assess import band_problem
from gateway.assessment.referral import text_problem
from gateway.assessment.scheme_documents import scheme_in_force
from gateway.assessment.scoring import assess_anew, in_force
from gateway.assessment.tables import OverrideRow
from gateway.records.actor import Actor, Role
from gateway.records.write import write
from gateway.referrals.states import OPEN
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, NotAllowed, NotFound, refuse
from gateway.storage.work import Work

LONGEST_REASON = 2000


def override_band(
    referral_id: str, band: int, *, reason: str, by: Actor, at: datetime, work: Work
) -> OverrideRow:
    """Set a referral's band, up or down, whatever its score says; an override that stands is ended by it.

    It decides the band alone: inside it the place is still the computed one, and somebody not yet scored
    stays at the top of the triage list.

    Raises
    ------
    Invalid
        If the scheme has no such band, or the reason is empty or too long.
    NotAllowed
        If no named person does it: judgement is nothing for a clock.
    Conflict
        If the referral is a draft, or has ended; or no scheme is in force.
    """
    if by.role is Role.CLOCKWORK:
        raise NotAllowed("An override is a named person's decision.")
    row = work.get(ReferralRow, referral_id)
    if row.status not in OPEN:
        raise Conflict(f"Referral {row.id} is {row.status}: only an open referral is overridden.")
    told = " ".join(reason.split())
    refuse(_faults(work, band, told, at))
    if (stands := override_of(work, row.id)) is not None:
        _end(stands, row, by=by, at=at, work=work)
    scored = in_force(work, row.id)
    override = OverrideRow(
        id=work.new_id("B"),
        referral_id=row.id,
        computed_band=None if scored is None else scored.band,
        band=band,
        reason=told,
        set_by=by.id,
        set_at=at,
    )
    write(work, override, what="band overridden", by=by, at=at, about=(row.id, row.person_id), why=told)
    assess_anew(row.id, what="referral rescored", by=by, at=at, work=work)
    return override


def _faults(work: Work, band: int, reason: str, at: datetime) -> Iterator[tuple[str, str]]:
    if problem := band_problem(band, scheme_in_force(work, at)):
        yield "band", problem
    if problem := text_problem(reason, LONGEST_REASON):
        yield "reason", problem


def end_override(referral_id: str, *, why: str, by: Actor, at: datetime, work: Work) -> OverrideRow:
    """End the override that stands; the computed band counts again.

    Raises
    ------
    NotFound
        If none stands.
    NotAllowed
        If no named person does it.
    """
    if by.role is Role.CLOCKWORK:
        raise NotAllowed("An override is a named person's decision, and so is its end.")
    row, stands = work.get(ReferralRow, referral_id), override_of(work, referral_id)
    if stands is None:
        raise NotFound("override of referral", referral_id)
    _end(stands, row, why=why, by=by, at=at, work=work)
    if row.status in OPEN:
        assess_anew(row.id, what="referral rescored", by=by, at=at, work=work)
    return stands


def _end(
    stands: OverrideRow, row: ReferralRow, *, why: str | None = None, by: Actor, at: datetime, work: Work
) -> None:
    stands.ended_at = at
    write(work, stands, what="override ended", by=by, at=at, about=(row.id, row.person_id), why=why)


def override_of(work: Work, referral_id: str) -> OverrideRow | None:
    """The override of a referral that stands."""
    return work.first(
        select(OverrideRow).where(OverrideRow.referral_id == referral_id, OverrideRow.ended_at.is_(None))
    )
