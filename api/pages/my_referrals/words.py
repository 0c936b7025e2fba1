"""The law's grounds and duties, and what else is chosen from, in words for whoever refers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.directory.tables import Tier
from gateway.people.tables import SafeToContact
from gateway.referrals.tables import Connection, Duty

CONNECTIONS: Final[Mapping[Connection, str]] = MappingProxyType(
    {
        Connection.RESIDENCE: "They live or lived there",
        Connection.EMPLOYMENT: "They work there",
        Connection.FAMILY: "Close family live there",
        Connection.SPECIAL: "Another special reason",
        Connection.CARE_LEAVER: "They left care there",
        Connection.FORMER_ASYLUM_SEEKER: "They were housed there as an asylum seeker",
        Connection.NONE: "No local connection anywhere",
    }
)
CONNECTION_HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "residence": "By choice, for 6 of the last 12 months or 3 of the last 5 years",
        "family": "For the last 5 years: parents, adult children, brothers or sisters",
        "special": "For example, treatment that is to be had only there",
    }
)
"""As councils usually count it (Homelessness Code of Guidance, chapter 10)."""

DUTIES: Final[Mapping[Duty, str]] = MappingProxyType(
    {
        Duty.PREVENTION: "Prevention duty: they are about to lose their home",
        Duty.RELIEF: "Relief duty: they are homeless",
        Duty.MAIN: "Main housing duty",
        Duty.INTERIM: "Interim duty: housed while the council decides",
        Duty.NONE: "No duty",
    }
)
SAFE: Final[Mapping[SafeToContact, str]] = MappingProxyType(
    {SafeToContact.YES: "Yes, it is safe", SafeToContact.NO: "No, it is not safe"}
)
GENDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"female": "Female", "male": "Male", "other": "Another gender"}
)
TIERS: Final[Mapping[Tier, str]] = MappingProxyType(
    {Tier.HUB: "Hub", Tier.LOCAL: "Local", Tier.FLOATING: "Floating support"}
)
TIER_HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hub": "Staffed housing for the highest needs",
        "local": "Supported housing in one authority",
        "floating": "Support that comes to where they live",
    }
)
