"""Withdrawal and closing reach what hangs on a referral, and say beforehand what that is."""

import pytest

from gateway.records.write import write
from gateway.referrals.ending import close, withdraw
from gateway.referrals.ending_tree import Blocked, Branch, what_ending_does
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason, ReferralRow
from gateway.referrals.triaging import ask
from gateway.refusals import IllegalMove, Invalid
from tests.gateway.ground import NOW, OFFICER
from tests.gateway.referrals.forms import drafted, ground, in_triage, waiting


class Hanging:
    """A room above that keeps these branches, and writes an event for each it ends."""

    def __init__(self, *branches):
        self.branches, self.ended = branches, []

    def hanging_on(self, referral_id, *, work):  # noqa: ARG002  as the protocol has it
        return self.branches

    def end(self, branch, *, why, by, at, work):
        write(work, what=f"{branch.kind} withdrawn", by=by, at=at, about=[branch.id], why=why)
        self.ended.append(branch.id)


OFFER = Branch(kind="offer", id="O-1", becomes="is withdrawn")
HOME = Branch(kind="placement", id="L-1", becomes="", blocks="is where they live")


@pytest.fixture(autouse=True)
def _ground(store):
    store.transact(ground)


def end(store, verb, referral_id, hanging, reason=EndReason.OTHER, **facts):
    return store.transact(
        lambda work: verb(
            referral_id, reason=reason, dependants=hanging, by=OFFICER, at=NOW, work=work, **facts
        )
    )


def test_the_tree_tells_what_would_happen_and_nothing_does(store):
    row = store.transact(in_triage)
    store.transact(lambda work: ask(row.id, ["Where?"], by=OFFICER, at=NOW, work=work))
    hanging = Hanging(OFFER)
    with store.reading() as work:
        tree = what_ending_does(work, row.id, to=ReferralStatus.WITHDRAWN, dependants=hanging)
        asked = tree.branches[0].id
    assert list(tree.lines()) == [
        f"referral {row.id} becomes withdrawn",
        f"  question {asked} stays unanswered",
        "  offer O-1 is withdrawn",
    ]
    assert list(tree.blocking()) == []
    assert hanging.ended == []


def test_withdrawing_a_referral_withdraws_its_offers(store):
    row = store.transact(waiting)
    hanging = Hanging(OFFER)
    row = end(store, withdraw, row.id, hanging, EndReason.CHANGED_MIND, why="Went home.")
    assert (row.status, row.end_reason, hanging.ended) == (
        ReferralStatus.WITHDRAWN,
        EndReason.CHANGED_MIND,
        ["O-1"],
    )


@pytest.mark.parametrize("verb", [withdraw, close])
def test_nothing_ends_while_something_blocks_it_and_the_refusal_names_it(store, verb):
    row = store.transact(waiting)
    hanging = Hanging(OFFER, HOME)
    with pytest.raises(Blocked, match=r"cannot end: placement L-1 is where they live\."):
        end(store, verb, row.id, hanging)
    with store.reading() as work:
        assert work.get(ReferralRow, row.id).status is ReferralStatus.WAITING
    assert hanging.ended == []


def test_a_state_that_cannot_end_so_is_refused_and_blocks_in_the_tree(store):
    row = store.transact(drafted)
    with pytest.raises(IllegalMove):
        end(store, close, row.id, Hanging())
    with store.reading() as work:
        tree = what_ending_does(work, row.id, to=ReferralStatus.CLOSED, dependants=Hanging(HOME))
    assert [each.kind for each in tree.blocking()] == ["referral", "placement"]


def test_a_reason_for_closing_is_none_for_withdrawing(store):
    row = store.transact(waiting)
    with pytest.raises(Invalid):
        end(store, withdraw, row.id, Hanging(), EndReason.MOVED_ON)
    assert end(store, close, row.id, Hanging(), EndReason.MOVED_ON).status is ReferralStatus.CLOSED
