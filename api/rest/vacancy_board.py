"""The vacancy board: how many units are in which state; exactly for those who place people, else rounded."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import among_providers
from api.rest.day_range import DayRange, FirstDay, HowMany
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import Asked, Code, Gss, StayTold, Told
from gateway.directory.board import BoardRow, By, vacancy_board
from gateway.directory.tables import Tier, UnitGender
from gateway.directory.unit_states import UnitState
from gateway.monitoring.small_numbers import told_count
from gateway.stay import Stay
from gateway.storage.work import Work

router = doors("vacancies")


class BoardRowTold(Told):
    """Units counted together; what they are not counted by is null."""

    tier: Tier | None
    lot: str | None
    authority_id: str | None = Field(description="Where their services stand (GSS code).")
    service_id: str | None
    gender: UnitGender | None = Field(description="Whom they are for on the first day.")
    units: int = Field(description="Open on the first day.")
    states: Mapping[UnitState, int] = Field(description="How many are in each state on the first day.")
    free_throughout: int = Field(description="Free on every day asked for.")
    free_later: int = Field(description="Not free on the first day, but on a later one asked for.")
    unconfirmed: int = Field(description="Open units that nobody ever confirmed.")
    confirmed_at: datetime | None = Field(
        description="Every open unit was confirmed then or later; null: one never was."
    )


class BoardTold(Told):
    """Rows in the order of tier, lot, authority, service and gender."""

    days: StayTold
    items: Sequence[BoardRowTold]


class BoardFigures(Told):
    """Units counted together, told as figures: null is from 1 to 4, the others are to the nearest five."""

    tier: Tier | None
    lot: str | None
    authority_id: str | None
    gender: UnitGender | None
    units: int | None
    states: Mapping[UnitState, int | None]
    free_throughout: int | None
    free_later: int | None
    unconfirmed: int | None


class BoardFiguresTold(Told):
    """Rows in the order of tier, lot, authority and gender."""

    days: StayTold
    items: Sequence[BoardFigures]


class FigureBy(StrEnum):
    """What figures are counted by: never by service, of which many are as small as a house."""

    TIER = "tier"
    LOT = "lot"
    AUTHORITY = "authority"
    GENDER = "gender"


class _Sought(Asked):
    from_day: FirstDay = None
    days: HowMany = 1
    tier: list[Tier] = Field(default=[], max_length=3)
    lot: list[Code] = Field(default=[], max_length=20)
    authority: list[Gss] = Field(default=[], max_length=60)

    def rows(
        self, work: Work, stay: Stay, by: Collection[By], providers: Collection[str] | None
    ) -> tuple[BoardRow, ...]:
        """The rows of the board that is asked for."""
        return vacancy_board(
            work,
            stay,
            by=by,
            providers=providers,
            tiers=self.tier or None,
            lots=self.lot or None,
            authorities=self.authority or None,
        )


class BoardSought(_Sought):
    """What to count by, on which days, and of which units; what is left out is no choice."""

    by: list[By] = Field(
        default=[By.TIER, By.LOT, By.AUTHORITY, By.GENDER],
        max_length=5,
        description="What rows are counted by.",
    )


class FiguresSought(_Sought):
    """As for the board."""

    by: list[FigureBy] = Field(default=list(FigureBy), max_length=4, description="What rows are counted by.")


@router.get(
    "/vacancy-board",
    summary="How many units are in which state",
    response_model=BoardTold,
    responses=declared(),
)
def read_board(
    sought: Annotated[BoardSought, Query()], door: Annotated[Door, may(Permission.READ_VACANCIES)]
) -> Response:
    """Exactly. A provider is told of its own."""

    def question(work: Work) -> BoardTold:
        stay = DayRange(sought.from_day, sought.days).stay(door.at)
        rows = sought.rows(work, stay, sought.by, among_providers(door.visitor, None))
        return BoardTold(days=_days(stay), items=[_told(row) for row in rows])

    return door.read(question)


@router.get(
    "/figures/vacancies",
    summary="How many units are in which state, as figures",
    response_model=BoardFiguresTold,
    responses=declared(),
)
def read_figures(
    sought: Annotated[FiguresSought, Query()], door: Annotated[Door, may(Permission.READ_FIGURES)]
) -> Response:
    """Of every provider. Small numbers are not told; the others are rounded, so that no sum tells them."""

    def question(work: Work) -> BoardFiguresTold:
        stay = DayRange(sought.from_day, sought.days).stay(door.at)
        rows = sought.rows(work, stay, [By(each) for each in sought.by], None)
        return BoardFiguresTold(days=_days(stay), items=[_figures(row) for row in rows])

    return door.read(question)


def _days(stay: Stay) -> StayTold:
    return StayTold(from_day=stay.from_day, until=stay.until)


def _told(row: BoardRow) -> BoardRowTold:
    return BoardRowTold(
        tier=row.tier,
        lot=row.lot,
        authority_id=row.authority,
        service_id=row.service,
        gender=row.gender,
        units=row.units,
        states=row.states,
        free_throughout=row.free_throughout,
        free_later=row.free_later,
        unconfirmed=row.unconfirmed,
        confirmed_at=row.confirmed_at,
    )


def _figures(row: BoardRow) -> BoardFigures:
    return BoardFigures(
        tier=row.tier,
        lot=row.lot,
        authority_id=row.authority,
        gender=row.gender,
        units=told_count(row.units),
        states={state: told_count(count) for state, count in row.states.items()},
        free_throughout=told_count(row.free_throughout),
        free_later=told_count(row.free_later),
        unconfirmed=told_count(row.unconfirmed),
    )
