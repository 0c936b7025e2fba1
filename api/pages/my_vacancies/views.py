"""What a provider sees of its units today, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_code, spoken_day
from gateway.directory.tables import UnitGender, VoidRow
from gateway.directory.unit_states import UnitDays, UnitState
from gateway.directory.vacancies import UnitVacancy

STATES: Final[Mapping[UnitState, tuple[str, str]]] = MappingProxyType(
    {
        UnitState.FREE: ("Free", "green"),
        UnitState.OFFERED: ("Held for somebody", "light-blue"),
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


def unit_seen(unit: UnitVacancy, today: date) -> UnitSeen:
    """One unit today, in words."""
    days = unit.on(today)
    state, colour = STATES[days.state]
    told = [spoken_code(days.reason) if days.reason else "", _then(unit, days)]
    return UnitSeen(
        id=unit.id,
        name=unit.name,
        state=state,
        colour=colour,
        gender=GENDERS[days.gender],
        more=", ".join(each for each in told if each),
        href=f"/my-vacancies/units/{unit.id}",
    )


def _then(unit: UnitVacancy, days: UnitDays) -> str:
    """Until when it stays as it is; of a free one, what comes after."""
    after = next(
        (
            each
            for each in unit.days
            if each.stay.from_day > days.stay.from_day and each.state is not days.state
        ),
        None,
    )
    if after is None:
        return ""
    when = spoken_day(after.stay.from_day)
    return f"{STATES[after.state][0]} from {when}" if days.state is UnitState.FREE else f"until {when}"


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has the unit today: what there is to say of it, and the page on which it is dealt with."""

    sentence: str
    link: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A time to come at which the unit cannot be let: the void's id and revision, to be taken back."""

    void: str
    seen: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneUnit:
    """The page of one unit: what it is, what stands in the void register, and what can be changed.

    holding
        Somebody lives there, or it is offered; ``None``: neither, or it is not to be told.
    void
        The void that covers today, if one does: its id and revision, to be changed or ended.
    planned
        Those that begin later.
    """

    unit: UnitSeen
    service: str
    back: str
    holding: Holding | None
    void: str | None
    seen: int | None
    planned: Sequence[Planned]
    reasons: Sequence[Choice]
    genders: Sequence[Choice]
    sent: Mapping[str, str]


def one_unit(
    unit: UnitVacancy,
    today: date,
    *,
    holding: Holding | None,
    voids: Sequence[VoidRow],
    reasons: Sequence[str],
    sent: Mapping[str, str],
) -> OneUnit:
    """The page of a unit, with what was sent if it was wrong; ``voids``: those of today and later."""
    void = next((each for each in voids if each.from_day <= today), None)
    return OneUnit(
        unit=unit_seen(unit, today),
        service=unit.service.name,
        back=f"/my-vacancies?of={unit.service.id}#{unit.service.id}",
        holding=holding,
        void=None if void is None else void.void,
        seen=None if void is None else void.revision,
        planned=[_planned(each) for each in voids if each.from_day > today],
        reasons=[
            Choice(value=each, text=spoken_code(each), chosen=sent.get("reason") == each) for each in reasons
        ],
        genders=[
            Choice(value=each.value, text=text, chosen=sent.get("gender") == each.value)
            for each, text in GENDERS.items()
        ],
        sent=sent,
    )


def _planned(void: VoidRow) -> Planned:
    when, why = void_days(void.from_day, void.until), spoken_code(void.reason).lower()
    return Planned(void=void.void, seen=void.revision, told=f"{spoken_code(void.state)} {when}: {why}")


def void_days(from_day: date, until: date | None) -> str:
    """``from 1 December 2026 until 9 December 2026``."""
    return f"from {spoken_day(from_day)}" + ("" if until is None else f" until {spoken_day(until)}")


def lives_there(placement_id: str) -> Holding:
    """Somebody lives in the unit: it is free again when they leave."""
    return Holding(
        "Somebody lives here. The unit is free again from the day they leave.",
        "Say that they have left, or when to review their stay",
        f"/my-residents/{placement_id}",
    )


def is_offered(offer_id: str) -> Holding:
    """The unit is held for somebody: it is occupied when they come."""
    return Holding(
        "The unit is held for somebody. It is occupied from the day they move in.",
        "Answer the offer, or say that they have moved in",
        f"/my-offers/{offer_id}",
    )
