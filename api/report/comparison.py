"""What simpler ways of allocating would have done with the same units."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from api.report.evidence import Evidence
from api.report.places import URGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of allocating, in numbers.

    by_band
        People who needed a place and have one, for each band of `Comparison.bands`.
    urgent_without
        People of the urgent bands without a place.
    cost
        Points of everybody's place together, conversions included.
    """

    name: str
    by_band: tuple[int, ...]
    urgent_without: int
    converted: int
    cost: int

    @property
    def words(self) -> str:
        """The name inside a sentence."""
        return self.name[0].lower() + self.name[1:]

    @property
    def placed(self) -> int:
        """People who needed a place and have one."""
        return sum(self.by_band)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The plan first, then the simpler ways. ``people``: who needed a place, for each of ``bands``."""

    bands: tuple[int, ...]
    people: tuple[int, ...]
    ways: tuple[Way, ...]

    @staticmethod
    def of(evidence: Evidence) -> "Comparison":
        """Compare the plan of ``evidence`` with first come, first served and greedy by priority."""
        people = Counter(each.band for each in evidence.needing)
        plan, first, greedy = evidence.plan, evidence.first_come, evidence.greedy
        bands = tuple(sorted(people))
        return Comparison(
            bands=bands,
            people=tuple(people[band] for band in bands),
            ways=(
                _way(
                    evidence,
                    "This plan",
                    evidence.place,
                    cost=plan.summary.cost,
                    converted=plan.summary.conversions,
                ),
                _way(
                    evidence,
                    "By priority, one after another",
                    {each.person for each in greedy.placements},
                    cost=greedy.cost,
                ),
                _way(
                    evidence,
                    "First come, first served",
                    {each.person for each in first.placements},
                    cost=first.cost,
                ),
            ),
        )


def _way(evidence: Evidence, name: str, placed: Iterable[str], *, cost: int, converted: int = 0) -> Way:
    has = {*placed}
    placed_in = Counter(each.band for each in evidence.needing if each.id in has)
    bands = sorted({each.band for each in evidence.needing})
    return Way(
        name=name,
        by_band=tuple(placed_in[band] for band in bands),
        urgent_without=sum(each.band <= URGENT and each.id not in has for each in evidence.needing),
        converted=converted,
        cost=cost,
    )
