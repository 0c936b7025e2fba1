"""A referral is entered: drafted, changed while it is a draft, submitted; corrected later."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from gateway.local_day import local_day
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details import ReferralDetails
from gateway.referrals.details_rows import code_rows, fill, member_rows
from gateway.referrals.moving import move
from gateway.referrals.references import refuse_unknown
from gateway.referrals.replacing import replaced_codes, replaced_members
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.submission_faults import DRAFT_LIFE, missing, unready
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, IllegalMove, refuse
from gateway.storage.work import LostRace, Work

_HAS_UNITS = frozenset({ReferralStatus.OFFERED, ReferralStatus.PLACED})
"""Units are held for the household, as many as it takes."""


class AlreadyReferred(Conflict):
    """The agency has sent a referral under this reference before."""

    def __init__(self, agency_id: str, referral_id: str) -> None:
        self.agency_id, self.referral_id = agency_id, referral_id
        super().__init__(f"Agency {agency_id} has used this reference before: it is referral {referral_id}.")


def draft(
    details: ReferralDetails, *, life: timedelta = DRAFT_LIFE, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Enter a referral as a draft, which expires by itself after ``life`` unless it is submitted.

    Raises
    ------
    Invalid
        If it names a person, agency, authority or service that is not there.
    AlreadyReferred
        If the agency has used its reference before; the referral of that reference is named.
    """
    refuse_unknown(work, details)
    row = _new(details, by, at, work)
    row.status_until = at + life
    return _enter(row, details, what="referral drafted", by=by, at=at, work=work)


def refer(details: ReferralDetails, *, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Enter a referral and hand it in at once, under the rules of `submit`.

    Raises
    ------
    Invalid, AlreadyReferred
        As `draft` and `submit`.
    """
    refuse_unknown(work, details)
    row = _new(details, by, at, work)
    refuse(unready(work, row, client_groups=bool(details.client_groups), at=at))
    row.referred_on = row.referred_on or local_day(at)
    move(row, ReferralStatus.SUBMITTED, at=at)
    return _enter(row, details, what="referral submitted", by=by, at=at, work=work)


def _new(details: ReferralDetails, by: Actor, at: datetime, work: Work) -> ReferralRow:
    refuse(_unborn(details, local_day(at)))
    row = ReferralRow(
        id=work.new_id("R"),
        entered_by=by.id,
        entered_at=at,
        status=ReferralStatus.DRAFT,
        status_since=at,
        triage_rank=0,
    )
    fill(row, details)
    return row


def _enter(
    row: ReferralRow, details: ReferralDetails, *, what: str, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    form = (*code_rows(row.id, details), *member_rows(row.id, details, work.new_id))
    try:
        with work.attempt():
            write(work, row, what=what, by=by, at=at, about=_about(row))
    except IntegrityError as fault:
        raise _already_referred(work, details, fault) from None
    if form:
        write(work, *form, what="form filled in", by=by, at=at, about=_about(row))
    return row


def _already_referred(work: Work, details: ReferralDetails, fault: IntegrityError) -> Exception:
    if "agency_reference" not in str(fault.orig):
        return fault
    found = work.first(
        select(ReferralRow.id).where(
            ReferralRow.agency_id == details.agency_id,
            ReferralRow.agency_reference == details.agency_reference,
        )
    )
    return LostRace("agency_reference") if found is None else AlreadyReferred(details.agency_id, found)


def change_draft(
    referral_id: str, details: ReferralDetails, *, seen: int, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Put another form in a draft's place.

    Raises
    ------
    ChangedMeanwhile
        If the draft was changed after version ``seen``.
    IllegalMove
        If it is no draft any more.
    Invalid, AlreadyReferred
        As `draft`.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    if row.status is not ReferralStatus.DRAFT:
        raise IllegalMove("referral", row.id, stands=row.status, wanted=ReferralStatus.DRAFT)
    return _put(row, details, what="draft changed", why=None, by=by, at=at, work=work)


def correct(
    referral_id: str, details: ReferralDetails, *, seen: int, why: str, by: Actor, at: datetime, work: Work
) -> ReferralRow:
    """Correct what a submitted referral says; its person and its agency stay.

    Whoever calls this has the referral scored again: ``gateway.assessment.rescoring.change_facts`` does both.

    Raises
    ------
    ChangedMeanwhile
        If the referral was changed after version ``seen``.
    Conflict
        If it is a draft, or has ended.
    Invalid, AlreadyReferred
        As `draft`; or if it would become somebody else's, or another agency's; or if it would take another
        number of units than those it is offered, or lives in.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    if row.status not in OPEN:
        raise Conflict(f"Referral {row.id} is {row.status}: only an open referral is corrected.")
    refuse(_correction_faults(row, details, local_day(at)))
    return _put(row, details, what="referral corrected", why=why, by=by, at=at, work=work)


def _correction_faults(row: ReferralRow, details: ReferralDetails, today: date) -> Iterator[tuple[str, str]]:
    for field in ("person_id", "agency_id"):
        if getattr(details, field) != getattr(row, field):
            yield field, "cannot change after submission"
    if details.referred_on is None or details.referred_on > today:
        yield "referred_on", f"is not known or after today, {today}, but the referral has arrived"
    if not details.client_groups:
        yield "client_groups", "is empty: at least the primary client group is needed"
    if details.units != row.units and row.status in _HAS_UNITS:
        yield (
            "units",
            (
                f"cannot change while {row.units} are {row.status}: "
                "withdraw the offer first, or refer the household that has changed anew"
            ),
        )


def _put(
    row: ReferralRow,
    details: ReferralDetails,
    *,
    what: str,
    why: str | None,
    by: Actor,
    at: datetime,
    work: Work,
) -> ReferralRow:
    refuse_unknown(work, details)
    refuse(_unborn(details, local_day(at)))
    try:
        with work.attempt():
            put, gone = replaced_codes(work, row.id, details)
            members, left = replaced_members(work, row.id, details)
            fill(row, details)
            flag_modified(row, "units")  # so that a change of its lists alone counts as a version too
            changed, removed = (row, *put, *members), (*gone, *left)
            write(work, *changed, what=what, by=by, at=at, about=_about(row), why=why, removed=removed)
    except IntegrityError as fault:
        raise _already_referred(work, details, fault) from None
    return row


def submit(referral_id: str, *, seen: int | None = None, by: Actor, at: datetime, work: Work) -> ReferralRow:
    """Hand a draft in, which may have been as incomplete as it liked.

    A referral has an agency that is designated to refer (West London protocol: each partner names its
    referral agencies), a person who agreed to be referred (a requirement of practice, not the lawful basis),
    a client group, and a day of arrival that is not to come, nor longer before the draft was begun than a
    draft lives: who waits longer comes first. The rest may be unknown, and is asked in triage.

    Raises
    ------
    Invalid
        Naming everything that is missing.
    IllegalMove
        If it is no draft.
    """
    row = work.get(ReferralRow, referral_id, seen=seen)
    refuse(missing(referral_id, at=at, work=work))
    row.referred_on = row.referred_on or local_day(at)
    move(row, ReferralStatus.SUBMITTED, at=at)
    write(work, row, what="referral submitted", by=by, at=at, about=_about(row))
    return row


def _unborn(details: ReferralDetails, today: date) -> Iterator[tuple[str, str]]:
    for number, member in enumerate(details.household):
        if member.born is not None and member.born > today:
            yield f"household[{number}].born", f"is after today, {today}"


def _about(row: ReferralRow) -> tuple[str, str]:
    return row.id, row.person_id
