"""What the database or the facts forbid about offers and places. Refusals name ids, never people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.refusals import Conflict


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Holder:
    """Who has a unit: the referral, from which day, and until which (half-open; ``None``: no end yet).

    referral
        ``None``: whoever asks may not know of it.
    """

    unit: str
    referral: str | None
    from_day: date
    until: date | None = None


class UnitTaken(Conflict):
    """Somebody else has the unit; the refusal names who, unless their case is closed to whoever asked.

    taken
        Every unit asked for that somebody has, in the order of units; ``unit`` and ``held_by`` are the first.
    """

    def __init__(self, taken: Sequence[Holder]) -> None:
        self.taken = tuple(taken)
        self.unit, self.held_by = self.taken[0].unit, self.taken[0].referral
        super().__init__(
            " ".join(f"Unit {each.unit} is held for {each.referral or 'somebody'}." for each in self.taken)
        )


class AlreadyOffered(Conflict):
    """The person has an offer that stands, and gets no second one."""

    def __init__(self, referral: str, offer: str) -> None:
        self.referral, self.offer = referral, offer
        super().__init__(f"The person of {referral} has offer {offer}, which stands.")


class LivesElsewhere(Conflict):
    """The person lives in another place; nobody lives in two."""

    def __init__(self, person: str, placement: str, referral: str) -> None:
        self.person, self.placement, self.referral = person, placement, referral
        super().__init__(f"{person} lives in placement {placement} of {referral}.")


class HasLeft(Conflict):
    """The placement ended; what is asked is for people who live there."""

    def __init__(self, placement: str, until: date) -> None:
        self.placement, self.until = placement, until
        super().__init__(f"Placement {placement} ended on {until}.")


class TooLate(Conflict):
    """The time to accept is over."""

    def __init__(self, offer: str, answer_by: datetime) -> None:
        self.offer, self.answer_by = offer, answer_by
        super().__init__(f"Offer {offer} was to be answered before {answer_by.isoformat()}.")


class NotDue(Conflict):
    """The offer does not lapse yet; ``answer_by`` ``None``: it never does by itself."""

    def __init__(self, offer: str, answer_by: datetime | None) -> None:
        self.offer, self.answer_by = offer, answer_by
        super().__init__(
            f"Offer {offer} does not lapse "
            + (f"before {answer_by.isoformat()}." if answer_by else "by itself.")
        )


class CannotBeLet(Conflict):
    """A unit cannot be let to this person on this day.

    why
        Pairs of a unit and what stands against it, all at once.
    """

    def __init__(self, why: Sequence[tuple[str, str]]) -> None:
        self.why = tuple(why)
        super().__init__(" ".join(f"Unit {unit} {what}." for unit, what in self.why))


class HardRule(Conflict):
    """What was recorded of a person forbids the place, however good it is. It never says who or why."""

    service: str


class MustBeLookedAt(Conflict):
    """Something was recorded since that forbids what was offered. Who answers learns only whom to ask."""

    def __init__(self, offer: str) -> None:
        self.offer = offer
        super().__init__(
            f"Offer {offer} cannot be accepted as it stands. "
            "Ask the gateway's officers: they must look at it first."
        )


class NotSafeThere(HardRule):
    """The person is not safe in the authority."""

    def __init__(self, service: str, authority: str) -> None:
        self.service, self.authority = service, authority
        super().__init__(f"The person is not safe in {authority}, where {service} is.")


class ExcludedThere(HardRule):
    """An exclusion in force bars the person from the service."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(f"The person is excluded from {service}.")


class SomebodyApartThere(HardRule):
    """Somebody from whom the person must be kept apart lives there, or is offered a place there."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(f"Somebody the person must be kept apart from is at {service}.")


class SomebodyApartToCome(HardRule):
    """Somebody from whom the person must be kept apart is to have a place there too."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(f"Somebody the person must be kept apart from is to go to {service} too.")
