"""States, turns and reasons of referrals as officers read them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import spoken_code
from gateway.referrals.code_lists import code_lists
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.referrals.triage_list import TURN, Turn

_S = ReferralStatus

STATUSES: Final[Mapping[ReferralStatus, tuple[str, str]]] = MappingProxyType(
    {
        _S.DRAFT: ("Draft", "grey"),
        _S.SUBMITTED: ("New", "purple"),
        _S.IN_TRIAGE: ("In triage", "blue"),
        _S.MORE_ASKED: ("Asked for more", "yellow"),
        _S.WAITING: ("Waiting for a place", "light-blue"),
        _S.OFFERED: ("Offered a place", "turquoise"),
        _S.PLACED: ("Has a place", "green"),
        _S.PARKED: ("Resting", "grey"),
        _S.DECLINED: ("Declined", "red"),
        _S.WITHDRAWN: ("Withdrawn", "grey"),
        _S.EXPIRED: ("Expired", "grey"),
        _S.CLOSED: ("Closed", "grey"),
    }
)
"""Each state in an officer's words, and the colour of its tag, which says nothing that the words do not."""

TURNS: Final[Mapping[Turn, str]] = MappingProxyType(
    {
        Turn.GATEWAY: "Our turn",
        Turn.REFERRER: "The referrer's turn",
        Turn.PROVIDER: "The provider's turn",
        Turn.NOBODY: "Nobody's turn",
    }
)

TIERS: Final[Mapping[str, str]] = MappingProxyType(
    {"hub": "Hub", "local": "Local", "floating": "Floating support"}
)

REASONS: Final[Mapping[EndReason, str]] = MappingProxyType(
    {
        EndReason.NOT_ELIGIBLE: "Not eligible: no service here is for them",
        EndReason.RISK_NOT_MANAGEABLE: "No service can manage the risk",
        EndReason.NO_CONSENT: "They do not agree to be referred",
        EndReason.NOT_DESIGNATED: "The agency may not refer here",
        EndReason.DUPLICATE: "The same referral is here already",
        EndReason.OTHER_HELP_FOUND: "Other help was found",
        EndReason.CHANGED_MIND: "They changed their mind",
        EndReason.CONTACT_LOST: "Contact was lost",
        EndReason.IN_CUSTODY: "In custody",
        EndReason.IN_HOSPITAL: "In hospital",
        EndReason.AWAITING_EVENT: "Something else must happen first",
        EndReason.NOT_ANSWERED: "Our questions were not answered in time",
        EndReason.TOO_OLD: "It was left too long",
        EndReason.MOVED_ON: "They have moved on",
        EndReason.REFUSED_OFFERS: "They refused what was offered",
        EndReason.DIED: "They died",
        EndReason.OTHER: "Another reason",
    }
)
"""Each reason in words; a test holds that none lacks them."""

UNKNOWN: Final = "Not known"


def turn_of(status: ReferralStatus) -> str:
    """Whose turn it is in this state."""
    return TURNS[TURN[status]]


def yes_no(answer: bool | None) -> str:  # noqa: FBT001  it is the answer that is put into words
    """An answer; not asked is not known, and never no."""
    return UNKNOWN if answer is None else "Yes" if answer else "No"


def titled(list_name: str, code: str | None) -> str:
    """A code of a list by its title."""
    if code is None:
        return UNKNOWN
    listed = code_lists()[list_name].get(code)
    return spoken_code(code) if listed is None else listed.title


def named(name: str | None, *, restricted: bool = False) -> str:
    """What a person is called on a page."""
    return "Restricted case" if restricted else name or "Name not known"
