"""The vacancy board: how many units are in which state, by tier, lot, authority, service and gender."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.directory.tables import Tier, UnitGender
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.stay import Stay
from gateway.storage.work import Work


class By(StrEnum):
    """What a row of the board is counted by."""

    TIER = "tier"
    LOT = "lot"
    AUTHORITY = "authority"
    SERVICE = "service"
    GENDER = "gender"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """Units counted together. What they are not counted by is ``None``.

    gender
        Whom they are for on the first day.
    units
        How many of them are open on the first day.
    states
        How many are in each state on the first day; every state is named.
    free_throughout
        How many are free on every day asked for.
    free_later
        How many are not free on the first day, and are on a later one asked for.
    confirmed_at
        Since when at the latest every open unit is confirmed: the oldest stamp. ``None`` if one has none.
    unconfirmed
        How many open units nobody ever confirmed.
    """

    tier: Tier | None
    lot: str | None
    authority: str | None
    service: str | None
    gender: UnitGender | None
    units: int
    states: Mapping[UnitState, int]
    free_throughout: int
    free_later: int
    confirmed_at: datetime | None
    unconfirmed: int

    @property
    def free(self) -> int:
        """How many are free on the first day."""
        return self.states[UnitState.FREE]


_Key = tuple[str, str, str, str, str]
_GONE = frozenset({UnitState.CLOSED, UnitState.NOT_YET_OPEN})


def vacancy_board(
    work: Work,
    stay: Stay,
    *,
    by: Collection[By] = tuple(By),
    services: Collection[str] | None = None,
    providers: Collection[str] | None = None,
    tiers: Collection[Tier] | None = None,
    lots: Collection[str] | None = None,
    authorities: Collection[str] | None = None,
) -> tuple[BoardRow, ...]:
    """Rows for a screen, in the order of tier, lot, authority, service and gender, from one query.

    Parameters
    ----------
    by
        What rows are counted by; nothing at all gives one row, or none where there is no unit.
    services, providers, tiers, lots, authorities
        As `vacancies` has them.
    """
    found = vacancies(
        work, stay, services=services, providers=providers, tiers=tiers, lots=lots, authorities=authorities
    )
    return board(found.units, by)


def board(units: Iterable[UnitVacancy], by: Collection[By]) -> tuple[BoardRow, ...]:
    """Count units that were read already."""
    groups: defaultdict[_Key, list[UnitVacancy]] = defaultdict(list)
    for unit in units:
        groups[_key(unit, by)].append(unit)
    in_order = sorted(groups, key=lambda key: (_TIERS.index(key[0]), *key[1:]))
    return tuple(_row(key, groups[key]) for key in in_order)


_TIERS = [*Tier, ""]


def _key(unit: UnitVacancy, by: Collection[By]) -> _Key:
    service = unit.service
    return (
        service.tier if By.TIER in by else "",
        service.lot if By.LOT in by else "",
        service.authority if By.AUTHORITY in by else "",
        service.id if By.SERVICE in by else "",
        unit.days[0].gender if By.GENDER in by else "",
    )


def _row(key: _Key, units: Sequence[UnitVacancy]) -> BoardRow:
    tier, lot, authority, service, gender = key
    states = Counter(unit.days[0].state for unit in units)
    there = [unit for unit in units if unit.days[0].state not in _GONE]
    stamps = [unit.confirmed_at for unit in there if unit.confirmed_at is not None]
    return BoardRow(
        tier=Tier(tier) if tier else None,
        lot=lot or None,
        authority=authority or None,
        service=service or None,
        gender=UnitGender(gender) if gender else None,
        units=len(there),
        states={state: states[state] for state in UnitState},
        free_throughout=sum(_free_days(unit) == len(unit.days) for unit in units),
        free_later=sum(unit.days[0].state is not UnitState.FREE and _free_days(unit) > 0 for unit in units),
        confirmed_at=min(stamps) if stamps and len(stamps) == len(there) else None,
        unconfirmed=len(there) - len(stamps),
    )


def _free_days(unit: UnitVacancy) -> int:
    """How many of its runs of days are free."""
    return sum(each.state is UnitState.FREE for each in unit.days)
