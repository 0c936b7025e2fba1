"""Offers and their reasons in a provider's words."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_moment
from gateway.placements.states import OfferStatus
from gateway.placements.tables import RefusalReason, Review, Side

STATUSES: Final[Mapping[OfferStatus, tuple[str, str]]] = MappingProxyType(
    {
        OfferStatus.PROPOSED: ("Not sent yet", "grey"),
        OfferStatus.MADE: ("Waits for your answer", "yellow"),
        OfferStatus.ACCEPTED: ("Accepted: about to move in", "light-blue"),
        OfferStatus.TAKEN_UP: ("Moved in", "green"),
        OfferStatus.NOT_ARRIVED: ("Did not come", "grey"),
        OfferStatus.REFUSED: ("Refused", "red"),
        OfferStatus.LAPSED: ("Not answered in time", "grey"),
        OfferStatus.WITHDRAWN: ("Taken back by the gateway", "grey"),
    }
)
"""Each state in words, and the colour of its tag, which says nothing that the words do not."""

SIDES: Final[Mapping[Side, str]] = MappingProxyType(
    {
        Side.PROVIDER: "We cannot take them",
        Side.PERSON: "The person does not want it",
        Side.NEITHER: "It is nobody's decision",
    }
)
"""Who refuses, as the provider says it."""

REVIEWS: Final[Mapping[Review, str]] = MappingProxyType(
    {
        Review.PENDING: "An officer has not looked at this refusal yet",
        Review.CONFIRMED: "An officer agreed with this refusal",
        Review.OVERRULED: "An officer did not agree with this refusal",
    }
)

REASONS_SAID: Final[Mapping[RefusalReason, str]] = MappingProxyType(
    {
        RefusalReason.RISK_NOT_MANAGEABLE: "The risk cannot be managed here",
        RefusalReason.PREVIOUS_BEHAVIOUR: "Because of what they did here or elsewhere before",
        RefusalReason.NEEDS_TOO_HIGH: "They need more support than we give",
        RefusalReason.NEEDS_TOO_LOW: "They need less support than we give",
        RefusalReason.RISK_TO_RESIDENTS: "A risk to, or from, people who live here",
        RefusalReason.NOT_ELIGIBLE: "They are not somebody this service is for",
        RefusalReason.UNIT_UNAVAILABLE: "The unit cannot be let after all",
        RefusalReason.AREA_UNWANTED: "They do not want this area",
        RefusalReason.SHARING_UNWANTED: "They do not want to share",
        RefusalReason.UNAFFORDABLE: "They cannot afford it",
        RefusalReason.OTHER_PLACE_FOUND: "They have found another place",
        RefusalReason.NOT_SAFE: "They would not be safe here",
        RefusalReason.CHANGED_MIND: "They have changed their mind",
        RefusalReason.NO_CONTACT: "They cannot be reached",
        RefusalReason.IN_CUSTODY: "They are in custody",
        RefusalReason.IN_HOSPITAL: "They are in hospital",
        RefusalReason.DIED: "They have died",
        RefusalReason.OTHER: "Another reason",
    }
)
"""Each reason in words; a test holds that none lacks them."""


def time_left(answer_by: datetime | None, at: datetime) -> str:
    """``Answer by 4 March 2026, 5pm (in 6 hours)``, in London."""
    if answer_by is None:
        return "No time limit"
    minutes = int((answer_by - at).total_seconds() // 60)
    if minutes < 0:
        return f"The time to answer ended on {spoken_moment(answer_by)}"
    if minutes < 60:
        left = counted(max(minutes, 1), "minute")
    elif minutes < 48 * 60:
        left = counted(minutes // 60, "hour")
    else:
        left = counted(minutes // (24 * 60), "day")
    return f"Answer by {spoken_moment(answer_by)} ({left} left)"
