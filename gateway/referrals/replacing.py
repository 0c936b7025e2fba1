"""What is added, changed and removed when another form is put in the place of the one that stands."""

from gateway.referrals.details import Member, ReferralDetails
from gateway.referrals.details_rows import code_rows, member_rows
from gateway.referrals.tables import HouseholdMemberRow, ReferralCodeRow
from gateway.storage.work import Work


def replaced_codes(
    work: Work, referral_id: str, details: ReferralDetails
) -> tuple[list[ReferralCodeRow], list[ReferralCodeRow]]:
    """The codes to write, and those to remove; a code that stays keeps its row."""
    stands = {
        (row.trait, row.value): row
        for row in work.where(ReferralCodeRow, ReferralCodeRow.referral_id == referral_id)
    }
    put = []
    for wanted in code_rows(referral_id, details):
        row = stands.pop((wanted.trait, wanted.value), None)
        if row is None:
            put.append(wanted)
            continue
        row.answer, row.place, row.detail = wanted.answer, wanted.place, wanted.detail
        put.append(row)
    return put, list(stands.values())


def replaced_members(
    work: Work, referral_id: str, details: ReferralDetails
) -> tuple[list[HouseholdMemberRow], list[HouseholdMemberRow]]:
    """The household to write and the one to remove; nothing, if nobody in it changed."""
    stands = list(work.where(HouseholdMemberRow, HouseholdMemberRow.referral_id == referral_id))
    now = [Member(relation=row.relation, name=row.name, born=row.born) for row in stands]
    if sorted(map(repr, now)) == sorted(map(repr, details.household)):
        return [], []
    return member_rows(referral_id, details, work.new_id), stands
