"""Codes, reasons and deadlines in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_code
from api.pages.my_offers.offer_words import REASONS_SAID, SIDES
from api.pages.my_residents.resident_words import BLOCKERS, DEPARTURES, DESTINATIONS
from gateway.accounts.inviting import INVITED_FOR, RESET_FOR
from gateway.accounts.sessions import ABSOLUTE, IDLE
from gateway.directory.tables import VoidReason
from gateway.messages.sending import MESSAGES_KEPT
from gateway.monitoring.needs_now import HALF_A_YEAR, SOON, STALE
from gateway.people.restrict import GLASS_HOURS
from gateway.placements.answering import REASONS as REFUSALS
from gateway.placements.tables import RefusalReason
from gateway.referrals.code_lists import code_lists
from gateway.referrals.reasons import REASONS
from gateway.referrals.states import ReferralStatus
from gateway.referrals.submission_faults import DRAFT_LIFE
from gateway.referrals.tables import EndReason
from gateway.referrals.triaging import QUESTION_HOURS
from gateway.working_time import ENGLAND

LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "client_group": "Client groups",
        "need": "Support needs",
        "risk": "Risks",
        "access_need": "Access needs",
        "accommodation": "Where somebody lives now",
        "relation": "Relations in a household",
    }
)
"""What each list is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeListed:
    """One code, its number in the published list, and where it comes from."""

    title: str
    published: str
    source: str


@dataclass(frozen=True, slots=True)
class CodesListed:
    """A list of codes."""

    title: str
    codes: Sequence[CodeListed]


@dataclass(frozen=True, slots=True)
class ReasonsListed:
    """The reasons that may be given for something."""

    title: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class CodeListsSeen:
    """Every list, and every set of reasons."""

    lists: Sequence[CodesListed]
    reasons: Sequence[ReasonsListed]


def code_lists_seen() -> CodeListsSeen:
    """What the code says: nothing of it is in the database."""
    return CodeListsSeen(
        lists=[
            CodesListed(
                LISTS.get(name, spoken_code(name)),
                [
                    CodeListed(title=each.title, published=each.published_code or "", source=each.source)
                    for each in codes.values()
                ],
            )
            for name, codes in code_lists().items()
        ],
        reasons=[
            *(
                ReasonsListed(
                    "A referral has expired"
                    if state is ReferralStatus.EXPIRED
                    else f"A referral is {spoken_code(state).lower()}",
                    [spoken_code(each) for each in EndReason if each in reasons],
                )
                for state, reasons in REASONS.items()
            ),
            *(
                ReasonsListed(
                    f"An offer is refused: {SIDES[side].lower()}",
                    [REASONS_SAID[each] for each in RefusalReason if each in reasons],
                )
                for side, reasons in REFUSALS.items()
            ),
            ReasonsListed("A unit cannot be let", [spoken_code(each) for each in VoidReason]),
            ReasonsListed("Somebody has left", list(DEPARTURES.values())),
            ReasonsListed("Where they went", list(DESTINATIONS.values())),
            ReasonsListed("What keeps somebody who is ready to move on", list(BLOCKERS.values())),
        ],
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that ends, or is asked about, when its time is over."""

    what: str
    how_long: str
    then: str


@dataclass(frozen=True, slots=True)
class DeadlinesSeen:
    """Every deadline, and what a working hour is."""

    working: str
    deadlines: Sequence[Deadline]


def deadlines_seen() -> DeadlinesSeen:
    """As the code has them."""
    opens, closes = f"{ENGLAND.opens:%H:%M}", f"{ENGLAND.closes:%H:%M}"
    return DeadlinesSeen(
        working=f"Monday to Friday, {opens} to {closes} in London, without the bank holidays of England",
        deadlines=[
            Deadline("A draft of a referral", _long(DRAFT_LIFE), "It expires"),
            Deadline(
                "Questions to a referrer",
                counted(QUESTION_HOURS, "working hour"),
                "The referral expires unless every question is answered",
            ),
            Deadline(
                "An offer",
                "As whoever makes it decides",
                "It lapses, and the person is back where they stood",
            ),
            Deadline("An offer about to lapse", f"{_long(SOON)} before", "Officers see it on their start"),
            Deadline("A unit nobody confirmed", _long(STALE), "Its provider is asked to confirm it"),
            Deadline(
                "An agreement about to end", f"{_long(HALF_A_YEAR)} before", "It is shown on the start page"
            ),
            Deadline(
                "A restricted case opened in an emergency", counted(GLASS_HOURS, "hour"), "It is closed again"
            ),
            Deadline("An invitation", _long(INVITED_FOR), "It is worth nothing"),
            Deadline("A link to a new password", _long(RESET_FOR), "It is worth nothing"),
            Deadline("A session that nobody uses", _long(IDLE), "It ends"),
            Deadline("Any session", _long(ABSOLUTE), "It ends"),
            Deadline("A message that was sent", _long(MESSAGES_KEPT), "It is forgotten"),
        ],
    )


def _long(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if minutes:
        return counted(hours * 60 + minutes, "minute")
    if hours % 24 == 0 and hours > 72:
        return counted(hours // 24, "day")
    return counted(hours, "hour")
