"""The last referral of each of many people, for a list in which one is chosen."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from gateway.people.clusters import members_of
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.storage.work import Work


def last_referrals(work: Work, person_ids: Collection[str]) -> Mapping[str, tuple[str, ReferralStatus]]:
    """Id and state of the referral entered last, for each of these people who has one; one query."""
    members = members_of(work, person_ids)
    query = (
        select(members.c.asked, ReferralRow.id, ReferralRow.status)
        .join(ReferralRow, ReferralRow.person_id == members.c.id)
        .order_by(ReferralRow.entered_at, ReferralRow.id)
    )
    return {asked: (id, status) for asked, id, status in work.session.execute(query)}
