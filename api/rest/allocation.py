"""The routes by which places are found and given: offers, placements, runs, emergencies, the engine."""

from typing import Final

from api.rest import (
    emergencies,
    engine,
    following_up,
    forbidden_places,
    moves,
    offer_answers,
    offers,
    placements,
    redesignations,
    run_lines,
    runs,
    where_to,
)

ROUTERS: Final = (
    where_to.router,
    offers.router,
    offer_answers.router,
    moves.router,
    placements.router,
    following_up.router,
    forbidden_places.router,
    runs.router,
    run_lines.router,
    redesignations.router,
    emergencies.router,
    engine.router,
)
