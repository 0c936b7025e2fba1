"""Vacancies: search among units over a range of days; each with what it is on each day and why."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import among_providers
from api.access.visitor import Visitor
from api.rest.day_range import DayRange, FirstDay, HowMany
from api.rest.door import Door, declared, may
from api.rest.listing import AfterText, Listing, PageSize, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.unit_days import UnitOverDaysTold, unit_over_days
from api.rest.values import Asked, Code, Gss, Id
from gateway.directory.tables import Tier, UnitGender
from gateway.directory.vacancy_filters import Free
from gateway.directory.vacancy_search import MOST_FEATURES, Sought, search_vacancies
from gateway.storage.work import Work

router = doors("vacancies")


class VacanciesSought(Asked):
    """Which units, and on which days; what is left out is no choice."""

    from_day: FirstDay = None
    days: HowMany = 1
    free: Free | None = Field(
        default=None,
        description="Free on every one of the days, or on some of them; none: whatever they are.",
    )
    tier: list[Tier] = Field(default=[], max_length=3)
    lot: list[Code] = Field(default=[], max_length=20)
    authority: list[Gss] = Field(default=[], max_length=60, description="Where the service stands.")
    gender: list[UnitGender] = Field(
        default=[], max_length=4, description="Whom the unit is for on the first day."
    )
    feature: list[Code] = Field(
        default=[],
        max_length=MOST_FEATURES,
        description="Access needs that it meets, each of them, by itself or by its service.",
        examples=[["step-free"]],
    )
    client_group: list[Code] = Field(
        default=[], max_length=20, description="Its service is for one of these, or for all."
    )
    service: list[Id] = Field(default=[], max_length=50)
    provider: list[Id] = Field(default=[], max_length=20)
    after: AfterText = None
    size: PageSize = 50

    def sought(self, visitor: Visitor) -> Sought:
        """As the directory has it; a provider seeks among its own."""
        return Sought(
            services=self.service or None,
            providers=among_providers(visitor, self.provider or None),
            tiers=self.tier or None,
            lots=self.lot or None,
            authorities=self.authority or None,
            genders=self.gender or None,
            client_groups=self.client_group or None,
            features=self.feature,
            free=self.free,
        )


@router.get(
    "/vacancies",
    summary="Search vacancies",
    response_model=Listing[UnitOverDaysTold],
    responses=declared(),
)
def list_vacancies(
    asked: Annotated[VacanciesSought, Query()], door: Annotated[Door, may(Permission.READ_VACANCIES)]
) -> Response:
    """Units in the order of services, pools, names and ids. A provider is told of its own."""

    def question(work: Work) -> Listing[UnitOverDaysTold]:
        found = search_vacancies(
            work,
            DayRange(asked.from_day, asked.days).stay(door.at),
            asked.sought(door.visitor),
            after=place_of(asked.after, str, str, str, str),
            size=asked.size,
        )
        items = [unit_over_days(each) for each in found.units]
        return Listing(items=items, next=next_page(found.next))

    return door.read(question)
