"""The whole service on loopback, real, and somebody of each role at a real browser.

Whatever a page does that it must not is found at the end of each test: a message on the console, a request to
any other host, an answer without its security headers.
"""

import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from api.access.recognising import COOKIE
from api.application import Doors, make_application
from gateway.accounts.sessions import begin_session
from gateway.accounts.tables import AccountRow
from gateway.records.actor import Role
from gateway.storage.store import Store
from scenarios.free_port import free_port
from tests.api.doors import PEOPLE, account
from tests.gateway.ground import KEYS, Ids

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
LOOK = """options => axe.run(options).then(found => found.violations.map(
    each => [each.id, each.help, each.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""
"""What is wrong alone, and no more of it than somebody reads: all that axe finds is long on its way."""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 700}


@dataclass
class Site:
    """A running service over a store, and the browsers that visit it."""

    store: Store
    address: str
    browser: object
    contexts: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    expected: list = field(default_factory=list)

    def sign_in(self, role, *, of=None, size=DESK, javascript=True):
        """A browser of somebody of this role, signed in with a second factor, at no page yet."""
        role = Role(role)
        id = f"{role.value.replace('_', '-')}-{of or 1}"

        def enter(work):
            row = work.session.get(AccountRow, id)
            if row is None:
                facts = PEOPLE[role.value][1]
                row = account(work, id, role, **(dict.fromkeys(facts, of) if of else facts))
            return begin_session(row, second_factor=True, browser="test", at=self.store.clock(), work=work)

        secret = self.store.transact(enter).secret
        page = self.stranger(size=size, javascript=javascript)
        secure = self.address.replace("http:", "https:")
        page.context.add_cookies(
            [{"name": COOKIE, "value": secret, "url": secure, "secure": True, "httpOnly": True}]
        )
        return page

    def stranger(self, *, size=DESK, javascript=True):
        """A browser of nobody in particular."""
        context = self.browser.new_context(
            base_url=self.address, viewport=size, java_script_enabled=javascript, locale="en-GB"
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: self._note(f"console: {said.text}"))
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("request", lambda request: self._own(request.url))
        return page

    def expect(self, text):
        """A refusal that this test provokes is told on the console too: it is no fault."""
        self.expected.append(text)

    def _note(self, what):
        if not any(text in what for text in self.expected):
            self.wrong.append(what)

    def _own(self, url):
        if not url.startswith((self.address, "data:", "blob:")):
            self._note(f"a request to {url}")

    def close(self):
        for context in self.contexts:
            context.close()


def accessible(page):
    """axe finds nothing, by WCAG 2.0 to 2.2, A and AA, and best practice."""
    assert broken_rules(page) == [], page.url


def broken_rules(page):
    """What axe finds, each rule with where it is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(LOOK, AXE)
    return [(id, words, nodes) for id, words, nodes in found]


def fits(page):
    """Nothing is cut off or wider than the screen (WCAG 2.2, 1.4.10 Reflow), but for regions that scroll."""
    wide = too_wide(page)
    assert wide <= 0, f"{page.url} is {wide} pixels wider than the screen"


def too_wide(page):
    """How many pixels the page is wider than the screen."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@contextmanager
def served(app):
    """The application on loopback, in a thread; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def visited(url, clock, browser, new_id=None):
    """The service over a database; with ids of its own where there are rows already."""
    store = Store(url, keys=KEYS, clock=clock, new_id=new_id or Ids())
    # The origin is known only once the port is.
    app = make_application(store, Doors())
    with served(app) as address:
        app.state.origins = frozenset({address})
        made = Site(store, address, browser)
        yield made
        made.close()
    store.close()
    assert made.wrong == []


@pytest.fixture
def site(sqlite_template, tmp_path, clock, browser):
    """The service over an empty gateway, with a clock that a test moves; what pages do is the same on both
    databases, for they stand on the same use cases."""
    path = tmp_path / "gateway.db"
    shutil.copy(sqlite_template, path)
    with visited(f"sqlite:///{path}", clock, browser) as made:
        yield made


@pytest.fixture
def either_site(database_url, clock, browser):
    """For journeys: on SQLite and on PostgreSQL."""
    with visited(database_url, clock, browser) as made:
        yield made


def faults_lead_to_fields(page):
    """The error summary has the focus, and each of its links leads to something on the page."""
    summary = page.locator(".govuk-error-summary")
    assert summary.count() == 1
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        target = link.get_attribute("href")
        assert page.locator(f"[id='{target[1:]}']").count() == 1, target
