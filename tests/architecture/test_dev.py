"""The script that everything starts with installs once, and answers plainly when it cannot help."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).parents[2]

# Stands in for uv: writes down what it is asked, makes an environment of this very Python, fails on demand.
FAKE_UV = """#!/bin/sh
echo "$*" >> asked
mkdir -p .venv/bin && ln -sf "$PYTHON" .venv/bin/python
test ! -e broken
"""


@pytest.fixture
def fresh_clone(tmp_path):
    """A folder with what dev.py reads, where nothing has been installed yet."""
    for file in (dev.LOCK, dev.PROJECT, ROOT / "dev.py"):
        shutil.copy(file, tmp_path)
    uv = tmp_path / "path" / "uv"
    uv.parent.mkdir()
    uv.write_text(FAKE_UV)
    uv.chmod(0o755)
    return tmp_path


def set_up(clone: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run `dev.py setup` there; return how it ended and what uv was asked."""
    (clone / "asked").write_text("")
    path = os.pathsep.join([str(clone / "path"), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHON": sys.executable}
    command = [sys.executable, "dev.py", "setup"]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    return done, (clone / "asked").read_text().splitlines()


def test_a_fresh_clone_gets_an_environment_then_the_pins_by_hash_then_this_project(fresh_clone):
    done, asked = set_up(fresh_clone)
    assert done.returncode == 0, done.stderr
    venv, pins, project = asked
    assert venv.startswith("venv ")
    assert "--require-hashes" in pins
    assert "--no-deps" in project
    assert "--editable" in project


def test_where_nothing_has_changed_nothing_is_installed_again(fresh_clone):
    set_up(fresh_clone)
    done, asked = set_up(fresh_clone)
    assert (done.returncode, asked) == (0, [])


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_file_is_installed_into_the_environment_there_is(fresh_clone, file):
    set_up(fresh_clone)
    with (fresh_clone / file).open("a") as text:
        text.write("# changed\n")
    _, asked = set_up(fresh_clone)
    assert [line.split()[0] for line in asked] == ["pip", "pip"]


def test_an_installation_that_fails_says_which_command_failed_and_is_tried_again(fresh_clone):
    (fresh_clone / "broken").touch()
    done, _ = set_up(fresh_clone)
    assert done.returncode == 2
    assert done.stderr.startswith("Could not install; this failed: ")
    (fresh_clone / "broken").unlink()
    assert set_up(fresh_clone)[0].returncode == 0


def test_an_older_python_is_told_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert dev.main(["demo"]) == 2
    assert capsys.readouterr().err == "The gateway needs Python 3.11 or newer; this is 3.9.\n"


@pytest.mark.parametrize("arguments", [[], ["launch"]])
def test_an_unknown_task_is_answered_with_the_tasks_there_are(arguments, capsys):
    assert dev.main(arguments) == 2
    listed = capsys.readouterr().err
    assert all(f"  {task}" in listed for task in ("setup", "demo", "serve", "test", "soak", "check", "lock"))


def test_to_ask_for_help_is_no_error(capsys):
    assert dev.main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: python3 dev.py TASK")


def test_a_task_that_takes_no_arguments_refuses_them():
    with pytest.raises(dev.Missing, match="check takes no arguments, but was given: --fast"):
        dev.check(["--fast"])


@pytest.mark.parametrize(("ci", "left_out"), [("", True), ("true", False)])
@pytest.mark.parametrize(("lacking", "package"), [("browser", "chromium"), ("postgresql", "postgresql")])
def test_what_the_machine_lacks_is_left_out_aloud_but_never_in_ci(
    lacking, package, tmp_path, monkeypatch, capsys, ci, left_out
):
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    here, nowhere = Path(sys.executable), tmp_path / "nowhere"
    chromium, postgresql = (nowhere, here) if lacking == "browser" else (here, nowhere)
    command = dev.pytest(chromium=chromium, postgresql=str(postgresql))
    assert (command[-2:] == ["-m", f"not {lacking}"]) is left_out
    assert (f"apt-get install {package}" in capsys.readouterr().out) is left_out


def test_a_database_that_is_named_is_used_and_none_is_started(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://somewhere")
    assert dev.POSTGRESQL not in dev.pytest()


def test_temporary_files_lie_in_memory_where_there_is_room(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "ENOUGH_MEMORY", 0)
    assert dev.temporary_files(tmp_path) == str(tmp_path)
    assert dev.temporary_files(tmp_path / "none") == tempfile.gettempdir()
    monkeypatch.setattr(dev, "ENOUGH_MEMORY", 2**80)
    assert dev.temporary_files(tmp_path) == tempfile.gettempdir()
