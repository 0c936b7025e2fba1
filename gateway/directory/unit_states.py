"""What a unit is on a day, from the spells that cover the day: one rule, used by every list and every count.

A *spell* says that something is so of a unit on some days: somebody lives in it, it is offered, it is out of
service. Spells may overlap, so they have an order of strength (`STRENGTH`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from gateway.directory.tables import UnitGender, VoidReason
from gateway.stay import Stay


class UnitState(StrEnum):
    """What a unit is on one day."""

    CLOSED = "closed"
    NOT_YET_OPEN = "not_yet_open"
    OCCUPIED = "occupied"
    OFFERED = "offered"
    OUT_OF_SERVICE = "out_of_service"
    BEING_PREPARED = "being_prepared"
    FREE = "free"


STRENGTH = MappingProxyType({state: at for at, state in enumerate(UnitState)})
"""Of several spells on one day the one that comes first here tells the state.

1. *Closed*, then *not yet open*: a unit that is no part of the supply counts in no figure of it and is never
   let, whatever else is recorded. Who still lives there past the closing day is told beside it
   (`UnitDays.hold`). Closed comes first, because what closed before it opened never opens.
2. *Occupied*: that somebody lives there is a fact, and stronger than any entry in the void register.
3. *Offered*: promised to somebody, so it cannot be promised to another, even if works are not finished yet.
4. *Out of service* before *being prepared*: a unit that is being cleaned while its boiler is broken cannot be
   let when the cleaning is done.
5. *Free*: nothing else is known of the day.
"""


@dataclass(frozen=True, slots=True)
class Spell:
    """Something is so of a unit from ``from_day`` up to, and without, ``until`` (``None``: no end yet).

    id
        Of the hold or the void that says so; ``None`` for being closed or not yet open.
    told
        Of a hold its referral, of a void its reason.
    """

    state: UnitState
    from_day: date
    until: date | None
    id: str | None = None
    told: str | None = None

    def covers(self, day: date) -> bool:
        """Whether it is so on this day."""
        return self.from_day <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Designated:
    """From this day on the unit is for this gender, until the next begins."""

    from_day: date
    gender: UnitGender


@dataclass(frozen=True, slots=True)
class UnitDays:
    """Days on which all that is known of a unit stays the same.

    hold, referral
        Who lives there or has the offer, whatever the state; ``None``: nobody.
    void, reason
        What the void register says of these days, whatever the state; ``None``: nothing.
    """

    stay: Stay
    state: UnitState
    gender: UnitGender
    hold: str | None = None
    referral: str | None = None
    void: str | None = None
    reason: VoidReason | None = None


_HELD = frozenset({UnitState.OCCUPIED, UnitState.OFFERED})
_VOID = frozenset({UnitState.OUT_OF_SERVICE, UnitState.BEING_PREPARED})
_FREE = Spell(UnitState.FREE, date.min, None)


def state_on(day: date, spells: Iterable[Spell]) -> UnitState:
    """The state of a unit on a day: that of the strongest spell which covers it, or free."""
    return _strongest([each for each in spells if each.covers(day)]).state


def designation_on(day: date, designated: Sequence[Designated]) -> UnitGender:
    """Whom a unit is for on a day: the latest begun; before any begins, the first; without any, anybody.

    Parameters
    ----------
    designated
        In the order in which they begin and, of one day, were set.
    """
    if len(designated) < 2:
        return designated[0].gender if designated else UnitGender.ANY
    counts_from = max(day, designated[0].from_day)
    return [each.gender for each in designated if each.from_day <= counts_from][-1]


def opening_spells(opens_on: date, closes_on: date | None, stay: Stay) -> Iterator[Spell]:
    """What a unit's, or a service's, opening and closing days say of it on the days of a stay."""
    if stay.from_day < opens_on:
        yield Spell(UnitState.NOT_YET_OPEN, date.min, opens_on)
    if closes_on is not None and (stay.until is None or closes_on < stay.until):
        yield Spell(UnitState.CLOSED, closes_on, None)


def days_of(stay: Stay, spells: Sequence[Spell], designated: Sequence[Designated]) -> tuple[UnitDays, ...]:
    """The days of a stay, without a gap, as the fewest runs on which everything stays the same."""
    start, *later = _cuts(stay, spells, designated)
    found = _on(start, spells, designated)
    runs: list[UnitDays] = []
    for day in later:
        then = _on(day, spells, designated)
        if then != found:
            runs.append(UnitDays(Stay(start, day), *found))
            start, found = day, then
    last = stay if start == stay.from_day else Stay(start, stay.until)
    return (*runs, UnitDays(last, *found))


def _cuts(stay: Stay, spells: Iterable[Spell], designated: Iterable[Designated]) -> list[date]:
    """The first day, and every later one of the stay on which something begins or ends."""
    first, until = stay.from_day, stay.until or date.max
    later = {each.from_day for each in designated if first < each.from_day < until}
    for spell in spells:
        if first < spell.from_day < until:
            later.add(spell.from_day)
        if spell.until is not None and first < spell.until < until:
            later.add(spell.until)
    return [first, *sorted(later)]


_Known = tuple[UnitState, UnitGender, str | None, str | None, str | None, VoidReason | None]
"""As `UnitDays` has them after the stay."""


def _on(day: date, spells: Iterable[Spell], designated: Sequence[Designated]) -> _Known:
    gender = designation_on(day, designated)
    there = [each for each in spells if each.covers(day)]
    if not there:
        return (UnitState.FREE, gender, None, None, None, None)
    held = _strongest([each for each in there if each.state in _HELD])
    void = _strongest([each for each in there if each.state in _VOID])
    reason = VoidReason(void.told) if void.told else None
    return (_strongest(there).state, gender, held.id, held.told, void.id, reason)


def _strongest(spells: Sequence[Spell]) -> Spell:
    """Of two equally strong ones the one that began first, then the lower id: the same one every time."""
    if not spells:
        return _FREE
    if len(spells) == 1:
        return spells[0]
    return min(spells, key=lambda each: (STRENGTH[each.state], each.from_day, each.id or ""))
