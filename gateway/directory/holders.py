"""Who has a unit on which days. Holds belong to a room above (placements): here they are only read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Select, String, column, or_, select, table

from gateway.directory.tables import UnitRow
from gateway.people.tables import PersonRow
from gateway.refusals import Conflict
from gateway.stay import Stay
from gateway.storage.work import Work

HOLDS = table(
    "holds",
    column("id", String),
    column("unit_id", String),
    column("service_id", String),
    column("person_id", String),
    column("referral_id", String),
    column("kind", String),
    column("from_day", Date),
    column("until", Date),
    column("cancelled", Boolean),
)
"""The columns of ``gateway.placements.tables.HoldRow`` that are read here."""

LIVING = "living"
"""``HoldKind.LIVING``; the other kind is an offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has a unit, and on which days.

    pool
        Of the unit, in its service.
    lives_there
        If not, it is offered to them.
    gender
        As the person is recorded; ``None`` is unknown.
    """

    unit: str
    service: str
    pool: str
    hold: str
    referral: str
    person: str
    lives_there: bool
    stay: Stay
    gender: str | None

    def told(self) -> str:
        """Which unit somebody has and when; not who, because not everybody who is told may know of them."""
        how = "lived in" if self.lives_there else "offered"
        until = f" until {self.stay.until}" if self.stay.until else ""
        return f"Unit {self.unit} is {how} from {self.stay.from_day}{until}."


class UnitHeld(Conflict):
    """Somebody lives in the unit, or was offered it, on a day that was asked for.

    holders
        All of them, in the order of units and days.
    """

    def __init__(self, holders: Sequence[Holder]) -> None:
        self.holders = tuple(holders)
        super().__init__(" ".join(each.told() for each in self.holders))


def holders(work: Work, stay: Stay, *which: ColumnElement[bool]) -> tuple[Holder, ...]:
    """Everybody who has one of these units on some day of a stay, in the order of units, days and holds.

    Parameters
    ----------
    which
        Conditions on `UnitRow`.
    """
    found = work.session.execute(_query(stay).where(*which))
    return tuple(
        Holder(
            unit=row.unit_id,
            service=row.service_id,
            pool=row.pool,
            hold=row.id,
            referral=row.referral_id,
            person=row.person_id,
            lives_there=row.kind == LIVING,
            stay=Stay(row.from_day, row.until),
            gender=row.gender,
        )
        for row in found
    )


def _query(stay: Stay) -> Select[Any]:
    held = HOLDS.c
    begun = [held.from_day < stay.until] if stay.until is not None else []
    return (
        select(
            held.id,
            held.unit_id,
            UnitRow.service_id,
            UnitRow.pool,
            held.referral_id,
            held.person_id,
            held.kind,
            held.from_day,
            held.until,
            PersonRow.gender,
        )
        .join(UnitRow, UnitRow.id == held.unit_id)
        .join(PersonRow, PersonRow.id == held.person_id)
        .where(~held.cancelled, or_(held.until.is_(None), held.until > stay.from_day), *begun)
        .order_by(held.unit_id, held.from_day, held.id)
    )


def refuse_held(work: Work, unit_id: str, stay: Stay) -> None:
    """Raise `UnitHeld` if anybody has the unit on a day of the stay."""
    found = holders(work, stay, UnitRow.id == unit_id)
    if found:
        raise UnitHeld(found)
