"""A referral ends: what that would do, withdrawing, closing; and the appeal that reopens it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.rest.door import Door, declared, may
from api.rest.referral_told import ReferralStands, stands
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, Told, Words
from gateway.placements.dependants import OffersAndPlacements
from gateway.referrals.ending import appeal, close, withdraw
from gateway.referrals.ending_tree import Branch, what_ending_does
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("referrals")

HANGING: Final = OffersAndPlacements()


class End(StrEnum):
    """As what a referral would end."""

    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class BranchTold(Told):
    """One thing that the end of a referral reaches."""

    kind: str = Field(examples=["offer"])
    id: str
    becomes: str | None = Field(description="What happens to it; null: nothing, it forbids the end.")
    blocks: str | None = Field(description="Why the referral cannot end while this stands.")
    branches: "Sequence[BranchTold]"


class EndingTold(Told):
    """What ending a referral would do. Nothing is done."""

    can_end: bool
    tree: BranchTold


class Ended(Asked):
    """Why a referral ends."""

    reason: EndReason = Field(examples=["other_help_found"])
    why: Words | None = None


class Appealed(Asked):
    """Why a referral is reopened."""

    why: Words


@router.get(
    "/referrals/{referral_id}/ending",
    summary="What ending a referral would do",
    response_model=EndingTold,
    responses=declared(NotFound),
)
def read_ending(
    referral_id: IdInPath,
    to: Annotated[End, Query()],
    door: Annotated[Door, may(Permission.ENTER_REFERRALS)],
) -> Response:
    """The tree of what hangs on it: what becomes of each, and what forbids the end."""

    def question(work: Work) -> EndingTold:
        referral_in_reach(work, door.visitor, referral_id)
        tree = what_ending_does(work, referral_id, to=ReferralStatus(to.value), dependants=HANGING)
        return EndingTold(can_end=not any(tree.blocking()), tree=_told(tree))

    return door.read(question)


def _told(branch: Branch) -> BranchTold:
    return BranchTold(
        kind=branch.kind,
        id=branch.id,
        becomes=branch.becomes if branch.blocks is None else None,
        blocks=branch.blocks,
        branches=[_told(each) for each in branch.branches],
    )


@router.post(
    "/referrals/{referral_id}/withdraw",
    summary="Withdraw a referral",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def withdraw_referral(
    referral_id: IdInPath, asked: Ended, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]
) -> Response:
    """At the person's or the referrer's wish, with the offers that hang on it."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        row = withdraw(
            referral_id,
            reason=asked.reason,
            why=asked.why,
            dependants=HANGING,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return stands(row)

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/close",
    summary="Close a referral",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def close_referral(
    referral_id: IdInPath, asked: Ended, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """One that needs nothing more of the gateway."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        row = close(
            referral_id,
            reason=asked.reason,
            why=asked.why,
            dependants=HANGING,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return stands(row)

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/appeal",
    summary="Appeal against the end of a referral",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def appeal_referral(
    referral_id: IdInPath, asked: Appealed, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]
) -> Response:
    """It is looked at again and, on the list, stands where it stood."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        return stands(appeal(referral_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)
