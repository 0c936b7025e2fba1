"""Who is told of what: one table from the words of events to those who need to know.

Officers work in the gateway all day and are told one by one only of what waits for them alone; the rest
stands in one digest a day, because people stop reading what comes too often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from gateway.messages.wording import Kind


class About(StrEnum):
    """What a message names, so that whoever gets it finds it."""

    OFFER = "offer"
    REFERRAL = "referral"
    RUN = "run"
    EMERGENCY = "emergency"
    EVENT = "event"


class To(StrEnum):
    """Who, by role and by how they stand to what happened."""

    PROVIDER = "provider"
    """The accounts of the provider whose service is offered."""
    AGENCY = "agency"
    """The accounts of the agency that referred."""
    MAKER = "maker"
    """Who made the offer."""
    ASKER = "asker"
    """Who asked the last question about the referral."""
    ASKED_PROVIDERS = "asked_providers"
    """The accounts of the providers whom a run asks to re-designate units."""
    AUDITORS = "auditors"
    DUTY_MANAGERS = "duty_managers"


IN_WORDS: Mapping[To, str] = MappingProxyType(
    {
        To.PROVIDER: "the provider of the service",
        To.AGENCY: "the agency that referred",
        To.MAKER: "whoever made the offer",
        To.ASKER: "whoever asked the question",
        To.ASKED_PROVIDERS: "the providers of the units",
        To.AUDITORS: "auditors",
        To.DUTY_MANAGERS: "duty managers",
    }
)
"""For the page about background work."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody is told in these words, of this."""

    to: To
    kind: Kind
    about: About


TELLS: Mapping[str, Sequence[Telling]] = MappingProxyType(
    {
        "offer made": (
            Telling(To.PROVIDER, Kind.OFFER_TO_ANSWER, About.OFFER),
            Telling(To.AGENCY, Kind.OFFER_MADE, About.REFERRAL),
        ),
        "offer accepted": (Telling(To.AGENCY, Kind.OFFER_ACCEPTED, About.REFERRAL),),
        "offer refused": (
            Telling(To.AGENCY, Kind.OFFER_REFUSED, About.REFERRAL),
            Telling(To.MAKER, Kind.OFFER_YOU_MADE_REFUSED, About.OFFER),
        ),
        "offer lapsed": (
            Telling(To.PROVIDER, Kind.OFFER_LAPSED, About.OFFER),
            Telling(To.MAKER, Kind.OFFER_YOU_MADE_LAPSED, About.OFFER),
        ),
        "offer withdrawn": (Telling(To.PROVIDER, Kind.OFFER_WITHDRAWN, About.OFFER),),
        "more asked": (Telling(To.AGENCY, Kind.QUESTION_ASKED, About.REFERRAL),),
        "question answered": (Telling(To.ASKER, Kind.QUESTION_ANSWERED, About.REFERRAL),),
        "referral declined": (Telling(To.AGENCY, Kind.REFERRAL_DECLINED, About.REFERRAL),),
        "referral expired": (Telling(To.AGENCY, Kind.REFERRAL_EXPIRED, About.REFERRAL),),
        "run proposed": (Telling(To.ASKED_PROVIDERS, Kind.REDESIGNATION_ASKED, About.RUN),),
        "broke the glass": (Telling(To.AUDITORS, Kind.GLASS_BROKEN, About.EVENT),),
        "emergency declared": (Telling(To.DUTY_MANAGERS, Kind.EMERGENCY_DECLARED, About.EMERGENCY),),
    }
)
"""What an event says → who is told, and how."""
