"""The service as it runs for real, to be measured: web processes, each at a port of its own, and a worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from gateway.storage.sealing import Keyring
from scenarios.free_port import free_port
from scenarios.load_report import Memory


class Service:
    """Two web processes, each at a port of its own as behind a proxy, and a worker."""

    def __init__(self, environment: Mapping[str, str], ports: Sequence[int]) -> None:
        self.environment, self.ports = environment, ports
        self.web = [self._start("web", "--port", str(port), "--quiet") for port in ports]
        self.worker = self._start("worker", "--quiet")

    @staticmethod
    @contextmanager
    def running(url: str, keys: Keyring, *, processes: int, folder: str) -> "Iterator[Service]":
        """Start them, and stop them when the block ends; messages go into the folder."""
        ports = [free_port() for _ in range(processes)]
        environment = {
            **os.environ,
            "GATEWAY_DATABASE": url,
            "GATEWAY_KEYS": keys.text(),
            "GATEWAY_ORIGIN": " ".join(f"http://127.0.0.1:{port}" for port in ports),
            "GATEWAY_RATE_ADDRESS": "1000000/second",
            "GATEWAY_RATE_ACCOUNT": "1000000/second",
            "GATEWAY_EXPECT_WORKER": "1",
            "GATEWAY_MESSAGES": f"folder:{folder}",
        }
        service = Service(environment, ports)
        try:
            service.await_ready()
            yield service
        finally:
            service.stop()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  this project's own command
            [sys.executable, "-m", "api", *words], env=dict(self.environment), stderr=subprocess.DEVNULL
        )

    @property
    def addresses(self) -> list[str]:
        """Where each web process answers."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def await_ready(self) -> None:
        """Until every process is ready, and a worker lives.

        Raises
        ------
        RuntimeError
            If one is not for a minute and more.
        """
        for address in self.addresses:
            if not any(_is_ready(address) for _ in range(600)):
                raise RuntimeError(f"The web process at {address} does not get ready.")

    def restart(self, which: int) -> None:
        """Stop one web process as a service manager does, and start it again."""
        self.web[which].send_signal(signal.SIGTERM)
        self.web[which].wait(timeout=60)
        self.web[which] = self._start("web", "--port", str(self.ports[which]), "--quiet")
        self.await_ready()

    def megabytes(self) -> Memory:
        """What each process holds in memory now."""
        web = [_resident(each.pid) for each in self.web]
        return Memory(web=max(web), worker=_resident(self.worker.pid))

    def stop(self) -> None:
        """Stop all of them."""
        for each in (*self.web, self.worker):
            each.terminate()
        for each in (*self.web, self.worker):
            try:
                each.wait(timeout=20)
            except subprocess.TimeoutExpired:
                each.kill()


def _is_ready(address: str) -> bool:
    """Whether it is; if not, after a moment in which it may become so."""
    try:
        if httpx2.get(f"{address}/readyz", timeout=5).status_code == 200:
            return True
    except httpx2.TransportError:
        pass
    time.sleep(0.1)
    return False


def _resident(pid: int) -> float:
    """Megabytes of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid, *map(int, children.read_text().split())] if children.exists() else [pid]
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
