"""People lose their places on one day: declared, proposed, decided, offered and followed on the pages alone.

What is left at the end is a board that has counted down to those for whom there is no place. Forty people
are enough for that here; 430 come in the soak, and in tests/api/pages/test_emergencies.py, where use cases
do what takes too long page by page.
"""

import os
import re
from collections import Counter

import pytest
from sqlalchemy import select

from api.background.performing import perform_next
from gateway.allocation_runs.emergencies import board as state_of
from gateway.allocation_runs.tables import Decision, DecisionRow, ProposalRow
from gateway.directory.tables import ServiceRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.storage.store import Store
from scenarios.emergency import emergency
from scenarios.emergency_in_store import load_emergency
from tests.api.pages.rich_world import LaterIds, copied
from tests.api.pages.site import visited
from tests.gateway.ground import KEYS, OFFICER, TODAY, Ids, StoppedClock
from tests.journeys.hands import every_way, sits_down

SOAKING = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
PEOPLE, WITHOUT = (430, 54) if SOAKING else (40, 3)
"""Who loses their place, and for how many of them there is no other."""

ANSWERED = 3
"""How many offers a provider answers on its pages."""


@pytest.fixture(scope="module")
def morning(sqlite_template, tmp_path_factory):
    """The region as it stands on the morning of the day, and the names of the services that close."""
    path = tmp_path_factory.mktemp("morning") / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    drawn = emergency("birmingham-black-country", people=PEOPLE, seed=1, on=TODAY)
    closing = load_emergency(drawn, store, by=OFFICER).closing
    with store.reading() as work:
        names = [work.get(ServiceRow, id).name for id in closing]
    yield store, names
    store.close()


@pytest.fixture
def day(morning, clock, browser, tmp_path):
    """The service on that morning, and the names of the services that close."""
    store, names = morning
    with visited(copied(store, tmp_path / "gateway.db"), clock, browser, LaterIds()) as site:
        yield site, names


def declares(manager, names):
    """Three steps: what has happened, who is affected, and places are looked for."""
    manager.follows("Emergencies").presses("Declare an emergency")
    manager.writes("In a few words", "Three providers close")
    for name in names:
        manager.ticks(name)
    manager.presses("Go on").sees("Check who is affected", f"{PEOPLE} people")
    manager.presses("Declare the emergency").hears("Everybody in it must leave.")
    manager.presses("Find places").sees(f"{PEOPLE} people of {PEOPLE} have no place yet", "Waiting to begin")


def decides(manager):
    """Band by band, and one by one whoever needs a closer look."""
    manager.follows("Decide, band by band")
    page = manager.page
    together = page.get_by_role("button", name=re.compile("^Agree to .* in band"))
    while together.count():
        manager.presses(together.first).hears("agreed to")
    closer = page.get_by_role("link", name=re.compile("^Look at .* one by one"))
    while closer.count():
        manager.follows(closer.first)
        while page.get_by_role("group", name="What do you decide?").count():
            decides_on_one(manager)


def decides_on_one(manager):
    """Who has no place, a near tie for example, is left without one, with a reason."""
    if manager.page.get_by_role("radio", name="Agree to").count():
        manager.chooses("Agree to", exact=False).presses("Save decision").hears(": agreed.")
    else:
        manager.chooses("Leave them without a place", exact=False)
        manager.writes("Reason", "The others waited longer.").presses("Save decision").hears(": left.")


def busiest_provider(store):
    """Who has the most offers to answer; those by which people came to the places they lose are past."""
    offered = select(ServiceRow.provider_id).join(OfferRow, OfferRow.service_id == ServiceRow.id)
    with store.reading() as work:
        waiting = work.all(offered.where(OfferRow.status == OfferStatus.MADE))
    return Counter(waiting).most_common(1)[0][0]


def answers(provider):
    """So many accepted, and moved in at once."""
    for _ in range(ANSWERED):
        provider.goes("/my-offers")
        provider.follows(provider.page.get_by_role("link", name="Somebody for").first)
        provider.presses("Accept").presses("They have moved in").presses("They have moved in")
        provider.hears("They have moved in")


@every_way
def test_the_board_counts_down_to_those_for_whom_there_is_no_place(day, way):
    site, names = day
    store = site.store
    manager = sits_down(site, way, "duty_manager")
    declares(manager, names)
    board = manager.page.url
    assert perform_next(store, "worker")
    manager.waits_for("to decide")
    decides(manager)
    with store.reading() as work:
        placed = len([line for line in work.where(ProposalRow) if line.service_id is not None])
        decided = Counter(each.decision for each in work.where(DecisionRow))
    assert decided[Decision.AGREE] == placed
    manager.goes(board).follows("Make the offers")
    manager.chooses("They stand until they are answered").presses("Make the offers")
    assert perform_next(store, "worker")
    manager.goes(board)
    without = len(now(store, board).without_a_place)
    assert without == WITHOUT
    manager.sees(f"{without} people of {PEOPLE} have no place yet", "0 have moved in")
    answers(sits_down(site, way, "provider", of=busiest_provider(store)))
    moved = len(now(store, board).moved)  # some who were offered a place only waited for one
    assert 0 < moved <= ANSWERED
    if not manager.javascript:
        manager.follows("Look again")  # with a script, the board that stands open counts by itself
    manager.sees(f"{moved} have moved in").follows("The log").sees("Emergency declared", "Band agreed")


def now(store, board):
    """How the emergency of a board stands."""
    with store.reading() as work:
        return state_of(work, board.rsplit("/", 1)[1])
