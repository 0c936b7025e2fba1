"""An emergency from the declaration to the last person, on the pages; what is refused, without a browser."""

import re
from datetime import timedelta

import pytest

from api.access.recognising import COOKIE
from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import AccountRow
from gateway.allocation_runs.running import perform
from gateway.allocation_runs.tables import RunRow
from gateway.records.actor import Role
from tests.api.doors import PEOPLE, account
from tests.gateway.allocation_runs.worlds import settle, two_services
from tests.gateway.ground import MANAGER, TODAY

TONIGHT = {"closes-day": "2", "closes-month": "3", "closes-year": "2026"}


class Browser:
    """Somebody of a role at a browser without scripts: forms are sent with what the page gave them."""

    def __init__(self, entrance, role):
        role = Role(role)
        self.client = entrance.client()
        id = f"{role.value.replace('_', '-')}-1"

        def enter(work):
            row = work.session.get(AccountRow, id) or account(work, id, role, **PEOPLE[role.value][1])
            return begin_session(row, second_factor=True, browser="test", at=work.clock(), work=work)

        secret = entrance.store.transact(enter).secret
        self.client.cookies.set(COOKIE, secret, domain="gateway.test")

    def get(self, path, **more):
        return self.client.get(path, **more)

    def post(self, path, fields=(), *, page="/emergencies/new", files=None):
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        data = {"csrf": found.group(1), **dict(fields)}
        return self.client.post(path, data=data, files=files, follow_redirects=False)


@pytest.fixture
def entrance_with_people(entrance):
    """R-1 and R-2 live in S-1; R-3 waits; S-2 has two units."""
    entrance.store.transact(two_services)
    for number in (1, 2):
        settle(entrance.store, f"R-{number}", f"U-1-{number}", day=TODAY - timedelta(days=30))
    return entrance


@pytest.fixture
def manager(entrance_with_people):
    return Browser(entrance_with_people, "duty_manager")


def declared(manager, **facts):
    fields = {"title": "Alder closes", "service": "S-1", **TONIGHT, **facts}
    answer = manager.post("/emergencies/new/declare", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[2]


def test_three_steps_lead_to_a_board(entrance_with_people, manager):
    fields = {"title": "Alder closes", "service": "S-1", **TONIGHT}
    check = manager.post("/emergencies/new", fields)
    assert check.status_code == 200
    assert "2 people" in check.text
    emergency = declared(manager)
    propose = f"/emergencies/{emergency}/propose"
    answer = manager.post(propose, {"moves": "20", "conversions": ""}, page=propose)
    assert answer.headers["location"] == f"/emergencies/{emergency}", answer.text
    board = manager.get(f"/emergencies/{emergency}").text
    assert "2 people of 2 have no place yet" in board
    assert "Waiting to begin" in board
    store = entrance_with_people.store
    with store.reading() as work:
        (run,) = work.where(RunRow)
    perform(store, run.id, by=MANAGER)
    board = manager.get(f"/emergencies/{emergency}").text
    assert "2 to decide" in board
    for path in ("people", "log", "print", "print?names=true", "offers", "add", "end", "log.csv"):
        answer = manager.get(f"/emergencies/{emergency}/{path}")
        assert answer.status_code == 200, (path, answer.text)
    assert manager.get("/emergencies").status_code == 200
