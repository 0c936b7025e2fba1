"""Forbidden places in words: who, where, since when, which rule, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import spoken_day
from api.pages.runs.words import Called
from gateway.placements.forbidden_places import ForbiddenPlace, Forbids
from gateway.placements.forbidding import HardRuleKind
from gateway.placements.states import OfferStatus

OFFERED: Final[Mapping[OfferStatus, str]] = MappingProxyType(
    {
        OfferStatus.PROPOSED: "An offer is drafted, and not sent yet",
        OfferStatus.MADE: "An offer waits for its answer",
        OfferStatus.ACCEPTED: "They have accepted an offer",
    }
)
"""What stands of an offer that holds its units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSeen:
    """One rule in a sentence; ``href`` of its own page, if it has one."""

    words: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """One place that is forbidden.

    deeds
        What to do next: pairs of an address and a link's words.
    """

    person: str
    person_href: str
    referral: str
    place: str
    stands: str
    rules: Sequence[RuleSeen]
    deeds: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenPlaces:
    """A page of them; ``next`` is the address of the page after it.

    danger
        Whether one of them is forbidden for somebody's safety, and not by an exclusion alone.
    """

    places: Sequence[PlaceSeen]
    danger: bool
    next: str


def forbidden_seen(here: Sequence[ForbiddenPlace], called: Called, end: str | None) -> ForbiddenPlaces:
    """A page of them in words; ``end``: where it ended, if it was not the last."""
    kinds = {rule.kind for each in here for rule in each.rules}
    return ForbiddenPlaces(
        places=[place_seen(each, called) for each in here],
        danger=bool(kinds - {HardRuleKind.EXCLUSION}),
        next="" if end is None else f"/forbidden-places?after={end}",
    )


def place_seen(each: ForbiddenPlace, called: Called) -> PlaceSeen:
    """One place in words; a service by its name and authority, never by its address."""
    return PlaceSeen(
        person=called.person(each.person_id),
        person_href=f"/people/{each.person_id}",
        referral=each.referral_id,
        place=called.place(each.service_id),
        stands=_stands(each),
        rules=[_rule(rule, each, called) for rule in each.rules],
        deeds=list(_deeds(each)),
    )


def _stands(each: ForbiddenPlace) -> str:
    if each.status is None:
        return f"They have lived there since {spoken_day(each.from_day)}"
    return f"{OFFERED[each.status]}; they could move in from {spoken_day(each.from_day)}"


def _rule(rule: Forbids, each: ForbiddenPlace, called: Called) -> RuleSeen:
    since = f"since {spoken_day(rule.since)}"
    if rule.kind is HardRuleKind.SAFETY_AREA:
        return RuleSeen(words=f"They are not safe in {called.area(each.service_id)}, {since}", href="")
    if rule.kind is HardRuleKind.EXCLUSION:
        return RuleSeen(words=f"They are excluded from there, {since}", href=f"/exclusions/{rule.id}")
    other = "somebody" if rule.other_id is None else called.person(rule.other_id)
    return RuleSeen(words=f"They must be kept apart from {other}, who has a place there, {since}", href="")


def _deeds(each: ForbiddenPlace) -> Sequence[tuple[str, str]]:
    if each.status is None:
        return (
            (f"/referrals/{each.referral_id}/places", "Find them another place"),
            (f"/my-residents/{each.id}", "Look at where they live"),
        )
    return (
        (f"/offers/{each.id}/withdraw", "Take the offer back"),
        (f"/offers/{each.id}", "Look at the offer"),
    )
