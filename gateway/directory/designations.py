"""Whom units were, are and will be for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from gateway.directory.tables import DesignationRow, UnitGender, UnitRow
from gateway.directory.unit_states import Designated
from gateway.directory.unit_states import designation_on as designation_among
from gateway.storage.work import Work


def designations_of(work: Work, unit_id: str) -> Sequence[DesignationRow]:
    """Every designation of a unit in the order in which they begin and, of one day, were set.

    Raises
    ------
    NotFound
        If there is no such unit.
    """
    work.get(UnitRow, unit_id)
    return work.all(
        select(DesignationRow)
        .where(DesignationRow.unit_id == unit_id)
        .order_by(DesignationRow.from_day, DesignationRow.set_at, DesignationRow.id)
    )


def designation_on(work: Work, unit_id: str, day: date) -> UnitGender:
    """Whom a unit is for on a day.

    Raises
    ------
    NotFound
        If there is no such unit.
    """
    rows = designations_of(work, unit_id)
    return designation_among(day, [Designated(row.from_day, row.gender) for row in rows])


def latest_designations(work: Work, unit_ids: Collection[str]) -> Mapping[str, DesignationRow]:
    """Of each unit that has any, the designation that counts in the end, by unit."""
    rows = work.all(
        select(DesignationRow)
        .where(DesignationRow.unit_id.in_(sorted(unit_ids)))
        .order_by(DesignationRow.from_day, DesignationRow.set_at, DesignationRow.id)
    )
    return {row.unit_id: row for row in rows}  # the last of each stays
