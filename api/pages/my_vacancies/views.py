"""What a provider sees of its units today, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code, spoken_day, spoken_moment
from gateway.directory.tables import UnitGender, VoidRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy

STATES: Final[Mapping[UnitState, tuple[str, str]]] = MappingProxyType(
    {
        UnitState.FREE: ("Free", "green"),
        UnitState.OFFERED: ("Offered", "light-blue"),
        UnitState.OCCUPIED: ("Occupied", "blue"),
        UnitState.BEING_PREPARED: ("Being prepared", "yellow"),
        UnitState.OUT_OF_SERVICE: ("Out of service", "red"),
        UnitState.NOT_YET_OPEN: ("Not open yet", "grey"),
        UnitState.CLOSED: ("Closed", "grey"),
    }
)
"""Each state in a provider's words, and the colour of its tag, which says nothing that the word does not."""

GENDERS: Final[Mapping[UnitGender, str]] = MappingProxyType(
    {
        UnitGender.ANY: "Anybody",
        UnitGender.MALE: "Men",
        UnitGender.FEMALE: "Women",
        UnitGender.SAME: "All of one gender in this room",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeen:
    """One unit today.

    more
        What else there is to say: until when, and why.
    """

    id: str
    name: str
    state: str
    colour: str
    gender: str
    more: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSeen:
    """One service with its units; ``confirmed`` says when all of it was last said to be true."""

    id: str
    name: str
    free: str
    confirmed: str
    units: Sequence[UnitSeen]


@dataclass(frozen=True, slots=True)
class MyVacancies:
    """All services of a provider, with what is free first to be seen."""

    services: Sequence[ServiceSeen]


def my_vacancies(units: Sequence[UnitVacancy], today: date) -> MyVacancies:
    """The screen for these units, which are in the order of their services."""
    open_units = [each for each in units if each.on(today).state is not UnitState.CLOSED]
    services = groupby(open_units, key=lambda each: (each.service.name, each.service.id))
    return MyVacancies([_service(key, list(there), today) for key, there in services])


def _service(key: tuple[str, str], units: Sequence[UnitVacancy], today: date) -> ServiceSeen:
    name, id = key
    free = sum(each.on(today).state is UnitState.FREE for each in units)
    stamps = [each.confirmed_at for each in units]
    oldest = None if None in stamps else min(each for each in stamps if each is not None)
    return ServiceSeen(
        id=id,
        name=name,
        free=f"{free} of {counted(len(units), 'unit')} free today",
        confirmed="Never confirmed" if oldest is None else f"Last confirmed {spoken_moment(oldest)}",
        units=[unit_seen(each, today) for each in units],
    )


def unit_seen(unit: UnitVacancy, today: date) -> UnitSeen:
    """One unit today, in words."""
    days = unit.on(today)
    state, colour = STATES[days.state]
    told = [spoken_code(days.reason) if days.reason else "", _until(days.stay.until, days.state)]
    return UnitSeen(
        id=unit.id,
        name=unit.name,
        state=state,
        colour=colour,
        gender=GENDERS[days.gender],
        more=", ".join(each for each in told if each),
        href=f"/my-vacancies/units/{unit.id}",
    )


def _until(until: date | None, state: UnitState) -> str:
    if until is None or state is UnitState.FREE:
        return ""
    return f"until {spoken_day(until)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneUnit:
    """The page of one unit: what it is, what stands in the void register, and what can be changed.

    void
        The void that covers today, if one does: its id and revision, to be ended.
    """

    unit: UnitSeen
    service: str
    void: str | None
    seen: int | None
    reasons: Sequence[Choice]
    genders: Sequence[Choice]
    sent: Mapping[str, str]


def one_unit(
    unit: UnitVacancy,
    today: date,
    *,
    void: VoidRow | None,
    reasons: Sequence[str],
    sent: Mapping[str, str],
) -> OneUnit:
    """The page of a unit, with what was sent if it was wrong."""
    return OneUnit(
        unit=unit_seen(unit, today),
        service=unit.service.name,
        void=None if void is None else void.void,
        seen=None if void is None else void.revision,
        reasons=[
            Choice(value=each, text=spoken_code(each), chosen=sent.get("reason") == each) for each in reasons
        ],
        genders=[
            Choice(value=each.value, text=text, chosen=sent.get("gender") == each.value)
            for each, text in GENDERS.items()
        ],
        sent=sent,
    )
