"""An application over a store of the test's own, and somebody of each role who comes to its doors."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

from api.access.permissions import MAY
from api.application import Doors, make_application
from api.guards.how_often import Rates
from api.guards.order import Guards
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.accounts.tokens import issue_token
from gateway.records.actor import Role
from gateway.storage.store import Store
from tests.gateway.ground import ADMINISTRATOR, KEYS, NOW, Ids, put

ORIGIN = "https://gateway.test"

UNHURRIED = Doors(
    origins=frozenset({ORIGIN}),
    guards=Guards(rates=Rates(address="1000000/second", account="1000000/second", sign_in="1000000/second")),
)
"""Doors at which a test may knock as often as it likes; that there is a limit is tested by itself."""

PEOPLE = {
    "referrer": ("A-1", {"agency_id": "A-1"}),
    "officer": (None, {}),
    "duty_manager": (None, {}),
    "provider": ("V-1", {"provider_id": "V-1"}),
    "commissioner": (None, {}),
    "auditor": (None, {}),
    "administrator": (None, {}),
}
"""For whom somebody of each role works, unless a test says otherwise."""


def account(work, id, role, **facts):
    """An account that may be used; its agency or provider must be there."""
    row = AccountRow(
        id=id,
        name=facts.pop("name", f"Name of {id}"),
        email=f"{id}@example.org",
        email_digest=work.keys.digest("email", f"{id}@example.org"),
        role=role,
        status=AccountStatus.ACTIVE,
        created_at=NOW,
        **facts,
    )
    return put(work, row, about=[id])


def token(work, account_id, role, scopes=None):
    issued = issue_token(
        account_id,
        name="test",
        scopes=sorted(scopes or MAY[role]),
        expires_at=NOW + timedelta(days=300),
        by=ADMINISTRATOR,
        at=NOW,
        work=work,
    )
    return issued.secret


@dataclass
class Entrance:
    """Clients of the doors; ``stranger`` shows nothing."""

    store: Store
    app: object
    secrets: dict = field(default_factory=dict)

    def client(self, **headers):
        # Whatever the application raises is answered, as it is for everybody.
        return TestClient(self.app, base_url=ORIGIN, headers=headers, raise_server_exceptions=False)

    @property
    def stranger(self):
        return self.client()

    def as_(self, role, *, of=None, id=None):
        """A client with a token of somebody of this role, who works for another agency or provider ``of``."""
        role = Role(role)
        id = id or f"{role.value.replace('_', '-')}-{of or 1}"
        if id not in self.secrets:
            facts = dict(PEOPLE[role.value][1])
            if of is not None:
                facts = dict.fromkeys(facts, of)

            def enter(work):
                account(work, id, role, **facts)
                return token(work, id, role)

            self.secrets[id] = self.store.transact(enter)
        return self.client(Authorization=f"Bearer {self.secrets[id]}")


@pytest.fixture(scope="session", autouse=True)
def one_event_loop():
    """On which every client asks: to begin one for each request takes a third of what most answers take."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


class CurrentStore:
    """The store of the test that runs now."""

    store = None

    def __getattr__(self, name):
        return getattr(self.store, name)


CURRENT = CurrentStore()


@cache
def application():
    """The doors, made once for all tests of a process: making them takes a second, most tests much less."""
    return make_application(CURRENT, UNHURRIED)


@pytest.fixture
def entrance(database_url, clock):
    """The doors of an empty gateway, on SQLite and on PostgreSQL."""
    store = Store(database_url, keys=KEYS, clock=clock, new_id=Ids())
    CURRENT.store, app = store, application()
    stood = dict(app.state._state)  # noqa: SLF001  Starlette has no way to copy it
    yield Entrance(store, app)
    app.state._state.clear()  # noqa: SLF001  whatever a test put there is gone
    app.state._state.update(stood)  # noqa: SLF001  as it stood before
    store.close()
