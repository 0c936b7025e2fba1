"""The form as rows, and rows as the form again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from gateway.referrals.details import Known, Member, ReferralDetails
from gateway.referrals.tables import HouseholdMemberRow, ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.storage.work import NewId

_T = ReferralTrait

_ORDERED: Mapping[str, ReferralTrait] = {
    "client_groups": _T.CLIENT_GROUP,
    "access_needs": _T.ACCESS_NEED,
    "wishes": _T.WISHED_SERVICE,
    "avoids": _T.AVOIDED_SERVICE,
}
_ASKED: Mapping[str, ReferralTrait] = {"needs": _T.NEED, "risks": _T.RISK}

COLUMNS = tuple(
    each.name
    for each in fields(ReferralDetails)
    if each.name not in _ORDERED and each.name not in _ASKED and each.name != "household"
)
"""The fields that are columns of `ReferralRow`."""


def fill(row: ReferralRow, details: ReferralDetails) -> None:
    """Put the form's columns into the row."""
    for column in COLUMNS:
        setattr(row, column, getattr(details, column))


def code_rows(referral_id: str, details: ReferralDetails) -> list[ReferralCodeRow]:
    """The form's lists as rows; ``place`` counts from 1."""
    listed = [
        _code(referral_id, trait, value, answer=True, place=place)
        for field, trait in _ORDERED.items()
        for place, value in enumerate(getattr(details, field), start=1)
    ]
    asked = [
        _code(referral_id, trait, each.code, answer=each.answer, detail=each.detail)
        for field, trait in _ASKED.items()
        for each in getattr(details, field)
    ]
    return listed + asked


def _code(
    referral_id: str,
    trait: ReferralTrait,
    value: str,
    *,
    answer: bool | None,
    place: int | None = None,
    detail: str | None = None,
) -> ReferralCodeRow:
    return ReferralCodeRow(
        referral_id=referral_id, trait=trait, value=value, answer=answer, place=place, detail=detail
    )


def member_rows(referral_id: str, details: ReferralDetails, new_id: NewId) -> list[HouseholdMemberRow]:
    """The household as rows, with new ids."""
    return [
        HouseholdMemberRow(
            id=new_id("M"),
            referral_id=referral_id,
            relation=member.relation,
            name=member.name,
            born=member.born,
        )
        for member in details.household
    ]


def details_of(
    row: ReferralRow, codes: Iterable[ReferralCodeRow], members: Iterable[HouseholdMemberRow]
) -> ReferralDetails:
    """The form that these rows are."""
    by_trait = by_traits(codes)
    facts: dict[str, Any] = {column: getattr(row, column) for column in COLUMNS}
    for field, trait in _ORDERED.items():
        facts[field] = tuple(each.value for each in by_trait[trait])
    for field, trait in _ASKED.items():
        facts[field] = tuple(_answers(by_trait[trait]))
    facts["household"] = tuple(
        Member(relation=each.relation, name=each.name, born=each.born) for each in members
    )
    return ReferralDetails(**facts)


def by_traits(codes: Iterable[ReferralCodeRow]) -> Mapping[ReferralTrait, Sequence[ReferralCodeRow]]:
    """The codes of one referral by what they are, in their order."""
    found: dict[ReferralTrait, list[ReferralCodeRow]] = defaultdict(list)
    for each in sorted(codes, key=lambda code: (code.place or 0, code.value)):
        found[each.trait].append(each)
    return found


def _answers(codes: Iterable[ReferralCodeRow]) -> Iterator[Known]:
    for each in codes:
        yield Known(code=each.value, answer=each.answer, detail=each.detail)
