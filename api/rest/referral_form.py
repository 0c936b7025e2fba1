"""The referral form as it is sent and told; ``gateway.referrals.details`` says what each question means."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from api.rest.values import TEXT, Asked, Day, written_out
from gateway.directory.tables import Tier
from gateway.referrals.code_lists import code_lists, code_problem
from gateway.referrals.details import Known, Member, ReferralDetails
from gateway.referrals.details_faults import (
    FIRST_BIRTH,
    LATEST,
    LONGEST_DETAIL,
    LONGEST_STORY,
    MOST_PEOPLE,
    MOST_SERVICES,
    MOST_UNITS,
)
from gateway.referrals.tables import Connection, Duty

MOST_CODES: Final = 100
"""In one list of a form; the longest list of codes has fewer."""


def _listed(list_name: str, code: str) -> str:
    if problem := code_problem(list_name, code):
        raise ValueError(problem)
    return code


def _code_of(list_name: str) -> Any:  # noqa: ANN401  pydantic reads it
    return WithJsonSchema({"type": "string", "enum": list(code_lists()[list_name])})


def _check(list_name: str) -> AfterValidator:
    return AfterValidator(partial(_listed, list_name))


ClientGroup: TypeAlias = Annotated[str, _check("client_group"), _code_of("client_group")]
Need: TypeAlias = Annotated[str, _check("need"), _code_of("need")]
Risk: TypeAlias = Annotated[str, _check("risk"), _code_of("risk")]
AccessNeed: TypeAlias = Annotated[str, _check("access_need"), _code_of("access_need")]
Accommodation: TypeAlias = Annotated[str, _check("accommodation"), _code_of("accommodation")]
Relation: TypeAlias = Annotated[str, _check("relation"), _code_of("relation")]

ServiceId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,24}$"), Field(examples=["S-1"])]
Authority: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][0-9]{8}$"),
    Field(examples=["E08000025"], description="A GSS code."),
]
Reference: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=TEXT)
]
Name: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=TEXT)
]
Detail: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_DETAIL, pattern=TEXT)
]


def _born(day: date) -> date:
    if not FIRST_BIRTH <= day <= LATEST:
        raise ValueError(f"is not from {FIRST_BIRTH:%Y} to {LATEST:%Y}")
    return day


Born: TypeAlias = Annotated[
    date,
    BeforeValidator(written_out),
    AfterValidator(_born),
    Field(
        examples=["1987-05-14"],
        json_schema_extra={"pattern": r"^(18[89][0-9]|19[0-9]{2}|20[0-9]{2})-[0-9]{2}-[0-9]{2}$"},
    ),
]


class NeedSent(Asked):
    """A support need, and whether they have it; null: not known."""

    model_config = ConfigDict(from_attributes=True)

    code: Need
    answer: bool | None = None
    detail: Detail | None = None


class RiskSent(Asked):
    """A risk, and whether it is so; null: not known."""

    model_config = ConfigDict(from_attributes=True)

    code: Risk
    answer: bool | None = None
    detail: Detail | None = None


class MemberSent(Asked):
    """Somebody who is to be housed together with the person."""

    model_config = ConfigDict(from_attributes=True)

    relation: Relation
    name: Name | None = None
    born: Born | None = None


class ReferralForm(Asked):
    """What a referral says. Everything may be unknown, and is then null or left out; unknown is never no.

    A list that is sent takes the place of the one that stands.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "agency_reference": "2026/0417",
                    "authority_id": "E08000025",
                    "connection": "residence",
                    "sleeping_rough": True,
                    "client_groups": ["single-homeless"],
                    "needs": [{"code": "care_leaver_18_20", "answer": True}],
                    "tier": "hub",
                }
            ]
        },
    )

    agency_reference: Reference | None = Field(default=None, description="The agency's own number for it.")
    referrer: Name | None = Field(default=None, description="Who at the agency to speak to.")
    referred_on: Day | None = Field(default=None, description="Null: the day of submission.")
    authority_id: Authority | None = Field(default=None, description="Of the local connection.")
    connection: Connection | None = None
    duty: Duty | None = None
    duty_date: Day | None = Field(default=None, description="When the duty falls due.")
    discharge_date: Day | None = Field(default=None, description="Of leaving hospital, custody or care.")
    immediate_safety: bool | None = Field(default=None, description="In danger where they are now.")
    sleeping_rough: bool | None = None
    accommodation: Accommodation | None = Field(default=None, description="Where they live now.")
    accommodation_detail: Detail | None = None
    tier: Tier | None = Field(default=None, description="The level of support looked for; null: any.")
    units: int = Field(default=1, ge=1, le=MOST_UNITS, description="Units the household takes together.")
    adults: int | None = Field(default=None, ge=1, le=MOST_PEOPLE)
    children: int | None = Field(default=None, ge=0, le=MOST_PEOPLE)
    pregnant: bool | None = None
    current_service_id: ServiceId | None = None
    must_leave: bool = Field(default=False, description="The service they live in closes to them.")
    may_move: bool = Field(default=False, description="They may be asked to move.")
    story: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_STORY, pattern=TEXT),
    ] = Field(default=None, description="Why they are referred.")
    client_groups: tuple[ClientGroup, ...] = Field(
        default=(), max_length=MOST_CODES, description="The primary one first."
    )
    needs: tuple[NeedSent, ...] = Field(default=(), max_length=MOST_CODES)
    risks: tuple[RiskSent, ...] = Field(default=(), max_length=MOST_CODES)
    access_needs: tuple[AccessNeed, ...] = Field(default=(), max_length=MOST_CODES)
    wishes: tuple[ServiceId, ...] = Field(
        default=(), max_length=MOST_SERVICES, description="Services, the most wished for first."
    )
    avoids: tuple[ServiceId, ...] = Field(default=(), max_length=MOST_SERVICES)
    household: tuple[MemberSent, ...] = Field(default=(), max_length=MOST_PEOPLE)

    def details(self, person_id: str, agency_id: str) -> ReferralDetails:
        """The form of this person, by this agency.

        Raises
        ------
        Invalid
            Naming every field that does not hold.
        """
        told = {name: getattr(self, name) for name in type(self).model_fields}
        told["tier"] = None if self.tier is None else self.tier.value
        told["needs"] = tuple(Known(**each.model_dump()) for each in self.needs)
        told["risks"] = tuple(Known(**each.model_dump()) for each in self.risks)
        told["household"] = tuple(Member(**each.model_dump()) for each in self.household)
        return ReferralDetails(person_id=person_id, agency_id=agency_id, **told)
