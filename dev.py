#!/usr/bin/env python3
"""Work on the gateway: ``python3 dev.py TASK``, with nothing installed but Python 3.11 or newer.

Every task first makes ``.venv`` and installs what ``requirements.lock`` pins, by hash; that is done again
only when the lock or ``pyproject.toml`` has changed. It uses ``uv`` where that is on the PATH, else venv and
pip.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "installed-from"
CHROMIUM = Path("/usr/bin/chromium")
POSTGRESQL = "pg_virtualenv"
MEMORY = Path("/dev/shm")  # noqa: S108  only asked for its size; pytest makes folders of its own in it
ENOUGH_MEMORY = 4 * 2**30
OLDEST = (3, 11)


class Missing(Exception):
    """Something that only the person at the machine can provide; the message is one line that says how."""


def setup(arguments: list[str]) -> int:
    """Make .venv and install the pinned packages and this project into it."""
    refuse(arguments, "setup")
    print(f"Ready: {PYTHON}")
    return 0


def demo(arguments: list[str]) -> int:
    """Reallocate 430 people in an emergency; further arguments go to `gateway demo`."""
    return run([str(BIN / "gateway"), "demo", *arguments], folder=Path.cwd())


def serve(arguments: list[str]) -> int:
    """Run the service with an invented region, and a way in for each role; arguments go to `gateway`."""
    region, folder = "birmingham-black-country", str(ROOT / "build" / "demonstration")
    command = [str(BIN / "gateway"), "scenario", "serve", region, "--folder", folder, *arguments]
    return run(command, folder=Path.cwd())


def test(arguments: list[str]) -> int:
    """Run the tests on every core; further arguments go to pytest."""
    return run([*pytest(), *arguments], PYTEST_DEBUG_TEMPROOT=temporary_files())


def soak(arguments: list[str]) -> int:
    """Run the long soaks (kills, races, thousands of random examples), or the tests that are named."""
    return run([*pytest(), *(arguments or ["tests/soak", "tests/journeys"])], HYPOTHESIS_PROFILE="soak")


def check(arguments: list[str]) -> int:
    """Check format, lint, types and the imports between packages; every check runs, whichever fails."""
    refuse(arguments, "check")
    checks = {
        "format": [tool("ruff"), "format", "--check", "."],
        "lint": [tool("ruff"), "check", "."],
        "types": [tool("mypy")],
        "imports": [tool("lint-imports"), "--no-logo"],
    }
    failed = [name for name, command in checks.items() if timed(name, command) != 0]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Pin pyproject.toml's dependencies in requirements.lock; further arguments go to uv (say, --upgrade)."""
    # Universal: one file for every platform. Fewest forks: the same releases for every Python.
    command = [tool("uv"), "pip", "compile", "--universal", "--fork-strategy", "fewest", "--generate-hashes"]
    options = ["--all-extras", "--quiet", "--custom-compile-command", "python3 dev.py lock"]
    return run([*command, *options, "--output-file", LOCK.name, PROJECT.name, *arguments])


TASKS = {task.__name__: task for task in (setup, demo, serve, test, soak, check, lock)}


def pytest(chromium: Path = CHROMIUM, postgresql: str = POSTGRESQL) -> list[str]:
    """Return the test command; what the machine lacks is left out and told, except in CI.

    PostgreSQL is started for the tests alone, by Debian's ``pg_virtualenv``, unless ``TEST_DATABASE_URL``
    names one.
    """
    command = [str(PYTHON), "-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    command += ["--durations", "30", "--durations-min", "5"]  # slow is a defect of the test
    lacking = []
    if not chromium.exists():
        lacking.append(("browser", "No Chromium here, so tests that open a browser", "chromium"))
    if "TEST_DATABASE_URL" not in os.environ:
        if shutil.which(postgresql):
            # Nothing in these databases outlives the tests, so nothing need reach the disk in time. -t: a
            # server of this run's own, so that two runs at once, or one that was killed, stop nobody.
            command = [postgresql, "-t", "-o", "fsync=off", "-o", "max_connections=300", *command]
        else:
            lacking.append(("postgresql", "No PostgreSQL here, so tests that need it", "postgresql"))
    if not lacking or os.environ.get("CI"):
        return command
    for _, what, package in lacking:
        print(f"{what} are left out: apt-get install {package}")
    return [*command, "-m", " and ".join(f"not {marker}" for marker, _, _ in lacking)]


def temporary_files(memory: Path = MEMORY) -> str:
    """Return where pytest is to keep its temporary files: in memory, if the machine has some to spare.

    A store on SQLite waits for the disk at every commit, which proves nothing about it here: no test can tell
    whether what was written outlives the machine.
    """
    spacious = memory.is_dir() and shutil.disk_usage(memory).free >= ENOUGH_MEMORY
    return str(memory) if spacious else tempfile.gettempdir()


def tool(name: str) -> str:
    """Return the path of a command installed in the virtual environment."""
    return str(BIN / name)


def run(command: list[str], *, folder: Path = ROOT, **variables: str) -> int:
    """Run a command, with these environment variables besides ours, and return its exit status."""
    # Where this variable is set, no compiled module is kept and every process takes seconds to start.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=folder, env={**environment, **variables}, check=False).returncode


def timed(name: str, command: list[str]) -> int:
    """Run a command under a heading that tells its name and, afterwards, how long it took."""
    print(f"== {name}", flush=True)
    started = time.monotonic()
    status = run(command)
    verdict = "ok" if status == 0 else "FAILED"
    print(f"== {name}: {verdict} in {time.monotonic() - started:.1f} s\n", flush=True)
    return status


def refuse(arguments: list[str], task: str) -> None:
    """Raise Missing if a task that takes no arguments was given some."""
    if arguments:
        raise Missing(f"{task} takes no arguments, but was given: {' '.join(arguments)}")


def install() -> None:
    """Bring .venv up to date with the lock, the project file and the running Python.

    Raises
    ------
    Missing
        If the machine lacks venv, or a package could not be installed.
    """
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing the pinned packages into .venv (the first time takes up to a minute) ...", flush=True)
    for command in install_commands(shutil.which("uv")):
        if run(command) != 0:
            raise Missing(f"Could not install; this failed: {' '.join(command)}")
    STAMP.write_text(wanted)


def install_commands(uv: str | None) -> list[list[str]]:
    """Return the commands that make .venv and fill it: with uv, given its path, else with venv and pip."""
    pip = [uv, "pip"] if uv else [str(PYTHON), "-m", "pip"]
    target = ["--python", str(PYTHON)] if uv else []
    installer = [*pip, "install", *target, "--quiet"]
    # The lock pins Hatchling too, so the project itself is built without fetching a builder nobody pinned.
    return [
        *venv_commands(uv),
        [*installer, "--require-hashes", "-r", str(LOCK)],
        [*installer, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ]


def venv_commands(uv: str | None) -> list[list[str]]:
    """Return the commands, if any, that make .venv, or make it anew where it belongs to another Python.

    Raises
    ------
    Missing
        If the machine has neither uv nor a complete venv module.
    """
    keep = same_python()
    clear = [] if keep else ["--clear"]
    if uv:
        return [] if keep else [[uv, "venv", "--quiet", *clear, "--python", sys.executable, str(VENV)]]
    if importlib.util.find_spec("ensurepip") is None:
        raise Missing("Python's venv is missing: apt-get install python3-venv")
    # Made over one that stands, venv keeps its packages and adds pip where uv had left it out.
    return [[sys.executable, "-m", "venv", *clear, str(VENV)]]


def same_python() -> bool:
    """Tell whether .venv works and runs the same minor version of Python as this script."""
    if not PYTHON.exists():
        return False
    question = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == dotted(sys.version_info[:2])


def fingerprint() -> str:
    """Return what .venv depends on: the version of Python, and a digest of the lock and the project file."""
    digest = hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest()
    return f"python {dotted(sys.version_info[:2])}\n{digest}\n"


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it: 3.11."""
    return ".".join(str(part) for part in version)


def usage() -> str:
    """Return the list of tasks with what each is for."""
    lines = [f"  {name:<6} {(task.__doc__ or '').splitlines()[0]}" for name, task in TASKS.items()]
    return "\n".join(["usage: python3 dev.py TASK [ARGUMENT ...]", "", *lines])


def main(arguments: list[str]) -> int:
    """Run the task that the first argument names, and return its exit status (2: wrongly asked)."""
    if sys.version_info[:2] < OLDEST:
        found, oldest = dotted(sys.version_info[:2]), dotted(OLDEST)
        print(f"The gateway needs Python {oldest} or newer; this is {found}.", file=sys.stderr)
        return 2
    if not arguments or arguments[0] not in TASKS:
        asked_for_help = arguments[:1] in (["-h"], ["--help"], ["help"])
        print(usage(), file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    try:
        install()
        return TASKS[arguments[0]](arguments[1:])
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
