"""What machines ask, and what they are told."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.routing import Route

from api.application import Doors, make_application
from api.guards.order import Guards
from api.guards.proxies import networks
from api.rest.machines import Machines
from api.watching.traces import Tracer, tracer_to, tracer_with
from gateway.storage.store import Store
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind, WorkerRow
from tests.api.doors import ORIGIN, UNHURRIED
from tests.gateway.ground import KEYS, NOW, OFFICER, Ids, StoppedClock, small_world
from tests.gateway.records.tampering import tamper

HERE = ("127.0.0.1", 9)


@pytest.fixture
def application(store):
    def make(guards=None, **machines):
        guards = guards or UNHURRIED.guards
        doors = Doors(origins=frozenset({ORIGIN}), guards=guards, machines=Machines(**machines))
        return make_application(store, doors)

    return make


def ask(app, path, address=HERE, **headers):
    asked = TestClient(app, base_url=ORIGIN, client=address, raise_server_exceptions=False)
    return asked.get(path, headers=headers)


# alive and ready --------------------------------------------------------------------------------------


def test_a_process_that_answers_lives(application):
    assert ask(application(), "/healthz").json() == {"process": "ok"}


def test_whoever_can_work_is_ready(application):
    answer = ask(application(), "/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok"})


@pytest.mark.parametrize(("stands", "word", "status"), [("0001", "behind", 503), ("9999", "ahead", 200)])
def test_a_database_of_another_release_is_told(application, store, stands, word, status):
    """One that a newer release upgraded still serves: the old processes go on until it is their turn."""
    tamper(store, f"UPDATE alembic_version SET version_num = '{stands}'")  # noqa: S608  a test's own text
    answer = ask(application(), "/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (status, word)


def test_a_database_that_does_not_answer_is_told_without_detail(tmp_path):
    url = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"
    store = Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())
    app = make_application(store, Doors(origins=frozenset({ORIGIN})))
    answer = ask(app, "/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "does not answer"})
    assert ask(app, "/healthz").status_code == 200
    assert "gateway_database_answers 0.0" in ask(app, "/metrics").text
    store.close()


@pytest.mark.parametrize(("age", "word"), [(None, "never seen"), (5, "silent"), (1, "ok")])
def test_a_worker_that_is_expected_must_live(application, store, age, word):
    if age is not None:
        beat = NOW - timedelta(minutes=age)
        store.transact(lambda work: work.note(WorkerRow(id="W-1", began_at=beat, beat_at=beat)))
    answer = ask(application(worker_expected=True), "/readyz")
    assert answer.json()["worker"] == word
    assert answer.status_code == (200 if word == "ok" else 503)


# figures ----------------------------------------------------------------------------------------------


def figures(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_tell_of_requests_queues_and_vacancies(application, store, clock):
    store.transact(small_world)
    store.transact(lambda work: queue_task(TaskKind.IMPORT, {}, by=OFFICER, at=NOW, work=work))
    app = application()
    for path in ("/api/v1/tasks/T-1", "/api/v1/tasks/T-2", "/nowhere/at/all"):
        ask(app, path)
    clock.on(days=30)
    told = figures(ask(app, "/metrics").text)
    route = ("route", "/api/v1/tasks/{task_id}")
    assert told["gateway_requests_total", ("method", "GET"), route, ("status", "401")] == 2
    assert told["gateway_requests_total", ("method", "GET"), ("route", "(none)"), ("status", "404")] == 1
    assert told["gateway_request_seconds_count", ("method", "GET"), route] == 2
    assert told["gateway_tasks_queued", ("kind", "import")] == 1
    assert told["gateway_tasks_queued", ("kind", "run")] == 0
    assert told["gateway_tasks_running", ("kind", "run")] == 0
    assert told["gateway_stale_vacancies",] == 4
    assert told["gateway_messages_waiting",] == told["gateway_oldest_message_seconds",] == 0
    assert told["gateway_requests_in_progress",] == 1
    assert told["gateway_database_answers",] == 1
    assert told["gateway_database_connections_in_use",] == 0


def test_the_engines_time_is_taken(application):
    app = application()
    with app.state.meters.solving("solve"):
        pass
    assert figures(ask(app, "/metrics").text)["gateway_solver_seconds_count", ("deed", "solve")] == 1


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (HERE, {}, 200),
        (("::1", 9), {}, 200),
        (("192.0.2.1", 9), {}, 403),
        (("192.0.2.1", 9), {"Authorization": "Bearer wrong"}, 403),
        (("192.0.2.1", 9), {"Authorization": "Bearer s3cret-of-prometheus"}, 200),
        # A proxy on this machine passes the world on: its address opens nothing.
        (HERE, {"X-Forwarded-For": "127.0.0.1"}, 403),
        (HERE, {"Via": "1.1 proxy"}, 403),
        (("192.0.2.1", 9), {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_figures_are_told_to_those_who_may_have_them(application, address, headers, status):
    app = application(scrape_secret=SecretStr("s3cret-of-prometheus"))
    assert ask(app, "/metrics", address, **headers).status_code == status


def test_figures_may_be_asked_from_where_prometheus_stands(application):
    app = application(scraped_from=networks(["192.0.2.0/24"]))
    assert ask(app, "/metrics", ("192.0.2.1", 9)).status_code == 200
    assert ask(app, "/metrics", HERE).status_code == 403
    through = Guards(trusted_proxies=networks(["127.0.0.1"]), rates=UNHURRIED.guards.rates)
    behind = application(through, scraped_from=networks(["192.0.2.0/24"]))
    assert ask(behind, "/metrics", HERE, **{"X-Forwarded-For": "192.0.2.1"}).status_code == 403


# security.txt -----------------------------------------------------------------------------------------


def test_whom_to_tell_of_a_weakness_is_told_until_when(application):
    app = application(
        security_contact="mailto:security@example.org",
        security_expires=datetime(2026, 12, 1, tzinfo=UTC),
        security_policy="https://example.org/policy",
    )
    answer = ask(app, "/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2026-12-01T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {ORIGIN}/.well-known/security.txt",
        "Policy: https://example.org/policy",
    ]


def test_where_nobody_is_named_there_is_no_such_file(application):
    answer = ask(application(), "/.well-known/security.txt")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


# traces -----------------------------------------------------------------------------------------------


def test_a_span_has_the_template_of_the_route_and_nothing_that_was_sent(application, monkeypatch):
    async def broken(_):
        raise ValueError("Marguerite")

    exporter = InMemorySpanExporter()
    monkeypatch.setattr("api.application.tracer_to", lambda _: tracer_with(exporter, at_once=True))
    app = application()
    app.router.routes.append(Route("/broken/{name}", broken))
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    ask(app, "/api/v1/tasks/T-Marguerite?name=Marguerite", traceparent=trace)
    assert ask(app, "/broken/Marguerite").status_code == 500
    first, second = exporter.get_finished_spans()
    assert first.name == "GET /api/v1/tasks/{task_id}"
    assert dict(first.attributes) == {
        "http.request.method": "GET",
        "http.route": "/api/v1/tasks/{task_id}",
        "http.response.status_code": 401,
    }
    assert f"{first.context.trace_id:032x}" == trace.split("-")[1]
    assert (second.name, second.attributes["error.type"]) == ("GET /broken/{name}", "ValueError")
    assert second.events == ()
    assert "Marguerite" not in first.to_json() + second.to_json()


def test_without_a_collector_there_are_no_spans():
    with tracer_to(None).request({"type": "http", "headers": []}) as span:
        span.end(method="GET", route="/", status=200, fault=None)
    Tracer().close()
