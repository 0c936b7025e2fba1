"""Logs tell what happened, and never of whom it was about."""

import asyncio
import logging
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.watching.faults import told
from api.watching.logs import logger
from tests.api.watching.listening import listening
from tests.gateway.ground import person, small_world

ROOT = Path(__file__).parents[3]
NAME = "Marguerite-Zbigniew"


def broken(name):
    try:
        {}[f"the case of {name}"]
    except KeyError as error:
        raise ValueError(f"cannot do with {name}") from error


def test_our_own_records_are_lines_of_json():
    with listening() as heard:
        logger("gateway.test").info("offer made", offer="O-1", many=3, words='two\n"lines"')
    (line,) = heard.lines
    assert (line["event"], line["offer"], line["many"], line["level"]) == ("offer made", "O-1", 3, "info")
    assert line["logger"] == "gateway.test"
    assert line["at"].endswith("Z")


def test_of_a_fault_is_told_what_kind_it_was_and_where_but_not_with_what():
    with listening() as heard:
        try:
            broken(NAME)
        except ValueError:
            logger("gateway.test").exception("it broke")
    (line,) = heard.lines
    assert NAME not in heard.text
    assert (line["fault"], line["because_of"]) == ("builtins.ValueError", ["builtins.KeyError"])
    assert any("test_logs.py" in place and "broken" in place for place in line["frames"][0])


def test_a_fault_that_caused_itself_is_told_once():
    error = ValueError(NAME)
    error.__cause__ = error
    assert told(error)["because_of"] == []


def test_a_librarys_record_is_its_first_line_before_anything_was_filled_in():
    with listening() as heard:
        library = logging.getLogger("some.library")
        library.warning("cannot read %s of %s", "born", NAME)
        library.warning("Task exception was never retrieved\nfuture: <Task %s>", NAME)
        library.info("not heard: %s", NAME)
        try:
            broken(NAME)
        except ValueError:
            library.exception("it broke", stack_info=True)
    assert NAME not in heard.text
    assert [line["event"] for line in heard.lines] == [
        "cannot read %s of %s", "Task exception was never retrieved", "it broke",
    ]  # fmt: skip


def test_what_ends_a_thread_or_a_task_is_told_without_its_text():
    async def forgotten():
        task = asyncio.get_running_loop().create_task(asyncio.sleep(0))
        await task
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": ValueError(NAME)}
        )

    with listening() as heard:
        thread = threading.Thread(target=broken, args=(NAME,))
        thread.start()
        thread.join()
        asyncio.run(forgotten())
    assert NAME not in heard.text
    assert [line["fault"] for line in heard.lines] == ["builtins.ValueError"] * 2


def test_what_ends_a_process_is_told_without_its_text():
    script = f"""
from api.watching.logs import log_as_json
log_as_json()
raise ValueError({NAME!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "the process ended by a fault" in done.stderr
    assert NAME not in done.stdout + done.stderr


def test_where_nobody_asked_for_logs_nothing_is_printed(capfd):
    logger("gateway.test").info("not told")
    assert capfd.readouterr() == ("", "")


def test_an_exception_of_the_database_leaves_out_what_was_to_be_written(store):
    store.transact(lambda work: person(work, "P-1", forename=NAME))
    with pytest.raises(IntegrityError) as raised:  # noqa: SIM117  two things are waited for
        with store.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO authorities (id, name, role) VALUES (:id, :name, :role)"),
                {"id": "E1", "name": NAME, "role": "none of these"},
            )
    assert "hide_parameters" in str(raised.value) or NAME not in str(raised.value)
    with listening() as heard:
        logger("gateway.test").error("refused", exc_info=raised.value)
    assert NAME not in heard.text


def test_warnings_are_faults_in_tests():
    """So that none of them can hide a name on standard error."""
    with pytest.raises(UserWarning):
        warnings.warn("x", UserWarning, stacklevel=1)


def test_a_request_is_one_line(entrance):
    entrance.store.transact(small_world)
    with listening() as heard:
        answer = entrance.as_("officer").get("/api/v1/services/S-1/units")
        entrance.stranger.get("/api/v1/services/S-1/units?who=" + NAME)
        entrance.stranger.get("/healthz")
        entrance.stranger.request(NAME.upper(), f"/{NAME}")
    known, stranger, odd = heard.of("request")
    assert known == {
        "event": "request",
        "request": answer.headers["x-request-id"],
        "method": "GET",
        "route": "/api/v1/services/{service_id}/units",
        "status": 200,
        "ms": known["ms"],
        "account": "officer-1",
        "role": "officer",
        "level": "info",
        "logger": "gateway.requests",
        "at": known["at"],
    }
    assert (stranger["status"], stranger["account"], stranger["role"]) == (401, None, None)
    assert (odd["method"], odd["route"], odd["status"]) == ("OTHER", "(none)", 404)
    assert NAME.lower() not in heard.text.lower()
