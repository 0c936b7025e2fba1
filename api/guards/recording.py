"""Each request told once when it is answered: a line in the log, figures, a span; and faults of ours caught.

None of the three ever holds a path, a query, a header, a body, an address or the text of an exception.
"""

from time import perf_counter
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guards.machine_paths import PROBES
from api.guards.proxies import REQUEST_ID
from api.guards.route_templates import Templates
from api.problems import problem
from api.watching.faults import told as told_of
from api.watching.logs import logger
from api.watching.meters import Meters
from api.watching.traces import Tracer

LOG: Final = logger("gateway.requests")

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""A method can be any word that somebody sends."""


class Recording:
    """Tells of requests, and answers for what went wrong."""

    def __init__(self, app: ASGIApp, *, templates: Templates, meters: Meters, tracer: Tracer) -> None:
        self.app, self.templates, self.meters, self.tracer = app, templates, meters, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it."""
        begun, status = perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = scope["state"]["request_id"]
            await send(message)

        fault: Exception | None = None
        with self.tracer.request(scope) as span, self.meters.in_progress.track_inprogress():
            try:
                await self.app(scope, receive, seen)
            except Exception as error:  # noqa: BLE001  whatever it is: it is told here, and nowhere with its text
                fault = error
            if fault is not None and not status:
                await _fault(scope, receive, seen)
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            route, kind = self.templates.of(scope), type(fault).__qualname__ if fault else None
            span.end(method=method, route=route, status=status or 500, fault=kind)
        self._tell(scope, method, route, status or 500, perf_counter() - begun, fault)

    def _tell(
        self, scope: Scope, method: str, route: str, status: int, seconds: float, fault: Exception | None
    ) -> None:
        self.meters.requests.labels(method, route, str(status)).inc()
        self.meters.seconds.labels(method, route).observe(seconds)
        visitor = scope["state"].get("visitor")
        line = {
            "request": scope["state"]["request_id"],
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "account": getattr(visitor, "account_id", None),
            "role": getattr(visitor, "role", None),
        }
        if fault is not None:
            self.meters.faults.labels(route).inc()
            LOG.error("a fault of ours", **line, **told_of(fault))
        elif scope["path"] in PROBES:
            LOG.debug("probe", **line)
        else:
            LOG.info("request", **line)


async def _fault(scope: Scope, receive: Receive, send: Send) -> None:
    detail = "Something went wrong on our side; nothing of this request was kept."
    await problem(500, detail, type_="/problems/fault")(scope, receive, send)
