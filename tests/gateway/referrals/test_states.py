"""Every end has its reasons, every state its turn, and no way leads outside the table."""

import pytest

from gateway.referrals.ending import ENDS
from gateway.referrals.expiring import EXPIRES
from gateway.referrals.moving import move
from gateway.referrals.reasons import REASONS
from gateway.referrals.states import NEXT, OPEN, ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.referrals.triage_list import TURN
from gateway.refusals import IllegalMove
from tests.gateway.ground import NOW


def test_every_referral_can_end_and_every_end_can_be_appealed():
    ways_out = {state: NEXT[state] & ENDS for state in OPEN | {ReferralStatus.DRAFT}}
    assert all(ways_out.values())
    assert all(NEXT[end] == {ReferralStatus.IN_TRIAGE} for end in ENDS)
    assert OPEN | ENDS | {ReferralStatus.DRAFT} == set(ReferralStatus)


def test_every_state_is_somebodys_turn_or_nobodys():
    assert set(TURN) == set(ReferralStatus)


def test_every_end_and_rest_has_its_reasons_and_every_reason_its_place():
    assert set(REASONS) == ENDS | {ReferralStatus.PARKED}
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(EndReason)
    assert all(reason in REASONS[ReferralStatus.EXPIRED] for reason in EXPIRES.values())


@pytest.mark.parametrize("stands", ReferralStatus)
def test_a_move_that_is_not_in_the_table_is_refused_and_changes_nothing(stands):
    for to in set(ReferralStatus) - NEXT[stands]:
        row = ReferralRow(id="R-1", status=stands, status_since=NOW)
        with pytest.raises(IllegalMove, match=r"Referral R-1 is .*: it cannot become "):
            move(row, to, at=NOW)
        assert row.status is stands
