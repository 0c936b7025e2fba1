"""The void register: which days a unit cannot be let, and why. A void is its latest revision."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from gateway.directory.tables import VoidRow
from gateway.directory.vacancy_filters import stands
from gateway.refusals import ChangedMeanwhile, Conflict, NotFound
from gateway.stay import Stay
from gateway.storage.work import Work


class VoidStands(Conflict):
    """The unit is in the same state on some of these days already: that void is to be revised."""

    def __init__(self, void: VoidRow) -> None:
        self.void, self.unit = void.void, void.unit_id
        self.state, self.from_day, self.until = void.state, void.from_day, void.until
        until = f" until {void.until}" if void.until else ""
        super().__init__(
            f"Unit {void.unit_id} is {void.state.replace('_', ' ')} from {void.from_day}{until} by void "
            f"{void.void}: revise that one."
        )


def voids_of(work: Work, unit_id: str, stay: Stay) -> Sequence[VoidRow]:
    """The voids of a unit that stand on some day of a stay, in the order of days and ids."""
    return work.all(
        select(VoidRow)
        .where(VoidRow.unit_id == unit_id, stands(), *_shares_a_day(stay))
        .order_by(VoidRow.from_day, VoidRow.void)
    )


def revisions(work: Work, void_id: str) -> Sequence[VoidRow]:
    """All that was ever said of a void, the oldest first."""
    return work.all(select(VoidRow).where(VoidRow.void == void_id).order_by(VoidRow.revision))


def register_of(work: Work, unit_id: str) -> Sequence[VoidRow]:
    """The latest revision of every void that a unit ever had, cancelled ones too, the newest days first."""
    newest = ~exists().where(_LATER.void == VoidRow.void, _LATER.revision > VoidRow.revision)
    query = select(VoidRow).where(VoidRow.unit_id == unit_id, newest)
    return work.all(query.order_by(VoidRow.from_day.desc(), VoidRow.void))


_LATER = aliased(VoidRow)


def latest(work: Work, void_id: str, *, seen: int) -> VoidRow:
    """The revision of a void that counts.

    Raises
    ------
    NotFound
        If there is no such void.
    ChangedMeanwhile
        If it is another one than the person asking saw last.
    Conflict
        If the void is cancelled.
    """
    row = work.first(select(VoidRow).where(VoidRow.void == void_id).order_by(VoidRow.revision.desc()))
    if row is None:
        raise NotFound("void", void_id)
    if row.revision != seen:
        raise ChangedMeanwhile("void", void_id, seen=seen, stands=row.revision)
    if row.cancelled:
        raise Conflict(f"Void {void_id} is cancelled.")
    return row


def _shares_a_day(stay: Stay) -> list[ColumnElement[bool]]:
    ends = or_(VoidRow.until.is_(None), VoidRow.until > stay.from_day)
    return [ends] if stay.until is None else [ends, VoidRow.from_day < stay.until]
