"""Traces by OpenTelemetry, where a collector is named: a span a request, by route template.

No address, query, header, body or database parameter is ever in one, and of a fault only its kind. FastAPI's
own telemetry is off, because it tells paths and the texts of exceptions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from starlette.datastructures import Headers
from starlette.types import Scope

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


class Span(Protocol):
    """What is told of a request when it is answered."""

    def end(self, *, method: str, route: str, status: int, fault: str | None) -> None:
        """Tell it, and end."""


class NoSpan:
    """Where nobody collects traces."""

    def end(self, *, method: str, route: str, status: int, fault: str | None) -> None:
        """Nothing."""


class Tracer:
    """Begins spans; with nowhere to send them, it begins none."""

    def __init__(self, provider: Any = None) -> None:  # noqa: ANN401  the SDK is an extra
        self._tracer = provider.get_tracer("gateway") if provider is not None else None
        self._provider = provider

    @contextmanager
    def request(self, scope: Scope) -> Iterator[Span]:
        """A span for a request, in the trace that its sender names (W3C Trace Context)."""
        if self._tracer is None:
            yield NoSpan()
            return
        from opentelemetry.trace import SpanKind  # noqa: PLC0415  an extra
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415  an extra
            TraceContextTextMapPropagator,
        )

        carrier = {"traceparent": Headers(scope=scope).get("traceparent", "")}
        context = TraceContextTextMapPropagator().extract(carrier)
        with self._tracer.start_as_current_span(
            "request",
            context=context,
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _RequestSpan(span)

    def close(self) -> None:
        """Send what has not been sent yet."""
        if self._provider is not None:
            self._provider.shutdown()


class _RequestSpan:
    def __init__(self, span: Any) -> None:  # noqa: ANN401  the SDK is an extra
        self._span = span

    def end(self, *, method: str, route: str, status: int, fault: str | None) -> None:
        self._span.update_name(f"{method} {route}")
        told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        for name, value in (told | ({"error.type": fault} if fault else {})).items():
            self._span.set_attribute(name, value)
        if status >= 500:
            from opentelemetry.trace import StatusCode  # noqa: PLC0415  an extra

            self._span.set_status(StatusCode.ERROR)


def tracer_to(endpoint: str | None) -> Tracer:
    """A tracer that sends to a collector (OTLP over HTTP); ``None``: one that sends nothing.

    Raises
    ------
    ImportError
        If a collector is named and the extra ``otel`` is not installed.
    """
    if endpoint is None:
        return Tracer()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  an extra

    return tracer_with(OTLPSpanExporter(endpoint=endpoint))


def tracer_with(exporter: "SpanExporter", *, at_once: bool = False) -> Tracer:
    """A tracer that gives spans to an exporter, in batches or each ``at_once``."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor  # noqa: PLC0415  an extra

    provider = TracerProvider(resource=Resource({"service.name": "referral-gateway"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    return Tracer(provider)
