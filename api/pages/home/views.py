"""What the start page shows: each thing that waits, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.access.visitor import Visitor
from api.pages.frame import Way, ways_of
from gateway.monitoring.needs_now import Need
from gateway.records.actor import Role

WORDS: Final[Mapping[Need, tuple[str, str]]] = MappingProxyType(
    {
        Need.EMERGENCIES: ("emergency is open", "emergencies are open"),
        Need.FORBIDDEN_PLACES: (
            "place that a rule forbids: somebody lives there or is offered it",
            "places that a rule forbids: somebody lives there or is offered them",
        ),
        Need.SUBMITTED: ("new referral to take in", "new referrals to take in"),
        Need.ANSWERED: ("referral whose questions are answered", "referrals whose questions are answered"),
        Need.IN_TRIAGE: ("referral in triage", "referrals in triage"),
        Need.UNSCORED: ("person not scored yet", "people not scored yet"),
        Need.REFUSALS: ("provider refusal to review", "provider refusals to review"),
        Need.OFFERS_SOON: ("offer to be answered within a day", "offers to be answered within a day"),
        Need.LINES: ("proposed place to decide on", "proposed places to decide on"),
        Need.EXCLUSIONS: ("exclusion due for review", "exclusions due for review"),
        Need.STALE_UNITS: ("unit nobody confirmed for a week", "units nobody confirmed for a week"),
        Need.QUESTIONS: ("referral with a question to answer", "referrals with questions to answer"),
        Need.DRAFTS: ("draft to finish", "drafts to finish"),
        Need.OFFERS: ("offer to answer", "offers to answer"),
        Need.MOVES: ("person about to move in", "people about to move in"),
        Need.REQUESTS: ("request to re-designate a unit", "requests to re-designate units"),
        Need.REVIEWS: ("review due", "reviews due"),
        Need.READY: ("person ready to move on", "people ready to move on"),
        Need.BROKEN_GLASS: (
            "restricted case opened in an emergency in 30 days",
            "restricted cases opened in an emergency in 30 days",
        ),
        Need.UNSEALED: ("event not yet in the chain", "events not yet in the chain"),
        Need.INVITED: ("account whose invitation waits", "accounts whose invitations wait"),
        Need.ENDING_AGREEMENTS: (
            "agreement that ends within six months",
            "agreements that end within six months",
        ),
    }
)
"""Each need in words for one and for several; a test holds that none lacks them."""

PLACES: Final[Mapping[tuple[Role, Need], str]] = MappingProxyType(
    {
        (Role.PROVIDER, Need.STALE_UNITS): "/my-vacancies",
        (Role.REFERRER, Need.QUESTIONS): "/my-referrals?show=questions",
        (Role.REFERRER, Need.DRAFTS): "/my-referrals?show=drafts",
        (Role.REFERRER, Need.OFFERS_SOON): "/my-referrals?show=offered",
        **{
            (role, need): there
            for role in (Role.OFFICER, Role.DUTY_MANAGER)
            for need, there in (
                (Need.FORBIDDEN_PLACES, "/forbidden-places"),
                (Need.SUBMITTED, "/triage?status=submitted"),
                (Need.ANSWERED, "/triage?status=in_triage&answered=yes"),
                (Need.IN_TRIAGE, "/triage?status=in_triage"),
                (Need.UNSCORED, "/triage?status=in_triage&status=waiting&unscored=yes"),
                (Need.EXCLUSIONS, "/exclusions"),
                (Need.STALE_UNITS, "/stale-units"),
                (Need.LINES, "/runs"),
                (Need.OFFERS_SOON, "/offers"),
                (Need.REFUSALS, "/offers/refusals"),
            )
        },
        (Role.ADMINISTRATOR, Need.INVITED): "/accounts?status=invited",
        (Role.AUDITOR, Need.UNSEALED): "/events/verify",
        (Role.AUDITOR, Need.BROKEN_GLASS): "/events?what=broke+the+glass",
        (Role.ADMINISTRATOR, Need.ENDING_AGREEMENTS): "/agreements",
        (Role.AUDITOR, Need.ENDING_AGREEMENTS): "/agreements",
        (Role.COMMISSIONER, Need.ENDING_AGREEMENTS): "/agreements",
        (Role.PROVIDER, Need.OFFERS): "/my-offers",
        (Role.PROVIDER, Need.MOVES): "/my-residents/coming",
        (Role.PROVIDER, Need.REQUESTS): "/my-requests",
        (Role.PROVIDER, Need.REVIEWS): "/my-residents/reviews",
        (Role.PROVIDER, Need.READY): "/my-residents/ready",
        (Role.OFFICER, Need.EMERGENCIES): "/emergencies",
        (Role.DUTY_MANAGER, Need.EMERGENCIES): "/emergencies",
    }
)
"""The page on which a role deals with a need, where there is one; the rest is done through REST."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing that waits: how many, in words, and where it is dealt with, if on a page."""

    number: str
    words: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """The start page.

    tiles
        In the order in which to look, without what is nought.
    besides
        Where else one can go, that has no room in the navigation.
    """

    tiles: Sequence[Tile]
    besides: Sequence[Way]


def home_of(needs: Mapping[Need, int], visitor: Visitor) -> Home:
    """The start page of somebody for what waits."""
    role = visitor.role
    return Home(
        tiles=[
            Tile(f"{count:,}", WORDS[need][0 if count == 1 else 1], PLACES.get((role, need)))
            for need, count in needs.items()
            if count
        ],
        besides=[way for way in ways_of(visitor) if role in way.at_start],
    )
