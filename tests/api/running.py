"""The real command, run in this process or in one of its own."""

import os
import pty
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str


def gateway(*words, **variables):
    """Run `python -m api` with these words, as a terminal would, with these environment variables besides."""
    environment = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "api", *map(str, words)],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def at_a_terminal(words, **variables):
    """Run the command with a terminal for standard error; return its status and what it wrote there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "api", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    read: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(ours, read))
    reader.start()
    process.communicate()
    reader.join()
    os.close(ours)
    return process.returncode, b"".join(read).decode()


def _read_all(descriptor, into):
    try:
        while data := os.read(descriptor, 4096):
            into.append(data)
    except OSError:  # the other end was closed, which is how a terminal says that there is no more
        return
