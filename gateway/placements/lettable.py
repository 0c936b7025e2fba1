"""Whether units can be let to somebody on a day: open, in use, and designated for them.

Who has a unit is not asked here: the database decides that when a hold is written.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from gateway.directory.tables import DesignationRow, ServiceRow, UnitGender, UnitRow, VoidRow, VoidState
from gateway.people.tables import PersonRow
from gateway.placements.tables import HoldRow
from gateway.stay import Stay
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOnDay:
    """A unit as it is on a day.

    gender
        Whom it is designated for.
    void
        Why it is out of use, if it is.
    """

    id: str
    service: str
    pool: str
    opens_on: date
    closes_on: date | None
    service_opens_on: date
    service_closes_on: date | None
    gender: UnitGender
    void: VoidState | None

    def against(self, day: date) -> Iterator[str]:
        """What stands against letting it to anybody on this day."""
        yield from self.closed_on(day)
        if self.void is not None:
            yield f"is {self.void.replace('_', ' ')} on {day}"

    def closed_on(self, day: date) -> Iterator[str]:
        """That it, or its service, is not open on this day, or no more."""
        if closed := _closed(self.opens_on, self.closes_on, day):
            yield closed
        if closed := _closed(self.service_opens_on, self.service_closes_on, day):
            yield f"is in {self.service}, which {closed}"


def _closed(opens_on: date, closes_on: date | None, day: date) -> str | None:
    if day < opens_on:
        return f"is not open before {opens_on}"
    return None if day in Stay(opens_on, closes_on) else f"is closed from {closes_on}"


def units_on(work: Work, unit_ids: Collection[str], day: date) -> Sequence[UnitOnDay]:
    """The units that exist of these, in the order of their ids, in one query.

    On PostgreSQL whoever reads them so has queued for them, as `gateway.placements.holding.queue_for` tells.
    """
    query = (
        select(
            UnitRow.id,
            UnitRow.service_id.label("service"),
            UnitRow.pool,
            UnitRow.opens_on,
            UnitRow.closes_on,
            ServiceRow.opens_on.label("service_opens_on"),
            ServiceRow.closes_on.label("service_closes_on"),
            func.coalesce(_gender(day).scalar_subquery(), UnitGender.ANY).label("gender"),
            _void(day).scalar_subquery().label("void"),
        )
        .join(ServiceRow, ServiceRow.id == UnitRow.service_id)
        .where(UnitRow.id.in_(sorted(unit_ids)))
        .order_by(UnitRow.id)
        .with_for_update(of=UnitRow, key_share=True)
    )
    return [UnitOnDay(**found) for found in work.session.execute(query).mappings()]


def _gender(day: date) -> Select[UnitGender]:
    latest = (DesignationRow.from_day.desc(), DesignationRow.set_at.desc(), DesignationRow.id.desc())
    begun = and_(DesignationRow.unit_id == UnitRow.id, DesignationRow.from_day <= day)
    return select(DesignationRow.gender).where(begun).order_by(*latest).limit(1)


def _void(day: date) -> Select[VoidState]:
    later = VoidRow.__table__.alias("later")
    newest = (
        select(func.max(later.c.revision))
        .where(later.c.void == VoidRow.void)
        .correlate(VoidRow)
        .scalar_subquery()
    )
    stands = and_(
        VoidRow.unit_id == UnitRow.id,
        VoidRow.cancelled.is_(False),
        VoidRow.from_day <= day,
        or_(VoidRow.until.is_(None), VoidRow.until > day),
        VoidRow.revision == newest,
    )
    return select(VoidRow.state).where(stands).order_by(VoidRow.state, VoidRow.void).limit(1)


def against_letting(
    work: Work, units: Sequence[UnitOnDay], person_ids: Collection[str], gender: str | None, day: date
) -> tuple[tuple[str, str], ...]:
    """What stands against letting each unit to this person: pairs of a unit and what.

    Parameters
    ----------
    person_ids
        The person, under every id they have.
    gender
        As the person is recorded; ``None``, not recorded, suits no unit for women or for men only, and no
        shared one where anybody else is (placement-problem/1, Pools).
    """
    mates = _mates(work, units, person_ids, day)
    return tuple(
        (unit.id, what) for unit in units for what in (*unit.against(day), *_of_gender(unit, gender, mates))
    )


def _of_gender(
    unit: UnitOnDay, gender: str | None, mates: Collection[tuple[str, str, str | None]]
) -> Iterator[str]:
    if unit.gender in {UnitGender.MALE, UnitGender.FEMALE} and unit.gender.value != gender:
        yield f"is for {'women' if unit.gender is UnitGender.FEMALE else 'men'}"
    if unit.gender is UnitGender.SAME:
        theirs = {who for service, pool, who in mates if (service, pool) == (unit.service, unit.pool)}
        if theirs and (gender is None or theirs != {gender}):
            yield "is shared by people of one gender at a time, and it is not this person's"


def _mates(
    work: Work, units: Sequence[UnitOnDay], person_ids: Collection[str], day: date
) -> Collection[tuple[str, str, str | None]]:
    """Service, pool and gender of everybody else who has a unit in a shared pool asked for, from then on."""
    shared = sorted({(unit.service, unit.pool) for unit in units if unit.gender is UnitGender.SAME})
    if not shared:
        return ()
    query = (
        select(UnitRow.service_id, UnitRow.pool, PersonRow.gender)
        .join(HoldRow, HoldRow.unit_id == UnitRow.id)
        .join(PersonRow, PersonRow.id == HoldRow.person_id)
        .where(or_(*(_in_pool(service, pool) for service, pool in shared)))
        .where(HoldRow.cancelled.is_(False), or_(HoldRow.until.is_(None), HoldRow.until > day))
        .where(HoldRow.person_id.not_in(sorted(person_ids)))
        .distinct()
    )
    return {(service, pool, gender) for service, pool, gender in work.session.execute(query)}


def _in_pool(service: str, pool: str) -> ColumnElement[bool]:
    return and_(UnitRow.service_id == service, UnitRow.pool == pool)
