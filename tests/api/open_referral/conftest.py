"""The open data of the demonstration."""

import pytest
from fastapi.testclient import TestClient

from api.application import Doors, make_application
from tests.api.doors import ORIGIN


class Data:
    """Whoever asks, without a key; the tests that share it only read."""

    def __init__(self, store):
        app = make_application(store, Doors(origins=frozenset({ORIGIN})))
        self.client = TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)

    def get(self, path, **headers):
        return self.client.get(f"/open-referral{path}", headers=headers)

    def told(self, path):
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, name, query=""):
        """Every record of a list, page by page."""
        found, page = [], 1
        while True:
            told = self.told(f"/{name}?per_page=20&page={page}{query}")
            found += told["contents"]
            if told["last_page"]:
                return found
            page += 1


@pytest.fixture(scope="session")
def data(demonstration):
    store, _ = demonstration
    return Data(store)
