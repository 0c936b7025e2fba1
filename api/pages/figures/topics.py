"""What figures there are to look at: a page each."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Topic(StrEnum):
    """A page of figures, by its name in addresses."""

    DEMAND = "demand"
    VACANCIES = "vacancies"
    AGREEMENTS = "agreements"
    WAITS = "waits"
    REFUSALS = "refusals"
    PLACEMENTS = "placements"
    REPEATS = "repeats"
    FAIRNESS = "fairness"


TITLES: Final[Mapping[Topic, tuple[str, str]]] = MappingProxyType(
    {
        Topic.DEMAND: (
            "Demand and supply",
            "Who was referred, who moved in and how many units there are, by tier, lot, authority and band.",
        ),
        Topic.VACANCIES: (
            "Vacancies and voids",
            "What units are free, how each tier and lot was used, a map, and a calendar of voids.",
        ),
        Topic.AGREEMENTS: (
            "Use of agreements",
            "Unit weeks used of those bought, and how full each quota is.",
        ),
        Topic.WAITS: (
            "Waiting times",
            "How long people waited from joining the list to moving in.",
        ),
        Topic.REFUSALS: (
            "Offers and refusals",
            (
                "What became of offers, why they were refused, and which providers refuse more than the "
                "people they were offered explain."
            ),
        ),
        Topic.PLACEMENTS: (
            "Moving in and moving on",
            "Placements that began and ended, why people left and where to, and the key indicators.",
        ),
        Topic.REPEATS: ("Who came again", "People who were referred at least twice within a year."),
        Topic.FAIRNESS: (
            "Fairness",
            (
                "Whether offers come and waits last alike for people of each band, gender and authority, and "
                "how often officers override a band."
            ),
        ),
    }
)
"""Each topic's title, and what it answers."""
