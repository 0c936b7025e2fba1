"""The routes of the directory and of agreements: who runs what where, what is vacant, who may use it."""

from typing import Final

from api.rest import (
    agencies,
    agreements,
    authorities,
    closures,
    conversions,
    designations,
    ledgers,
    parties,
    providers,
    quotas,
    schedules,
    services,
    stale_units,
    units,
    vacancies,
    vacancy_board,
    voids,
)

ROUTERS: Final = (
    authorities.router,
    agencies.router,
    providers.router,
    services.router,
    conversions.router,
    closures.router,
    units.router,
    designations.router,
    voids.router,
    stale_units.router,
    vacancies.router,
    vacancy_board.router,
    agreements.router,
    schedules.router,
    parties.router,
    quotas.router,
    ledgers.router,
)
