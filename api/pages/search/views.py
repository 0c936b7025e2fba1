"""What somebody looks for, and who was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.design_system.spoken import counted, spoken_day
from api.pages.referral.words import STATUSES, UNKNOWN
from gateway.people.identities import Identity
from gateway.people.search import Found
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow

PAGE: Final = 20
"""People on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeen:
    """Somebody who fits; ``state`` of their last referral, nothing: they have none."""

    name: str
    href: str
    born: str
    reference: str
    state: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of who fits.

    told
        How many, in a sentence.
    previous, next
        Numbers of the pages before and after, as a form sends them; nothing: there is none.
    """

    told: str
    people: Sequence[FoundSeen]
    more: bool
    previous: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The page.

    people
        Whether people can be sought by name and date of birth, or referrals by their reference alone.
    sent
        What was typed.
    glass
        Where a restricted case with the reference that was typed would be opened in an emergency; nothing:
        what was typed is no reference.
    """

    people: bool
    sent: Mapping[str, str]
    results: Results | None = None
    glass: str = ""


def results_of(found: Found, page: int, last: Mapping[str, tuple[str, ReferralStatus]]) -> Results:
    """One page of the people found.

    Parameters
    ----------
    last
        Id and state of the last referral of a person, by the person's id.
    """
    begin = (page - 1) * PAGE
    here = found.people[begin : begin + PAGE]
    return Results(
        told=_told(len(found.people), begin, len(here)),
        people=[_seen(each, last.get(each.person_id)) for each in here],
        more=found.more,
        previous=str(page - 1) if page > 1 else "",
        next=str(page + 1) if begin + PAGE < len(found.people) else "",
    )


def _told(all_of_them: int, begin: int, here: int) -> str:
    if not all_of_them:
        return "Nobody was found"
    found = counted(all_of_them, "person found", "people found")
    return found if here == all_of_them else f"{found}: {begin + 1} to {begin + here}"


def _seen(person: Identity, last: tuple[str, ReferralStatus] | None) -> FoundSeen:
    state, colour = STATUSES[last[1]] if last else ("", "")
    return FoundSeen(
        name=name_of(person),
        href=f"/people/{person.person_id}",
        born=spoken_day(person.born, unknown=UNKNOWN),
        reference=last[0] if last else "",
        state=state,
        colour=colour,
    )


def name_of(person: Identity) -> str:
    """As it is written in lists; somebody whose name nobody knows has one too."""
    name = " ".join(each for each in (person.forename, person.surname) if each)
    if person.known_as and person.known_as != person.forename:
        return f"{name} (known as {person.known_as})" if name else person.known_as
    return name or "Name not known"


def same_reference(referrals: Sequence[ReferralRow], href: str) -> Results:
    """Several referrals to which agencies gave the same number."""
    return Results(
        told=counted(len(referrals), "referral has this reference", "referrals have this reference"),
        people=[
            FoundSeen(
                name=each.id,
                href=f"{href}/{each.id}",
                born="Open it to see",
                reference=each.id,
                state=STATUSES[each.status][0],
                colour=STATUSES[each.status][1],
            )
            for each in referrals
        ],
        more=False,
        previous="",
        next="",
    )
