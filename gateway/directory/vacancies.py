"""What is vacant on which days, and why the rest is not: units, and runs of days of one state."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CompoundSelect

from gateway.directory.tables import Tier, UnitGender, UnitKind
from gateway.directory.unit_states import Designated, Spell, UnitDays, UnitState, days_of, opening_spells
from gateway.directory.vacancy_query import Found, Part, statement
from gateway.stay import Stay
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSeen:
    """What a list of vacancies tells of a service: never its address, nor where it is.

    authority
        Where it stands (GSS code).
    """

    id: str
    name: str
    provider: str
    authority: str
    tier: Tier
    lot: str
    confidential: bool
    direct_access: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVacancy:
    """A unit and what it is on each day asked for.

    confirmed_at
        When the provider last said that what stands of it is true; ``None``: never.
    days
        In order and without a gap, from the first day asked for to the last.
    """

    id: str
    name: str
    pool: str
    kind: UnitKind
    service: ServiceSeen
    confirmed_at: datetime | None
    days: tuple[UnitDays, ...]

    def on(self, day: date) -> UnitDays:
        """What it is on a day.

        Raises
        ------
        KeyError
            If the day was not asked for.
        """
        for each in self.days:
            if day in each.stay:
                return each
        raise KeyError(day)

    def is_free(self, stay: Stay) -> bool:
        """Whether it is free on every day of a stay, all of which was asked for."""
        asked = Stay(self.days[0].stay.from_day, self.days[-1].stay.until)
        within = asked.within(stay) == stay
        return within and all(each.state is UnitState.FREE for each in self.days if each.stay.overlaps(stay))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancies:
    """Units over a range of days, in the order of their services, pools, names and ids."""

    stay: Stay
    units: tuple[UnitVacancy, ...]

    def in_state(self, state: UnitState, day: date) -> tuple[UnitVacancy, ...]:
        """The units that are in this state on a day that was asked for."""
        return tuple(each for each in self.units if each.on(day).state is state)

    def free(self, stay: Stay) -> tuple[UnitVacancy, ...]:
        """The units that are free on every day of a stay, all of which was asked for."""
        return tuple(each for each in self.units if each.is_free(stay))


def vacancies(
    work: Work,
    stay: Stay,
    *,
    units: Collection[str] | None = None,
    services: Collection[str] | None = None,
    providers: Collection[str] | None = None,
    tiers: Collection[Tier] | None = None,
    lots: Collection[str] | None = None,
    authorities: Collection[str] | None = None,
) -> Vacancies:
    """What every unit is on every day of a stay, in one query however many services and days there are.

    Parameters
    ----------
    stay
        Half-open; without an end, for ever.
    units, services, providers, tiers, lots, authorities
        Only these (authorities: where the service stands, GSS codes); ``None``: all. An empty collection is
        none at all.
    """
    wanted = {
        "units": units,
        "services": services,
        "providers": providers,
        "tiers": tiers,
        "lots": lots,
        "authorities": authorities,
    }
    only = {name: sorted(values) for name, values in wanted.items() if values is not None}
    query = statement(frozenset(only), ends=stay.until is not None)
    return Vacancies(stay=stay, units=answered(work, query, stay, only))


def answered(
    work: Work, query: CompoundSelect[Any], stay: Stay, given: Mapping[str, Any]
) -> tuple[UnitVacancy, ...]:
    """The units that a statement of `gateway.directory.vacancy_query` finds, given what it asks for."""
    days = {"first": stay.from_day, "until": stay.until} if stay.until else {"first": stay.from_day}
    rows = work.session.execute(query, {**given, **days}).all()
    return _Answer(stay, map(Found._make, rows)).units()


def free_units(work: Work, services: Collection[str], day: date) -> tuple[UnitVacancy, ...]:
    """The units of these services that are free on a day, in the order of services, pools, names and ids."""
    return vacancies(work, Stay.on(day), services=services).in_state(UnitState.FREE, day)


_STATES = {
    "living": UnitState.OCCUPIED,
    "offer": UnitState.OFFERED,
    "out_of_service": UnitState.OUT_OF_SERVICE,
    "being_prepared": UnitState.BEING_PREPARED,
}


class _Answer:
    """The rows of the statement, sorted by what they are about."""

    def __init__(self, stay: Stay, rows: Iterable[Found]) -> None:
        self._stay = stay
        self._units: list[Found] = []
        self._spells: defaultdict[str, list[Spell]] = defaultdict(list)
        self._designations: defaultdict[str, list[Found]] = defaultdict(list)
        self._services: dict[str, ServiceSeen] = {}
        self._opening: dict[str, tuple[Spell, ...]] = {}
        for row in rows:
            self._take(row)

    def _take(self, row: Found) -> None:
        if row.part == Part.UNIT:
            self._units.append(row)
        elif row.part == Part.SERVICE:
            self._services[row.id] = _service(row)
            self._opening[row.id] = tuple(opening_spells(row.from_day, row.until, self._stay))
        elif row.part == Part.DESIGNATION:
            self._designations[row.owner].append(row)
        else:
            spell = Spell(_STATES[row.kind], row.from_day, row.until, row.id, row.told)
            self._spells[row.owner].append(spell)

    def units(self) -> tuple[UnitVacancy, ...]:
        in_order = sorted(
            self._units, key=lambda row: (row.position or 0, row.owner, row.place, row.name, row.id)
        )
        return tuple(self._unit(row) for row in in_order)

    def _unit(self, row: Found) -> UnitVacancy:
        spells = [
            *opening_spells(row.from_day, row.until, self._stay),
            *self._opening[row.owner],
            *self._spells.get(row.id, ()),
        ]
        return UnitVacancy(
            id=row.id,
            name=cast("str", row.name),
            pool=cast("str", row.place),
            kind=UnitKind(row.kind),
            service=self._services[row.owner],
            confirmed_at=row.moment,
            days=days_of(self._stay, spells, self._designated(row)),
        )

    def _designated(self, unit: Found) -> list[Designated]:
        at_first = Designated(self._stay.from_day, UnitGender(unit.told or UnitGender.ANY))
        later = sorted(
            self._designations.get(unit.id, ()), key=lambda row: (row.from_day, row.moment, row.id)
        )
        return [at_first, *(Designated(row.from_day, UnitGender(row.kind)) for row in later)]


def _service(row: Found) -> ServiceSeen:
    return ServiceSeen(
        id=row.id,
        name=cast("str", row.name),
        provider=row.owner,
        authority=cast("str", row.place),
        tier=Tier(row.kind),
        lot=cast("str", row.told),
        confidential=bool(row.confidential),
        direct_access=bool(row.direct_access),
    )
