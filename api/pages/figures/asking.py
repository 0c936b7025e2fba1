"""Which months and whose figures are asked for: in the address, and as choices of a form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query

from api.design_system.rendering import Choice
from api.rest.listing import After
from gateway.monitoring.figures_scope import MOST_MONTHS

USUAL_MONTHS: Final = 3
"""That are told if nothing else is asked for: a quarter."""

WHOLE: Final = "The whole partnership"

MONTH: Final = r"^(\d{4}-(0[1-9]|1[0-2]))?$"


class Asked:
    """What stands in the address; empty is the usual."""

    def __init__(
        self,
        first: Annotated[str, Query(pattern=MONTH)] = "",
        last: Annotated[str, Query(pattern=MONTH)] = "",
        authority: Annotated[str, Query(pattern=r"^([ENSW]\d{8})?$")] = "",
        after: After = None,
    ) -> None:
        self.first, self.last, self.authority, self.after = first, last, authority, after

    @property
    def is_chosen(self) -> bool:
        """Whether something else than the usual was asked for."""
        return bool(self.first or self.last or self.authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """The first and the last month, and whose figures; both months are told whole."""

    first: date
    last: date
    authority: str | None

    @property
    def until(self) -> date:
        """The first day after the last month."""
        return _later(self.last, 1)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        named = {"first": f"{self.first:%Y-%m}", "last": f"{self.last:%Y-%m}"}
        return urlencode(named | ({"authority": self.authority} if self.authority else {}))

    def faults(self, today: date) -> Mapping[str, str]:
        """What is wrong with them, by the field's id."""
        if self.last < self.first:
            return {"last": "The last month must be the first month or come after it"}
        if self.until > today:
            return {"last": "The last month must have ended"}
        if _later(self.first, MOST_MONTHS) < self.until:
            return {"first": f"Choose {MOST_MONTHS} months or fewer"}
        return {}


def months_asked(asked: Asked, today: date) -> Months:
    """The months of an address; where nothing is asked for, the usual ones that have ended."""
    last = _month(asked.last) or _later(today, -1)
    first = _month(asked.first) or _later(last, 1 - USUAL_MONTHS)
    return Months(first=first, last=last, authority=asked.authority or None)


def _month(text: str) -> date | None:
    if not text or not 1900 <= int(text[:4]) < 2200:
        return None
    return date(int(text[:4]), int(text[5:]), 1)


def _later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_to_choose(chosen: date, today: date) -> Sequence[Choice]:
    """Every month that has ended and may be asked for, the newest first."""
    return [
        Choice(value=f"{each:%Y-%m}", text=f"{each:%B %Y}", chosen=each == chosen)
        for each in sorted({*_ended(today), chosen}, reverse=True)
    ]


def _ended(today: date) -> Iterator[date]:
    for months in range(1, MOST_MONTHS + 1):
        yield _later(today, -months)


def authorities_to_choose(names: Mapping[str, str], own: str | None, chosen: str | None) -> Sequence[Choice]:
    """The whole partnership, and each authority; one's own alone for whoever works for one."""
    theirs = {id: name for id, name in names.items() if own in (None, id)}
    return [
        Choice(value="", text=WHOLE, chosen=chosen is None),
        *(Choice(value=id, text=name, chosen=id == chosen) for id, name in theirs.items()),
    ]
