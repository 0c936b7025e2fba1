"""The taxonomies by which services are told apart (tiers, client groups, features) and their terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from api.open_referral.identifiers import uuid_of
from gateway.directory.tables import ServiceTrait, Tier
from gateway.referrals.code_lists import code_lists


class Taxonomy(StrEnum):
    """A list of terms."""

    TIER = "tier"
    CLIENT_GROUP = "client_group"
    FEATURE = "feature"

    @property
    def uuid(self) -> UUID:
        """Under which it is told."""
        return uuid_of("taxonomy", self)


TITLES: Final = MappingProxyType(
    {
        Taxonomy.TIER: (
            "Level of support",
            "How much support a service gives, and whether it comes to where people live.",
        ),
        Taxonomy.CLIENT_GROUP: (
            "Client groups",
            "Whom a service is for: the Supporting People programme's client groups, and some of our own.",
        ),
        Taxonomy.FEATURE: ("Features", "What the building and the staff of a service offer."),
    }
)

_TIERS: Final = MappingProxyType(
    {
        Tier.HUB: ("Hub", "High support, shared by the authorities of the partnership."),
        Tier.LOCAL: ("Local support", "Lower support, for people of the authority where it stands."),
        Tier.FLOATING: ("Floating support", "Support that comes to people wherever they live."),
    }
)

TRAITS: Final = MappingProxyType(
    {Taxonomy.CLIENT_GROUP: ServiceTrait.CLIENT_GROUP, Taxonomy.FEATURE: ServiceTrait.FEATURE}
)
_LISTS: Final = MappingProxyType({Taxonomy.CLIENT_GROUP: "client_group", Taxonomy.FEATURE: "access_need"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of a taxonomy; ``code`` is how our own services bear it."""

    taxonomy: Taxonomy
    code: str
    name: str
    description: str

    @property
    def uuid(self) -> UUID:
        """Under which it is told."""
        return uuid_of("term", self.taxonomy, self.code)


def term_of(taxonomy: Taxonomy, code: str) -> Term:
    """The term of a code; one that no list has is its own name."""
    if taxonomy is Taxonomy.TIER:
        name, description = _TIERS[Tier(code)]
    else:
        listed = code_lists()[_LISTS[taxonomy]].get(code)
        name = listed.title if listed else code.replace("-", " ").replace("_", " ").capitalize()
        published = listed is not None and listed.published_code is not None
        description = f"{name} (a client group of Supporting People)." if published else f"{name}."
    return Term(taxonomy=taxonomy, code=code, name=name, description=description)


def all_terms(in_use: Iterable[tuple[ServiceTrait, str]]) -> tuple[Term, ...]:
    """Every term that is listed or in use, in the order of taxonomies and codes."""
    of_trait = {trait: taxonomy for taxonomy, trait in TRAITS.items()}
    codes = {(Taxonomy.TIER, str(tier)) for tier in Tier}
    codes |= {(taxonomy, code) for taxonomy, name in _LISTS.items() for code in code_lists()[name]}
    codes |= {(of_trait[trait], value) for trait, value in in_use}
    return tuple(term_of(taxonomy, code) for taxonomy, code in sorted(codes))
