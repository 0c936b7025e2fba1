"""A range of days that is asked for: from one day on, so many of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

from fastapi import Query
from pydantic import Field

from api.rest.values import Day
from gateway.directory.vacancy_search import LONGEST
from gateway.local_day import local_day
from gateway.stay import Stay

FirstDay: TypeAlias = Annotated[Day | None, Field(description="The first day; none: today in London.")]
HowMany: TypeAlias = Annotated[
    int, Field(ge=1, le=LONGEST, description="How many days, the first one among them.", examples=[28])
]


@dataclass(frozen=True, slots=True)
class DayRange:
    """As parameters of a route; a number of days cannot contradict the first one."""

    from_day: Annotated[FirstDay, Query()] = None
    days: Annotated[HowMany, Query()] = 28

    def stay(self, at: datetime) -> Stay:
        """The days, half-open, of a request made at a moment."""
        first = self.from_day or local_day(at)
        return Stay(first, first + timedelta(days=self.days))
