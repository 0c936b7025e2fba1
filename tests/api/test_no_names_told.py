"""A name in every text of every request, by everybody: no log, figure, span or fault ever tells it."""

import io
import logging
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.routing import Route

import api.application
from api.access.recognising import COOKIE, CSRF_HEADER
from api.application import make_application
from api.commands.roles import ROLES
from api.rest.matrix import SAFE, standing_routes
from api.watching.traces import tracer_with
from gateway.storage.store import Store
from tests.api.asking import Asking, Text
from tests.api.at_a_browser import at_a_browser
from tests.api.doors import UNHURRIED, Entrance
from tests.api.two_tenants import two_tenants
from tests.api.watching.listening import listening
from tests.gateway.ground import KEYS, Ids, StoppedClock

MARK = "zqxmarguerite"
TEXT = Text(f"{MARK} O'Alder", MARK)
SEEN = re.compile(MARK, re.IGNORECASE)


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory):
    """What a process tells while everybody asks for everything, with a name wherever a text can stand."""
    file = tmp_path_factory.mktemp("names") / "gateway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{file}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    others, _ = store.transact(two_tenants)
    spans = InMemorySpanExporter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.application, "tracer_to", lambda _: tracer_with(spans, at_once=True))
        app = make_application(store, UNHURRIED)
    app.router.routes.append(Route(f"/broken/{{{MARK[:3]}}}", _broken))
    doors = Entrance(store, app)
    printed = io.StringIO()
    with listening(logging.DEBUG) as heard, redirect_stdout(printed), redirect_stderr(printed):
        statuses = _everything(doors, others) + _pages(doors, others)
        figures = doors.app.state.meters.text().decode()
    yield {
        "log": heard.text,
        "figures": figures,
        "spans": "".join(each.to_json() for each in spans.get_finished_spans()),
        "printed": printed.getvalue(),
        "lines": heard.lines,
        "statuses": statuses,
    }
    store.close()


async def _broken(request):
    raise ValueError(f"cannot do with {request.path_params} and {request.query_params}")


def _everything(doors, ids):
    """Each operation by each role and a stranger, with ids of others and with names where ids should be."""
    asking, statuses = Asking(doors.app, TEXT), []
    clients = [doors.stranger, *(doors.as_(role) for role in ROLES)]
    for method, path, said in asking.operations():
        for client in clients:
            for given in (ids, {}):
                words = asking.request(method, path, said, ids=given)
                statuses.append((method, path, client.request(**words).status_code))
    odd = [
        ("GET", f"/{MARK}", {}),
        ("GET", "/api/v1/people", {"Authorization": f"Bearer {MARK}"}),
        ("GET", "/api/v1/people", {"Authorization": MARK}),
        ("GET", "/api/v1/people", {"Cookie": f"{COOKIE}={MARK}"}),
        ("POST", "/api/v1/people", {"Cookie": f"{COOKIE}={MARK}", CSRF_HEADER: MARK}),
        ("GET", "/api/v1/people", {"Host": MARK}),
        ("GET", "/api/v1/people", {"X-Request-ID": MARK, "X-Forwarded-For": MARK, "User-Agent": MARK}),
        ("GET", "/api/v1/people", {"traceparent": MARK, "tracestate": f"a={MARK}", "baggage": f"n={MARK}"}),
        (MARK.upper(), f"/{MARK}?{MARK}", {}),
        ("POST", f"/api/v1/session?{MARK}", {"Content-Type": MARK}),
        ("GET", f"/broken/{MARK}?name={MARK}", {}),
    ]
    for method, path, headers in odd:
        statuses.append((method, path, doors.stranger.request(method, path, headers=headers).status_code))
    return statuses


def _pages(doors, ids):
    """Each page by each role at a browser, with every field that anything has."""
    schemas = Asking(doors.app, TEXT).document["components"]["schemas"].values()
    fields = sorted({field for schema in schemas for field in schema.get("properties", ())})
    statuses = []
    for role in ROLES:
        client = at_a_browser(doors, role)
        form = dict.fromkeys(fields, TEXT.free) | {"csrf": client.headers[CSRF_HEADER]}
        for route in standing_routes(doors.app.routes):
            if route.path.startswith(("/api/", "/broken/")):
                continue
            path = re.sub("{([^}]*)}", lambda part: ids.get(part[1], MARK), route.path)
            body = {} if route.method in SAFE else {"data": form}
            asked = {"params": {"q": TEXT.free, "after": MARK}, "follow_redirects": False}
            statuses.append(
                (route.method, path, client.request(route.method, path, **body, **asked).status_code)
            )
    return statuses


def test_every_operation_was_tried_and_none_but_the_broken_one_is_a_fault_of_ours(told):
    assert len(told["statuses"]) > 1_000
    assert [each for each in told["statuses"] if each[2] == 500] == [
        ("GET", f"/broken/{MARK}?name={MARK}", 500)
    ]
    assert {200, 201, 401, 403, 404, 422} <= {status for *_, status in told["statuses"]}


def test_a_line_was_told_of_each_of_them(told):
    lines = [line for line in told["lines"] if line["event"] in ("request", "probe", "a fault of ours")]
    assert len(lines) == len(told["statuses"])
    assert [line["fault"] for line in lines if "fault" in line] == ["builtins.ValueError"]


@pytest.mark.parametrize("where", ["log", "figures", "spans", "printed"])
def test_no_name_is_told(told, where):
    text = told[where]
    assert len(text) > 1_000 or where == "printed"
    found = SEEN.search(text)
    assert found is None, text[max(0, found.start() - 200) : found.end() + 100]


def test_nothing_is_told_of_who_people_are(told):
    """Neither the names of those who work here, which are in every account."""
    for where in ("log", "figures", "spans"):
        assert "Name of" not in told[where]
        assert "example.org" not in told[where]
