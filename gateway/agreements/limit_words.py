"""What a quota says, in words: whom it counts, where, and by which clause of an agreement."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from allocation.problem import Quota

FEW: Final = 4
"""Up to so many authorities are named; more are counted."""


def whom(quota: Quota, authority: Callable[[str], str] = str, tag: Callable[[str], str] = str) -> str:
    """Whom a quota counts: ``people from outside E08000025 and E08000027``.

    Parameters
    ----------
    authority, tag
        What each is called; without them ids stand in the place of names.
    """
    return ", ".join(_selectors(quota, authority, tag)) or "everybody"


def _selectors(quota: Quota, authority: Callable[[str], str], tag: Callable[[str], str]) -> Iterator[str]:
    if quota.authorities is not None:
        yield f"people from {_few(quota.authorities, authority, 'or', 'any of')}"
    if quota.not_authorities is not None:
        yield f"people from outside {_few(quota.not_authorities, authority, 'and', 'all of')}"
    if quota.tags:
        yield f"people with a recorded risk: {listed(map(tag, sorted(quota.tags)), 'and')}"


def _few(authorities: frozenset[str], called: Callable[[str], str], joint: str, many: str) -> str:
    if len(authorities) > FEW:
        return f"{many} {len(authorities)} named authorities"
    return listed(map(called, sorted(authorities)), joint)


def listed(words: Iterable[str], joint: str) -> str:
    """Words as English lists them: ``a, b or c``."""
    *others, last = [*words] or ["nobody"]
    return f"{', '.join(others)} {joint} {last}" if others else last


def where(quota: Quota) -> str:
    """In which services they are counted: ``at S-14``, ``in 4 services together``."""
    if quota.services is None:
        return "in all services together"
    named = sorted(quota.services)
    return f"at {named[0]}" if len(named) == 1 else f"in {len(named)} services together"


def numbered(clause: str) -> str:
    """A clause as its paper numbers it, in a sentence: ``clause 7b``, ``schedule 5, 2(b)``."""
    return clause if clause.startswith(("schedule", "clause")) else f"clause {clause}"


def clause_of(quota_id: str) -> tuple[str, str] | None:
    """The agreement, and the clause as it is numbered, that a quota of a run comes from, by the quota's id.

    ``None``: from no agreement.
    """
    agreement, kind, rest = [*quota_id.split("/", 2), "", ""][:3]
    if kind == "bought":
        return agreement, "units bought"
    return (agreement, numbered(rest)) if kind in ("clause", "unit weeks") else None


def so_many(units: int, how: str) -> str:
    """``1 unit is bought``, ``3 units at once are agreed``, of ``bought`` and ``at once agreed``."""
    *between, word = how.rsplit(" ", 1)
    noun = " ".join([f"{units} unit" if units == 1 else f"{units} units", *between])
    return f"{noun} {'is' if units == 1 else 'are'} {word}"
