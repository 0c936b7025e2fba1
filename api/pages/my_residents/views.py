"""Lists of residents and one of them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_day
from api.pages.my_offers.person_view import Fact, PersonSeen
from api.pages.my_offers.place_names import PlaceNames
from api.pages.my_offers.views import units_named
from api.pages.my_residents.resident_words import BLOCKERS, DEPARTURES, DESTINATIONS
from api.pages.posted import boxes
from gateway.placements.leaving import PLANNED
from gateway.placements.offers import OfferLine
from gateway.placements.residents import PlacementLine, Resident
from gateway.placements.tables import Blocker, DepartureReason, Destination, PlacementRow

LISTS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "living": ("/my-residents", "Who lives here", "Nobody lives in your services, as far as is known."),
        "coming": ("/my-residents/coming", "About to move in", "Nobody is about to move in."),
        "reviews": ("/my-residents/reviews", "Due for review", "No review is due."),
        "ready": ("/my-residents/ready", "Ready to move on", "Nobody is marked ready to move on."),
    }
)
"""Each list: its address, what it is called, and what it says when it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list: where, what there is to say, and where it is dealt with."""

    place: str
    more: Sequence[str]
    href: str
    referral: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Another list."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """A page of a list."""

    title: str
    empty: str
    lines: Sequence[Listed]
    ways: Sequence[Way]
    next: str | None
    first: str | None


def residents_page(which: str, lines: Sequence[Listed], *, after: str | None, end: str | None) -> Residents:
    """A page of one of the `LISTS`; ``end`` is where it ended, ``None``: it was the last."""
    href, title, empty = LISTS[which]
    return Residents(
        title=title,
        empty=empty if after is None else "There is nobody on this page.",
        lines=lines,
        ways=[Way(text=text, href=to, current=key == which) for key, (to, text, _) in LISTS.items()],
        next=None if end is None else f"{href}?after={end}",
        first=None if after is None else href,
    )


def living(each: Resident, names: PlaceNames) -> Listed:
    """Somebody has a unit to live in."""
    until = [] if each.until is None else [f"Until {spoken_day(each.until)}"]
    return Listed(
        place=names.units.get(each.unit, each.unit),
        more=[names.services.get(each.service, ""), f"Since {spoken_day(each.from_day)}", *until],
        href=f"/my-residents/{each.placement}",
        referral=each.referral,
    )


def coming(each: OfferLine, names: PlaceNames) -> Listed:
    """Somebody accepted and is to come."""
    return Listed(
        place=units_named(each, names),
        more=[names.services.get(each.service, ""), f"Can move in from {spoken_day(each.from_day)}"],
        href=f"/my-offers/{each.id}",
        referral=each.referral,
    )


def placed(each: PlacementLine, names: PlaceNames, units: Mapping[str, str], today: date) -> Listed:
    """Somebody lives there, and a review is due or they are ready."""
    return Listed(
        place=units.get(each.id, names.services.get(each.service, "")),
        more=[
            names.services.get(each.service, ""),
            f"Lives there since {spoken_day(each.from_day)}",
            *following(each, today),
        ],
        href=f"/my-residents/{each.id}",
        referral=each.referral,
    )


def following(each: PlacementLine | PlacementRow, today: date) -> list[str]:
    """What is to be followed up."""
    told = []
    if each.review_on is not None:
        due = "was due on" if each.review_on < today else "due on"
        told.append(
            "Review due today" if each.review_on == today else f"Review {due} {spoken_day(each.review_on)}"
        )
    if each.ready_since is not None:
        told.append(f"Ready to move on since {spoken_day(each.ready_since)}")
        if each.blocked_by is not None:
            told.append(f"What keeps them: {BLOCKERS[each.blocked_by].lower()}")
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class OneResident:
    """The page of a placement.

    lives
        They have not left.
    ready, due
        Marked ready to move on; a review stands.
    stands
        What a form that changes it begins with, by the names of its fields.
    """

    id: str
    href: str
    place: str
    service: str
    referral: str
    seen: int
    lives: bool
    ready: bool
    due: bool
    stands: Mapping[str, str]
    facts: Sequence[Fact]
    person: PersonSeen | None


def one_resident(
    row: PlacementRow, units: Sequence[str], service: str, person: PersonSeen | None, today: date
) -> OneResident:
    """The page of a placement; ``person`` is ``None`` where they are no longer the provider's to see."""
    return OneResident(
        id=row.id,
        href=f"/my-residents/{row.id}",
        place=", ".join(units) or service,
        service=service,
        referral=row.referral_id,
        seen=row.version,
        lives=row.until is None,
        ready=row.ready_since is not None,
        due=row.review_on is not None,
        stands={
            **boxes("review", row.review_on),
            **boxes("since", row.ready_since),
            "blocked": row.blocked_by or "",
        },
        facts=_facts(row, today),
        person=person,
    )


def _facts(row: PlacementRow, today: date) -> list[Fact]:
    told = [Fact("Referral", [row.referral_id]), Fact("Moved in", [spoken_day(row.from_day)])]
    if row.until is None:
        return [*told, Fact("To follow up", following(row, today) or ["Nothing is planned"])]
    if row.departure_reason is not None and row.destination is not None:
        planned = {True: ["It was planned"], False: ["It was not planned"]}.get(bool(row.planned), [])
        reason = [DEPARTURES[row.departure_reason], *(planned if row.planned is not None else [])]
        told += [Fact("Why they left", reason), Fact("Where they went", [DESTINATIONS[row.destination]])]
    return [*told, Fact("Left", [spoken_day(row.until)])]


def blockers(chosen: str) -> list[Choice]:
    """What keeps somebody who is ready; nothing first."""
    nothing = Choice(value="", text="Nothing: they can go", chosen=not chosen)
    return [
        nothing,
        *(
            Choice(value=each.value, text=text, chosen=each.value == chosen)
            for each, text in BLOCKERS.items()
        ),
    ]


def departures(chosen: str) -> list[Choice]:
    """Why somebody may have left, as a provider can say."""
    return [
        Choice(value=each.value, text=text, chosen=each.value == chosen)
        for each, text in DEPARTURES.items()
        if each is not DepartureReason.TRANSFER
    ]


def destinations(chosen: str) -> list[Choice]:
    """Where somebody may have gone."""
    return [
        Choice(value=each.value, text=text, chosen=each.value == chosen)
        for each, text in DESTINATIONS.items()
    ]


def says_whether_planned(reason: DepartureReason) -> bool:
    """Whether the reason alone says it, or it is not told at all: then nobody need be asked."""
    return reason in PLANNED or reason is DepartureReason.DIED


def blocker_of(text: str) -> Blocker | None:
    """What was chosen, or nothing."""
    return Blocker(text) if text in set(Blocker) else None


def destination_of(text: str) -> Destination | None:
    """What was chosen, or nothing."""
    return Destination(text) if text in set(Destination) else None
