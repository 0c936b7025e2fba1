"""Requests read strictly: JSON without NaN, infinities, repeated keys or absurd nesting, text without NUL."""

from collections.abc import Callable, Coroutine, Iterator
from inspect import Parameter, Signature, signature
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from allocation.exchange.strict_json import InvalidDocument, parse
from api.problems import Unreadable
from gateway.refusals import refuse

DEEPEST: Final = 32
"""Lists and objects in one another: a problem has six."""


def strict_json(body: bytes) -> object:
    """Read strict JSON.

    Raises
    ------
    Unreadable
        If it is no strict JSON, or nested absurdly.
    Invalid
        If it holds a text that no database keeps: JSON may, our rows cannot.
    """
    try:
        document = parse(body)
    except InvalidDocument as error:
        raise Unreadable("The body cannot be read: " + "; ".join(map(str, error.faults))) from None
    refuse([("#", "holds a NUL or half a character")] if not all(map(storable, _texts(document))) else [])
    return document


def _texts(document: object) -> Iterator[str]:
    """Every text in it, keys among them."""
    waiting: list[tuple[object, int]] = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise Unreadable(f"The body cannot be read: it is nested deeper than {DEEPEST}")
        if isinstance(value, dict):
            waiting.extend((each, depth + 1) for pair in value.items() for each in pair)
        elif isinstance(value, list):
            waiting.extend((each, depth + 1) for each in value)
        elif isinstance(value, str):
            yield value


def storable(text: str) -> bool:
    """Whether a database keeps this text: no NUL, no lone surrogate."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class StrictRequest(Request):
    """A request whose JSON is read once, and strictly."""

    async def json(self) -> Any:  # noqa: ANN401  as Starlette has it
        """The body.

        Raises
        ------
        Unreadable, Invalid
            As `strict_json`.
        """
        if not hasattr(self, "_document"):
            self._document = strict_json(await self.body())
        return self._document


class StrictRoute(APIRoute):
    """A route that reads requests strictly, and asks who comes before it asks for anything else."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        **options: Any,  # noqa: ANN401  whatever FastAPI takes
    ) -> None:
        vars(endpoint)["__signature__"] = _gate_first(signature(endpoint))
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, given a strict request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            made = StrictRequest(request.scope, request.receive)
            if self.body_field is not None and _is_json(request) and await made.body():
                await made.json()  # here, because FastAPI would turn what this raises into words of its own
            return await handler(made)

        return strict


def _gate_first(of: Signature) -> Signature:
    """The parameters with the gate first: FastAPI works them out in order, and refuses at the first fault.

    Else whoever may not come in would be told what is wrong with what they sent.
    """
    ordered = sorted(of.parameters.values(), key=lambda each: not _is_gate(each))
    return of.replace(parameters=[each.replace(kind=Parameter.KEYWORD_ONLY) for each in ordered])


def _is_gate(parameter: Parameter) -> bool:
    marks = getattr(parameter.annotation, "__metadata__", ())
    return any(hasattr(getattr(mark, "dependency", None), "permission") for mark in marks)


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def doors(tag: str) -> APIRouter:
    """A router for the routes of one feature, which all read strictly."""
    return APIRouter(route_class=StrictRoute, tags=[tag])
