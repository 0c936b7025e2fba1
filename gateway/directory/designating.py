"""Re-designate units: from a day on they are for others. Appended with its reason, never changed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations

from gateway.directory.designations import latest_designations
from gateway.directory.holders import Holder, holders
from gateway.directory.pools import PooledUnit, half_shared, in_pools, pooled, redesignated
from gateway.directory.tables import DesignationRow, UnitGender, UnitRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict, refuse
from gateway.stay import Stay
from gateway.storage.work import Work


class DesignationReason(StrEnum):
    """Why a unit is for others from now on."""

    DEMAND = "demand"
    EMERGENCY = "emergency"
    BUILDING = "building"
    AGREEMENT = "agreement"
    MISTAKE = "mistake"
    OTHER = "other"


class WrongForHolders(Conflict):
    """Units would no longer be for those who have them. Only units are told: who has them is on record."""

    def __init__(self, to: UnitGender, holders: Sequence[Holder]) -> None:
        self.to, self.holders = to, tuple(holders)
        told = " ".join(each.told() for each in self.holders)
        super().__init__(f"They would not fit units designated {to}: {told}")


def redesignate(  # noqa: PLR0913  a re-designation has so many facts
    unit_ids: Collection[str],
    to: UnitGender,
    *,
    from_day: date,
    reason: DesignationReason,
    why: str | None = None,
    of_service: str | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> Sequence[DesignationRow]:
    """Designate units for others from a day on: all of them, or none and every fault.

    A shared pool (``same``) changes as a whole: whoever makes one of its units shared, or no longer shared,
    names every unit of the pool that is not closed by then.

    Parameters
    ----------
    why
        What else there is to say, in the person's own words; sealed.
    of_service
        Only units of this service: another one's are told as if there were none. ``None``: any.

    Raises
    ------
    Invalid
        Naming every unit that does not exist or is closed by that day, is designated so already, or was
        designated from a later day; and every pool that would be shared in part.
    WrongForHolders
        If somebody has one of the units on that day or later and is of another gender, or of a gender that is
        not recorded (unknown fits no designation but ``any``); in a shared pool, if two who are there on the
        same day are not of one gender.
    """
    wanted = sorted(set(unit_ids))
    among = [] if of_service is None else [UnitRow.service_id == of_service]
    units = pooled(work, from_day, UnitRow.id.in_(wanted), *among)
    mates = pooled(work, from_day, in_pools({(each.service, each.pool) for each in units}))
    after = list(redesignated(mates, {each.id: to for each in units}))
    refuse([*_faults(wanted, units, to, from_day, work), *_pool_faults(after)])
    _refuse_holders(units, to, from_day, work)
    rows = [
        DesignationRow(
            id=work.new_id("D"),
            unit_id=each.id,
            gender=to,
            from_day=from_day,
            reason=reason.value,
            set_at=work.clock(),
        )
        for each in units
    ]
    about = {*wanted, *(each.service for each in units)}
    write(work, *rows, what="units re-designated", by=by, at=at, about=about, why=why)
    return rows


def _faults(
    wanted: Sequence[str], units: Sequence[PooledUnit], to: UnitGender, from_day: date, work: Work
) -> Iterator[tuple[str, str]]:
    if not wanted:
        yield "unit_ids", "is empty"
    for each in sorted(set(wanted) - {unit.id for unit in units}):
        yield "unit_ids", f"there is no unit {each}, or it is closed by {from_day}"
    last = latest_designations(work, [unit.id for unit in units])
    for unit in units:
        stands = last.get(unit.id)
        if stands is None:
            continue
        if stands.from_day > from_day:
            yield "from_day", f"is {from_day}, and unit {unit.id} is designated from {stands.from_day}"
        elif stands.from_day == from_day and stands.set_at >= work.clock():
            yield "from_day", f"unit {unit.id} was designated from {from_day} at this very moment"
        elif stands.gender is to:
            yield "unit_ids", f"unit {unit.id} is designated {to} already"


def _pool_faults(after: Sequence[PooledUnit]) -> Iterator[tuple[str, str]]:
    for service, pool in half_shared(after):
        of_pool = [each for each in after if (each.service, each.pool) == (service, pool)]
        shared = ", ".join(each.id for each in of_pool if each.gender is UnitGender.SAME)
        others = ", ".join(each.id for each in of_pool if each.gender is not UnitGender.SAME)
        what = f"pool {pool} of service {service} would be shared in part: {shared}, and not {others}"
        yield "unit_ids", what


def _refuse_holders(units: Sequence[PooledUnit], to: UnitGender, from_day: date, work: Work) -> None:
    if to is UnitGender.ANY:
        return
    there = holders(work, Stay(from_day), UnitRow.id.in_([each.id for each in units]))
    wrong = list(mixed(there)) if to is UnitGender.SAME else [each for each in there if each.gender != to]
    if wrong:
        raise WrongForHolders(to, wrong)


def mixed(there: Sequence[Holder]) -> Iterator[Holder]:
    """Those who share a pool and a day with somebody who is not, or not surely, of their gender.

    A household that holds several units does not disturb itself.
    """
    wrong = {
        each.hold
        for one, other in combinations(there, 2)
        if (one.service, one.pool) == (other.service, other.pool)
        and one.person != other.person
        and one.stay.overlaps(other.stay)
        and (one.gender is None or one.gender != other.gender)
        for each in (one, other)
    }
    yield from (each for each in there if each.hold in wrong)
