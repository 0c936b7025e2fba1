"""The routes of the directory: who runs what where, which units there are, and what is vacant."""

from typing import Final

from api.rest import (
    agencies,
    authorities,
    closures,
    conversions,
    designations,
    providers,
    services,
    stale_units,
    units,
    vacancies,
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
)
