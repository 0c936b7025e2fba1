"""`gateway serve` as somebody runs it: it answers, works, ends streams and stops when it is told."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from api.background_settings import BackgroundSettings
from api.processes.keeping import Wanted, keep_running
from api.refusals import Refused
from gateway.messages.folder_post import FolderPost
from gateway.messages.smtp_post import SmtpPost
from gateway.records.actor import Actor, Role
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind
from tests.api.background.real_worker import new_id, now
from tests.api.doors import account, token

WAIT_S = 90


def gateway(*words, **environment):
    return [sys.executable, "-m", "api", *words], {**os.environ, **environment}


@contextmanager
def serving(tmp_path):
    environment = {
        "GATEWAY_DATABASE": f"sqlite:///{tmp_path}/gateway.db",
        "GATEWAY_KEY_FILE": f"{tmp_path}/gateway.key",
        "GATEWAY_MESSAGES": f"folder:{tmp_path}/messages",
    }
    for words in (("keys", "new", f"{tmp_path}/gateway.key"), ("database", "upgrade")):
        command, env = gateway(*words, **environment)
        subprocess.run(command, env=env, check=True, capture_output=True)
    command, env = gateway("serve", "--port", "0", **environment)
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        line = running.stdout.readline()
        (port,) = re.findall(r"http://127\.0\.0\.1:([1-9][0-9]*)", line)[:1]
        yield running, f"http://127.0.0.1:{port}"
    finally:
        if running.poll() is None:
            running.kill()
        running.stdout.close()
        running.wait()


def asked(origin, path, **headers):
    request = urllib.request.Request(origin + path, headers={"Host": "127.0.0.1:8000", **headers})  # noqa: S310  on loopback
    return urllib.request.urlopen(request, timeout=WAIT_S)  # noqa: S310  as above


def until_ready(origin):
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            return json.load(asked(origin, "/readyz"))
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def enter(tmp_path):
    """An officer with a token, and a task of theirs that nobody will do for a while."""
    keys = Keyring.parse((tmp_path / "gateway.key").read_text())
    store = Store(f"sqlite:///{tmp_path}/gateway.db", keys=keys, clock=now, new_id=new_id)
    officer = Actor(id="officer-1", role=Role.OFFICER)

    def deed(work):
        account(work, "officer-1", "officer")
        secret = token(work, "officer-1", "officer")
        row = queue_task(TaskKind.RUN, {"run": "N-1"}, by=officer, at=now(), work=work)
        row.status, row.worker, row.beat_at, row.takings = "running", "elsewhere", now(), 1
        work.note(row)
        return row.id, secret

    found = store.transact(deed)
    store.close()
    return found


def test_it_answers_works_and_stops_when_it_is_told_although_somebody_follows_a_task(tmp_path):
    with serving(tmp_path) as (running, origin):
        assert until_ready(origin) == {"database": "ok", "migrations": "ok", "worker": "ok"}
        task_id, secret = enter(tmp_path)
        stream = asked(origin, f"/api/v1/tasks/{task_id}/events", Authorization=f"Bearer {secret}")
        assert stream.readline() == b"retry: 2000\n"
        running.send_signal(signal.SIGTERM)
        assert b"event: end" not in stream.read()
        assert running.wait(timeout=WAIT_S) == 0


def test_what_dies_again_and_again_is_not_started_for_ever():
    told = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert keep_running({"one": Wanted(sys.exit, (3,))}, look=0.01) == 1
    finally:
        for each, handler in told.items():
            signal.signal(each, handler)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("folder:messages", FolderPost),
        ("smtp://user:pa%40ss@mail.example.org", SmtpPost),
        ("smtps://mail.example.org", SmtpPost),
    ],
)
def test_how_messages_are_sent_is_set_in_one_line(setting, kind):
    assert isinstance(BackgroundSettings(messages=setting).post(now), kind)


def test_a_mail_server_is_spoken_to_in_tls_unless_it_is_on_this_machine():
    def server(url):
        return BackgroundSettings(messages=url).post(now).server

    far, near, sealed = (
        server("smtp://u:p%40ss@mail.example.org"),
        server("smtp://localhost:25"),
        server("smtps://mail.example.org"),
    )
    assert (far.port, far.user, far.password, far.encrypted) == (587, "u", "p@ss", True)
    assert (near.port, near.encrypted) == (25, False)
    assert (sealed.port, sealed.implicit_tls) == (465, True)


@pytest.mark.parametrize(
    "setting", ["pigeon:post", "folder:", "smtp://", "smtp://h:x", "notify:template", ""]
)
def test_a_setting_that_cannot_be_used_is_refused(setting):
    with pytest.raises(Refused, match="GATEWAY_"):
        BackgroundSettings(messages=setting).post(now)
