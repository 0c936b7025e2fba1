"""The whole report as values: what the terminal prints and the page shows is the same briefing."""

from dataclasses import dataclass
from datetime import date

from api.report.comparison import Comparison
from api.report.evidence import Evidence
from api.report.flows import Flows
from api.report.limits import Limits
from api.report.moves import Moves
from api.report.places import Places
from api.report.proof import Proof
from api.report.unplaced import WithoutPlace
from api.report.unscored import Unscored, unscored_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """One emergency for a duty manager, in the order of their questions.

    closing
        Names of the services that close.
    """

    title: str
    on: date
    closing: tuple[str, ...]
    places: Places
    without: WithoutPlace
    unscored: tuple[Unscored, ...]
    moves: Moves
    limits: Limits
    flows: Flows
    comparison: Comparison
    proof: Proof

    @property
    def day(self) -> str:
        """The day in words: 5 January 2026."""
        return f"{self.on.day} {self.on:%B %Y}"

    @staticmethod
    def of(evidence: Evidence) -> "Briefing":
        """Tell ``evidence``."""
        return Briefing(
            title=evidence.title,
            on=evidence.on,
            closing=tuple(evidence.names.service(each) for each in sorted(evidence.closing)),
            places=Places.of(evidence),
            without=WithoutPlace.of(evidence),
            unscored=unscored_of(evidence),
            moves=Moves.of(evidence),
            limits=Limits.of(evidence),
            flows=Flows.of(evidence),
            comparison=Comparison.of(evidence),
            proof=Proof.of(evidence),
        )
