"""What is counted of requests, in this process: a registry of its own for each application.

Several processes are scraped one by one and added up by whoever draws the figures (docs/operations.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
"""Bounds of the classes in which seconds are counted; 0.2 s is what lists are to be answered in."""

SOLVER_SECONDS: Final = (0.01, 0.05, 0.2, 1, 5, 20, 60, 300, 1_200)

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Meters:
    """What one application counts. Labels are route templates, methods and statuses: nothing that is sent."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "gateway_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "gateway_request_seconds",
            "Seconds until the last byte of an answer.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.in_progress = Gauge("gateway_requests_in_progress", "Requests in hand.", registry=self.registry)
        self.faults = Counter(
            "gateway_faults", "Requests that ended in a fault of ours.", ("route",), registry=self.registry
        )
        self.solver_seconds = Histogram(
            "gateway_solver_seconds",
            "Seconds the engine took for a problem that a request brought.",
            ("deed",),
            buckets=SOLVER_SECONDS,
            registry=self.registry,
        )

    @contextmanager
    def solving(self, deed: str) -> Iterator[None]:
        """Take the time of the engine: ``solve``, ``certify``."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.solver_seconds.labels(deed).observe(perf_counter() - begun)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)
