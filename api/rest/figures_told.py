"""Figures as they are answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from api.rest.values import Told


class CountsTold(Told):
    """Counts of people by row."""

    rows: Mapping[str, int | None] = Field(
        description="Null: from 1 to 4, or hidden lest such a one be worked out. Others are rounded to 5."
    )
    total: int | None = Field(description="Rounded by itself: the rows need not add up to it.")


class SpreadTold(Told):
    """How long something took, in days."""

    people: int | None
    median: int | None = Field(description="Half took no longer; null: fewer than 5 people.")
    p90: int | None = Field(description="Nine in ten took no longer; null: fewer than 20 people.")


class FiguresTold(Told):
    """Figures of some months."""

    from_day: date
    until: date = Field(description="Half-open.")
    authority: str | None = Field(description="GSS code; null: the whole partnership.")


class DemandBy(Told):
    """Demand against supply, by one thing."""

    referrals: CountsTold | None = Field(description="Null: no referral has it.")
    placements: CountsTold
    units: Mapping[str, int] | None = Field(description="Open on the last day; null: no unit has it.")


class DemandTold(FiguresTold):
    """Demand against supply."""

    tier: DemandBy
    lot: DemandBy
    authority_of: DemandBy = Field(
        description="By where people come from, and where services stand. A commissioner of one "
        "authority is told theirs and that of all others together."
    )
    band: DemandBy


class WaitsTold(FiguresTold):
    """Days from the list to moving in."""

    all: SpreadTold | None = Field(description="Null: nobody moved in.")
    tier: Mapping[str, SpreadTold]
    authority_of: Mapping[str, SpreadTold]
    band: Mapping[str, SpreadTold]


class ProviderTold(Told):
    """One provider's answers to offers."""

    name: str
    answered: int | None
    refused: int | None
    ratio: float | None = Field(
        description="Refused for each that would be expected if it refused those of each band as often as "
        "all providers do; null: fewer than 20 answers, or hidden."
    )


class OffersTold(FiguresTold):
    """Offers made in these months."""

    outcomes: CountsTold
    refusals: Mapping[str, CountsTold] = Field(description="By side, then by reason.")
    providers: Mapping[str, ProviderTold]


class PlacementsTold(FiguresTold):
    """Placements and departures."""

    begun: CountsTold = Field(description="By tier.")
    ended: CountsTold = Field(description="By tier.")
    reasons: CountsTold
    destinations: CountsTold
    kpi1: int | None = Field(
        description="Per cent of those supported by floating support who live independently, or left to."
    )
    kpi2: int | None = Field(description="Per cent of departures from short-term services that were planned.")


class UseTold(Told):
    """How units were used; null: fewer than five units, or hidden lest such be worked out."""

    units: int
    contracted_days: int | None
    occupied_days: int | None
    offered_days: int | None
    free_days: int | None
    out_of_service_days: int | None
    being_prepared_days: int | None
    availability: float | None = Field(description="SPI 1, per cent; accommodation only.")
    utilisation: float | None = Field(description="SPI 2, per cent.")
    throughput: float | None = Field(description="SPI 4, per cent.")


class UnitsTold(FiguresTold):
    """How units were used, and how long they stood empty between two people."""

    all: UseTold
    tier: Mapping[str, UseTold]
    lot: Mapping[str, UseTold]
    turnaround: SpreadTold | None
    turnaround_by_tier: Mapping[str, SpreadTold]


class RepeatsTold(FiguresTold):
    """People who came again."""

    times: CountsTold
    causes: CountsTold


class AccountTold(Told):
    """Unit weeks of one authority, or of all."""

    authority: str | None = Field(description="GSS code; null: all, or not known.")
    allowed_weeks: Decimal | None
    used_weeks: Decimal
    left_weeks: Decimal | None


class AgreementTold(Told):
    """One agreement year, up to a day."""

    id: str
    name: str
    from_day: date
    counted_to: date
    accounts: Sequence[AccountTold]
    together: AccountTold
