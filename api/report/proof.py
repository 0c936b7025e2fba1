"""How far the plan is proved, by whom, and what has to be taken on trust."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allocation.plan import Plan, Status
from api.design_system.spoken import counted
from api.report.evidence import Evidence

CHECKED: Final = "Proved, and checked independently"
TRUSTED: Final = "Proved by the solver's search alone"
OPEN: Final = "Not proved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One of the aims, in words, and how far it is proved: `CHECKED`, `TRUSTED` or `OPEN`.

    of_priority
        Whether it is about who is placed, not about how well places fit or how many people move.
    """

    words: str
    state: str
    of_priority: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the checker found.

    verdict
        The short answer.
    meaning
        What that means for somebody who must rely on it.
    sound
        Whether nothing is wrong with the plan.
    checked
        Facts that the checker confirmed, other than levels.
    problem
        SHA-256 of the problem that the plan is for.
    """

    verdict: str
    meaning: str
    sound: bool
    levels: tuple[Level, ...]
    checked: tuple[str, ...]
    faults: tuple[str, ...]
    problem: str

    @staticmethod
    def of(evidence: Evidence) -> "Proof":
        """Tell the proof of ``evidence``."""
        checked = evidence.certification
        levels = tuple(_level(evidence, name) for name in level_names(evidence.plan))
        verdict, meaning = _verdict(evidence, levels)
        return Proof(
            verdict=verdict,
            meaning=meaning,
            sound=checked.holds and evidence.plan.status is not Status.INFEASIBLE,
            levels=levels if checked.holds else (),
            checked=tuple(each for each in checked.confirmed if not each.startswith("Proved: ")),
            faults=checked.faults,
            problem=evidence.plan.problem_sha256,
        )


def level_names(plan: Plan) -> tuple[str, ...]:
    """The levels that the plan's certificate speaks of, each once: bands first, then cost, then moves."""
    parts = plan.certificate.get("parts")
    names = {
        str(name)
        for part in (parts if isinstance(parts, Sequence) else ())
        for proof in (part if isinstance(part, Sequence) else ())
        for name in (proof.get("levels", ()) if isinstance(proof, Mapping) else ())
    }
    return tuple(sorted(names, key=_level_order))


def _level_order(name: str) -> tuple[int, int, str]:
    words = name.split()
    if words[0] == "band" and len(words) == 3 and words[1].isdigit():
        return 0, int(words[1]), words[2]
    return 1, 0, name


def level_words(name: str) -> str:
    """What it means that a level is proved."""
    words = name.split()
    if words[0] == "band" and words[-1] == "people":
        return f"Band {words[1]}: no plan places more people"
    if words[0] == "band":
        return f"Band {words[1]}: no plan that places as many places people of a higher total score"
    return {
        "cost": "Fit: no plan that places the same bands gives better-fitting places in all",
        "moved": "Moves: no plan as good as that moves fewer occupants",
    }.get(name, name)


def _level(evidence: Evidence, name: str) -> Level:
    checked = evidence.certification
    state = OPEN if name in checked.open_levels else TRUSTED if name in checked.on_trust else CHECKED
    return Level(words=level_words(name), state=state, of_priority=name.startswith("band "))


def _verdict(evidence: Evidence, levels: Sequence[Level]) -> tuple[str, str]:
    if evidence.plan.status is Status.INFEASIBLE:
        return "There is no plan.", evidence.plan.summary.message or ""
    if not evidence.certification.holds:
        wrong = counted(len(evidence.certification.faults), "thing is", "things are")
        return f"Do not use this plan: {wrong} wrong with it.", "The checker found what is listed here."
    sure = sum(each.state == CHECKED for each in levels)
    if sure == len(levels):
        return (
            "Proved to be the best, and checked independently.",
            (
                "No other plan places people better, highest risk first, or fits them better. "
                "A checker that shares no code with the solver has confirmed it."
            ),
        )
    opened = any(each.state == OPEN for each in levels)
    unsure = (
        "Time ran out before some aims were proved, so a plan that does better in these may exist."
        if opened
        else "The other aims were proved by a search that cannot be checked without repeating it."
    )
    if all(each.state == CHECKED for each in levels if each.of_priority):
        return (
            "Highest risk first: proved, and checked independently.",
            (
                "No other plan places people better, highest risk first, and no rule, quota or limit is "
                f"broken: that is checked. {unsure}"
            ),
        )
    return (
        f"The plan is sound. {sure} of its {counted(len(levels), 'aim')} proved and checked independently.",
        f"Nobody has two places, and no rule, quota or limit is broken: that much is checked. {unsure}",
    )
