"""What an agency referred, the newest first, page by page, and how many questions wait for its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import AgencyRow, EndReason, QuestionRow, ReferralRow
from gateway.referrals.triage_list import names_told
from gateway.refusals import Invalid
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """One referral of an agency.

    name
        ``None`` if unknown, or if the person is ``restricted``.
    unanswered
        Questions of the gateway's that wait for an answer.
    """

    id: str
    agency_reference: str | None
    person_id: str
    name: str | None
    restricted: bool
    status: ReferralStatus
    status_since: datetime
    status_until: datetime | None
    end_reason: EndReason | None
    referred_on: date | None
    entered_at: datetime
    unanswered: int


_COLUMNS: tuple[Any, ...] = (
    ReferralRow.id,
    ReferralRow.agency_reference,
    ReferralRow.person_id,
    ReferralRow.status,
    ReferralRow.status_since,
    ReferralRow.status_until,
    ReferralRow.end_reason,
    ReferralRow.referred_on,
    ReferralRow.entered_at,
)


def referrals_of_agency(
    work: Work,
    agency_id: str,
    *,
    statuses: Sequence[ReferralStatus] = (),
    after: str | None = None,
    size: int,
) -> Sequence[AgencyLine]:
    """At most so many of them, the one entered last first; five queries, however many there are.

    Parameters
    ----------
    statuses
        Only in these states; none: in all.
    after
        The id of the last of the page before.

    Raises
    ------
    Invalid
        If the agency has no such referral to go on from.
    """
    entered, id = ReferralRow.entered_at, ReferralRow.id
    query = select(*_COLUMNS).where(ReferralRow.agency_id == agency_id)
    if statuses:
        query = query.where(ReferralRow.status.in_(statuses))
    if after is not None:
        last = work.first(select(entered).where(id == after, ReferralRow.agency_id == agency_id))
        if last is None:
            raise Invalid([("after", "is not where a page ended")])
        query = query.where(entered <= last, or_(entered < last, and_(entered == last, id < after)))
    found = work.session.execute(query.order_by(entered.desc(), id.desc()).limit(size)).mappings().all()
    names = names_told(work, [row["person_id"] for row in found])
    unanswered = _unanswered(work, [row["id"] for row in found])
    return [
        AgencyLine(**row, **names[row["person_id"]], unanswered=unanswered.get(row["id"], 0)) for row in found
    ]


def _unanswered(work: Work, referral_ids: Sequence[str]) -> Mapping[str, int]:
    waiting = (QuestionRow.referral_id.in_(referral_ids), QuestionRow.answered_at.is_(None))
    counted = select(QuestionRow.referral_id, func.count()).where(*waiting).group_by(QuestionRow.referral_id)
    return {row[0]: row[1] for row in work.session.execute(counted)}


def agency_names(work: Work) -> Mapping[str, str]:
    """Every agency by id, in the order of names."""
    query = select(AgencyRow.id, AgencyRow.name).order_by(AgencyRow.name, AgencyRow.id)
    return dict(work.session.execute(query).all())
