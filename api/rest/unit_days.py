"""A unit over a range of days, as it is answered: what it is on each, and why it is not free."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from api.rest.values import StayTold, Told
from gateway.directory.tables import Tier, UnitGender, UnitKind, VoidReason
from gateway.directory.unit_states import UnitDays, UnitState
from gateway.directory.vacancies import UnitVacancy


class DaysTold(StayTold):
    """Days on which all that is known of a unit stays the same. Who has it is told with placements."""

    state: UnitState
    gender: UnitGender = Field(description="Whom it is for.")
    void_id: str | None = Field(description="What the void register says of these days; null: nothing.")
    reason: VoidReason | None


class ServiceOfUnitTold(Told):
    """The service of a unit, never with its address or place."""

    id: str
    name: str
    provider_id: str
    authority_id: str = Field(description="Where it stands (GSS code).")
    tier: Tier
    lot: str
    confidential: bool
    direct_access: bool


class UnitOverDaysTold(Told):
    """A unit, and what it is on each day asked for, as runs of days that have no gap."""

    id: str
    name: str
    pool: str
    kind: UnitKind
    service: ServiceOfUnitTold
    confirmed_at: datetime | None = Field(description="When the provider last said that this is true.")
    days: Sequence[DaysTold]


def unit_over_days(unit: UnitVacancy) -> UnitOverDaysTold:
    """A unit as it is answered."""
    service = unit.service
    return UnitOverDaysTold(
        id=unit.id,
        name=unit.name,
        pool=unit.pool,
        kind=unit.kind,
        service=ServiceOfUnitTold(
            id=service.id,
            name=service.name,
            provider_id=service.provider,
            authority_id=service.authority,
            tier=service.tier,
            lot=service.lot,
            confidential=service.confidential,
            direct_access=service.direct_access,
        ),
        confirmed_at=unit.confirmed_at,
        days=[_days(each) for each in unit.days],
    )


def _days(run: UnitDays) -> DaysTold:
    return DaysTold(
        from_day=run.stay.from_day,
        until=run.stay.until,
        state=run.state,
        gender=run.gender,
        void_id=run.void,
        reason=run.reason,
    )
