"""The codes that a referral may hold, and the reasons for which it may end or rest."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Response

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Told
from gateway.referrals.code_lists import code_lists
from gateway.referrals.reasons import REASONS
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.storage.work import Work

router = doors("code lists")


class CodeTold(Told):
    """One code of a list."""

    code: str
    title: str
    published_code: str | None
    source: str


class CodeListsTold(Told):
    """Every list by its name, each in its order; and the reasons that belong to each end."""

    lists: Mapping[str, Sequence[CodeTold]]
    reasons: Mapping[ReferralStatus, Sequence[EndReason]]


@router.get(
    "/code-lists",
    summary="Client groups, needs, risks, access needs, accommodation, relations, reasons",
    response_model=CodeListsTold,
    responses=declared(),
)
def read_code_lists(door: Annotated[Door, may(Permission.READ_DIRECTORY)]) -> Response:
    """The same for everybody who is signed in."""

    def question(_: Work) -> CodeListsTold:
        lists = {
            name: [CodeTold.model_validate(each) for each in codes.values()]
            for name, codes in code_lists().items()
        }
        reasons = {state: sorted(each) for state, each in REASONS.items()}
        return CodeListsTold(lists=lists, reasons=reasons)

    return door.read(question)
