"""A demonstration is served to this machine alone, and each address it prints signs in once."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import dev
from api.application import every_route
from api.commands.scenario_serve import prepare
from api.settings import open_store
from gateway.accounts.setting_passwords import LinkOver, accept_invitation
from gateway.records.actor import Role
from tests.api.running import ROOT

REGION = "birmingham-black-country"
LINK = re.compile(r"^ +(.+?) +(http://127\.0\.0\.1:\d+/come-in/\S+)$")


@contextmanager
def served(folder):
    """The demonstration, running; gives the address for each role as it prints it."""
    words = ["scenario", "serve", REGION, "--folder", str(folder), "--port", "0", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "api", *words],
        cwd=ROOT,
        # Whoever runs it may have a gateway of their own: nothing of its settings is looked at.
        env={**os.environ, "GATEWAY_DATABASE": "sqlite:///elsewhere.db", "GATEWAY_MESSAGES": "smtp://x"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        links = {}
        for line in process.stdout:
            if found := LINK.match(line.rstrip()):
                links[found[1]] = found[2]
            if "Ctrl-C" in line:
                break
        yield links
    finally:
        process.terminate()
        assert process.wait(60) == 0
        process.stdout.close()


def test_an_address_signs_in_once_and_a_second_start_gives_others(tmp_path):
    folder = tmp_path / "demonstration"
    with served(folder) as links:
        assert len(links) == len(Role) - 1
        origin, link = links["Duty manager"].partition("/come-in")[0], links["Duty manager"]
        with httpx.Client(timeout=60) as browser:
            answer = browser.get(link)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            # The cookie goes over HTTPS alone; browsers take this machine for as good, httpx does not.
            cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
            start = browser.get(origin, headers=cookie)
            assert (start.status_code, "Signed in as duty manager" in start.text) == (200, True)
            again = browser.get(link)
            assert (again.status_code, "signs in once" in again.text) == (403, True)
    made = (folder / "gateway.key").read_bytes()
    of, later = prepare(REGION, seed=1, folder=folder, origin=origin, fresh=False, quiet=True)
    assert len(set(later.values()) - set(links.values())) == len(links)
    assert (folder / "gateway.key").read_bytes() == made
    unused = links["Provider"].rpartition("/")[2]
    with open_store(of) as store, pytest.raises(LinkOver):
        store.transact(lambda work: accept_invitation(unused, "no matter", at=work.clock(), work=work))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, gateway):
    (tmp_path / "thesis.txt").write_text("mine")
    answer = gateway("scenario", "serve", REGION, "--folder", tmp_path, "--port", 0)
    assert (answer.status, "thesis.txt lies in it" in answer.err) == (2, True)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_no_process_that_answers_in_earnest_has_the_door():
    assert not any("come-in" in getattr(route, "path", "") for route in every_route())
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "api").rglob("*.py")
        if "processes.demonstration" in path.read_text(encoding="utf-8")
    ]
    assert users == ["api/commands/scenario_serve.py"]


def test_the_script_serves_the_region_from_a_folder_of_its_own(monkeypatch):
    ran = []
    monkeypatch.setattr(dev, "run", lambda command, **_: ran.append(command) or 0)
    assert dev.serve(["--port", "8001"]) == 0
    (command,) = ran
    folder = str(Path(dev.ROOT) / "build" / "demonstration")
    assert command[1:] == ["scenario", "serve", REGION, "--folder", folder, "--port", "8001"]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
