"""What the start page shows: each thing that waits, in words, with the page that deals with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.monitoring.needs_now import Need

WORDS: Final[Mapping[Need, tuple[str, str, str]]] = MappingProxyType(
    {
        Need.EMERGENCIES: ("emergency is open", "emergencies are open", "/emergencies"),
        Need.SUBMITTED: ("new referral to take in", "new referrals to take in", "/triage?status=submitted"),
        Need.ANSWERED: (
            "referral whose questions are answered",
            "referrals whose questions are answered",
            "/triage?status=in_triage",
        ),
        Need.IN_TRIAGE: ("referral in triage", "referrals in triage", "/triage?status=in_triage"),
        Need.UNSCORED: ("person not scored yet", "people not scored yet", "/triage?unscored=yes"),
        Need.REFUSALS: ("provider refusal to review", "provider refusals to review", "/offers/refusals"),
        Need.OFFERS_SOON: (
            "offer to be answered within a day",
            "offers to be answered within a day",
            "/offers",
        ),
        Need.LINES: ("proposed place to decide on", "proposed places to decide on", "/runs"),
        Need.EXCLUSIONS: ("exclusion due for review", "exclusions due for review", "/exclusions"),
        Need.STALE_UNITS: ("unit nobody confirmed for a week", "units nobody confirmed for a week", "/stale"),
        Need.QUESTIONS: (
            "referral with a question to answer",
            "referrals with questions to answer",
            "/my-referrals?status=more_asked",
        ),
        Need.DRAFTS: ("draft to finish", "drafts to finish", "/my-referrals?status=draft"),
        Need.OFFERS: ("offer to answer", "offers to answer", "/my-offers"),
        Need.MOVES: ("person about to move in", "people about to move in", "/my-offers#moves"),
        Need.REQUESTS: (
            "request to re-designate a unit",
            "requests to re-designate units",
            "/my-offers#requests",
        ),
        Need.REVIEWS: ("review due", "reviews due", "/residents#reviews"),
        Need.READY: ("person ready to move on", "people ready to move on", "/residents#ready"),
        Need.BROKEN_GLASS: (
            "restricted case opened in an emergency in 30 days",
            "restricted cases opened in an emergency in 30 days",
            "/events?what=glass+broken",
        ),
        Need.UNSEALED: ("event not yet in the chain", "events not yet in the chain", "/events/verification"),
        Need.INVITED: ("account whose invitation waits", "accounts whose invitations wait", "/accounts"),
        Need.ENDING_AGREEMENTS: (
            "agreement that ends within six months",
            "agreements that end within six months",
            "/agreements",
        ),
    }
)
"""Each need in words for one and for several, and where it is dealt with."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing that waits: how many, in words, and where."""

    number: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Home:
    """The start page; ``tiles`` in the order in which to look, without what is nought."""

    tiles: Sequence[Tile]


def home_of(needs: Mapping[Need, int], *, links: Mapping[Need, str] | None = None) -> Home:
    """The start page for what waits; ``links`` lead elsewhere for some roles."""
    tiles = [
        Tile(f"{count:,}", WORDS[need][0 if count == 1 else 1], (links or {}).get(need, WORDS[need][2]))
        for need, count in needs.items()
        if count
    ]
    return Home(tiles)
