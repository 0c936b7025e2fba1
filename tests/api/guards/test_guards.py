"""What every request passes before it comes to a door."""

import asyncio
import json
import re

import anyio
import pytest
from fastapi.testclient import TestClient
from limits.aio.storage import MemoryStorage
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from api.application import Doors, make_application
from api.guards.hosts import hosts_of
from api.guards.how_often import Rates
from api.guards.order import Guards
from api.guards.patience import Patience
from api.guards.proxies import neighbourhood, networks, within
from api.guards.rates import Counting
from api.rest.door import PUBLIC
from gateway.storage.store import Store
from tests.api.doors import ORIGIN, UNHURRIED
from tests.gateway.ground import KEYS, Ids, StoppedClock

RATES = UNHURRIED.guards.rates
PROXY = ("10.0.0.7", 4_000)
ELSEWHERE = ("203.0.113.9", 4_000)


@pytest.fixture
def doors(sqlite_template):
    """Makes an application behind these guards, with routes of the test's own."""
    stores = []

    def make(*routes, rates=RATES, **guards):
        store = Store(f"sqlite:///{sqlite_template}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
        stores.append(store)
        app = make_application(
            store, Doors(origins=frozenset({ORIGIN}), guards=Guards(rates=rates, **guards))
        )
        app.router.routes.extend(routes)
        return app

    yield make
    for store in stores:
        store.close()


def client(app, address=ELSEWHERE, **headers):
    return TestClient(app, base_url=ORIGIN, client=address, headers=headers, raise_server_exceptions=False)


async def whole_body(request: Request):
    return PlainTextResponse(str(len(await request.body())))


async def seen_from(request: Request):
    return PlainTextResponse(f"{request.client.host} {request.url.scheme}")


def is_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return True


# who is at the other end ------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "is_in"), [
    ("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("11.0.0.1", False), ("::1", True), ("testclient", False),
    ("", False), (None, False),
])  # fmt: skip
def test_an_address_lies_in_a_network_or_it_does_not(address, is_in):
    assert within(address, networks(["10.0.0.0/8", " ::1 ", ""])) is is_in


def test_whoever_has_a_network_of_ipv6_counts_as_one():
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") != neighbourhood("2001:db8:1::1")
    assert neighbourhood("192.0.2.1") == neighbourhood("::ffff:192.0.2.1")
    assert neighbourhood("<script>") == neighbourhood(None) == "nowhere"


@pytest.mark.parametrize(
    ("peer", "seen"),
    [(PROXY, "198.51.100.4 https"), (ELSEWHERE, f"{ELSEWHERE[0]} https"), (("::ffff:10.0.0.7", 1), None)],
)
def test_only_a_trusted_proxy_says_who_asks(doors, peer, seen):
    app = doors(Route("/seen", seen_from), trusted_proxies=networks(["10.0.0.0/8"]))
    sent = {"X-Forwarded-For": "1.1.1.1, 198.51.100.4", "X-Forwarded-Proto": "https"}
    answer = client(app, peer, **sent).get("/seen")
    assert answer.status_code == 200
    assert seen is None or answer.text == seen


@pytest.mark.parametrize(
    ("peer", "sent", "is_kept"),
    [(PROXY, "a1b2c3d4-e5", True), (PROXY, "a b; rm -rf", False), (ELSEWHERE, "a1b2c3d4-e5", False)],
)
def test_a_request_has_an_id_and_only_a_trusted_proxy_gives_it_one(doors, peer, sent, is_kept):
    app = doors(trusted_proxies=networks(["10.0.0.0/8"]))
    told = client(app, peer).get("/healthz", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert (told == sent) is is_kept
    assert is_kept or re.fullmatch("[0-9a-f]{32}", told)


# headers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/healthz", 200), ("GET", "/api/v1/none", 404), ("PUT", "/api/v1/tasks/T-1", 405),
    ("GET", "/api/v1/tasks/T-1", 401), ("GET", "/x/%00", 400), ("GET", "/api/v1/openapi.json", 200),
])  # fmt: skip
def test_every_answer_tells_browsers_to_do_nothing_with_it(doors, method, path, status):
    answer = client(doors()).request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert status < 400 or is_problem(answer, status)


def test_a_page_has_a_nonce_of_its_own_for_its_scripts(doors):
    async def page(request: Request):
        return HTMLResponse(f"<script nonce={request.state.nonce}></script>")

    asked = client(doors(Route("/page", page)))
    seen = set()
    for _ in range(2):
        answer = asked.get("/page")
        nonce = re.search("nonce=([^>]+)", answer.text)[1]
        assert f"script-src 'self' 'nonce-{nonce}';" in answer.headers["content-security-policy"]
        seen.add(nonce)
    assert len(seen) == 2


def test_plain_http_is_not_told_to_stay_with_https(sqlite_template):
    store = Store(f"sqlite:///{sqlite_template}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    answer = TestClient(make_application(store), base_url="http://127.0.0.1:8000").get("/healthz")
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers
    store.close()


# names ------------------------------------------------------------------------------------------------


def test_the_names_of_an_origin_are_with_and_without_the_port_that_goes_without_saying():
    assert hosts_of(frozenset({"https://Gateway.test"})) == {"gateway.test", "gateway.test:443"}
    assert hosts_of(frozenset({"https://gateway.test:443"})) == {"gateway.test", "gateway.test:443"}
    assert hosts_of(frozenset({"http://[::1]:8000"})) == {"[::1]:8000"}


@pytest.mark.parametrize("host", ["evil.test", "gateway.test.evil.test", "gateway.test@evil.test", "", "x"])
def test_a_forged_host_is_refused(doors, host):
    assert is_problem(client(doors()).get("/api/v1/openapi.json", headers={"Host": host}), 421)


def test_another_name_that_is_set_is_ours_too_and_probes_may_come_by_address(doors):
    asked = client(doors(hosts=frozenset({"inner.test"})))
    assert asked.get("/api/v1/openapi.json", headers={"Host": "INNER.test"}).status_code == 200
    assert asked.get("/healthz", headers={"Host": "10.0.0.1:8000"}).status_code == 200


# what can be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [
    "/api/v1/tasks/T%00", "/api/v1/tasks/%ff", "/api/v1/tasks/%ed%a0%80", "/api/v1/tasks/T%0a1",
    "/api/v1/none?day=%00", "/api/v1/none?x=%ff", "/api/v1/none?" + "x" * 5_000, "/healthz?%C3",
])  # fmt: skip
def test_an_address_that_no_database_could_hold_is_refused_everywhere(doors, address):
    assert is_problem(client(doors()).get(address), 400)


@pytest.mark.parametrize("headers", [
    [(b"content-length", b"1"), (b"content-length", b"1")],
    [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
])  # fmt: skip
def test_a_body_whose_end_stands_in_two_places_is_not_heard(doors, headers):
    assert asyncio.run(raw(doors(), headers, [b"x"])) == 400


async def raw(app, headers, parts, *, path="/length", between=0.0):
    """Ask over bare ASGI, where a client of HTTP would put things right; answer with the status."""
    status, left = [], list(parts)

    async def receive():
        if not left:
            await anyio.sleep_forever()
        if isinstance(left[0], asyncio.Event):
            await left.pop(0).wait()
        await anyio.sleep(between)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        if message["type"] == "http.response.start":
            status.append(message["status"])

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "scheme": "https", "client": ELSEWHERE, "server": ("gateway.test", 443),
        "http_version": "1.1", "headers": [(b"host", b"gateway.test"), *headers],
    }  # fmt: skip
    await app(scope, receive, send)
    (one,) = status
    return one


# bodies -----------------------------------------------------------------------------------------------


def length(app):
    app.post("/length", openapi_extra=PUBLIC)(whole_body)
    app.post("/large", openapi_extra=PUBLIC, max_body_size=3_000_000)(whole_body)
    return app


@pytest.mark.parametrize(("path", "size", "status"), [
    ("/length", 1_048_576, 200), ("/length", 1_048_577, 413), ("/large", 2_000_000, 200),
    ("/large", 3_000_001, 413), ("/api/v1/tasks/T-1", 2_000_000, 413), ("/nowhere", 2_000_000, 413),
])  # fmt: skip
def test_a_body_that_is_too_large_is_refused_declared_or_not(doors, path, size, status):
    app = length(doors())
    declared = client(app).post(path, content=b"x" * size)
    assert declared.status_code == status
    assert status < 400 or is_problem(declared, status)
    chunks = (b"x" * min(100_000, size - begun) for begun in range(0, size, 100_000))
    chunked = client(app).post(path, content=chunks).status_code
    # What no route reads is not counted: it is refused for what it is.
    assert chunked == status or (path, chunked) in {("/nowhere", 404), ("/api/v1/tasks/T-1", 405)}


def test_a_body_that_dawdles_is_refused(doors):
    app = length(doors(body_within=0.2))
    assert asyncio.run(raw(app, [], [b"x"] * 100, between=0.05)) == 408
    assert asyncio.run(raw(app, [], [b"x"] * 3, between=0.01)) == 200


def test_a_large_body_has_the_time_it_needs(doors):
    app = length(doors(body_within=0.1))
    assert asyncio.run(raw(app, [], [b"x" * 16_384] * 5, between=0.08)) == 200


@pytest.mark.parametrize(("parts", "second"), [(6, 200), (9, 503)])
def test_all_bodies_together_are_held_to_a_limit(doors, parts, second):
    async def two():
        patience, go_on = Patience(length(doors()), most_held=1_000_000), asyncio.Event()
        first = asyncio.create_task(raw(patience, [], [*[b"x" * 100_000] * (parts - 1), go_on, b"x"]))
        while patience.held < (parts - 1) * 100_000:  # noqa: ASYNC110  nobody tells when a part came
            await asyncio.sleep(0.001)
        other = await raw(patience, [], [b"x" * 100_000] * 3)
        go_on.set()
        return [await first, other, patience.held]

    assert asyncio.run(two()) == [200, second, 0]


# how often --------------------------------------------------------------------------------------------


def test_an_address_that_asks_too_often_is_told_when_to_come_again(doors):
    asked = client(doors(rates=Rates(address="3/minute")))
    assert [asked.get("/api/v1/none").status_code for _ in range(4)] == [404, 404, 404, 429]
    answer = asked.get("/api/v1/none")
    assert is_problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert asked.get("/healthz").status_code == 200


def test_addresses_are_counted_each_for_itself_also_behind_a_proxy(doors):
    app = doors(rates=Rates(address="1/minute"), trusted_proxies=networks(["10.0.0.7"]))

    def ask(peer, behind):
        return client(app, peer, **{"X-Forwarded-For": behind}).get("/api/v1/none").status_code

    assert [ask(PROXY, "192.0.2.1"), ask(PROXY, "192.0.2.2"), ask(PROXY, "192.0.2.1")] == [404, 404, 429]
    # Who is no proxy cannot hide behind invented addresses.
    assert [ask(ELSEWHERE, "192.0.2.3"), ask(ELSEWHERE, "192.0.2.4")] == [404, 429]


def test_what_strangers_may_change_is_asked_seldom(doors):
    app = length(doors(rates=Rates(sign_in="2/minute")))
    asked = client(app)
    assert [asked.post("/length").status_code for _ in range(3)] == [200, 200, 429]
    assert asked.get("/api/v1/none").status_code == 404


def test_two_processes_count_together_in_a_store_that_they_share():
    kept = {}

    class OneForAll(MemoryStorage):
        STORAGE_SCHEME = ["async+one-for-all"]  # noqa: RUF012  as limits reads it

        def __init__(self, *given, **options):
            super().__init__(*given, **options)
            kept.setdefault("counts", self.storage)
            kept.setdefault("ends", self.expirations)
            self.storage, self.expirations = kept["counts"], kept["ends"]

    rates = Rates(account="2/minute", store="async+one-for-all://")

    async def ask():
        one, other = Counting(rates), Counting(rates)
        await one.of_account("C-1")
        await other.of_account("C-1")
        with pytest.raises(Exception, match=r"try again in"):
            await one.of_account("C-1")
        await other.of_account("C-2")

    asyncio.run(ask())


def test_where_nobody_can_count_work_goes_on():
    """Offers are made although the store of rates is gone; accounts are locked in the database."""

    class Gone(MemoryStorage):
        STORAGE_SCHEME = ["async+gone"]  # noqa: RUF012  as limits reads it

        async def incr(self, *_, **__):
            raise ValueError("gone")

    asyncio.run(Counting(Rates(account="1/minute", store="async+gone://")).of_account("C-1"))


@pytest.mark.parametrize("wrong", [{"store": "memory://"}, {"address": "often"}])
def test_rates_that_cannot_be_counted_are_refused_at_once(wrong):
    with pytest.raises(ValueError, match=r"."):
        Counting(Rates(**wrong))


# crowds -----------------------------------------------------------------------------------------------


def test_one_request_too_many_is_told_to_come_back(doors):
    async def crowd():
        gate = asyncio.Event()

        async def slow(_):
            await gate.wait()
            return PlainTextResponse("done")

        app = doors(Route("/slow", slow, methods=["POST"]), most_at_once=2)
        first = [asyncio.create_task(raw(app, [], [b""], path="/slow")) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await raw(app, [], [b""], path="/slow")
        probe = await raw(app, [], [b""], path="/healthz")
        gate.set()
        return [*(await asyncio.gather(*first)), refused, probe, await raw(app, [], [b""], path="/slow")]

    assert asyncio.run(crowd()) == [200, 200, 503, 405, 200]


def test_streams_of_events_make_no_crowd(doors):
    async def streams():
        gate = asyncio.Event()

        async def events(_):
            async def tell():
                yield "data: 1\n\n"
                await gate.wait()

            return StreamingResponse(tell(), media_type="text/event-stream")

        app = doors(Route("/events", events, methods=["POST"]), most_at_once=1)
        following = []
        for _ in range(3):
            following.append(asyncio.create_task(raw(app, [], [b""], path="/events")))
            await asyncio.sleep(0.02)
        other = await raw(app, [], [b""], path="/none")
        gate.set()
        return [*(await asyncio.gather(*following)), other]

    assert asyncio.run(streams()) == [200, 200, 200, 404]


# refusals ---------------------------------------------------------------------------------------------


def test_what_a_library_refuses_in_plain_text_is_a_problem_too(doors):
    async def plain(_):
        return PlainTextResponse("no", status_code=418)

    answer = client(doors(Route("/plain", plain))).get("/plain")
    assert is_problem(answer, 418)
    assert json.loads(answer.text)["type"] == "/problems/i-m-a-teapot"


def test_an_address_is_not_mended(doors):
    """A redirection to the same thing without its slash would tell what is there, and lose a POST."""
    assert is_problem(client(doors()).get("/healthz/", follow_redirects=False), 404)
