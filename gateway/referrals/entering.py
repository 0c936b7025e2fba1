"""A referral is entered: drafted, changed while it is a draft, submitted; corrected later."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from gateway.local_day import local_day
from gateway.people.consents import has_consent, stands_on
from gateway.people.tables import ConsentRow, PersonRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.details import ReferralDetails
from gateway.referrals.details_rows import code_rows, fill, member_rows
from gateway.referrals.moving import move
from gateway.referrals.references import refuse_unknown
from gateway.referrals.replacing import replaced_codes, replaced_members
from gateway.referrals.states import OPEN, ReferralStatus
from gateway.referrals.tables import AgencyRow, ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.refusals import Conflict, IllegalMove, refuse
from gateway.storage.work import LostRace, Work

DRAFT_LIFE = timedelta(days=28)
"""After how long a draft that nobody submits expires; ours, a setting of the doors."""

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
    refuse(_unready(work, row, client_groups=bool(details.client_groups), at=at))
    row.referred_on = row.referred_on or local_day(at)
    move(row, ReferralStatus.SUBMITTED, at=at)
    return _enter(row, details, what="referral submitted", by=by, at=at, work=work)


def _new(details: ReferralDetails, by: Actor, at: datetime, work: Work) -> ReferralRow:
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
    a client group, and a day of arrival that is not to come. The rest may be unknown, and is asked in triage.

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


def missing(referral_id: str, *, at: datetime, work: Work) -> Sequence[tuple[str, str]]:
    """What `submit` would refuse a draft for: pairs of a field and what is wrong with it.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    return tuple(_unready(work, row, client_groups=_has_client_group(work, row.id), at=at))


def _unready(work: Work, row: ReferralRow, *, client_groups: bool, at: datetime) -> Iterator[tuple[str, str]]:
    day = local_day(at)
    person = work.get(PersonRow, row.person_id)
    if not work.get(AgencyRow, row.agency_id).designated:
        yield "agency_id", f"agency {row.agency_id} is not designated to refer"
    if person.erased_at is not None:
        yield "person_id", f"person {person.id} was erased"
    agreed = select(ConsentRow.id).where(ConsentRow.person_id == person.id, stands_on(day))
    # Most agree under the id they are referred by; only for the others their merged ids are sought.
    if work.first(agreed) is None and not has_consent(work, person.id, day):
        yield "consent", f"person {person.id} has not agreed to be referred"
    if not client_groups:
        yield "client_groups", "is empty: at least the primary client group is needed"
    if row.referred_on is not None and row.referred_on > day:
        yield "referred_on", f"is after the day of submission, {day}"


def _has_client_group(work: Work, referral_id: str) -> bool:
    found = select(ReferralCodeRow.value).where(
        ReferralCodeRow.referral_id == referral_id, ReferralCodeRow.trait == ReferralTrait.CLIENT_GROUP
    )
    return work.first(found) is not None


def _about(row: ReferralRow) -> tuple[str, str]:
    return row.id, row.person_id
