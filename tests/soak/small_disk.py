"""A PostgreSQL server of the test's own on a disk of a few megabytes, which can be filled up and cleared."""

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from scenarios.free_port import free_port

MEGABYTES = 160
SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class SmallDisk:
    """The server, and the disk that all of it stands on: tables, indexes and the write-ahead log."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.data, self.ballast = folder / "data", folder / "ballast"

    def as_server(self, program, *words):
        """Run one of PostgreSQL's programs, as a user whom it lets start a server."""
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(
            [str(SERVERS[-1] / program), *words],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            **user,
        )

    def make(self):
        self.as_server(
            "initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-N", "--wal-segsize=1"
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
                "min_wal_size = 2MB\nmax_wal_size = 8MB\nshared_buffers = 16MB\nmax_connections = 30\n"
            )

    def start(self):
        self.as_server("pg_ctl", "-D", str(self.data), "-l", str(self.data / "log"), "-w", "start")

    def stop(self):
        self.as_server("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def url(self, database="postgres"):
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def answers(self):
        engine = create_engine(self.url(), poolclass=NullPool)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def fill(self, leaving):
        """Take up all but so many bytes."""
        free = os.statvfs(self.folder)
        size = max(0, free.f_bavail * free.f_frsize - leaving)
        with self.ballast.open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, size)

    def clear(self):
        """There is room again, and the server answers: by itself, or started anew if it had to give up."""
        self.ballast.unlink()
        for _ in range(50):
            if self.answers():
                return
            if not (self.data / "postmaster.pid").exists():
                self.start()
            time.sleep(0.2)
        pytest.fail("PostgreSQL does not answer though there is room again")


@contextmanager
def small_disk():
    """A small disk with a server on it; mounting one wants root, or sudo that asks nothing.

    Not among pytest's own folders: whenever another run of tests begins, it takes from everybody else the
    right to pass through them, and the server with its other user gives up.
    """
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    with tempfile.TemporaryDirectory(prefix="small-disk-") as name:
        folder = Path(name)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0777", "tmpfs", name]
        mounted = subprocess.run([*sudo, *mount], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            no = f"no small disk can be mounted here: {mounted.stderr.strip()}"
            pytest.fail(no) if os.environ.get("CI") else pytest.skip(no)
        disk = SmallDisk(folder, free_port())
        try:
            disk.make()
            disk.start()
            yield disk
            disk.stop()
        finally:
            subprocess.run([*sudo, "umount", "--lazy", name], check=True)
