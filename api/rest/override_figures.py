"""How often computed bands are overridden; to commissioners with small numbers suppressed."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.body_fields import in_query, placed
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Day, Told
from gateway.assessment.override_rates import OverrideRates, override_rates
from gateway.local_day import local_day
from gateway.monitoring.figures_scope import months
from gateway.monitoring.small_numbers import told_count
from gateway.records.actor import Role
from gateway.stay import Stay
from gateway.storage.work import Work

router = doors("figures")

OVERSEERS: Final = frozenset({Role.DUTY_MANAGER, Role.AUDITOR})
"""Who is told which officer overrides how often."""


class OfficerTold(Told):
    """How many overrides one account set."""

    account_id: str
    overrides: int


class RatesTold(Told):
    """Overrides set in a period, beside the referrals assessed in it.

    To commissioners, numbers are told to the nearest five, and from one to four as null.
    """

    from_day: Day
    until: Day
    assessed: int | None = Field(description="Referrals assessed.")
    overridden: int | None = Field(description="Referrals overridden.")
    share: float | None = Field(description="Of the assessed, how many were overridden.", examples=[0.05])
    raised: int | None = Field(description="Overrides to a higher priority than computed.")
    lowered: int | None
    confirmed: int | None
    not_computed: int | None = Field(description="Set while the band was not known.")
    by_officer: Sequence[OfficerTold] | None = Field(
        description="The most first; null to all but duty managers and auditors."
    )


@router.get(
    "/figures/overrides",
    summary="How often bands are overridden, and which way",
    response_model=RatesTold,
    responses=declared(),
)
def read_override_rates(
    from_day: Annotated[Day, Query(description="The first day.")],
    until: Annotated[Day, Query(description="The day after the last.")],
    door: Annotated[Door, may(Permission.READ_FIGURES)],
) -> Response:
    """Over some days, London's; to commissioners over whole months that have ended."""
    visitor = door.visitor
    sees_each = visitor.may(Permission.TRIAGE) or visitor.may(Permission.READ_EVENTS)
    told, today = _exactly if sees_each else told_count, local_day(door.at)

    def question(work: Work) -> RatesTold:
        with placed(in_query):
            # Days that can be chosen could be subtracted from each other until one person is left.
            stay = Stay(from_day, until) if sees_each else months(from_day, until, today=today).stay
        rates = override_rates(work, stay)
        assessed, overridden = told(rates.assessed), told(rates.overridden)
        return RatesTold(
            from_day=from_day,
            until=until,
            assessed=assessed,
            overridden=overridden,
            share=None if not assessed or overridden is None else overridden / assessed,
            raised=told(rates.raised),
            lowered=told(rates.lowered),
            confirmed=told(rates.confirmed),
            not_computed=told(rates.not_computed),
            by_officer=_officers(rates) if visitor.role in OVERSEERS else None,
        )

    return door.read(question)


def _exactly(number: int) -> int | None:
    """The number, for those who may look at each case of it anyway."""
    return number


def _officers(rates: OverrideRates) -> list[OfficerTold]:
    return [OfficerTold(account_id=id, overrides=number) for id, number in rates.by_officer]
