"""What ending a referral would take with it, and what forbids it: looked at before anything is done.

Offers and placements belong to a room above this one. It hangs what it keeps on the tree by `Dependants`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.records.actor import Actor
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import QuestionRow, ReferralRow
from gateway.refusals import Conflict
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One thing that the end of a referral reaches.

    kind, id
        ``offer``, ``O-1``.
    becomes
        What happens to it, in words: ``is withdrawn``. Nothing, if it ``blocks``.
    blocks
        Why the referral cannot end while this stands, or ``None``.
    """

    kind: str
    id: str
    becomes: str
    blocks: str | None = None
    branches: tuple["Branch", ...] = ()

    def blocking(self) -> Iterator["Branch"]:
        """Itself and all below it that forbid the end, from the top."""
        if self.blocks is not None:
            yield self
        for branch in self.branches:
            yield from branch.blocking()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The tree in words, a line for each branch, those below indented."""
        yield f"{'  ' * depth}{self.kind} {self.id} {self.blocks or self.becomes}"
        for branch in self.branches:
            yield from branch.lines(depth + 1)


class Dependants(Protocol):
    """What a higher room keeps that hangs on referrals: ``gateway.placements`` has offers and placements."""

    def hanging_on(self, referral_id: str, *, work: Work) -> Sequence[Branch]:
        """Every live offer and placement of the referral: what becomes of it, or why it blocks."""

    def end(self, branch: Branch, *, why: str | None, by: Actor, at: datetime, work: Work) -> None:
        """Do what ``branch.becomes`` says; called only for branches that do not block."""


class Blocked(Conflict):
    """A referral cannot end while something that hangs on it stands."""

    def __init__(self, referral_id: str, blocking: Sequence[Branch]) -> None:
        self.referral_id, self.blocking = referral_id, tuple(blocking)
        told = "; ".join(f"{each.kind} {each.id} {each.blocks}" for each in self.blocking)
        super().__init__(f"Referral {referral_id} cannot end: {told}.")


def what_ending_does(work: Work, referral_id: str, *, to: ReferralStatus, dependants: Dependants) -> Branch:
    """The tree of what ending a referral as ``WITHDRAWN`` or ``CLOSED`` would do. Nothing is done.

    Raises
    ------
    NotFound
        If there is no such referral.
    """
    row = work.get(ReferralRow, referral_id)
    unfit = to not in NEXT[row.status]
    questions = work.where(QuestionRow, QuestionRow.referral_id == row.id, QuestionRow.answered_at.is_(None))
    unanswered = tuple(
        Branch(kind="question", id=each.id, becomes="stays unanswered")
        for each in sorted(questions, key=lambda each: each.id)
    )
    hanging = tuple(dependants.hanging_on(row.id, work=work))
    return Branch(
        kind="referral",
        id=row.id,
        becomes=f"becomes {to}",
        blocks=f"is {row.status} and cannot become {to}" if unfit else None,
        branches=(*unanswered, *hanging),
    )
