"""A real server on loopback, and clients that are not polite."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from api.application import Doors, make_application
from api.guards.order import Guards
from api.guards.slow_headers import PatientProtocol
from api.serving import bound, server
from gateway.storage.store import Store
from tests.api.doors import UNHURRIED
from tests.gateway.ground import KEYS, Ids, StoppedClock

PATIENCE = 0.4


@contextmanager
def serving(app):
    (listening,) = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    app.state.origins = frozenset({f"http://127.0.0.1:{port}"})
    running = server(app, host="127.0.0.1", port=port)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield port
    running.should_exit = True
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def port(sqlite_template):
    store = Store(f"sqlite:///{sqlite_template}", keys=KEYS, clock=StoppedClock(), new_id=Ids())
    app = make_application(store, Doors(guards=Guards(body_within=PATIENCE, rates=UNHURRIED.guards.rates)))
    with pytest.MonkeyPatch.context() as patch, serving(app) as port:
        patch.setattr(PatientProtocol, "within", PATIENCE)
        yield port
    store.close()


def say(port, *parts, between=0.0, host=None):
    """Send bytes as they are, with pauses; answer with all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        for part in parts:
            try:
                line.sendall(part.replace(b"HOST", host or f"127.0.0.1:{port}".encode()))
            except OSError:
                break
            time.sleep(between)
        return _all(line)


def _all(line):
    told = b""
    line.settimeout(10)
    try:
        while more := line.recv(65_536):
            told += more
            if b"\r\n0\r\n\r\n" in told or _whole(told):
                return told
    except (TimeoutError, ConnectionResetError):
        pass
    return told


def _whole(told):
    head, _, body = told.partition(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(lengths) and len(body) >= int(lengths[0].split(b":")[1])


def status(told):
    return int(told.split(b" ", 2)[1]) if told else None


def test_the_server_answers_and_does_not_say_what_it_is(port):
    told = say(port, b"GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert status(told) == 200
    assert b"\r\nserver:" not in told.lower()
    assert b"uvicorn" not in told.lower()


@pytest.mark.parametrize("smuggled", [
    b"Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc",
    b"Content-Length: 3, 40\r\n\r\nabc",
    b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"X: a\r\n b\r\n\tc\x00\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
])  # fmt: skip
def test_a_request_that_two_machines_could_read_in_two_ways_is_refused(port, smuggled):
    told = say(port, b"POST /api/v1/tasks/T-1 HTTP/1.1\r\nHost: HOST\r\n" + smuggled)
    assert status(told) in (400, 501)
    assert told.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("host", [b"evil.test", b"evil.test\r\nHost: HOST", b"", b"HOST\r\nHost: evil.test"])
def test_a_forged_host_is_refused(port, host):
    told = say(port, b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert status(told) in (400, 421)


def test_a_head_that_dawdles_is_hung_up_on(port):
    begun = time.monotonic()
    letters = [bytes([each]) for each in b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 60]
    assert say(port, *letters, between=0.02) == b""
    assert time.monotonic() - begun < len(letters) * 0.02 + 1


def test_whoever_connects_and_says_nothing_is_hung_up_on(port):
    begun = time.monotonic()
    assert say(port) == b""
    assert time.monotonic() - begun < PATIENCE + 1


def test_a_second_head_on_one_connection_may_dawdle_no_more(port):
    whole = b"GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(whole.replace(b"HOST", f"127.0.0.1:{port}".encode()))
        assert status(_all(line)) == 200
        time.sleep(PATIENCE * 1.5)  # nothing said is no dawdling: the connection is kept
        line.sendall(whole.replace(b"HOST", f"127.0.0.1:{port}".encode()))
        assert status(_all(line)) == 200
        line.sendall(b"GET /hea")
        assert line.recv(100) == b""


def test_a_body_that_dawdles_is_refused(port):
    head = b"POST /api/v1/services/S-1/confirm HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4000\r\n"
    kind = b"Content-Type: application/json\r\n"
    told = say(port, head + kind + b"\r\n", *([b"x"] * 40), between=0.02)
    # Whoever is not recognised is told so before anybody waits for a body.
    assert status(told) in (401, 408)


def test_a_head_that_is_too_long_is_refused(port):
    told = say(port, b"GET /healthz HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 100_000 + b"\r\n\r\n")
    assert status(told) == 431


def test_a_large_body_is_refused_before_it_is_sent(port):
    head = b"POST /api/v1/services/S-1/confirm HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
    assert status(say(port, head + b"Content-Length: 999999999\r\n\r\n")) in (401, 413)


def test_no_websocket_is_opened(port):
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    told = say(port, b"GET /healthz HTTP/1.1\r\nHost: HOST\r\n" + upgrade + b"\r\n")
    assert status(told) == 200
