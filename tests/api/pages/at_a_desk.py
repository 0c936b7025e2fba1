"""Pages without a browser: what they answer with, quick enough to try every refusal and every fault."""

import re
from dataclasses import dataclass

from gateway.storage.store import Store
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import CURRENT, Entrance, application
from tests.gateway.ground import KEYS, Ids

SEEN = re.compile(r'name="seen" value="(\w+)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Desk:
    """Somebody of a role who reads pages and sends forms, with what the page before carried."""

    client: object
    csrf: str = ""

    def get(self, path):
        return self.client.get(path, follow_redirects=False)

    def post(self, path, page=None, **fields):
        """Send a form; ``page``: where it stands, whose version and proof go with it."""
        carried = {}
        if page is not None:
            html = self.get(page).text
            carried = {"csrf": CSRF.search(html).group(1)}
            if found := SEEN.search(html):
                carried["seen"] = found.group(1)
        data = carried | {name.replace("__", "-"): value for name, value in fields.items()}
        return self.client.post(path, data=data, follow_redirects=False)


@dataclass
class Desks:
    """A store, and desks at its doors."""

    entrance: Entrance

    @property
    def store(self):
        return self.entrance.store

    def of(self, role):
        client = at_a_browser(self.entrance, role)
        del client.headers["X-CSRF-Token"]
        return Desk(client)


def desks(sqlite_template, folder, clock):
    """An empty gateway on SQLite; close its store."""
    file = folder / "desks.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=clock, new_id=Ids())
    CURRENT.store = store
    return Desks(Entrance(store, application()))
