"""What a provider sees of all its units today, whole services to a page, and what it confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from api.design_system.spoken import counted, spoken_moment
from api.pages.my_vacancies.leaves import Leaf
from api.pages.my_vacancies.views import UnitSeen, unit_seen
from gateway.directory.confirming import digest_of
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy

SEPARATOR: Final = "|"
"""Between units in what a form carries; no state, reason or day has it."""

IN_A_FIELD: Final = 100
"""Units that one field carries: a field has an end, a service of many units has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSeen:
    """One service with its units.

    confirmed
        When all of it was last said to be true.
    stands, said
        What is sent back with "All of this is true": the service with what it is known again by, and each
        unit in words, some to a field.
    """

    stands: str
    said: Sequence[str]
    id: str
    name: str
    free: str
    confirmed: str
    units: Sequence[UnitSeen]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNamed:
    """A service on this page or another one, and how much of it is free."""

    name: str
    free: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyVacancies:
    """All services of a provider, a page at a time.

    contents
        Every service, if there are several pages and not too many services.
    all_at_once
        What one press confirms, if there is more than one service to be confirmed on the page.
    long
        Whether a service can be looked for by its name; ``find``: what was looked for.
    """

    services: Sequence[ServiceSeen]
    contents: Sequence[ServiceNamed]
    all_at_once: str
    long: bool
    find: str
    next: str | None
    first: str | None


def my_vacancies(units: Sequence[UnitVacancy], today: date, leaf: Leaf) -> MyVacancies:
    """One page of the screen for these units, which are in the order of their services."""
    open_units = [each for each in units if each.on(today).state is not UnitState.CLOSED]
    of_services = groupby(open_units, key=lambda each: (each.service.name, each.service.id))
    services = [_service(key, list(there), today) for key, there in of_services]
    named, here = set(leaf.named), set(leaf.here)
    shown = [each for each in services if each.id in here]
    return MyVacancies(
        services=shown,
        all_at_once=_all_at_once(shown),
        contents=[_named(each, leaf) for each in services if each.id in named],
        long=leaf.is_long,
        find=leaf.find,
        next=leaf.next,
        first=leaf.first,
    )


def _all_at_once(services: Sequence[ServiceSeen]) -> str:
    if len(services) < 2:
        return ""
    units = sum(len(each.units) for each in services)
    told = f"{counted(len(services), 'service')} with {counted(units, 'unit')}"
    return f"{told} on this page. Look through them; one press then says that all of it is true."


def _named(service: ServiceSeen, leaf: Leaf) -> ServiceNamed:
    href = f"{leaf.address(leaf.page_of(service.id))}#{service.id}"
    return ServiceNamed(name=service.name, free=service.free, href=href)


def _service(key: tuple[str, str], units: Sequence[UnitVacancy], today: date) -> ServiceSeen:
    name, id = key
    free = sum(each.on(today).state is UnitState.FREE for each in units)
    stamps = [each.confirmed_at for each in units]
    oldest = None if None in stamps else min(each for each in stamps if each is not None)
    seen = [unit_seen(each, today) for each in units]
    return ServiceSeen(
        stands=f"{id}{SEPARATOR}{digest_of(units)}",
        said=[
            SEPARATOR.join(f"{each.id}={unit_said(each)}" for each in seen[first : first + IN_A_FIELD])
            for first in range(0, len(seen), IN_A_FIELD)
        ],
        id=id,
        name=name,
        free=f"{free} of {counted(len(units), 'unit')} free today",
        confirmed="Never confirmed" if oldest is None else f"Last confirmed {spoken_moment(oldest)}",
        units=seen,
    )


def unit_said(unit: UnitSeen) -> str:
    """One unit in a line."""
    told = f"{unit.state}, {unit.more}" if unit.more else unit.state
    return f"{told}. For: {unit.gender}"


def otherwise(
    units: Sequence[UnitVacancy], said: Sequence[str], service: str, today: date
) -> list[tuple[str, str, str]]:
    """What stands of each unit beside what was seen of it, where that differs."""
    before = dict(each.partition("=")[::2] for field in said for each in field.split(SEPARATOR))
    seen = [unit_seen(each, today) for each in units]
    names = {each.id: each.name for each in seen}
    now = {each.id: unit_said(each) for each in seen}
    rows = [
        (names.get(id, id), now.get(id, "Not there, or closed"), before.get(id, "Not there yet"))
        for id in {**now, **before}
        if now.get(id) != before.get(id)
    ]
    return rows or [(service, "Somebody else has a unit, or a void was changed", "As it was before that")]
