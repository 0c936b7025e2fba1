"""Search among units and what they are on each day, page by page: one statement a page."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from gateway.directory.tables import Tier, UnitGender
from gateway.directory.vacancies import UnitVacancy, answered
from gateway.directory.vacancy_filters import Free
from gateway.directory.vacancy_query import statement
from gateway.refusals import refuse
from gateway.stay import Stay
from gateway.storage.work import Work

LONGEST = 366
"""Days that one page tells of at most."""

MOST_FEATURES = 10
"""Features asked for at once."""

Place: TypeAlias = tuple[str, str, str, str]
"""Of a unit in the order of pages: its service, pool, name and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which units; ``None`` is no choice, and an empty choice is no unit at all.

    authorities
        Where the service stands (GSS codes).
    genders
        Whom the unit is for on the first day asked for.
    client_groups
        The service is for one of these, or names no group.
    features
        It has each of these, or its service has.
    free
        On which of the days asked for it is free; ``None``: whatever it is.
    """

    units: Collection[str] | None = None
    services: Collection[str] | None = None
    providers: Collection[str] | None = None
    tiers: Collection[Tier] | None = None
    lots: Collection[str] | None = None
    authorities: Collection[str] | None = None
    genders: Collection[UnitGender] | None = None
    client_groups: Collection[str] | None = None
    features: Collection[str] = ()
    free: Free | None = None

    def parameters(self) -> dict[str, Any]:
        """What the statement's filters are given, by name."""
        lists = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _SINGLE}
        given: dict[str, Any] = {name: sorted(it) for name, it in lists.items() if it is not None}
        return given | {f"feature_{at}": each for at, each in enumerate(sorted(set(self.features)))}


_SINGLE = frozenset({"features", "free"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VacancyPage:
    """Some units; ``next`` is where the next page begins, to be given back, and ``None`` on the last."""

    units: tuple[UnitVacancy, ...]
    next: Place | None


def search_vacancies(
    work: Work, stay: Stay, sought: Sought, *, after: Place | None = None, size: int = 50
) -> VacancyPage:
    """A page of the units sought and what each is on every day of a stay, and why it is not free.

    Their order is that of services, pools, names and ids, as the database sorts text.

    Raises
    ------
    Invalid
        If the stay has no end or is too long, or too many features are asked for.
    """
    days = 0 if stay.until is None else stay.days()
    long = not 0 < days <= LONGEST
    many = len(set(sought.features)) > MOST_FEATURES
    refuse(
        [
            *([("until", f"must be given, at most {LONGEST} days after the first")] if long else []),
            *([("features", f"are more than {MOST_FEATURES}")] if many else []),
        ]
    )
    given = sought.parameters()
    names = frozenset(given) | ({sought.free} if sought.free else frozenset())
    query = statement(names, ends=True, page=True, after=after is not None)
    place = {f"after_{at}": each for at, each in enumerate(after or ())}
    found = answered(work, query, stay, {**given, **place, "size": size + 1})
    kept = found[:size]
    return VacancyPage(units=kept, next=_place(kept[-1]) if found[size:] else None)


def _place(unit: UnitVacancy) -> Place:
    return (unit.service.id, unit.pool, unit.name, unit.id)
