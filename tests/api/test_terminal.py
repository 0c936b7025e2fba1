"""How commands speak: progress for people at a terminal alone, colour if wanted, and an end at once."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from api.terminal import interruptible, printable
from tests.api.running import ROOT, at_a_terminal


def test_at_a_terminal_progress_is_shown(problem_file, tmp_path):
    words = ("allocate", problem_file, "--out", tmp_path / "plan.json")
    status, shown = at_a_terminal(words, TERM="xterm")
    assert status == 0
    assert "Finding places" in shown


@pytest.mark.parametrize(("flags", "term"), [(("--quiet",), "xterm"), ((), "dumb")])
def test_no_progress_is_shown_if_quiet_or_where_a_terminal_cannot_redraw(problem_file, tmp_path, flags, term):
    words = ("allocate", problem_file, "--out", tmp_path / "plan.json", *flags)
    assert at_a_terminal(words, TERM=term) == (0, "")


def test_into_a_pipe_goes_plain_text_and_no_progress(gateway, problem_file, tmp_path):
    answer = gateway("allocate", problem_file, "--out", tmp_path / "plan.json")
    assert answer.err == ""
    assert "\x1b" not in answer.out


def test_without_colour_no_colour_is_sent(tmp_path):
    status, shown = at_a_terminal(
        ("allocate", "missing", "--out", tmp_path / "out"), TERM="xterm", NO_COLOR="1"
    )
    assert status == 2
    assert "\x1b[3" not in shown


def ended_by(words, out):
    """Run the command with its standard output going to ``out``; its status and what it wrote besides."""
    command = [sys.executable, "-m", "api", *map(str, words)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stderr


def test_whoever_stops_reading_ends_the_command_quietly_and_not_as_a_plan_that_fails(problem_file, plan_file):
    """As in ``gateway certify ... | head -1``."""
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as nobody_reads:
        assert ended_by(("certify", problem_file, plan_file), nobody_reads) == (141, "")


def test_standard_output_that_is_full_is_named(problem_file, plan_file):
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device, not a file to be read whole
        status, said = ended_by(("certify", problem_file, plan_file), full)
    assert status == 2
    assert "standard output: No space left on device" in said
    assert "Traceback" not in said


def test_a_terminal_without_the_letters_still_gets_an_answer():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "api", "--help"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interruption_ends_the_command_at_once_with_130_and_no_page(tmp_path):
    """Two seconds are enough to begin, and far too few to place ten thousand people."""
    out = tmp_path / "page.html"
    words = ["demo", "--people", "10000", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "api", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    printed, remarks = process.communicate(timeout=20)
    assert (process.returncode, printed) == (130, "")
    assert "Traceback" not in remarks
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_is_answered_while_a_solver_runs_in_another_thread():
    script = """
        import os, signal, threading, time
        from api.terminal import interruptible
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try:
            interruptible(lambda: time.sleep(30))
        except KeyboardInterrupt:
            print(time.monotonic() - began < 10)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=25)
    assert done.stdout.strip() == "True", done.stderr


def test_work_in_another_thread_gives_its_value_or_its_error():
    assert interruptible(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)


@pytest.mark.parametrize(
    ("text", "shown"), [("naïve café", "naïve café"), ("\x1b[2J", "\\x1b[2J"), ("a\nb", "a\\nb")]
)
def test_letters_that_steer_a_terminal_are_written_out(text, shown):
    assert printable(text) == shown
