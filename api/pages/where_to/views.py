"""Where a person could go today, in words: what can be offered, what is full, what does not suit and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from api.design_system.rendering import Choice
from api.design_system.spoken import counted, spoken_code, spoken_day
from api.pages.referral.heading import Heading
from api.pages.referral.words import TIERS
from api.pages.where_to.sentences import SAYS_NOTHING, Sentences, to_record
from gateway.agreements.limit_words import whom
from gateway.agreements.remaining import Remaining
from gateway.allocation_runs.where_to import Somewhere
from gateway.directory.naming import ServiceNamed
from gateway.referrals.states import NEXT, ReferralStatus

FEW: Final = 6
"""Up to so many services are named in one line; more are counted."""

NEAR, EVERYWHERE = "near", "everywhere"
"""Where it is looked for a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """One service for this person.

    offer_href
        Where a unit of it can be offered; nothing: it cannot.
    """

    name: str
    where: str
    cost: str
    counts: Sequence[str]
    besides: str
    free: str
    against: Sequence[str]
    offer_href: str


@dataclass(frozen=True, slots=True)
class Group:
    """Services that stand alike for this person; ``fails``: none of them suits."""

    title: str
    lead: str
    places: Sequence[PlaceSeen]
    fails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaSeen:
    """What an agreement still gives to people of this person's authority."""

    where: str
    whom: str
    clause: str
    most: str
    held: str
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesPage:
    """The page.

    forbidden
        Why nothing can be asked; empty: it can.
    cannot_offer
        Why no offer can be made now, though one may look; empty: it can.
    """

    heading: Heading
    href: str
    day: str
    forbidden: str
    cannot_offer: str
    looked: str
    counts: str
    groups: Sequence[Group]
    unsuitable: Group | None
    openings: Sequence[str]
    quotas: Sequence[QuotaSeen]
    authority: str
    tiers: Sequence[Choice]
    lots: Sequence[Choice]
    wheres: Sequence[Choice]
    first: str
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known for the page.

    places
        Every service, the best first; ``shown`` those of this page.
    freed
        For services that suit and are full, the first day on which a unit gets free, as far as is known.
    """

    places: Sequence[Somewhere]
    shown: Sequence[Somewhere]
    services: Mapping[str, ServiceNamed]
    freed: Mapping[str, date]
    sentences: Sentences


def groups_of(found: Found, heading: Heading) -> Iterator[Group]:
    """The services of a page in groups, the best first."""
    may_offer = ReferralStatus.OFFERED in NEXT[heading.state]
    for number, (title, lead) in enumerate(
        (
            ("Can be offered today", "The fewest points come first."),
            ("Suits, but not today", "What stands against it is said with each."),
            ("Does not suit", "The rule that fails is said with each."),
        )
    ):
        here = [each for each in found.shown if each.place[0] == number]
        if here:
            seen = [_place(each, found, heading, may_offer=may_offer) for each in here]
            yield Group(title, lead, seen, fails=number == 2)


def _place(each: Somewhere, found: Found, heading: Heading, *, may_offer: bool) -> PlaceSeen:
    service, say = found.services[each.service], replace(found.sentences, about=each.service)
    can_be_offered = may_offer and each.place[0] == 0
    return PlaceSeen(
        name=service.name,
        where=f"{TIERS[service.tier]}, {service.authority}",
        cost="" if each.cost is None else counted(each.cost, "point"),
        counts=list(_counts(each, say)),
        besides=" ".join(_besides(each, say)),
        free=counted(len(each.free_units), "free unit") if each.free_units else "",
        against=say.of_rules(each.rules, each.why)
        if each.cost is None
        else [say.named(a) for a in each.against],
        offer_href=f"{heading.href}/places/{each.service}" if can_be_offered else "",
    )


def _counts(each: Somewhere, say: Sentences) -> Iterator[str]:
    for points, sentence in zip(each.points, each.why, strict=each.cost is not None):
        if points:
            yield f"{counted(points, 'point')}: {say.named(sentence)}"


def _besides(each: Somewhere, say: Sentences) -> Iterator[str]:
    for points, sentence in zip(each.points, each.why, strict=each.cost is not None):
        if not points and not sentence.endswith(SAYS_NOTHING):
            yield say.named(sentence)


def counts_of(places: Sequence[Somewhere]) -> str:
    """How many services stand how, in a sentence."""
    here = [sum(each.place[0] == group for each in places) for group in range(3)]
    return (
        f"{counted(here[0], 'service')} can be offered today, {here[1]} would suit but not today, "
        f"{here[2]} do not suit."
    )


def openings(found: Found) -> Iterator[str]:
    """What would open a place that is shut now, the surest first."""
    missing: dict[str, list[str]] = defaultdict(list)
    for each in found.places:
        if each.rules and all(rule.endswith("_unknown") for rule in each.rules):
            for fact in to_record(each.why):
                missing[fact].append(each.service)
    for fact, services in missing.items():
        yield f"Record {fact}: {_listed(services, found)} may then suit."
    for service, day in sorted(found.freed.items(), key=lambda item: (item[1], item[0])):
        yield f"Wait until {spoken_day(day)}: a unit of {found.services[service].name} gets free."
    wrong_gender = [each.service for each in found.places if each.rules == ("gender",)]
    if wrong_gender:
        yield f"Re-designate a unit of {_listed(wrong_gender, found)}: no other rule stands against it."
    capped = [each.service for each in found.places if each.free_units and each.is_capped]
    if capped:
        where = _listed(capped, found)
        yield f"Agree one unit more for people of this authority at {where}, or wait for one to leave."


def _listed(services: Sequence[str], found: Found) -> str:
    names = [found.services[each].name for each in services]
    if len(names) > FEW:
        return f"{', '.join(names[:FEW])} and {len(names) - FEW} more"
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def quota_seen(each: Remaining, services: Mapping[str, str], say: Sentences) -> QuotaSeen:
    """A limit and what is left of it."""
    names = sorted(services.get(id, id) for id in each.limit.quota.services or ())
    more = len(names) - FEW
    where = f"{', '.join(names[:FEW])} and {more} more" if more > 0 else ", ".join(names)
    most, left, people = each.limit.quota.max_units, each.left, whom(each.limit.quota)
    return QuotaSeen(
        where=where,
        whom=say.named(f"{people[:1].upper()}{people[1:]}: {each.limit.because}"),
        clause=say.named(each.limit.reference),
        most="No limit" if most is None else str(most),
        held=str(each.standing),
        left="Any number" if left is None else str(max(left, 0)),
    )


def tier_choices(chosen: str) -> list[Choice]:
    """Every tier, and all of them."""
    return [
        Choice(value="", text="Every level", chosen=not chosen),
        *(Choice(value=code, text=words, chosen=code == chosen) for code, words in TIERS.items()),
    ]


def where_choices(authority: str | None, *, near: bool) -> list[Choice]:
    """In and next to the person's authority, if it is known, or everywhere."""
    if authority is None:
        return []
    return [
        Choice(value=NEAR, text=f"In {authority} and next to it", chosen=near),
        Choice(value=EVERYWHERE, text="Everywhere", chosen=not near),
    ]


def lot_choices(lots: Sequence[str], chosen: str) -> list[Choice]:
    """Every lot, and all of them."""
    return [
        Choice(value="", text="Every lot"),
        *(Choice(value=each, text=spoken_code(each), chosen=each == chosen) for each in lots),
    ]
