"""What goes wrong, as an answer: one table from families of refusals to statuses, one shape (RFC 9457).

``type`` is stable: a program may decide by it. ``detail`` is a sentence for a person. ``errors`` names every
field that is wrong, at once.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotAllowed, NotFound, Refusal
from gateway.storage.work import LostRace

MEDIA_TYPE: Final = "application/problem+json"

MALFORMED: Final = "/problems/malformed"
"""The type of what the description of the doors (OpenAPI) rules out; what a rule of the gateway refuses is
``/problems/invalid`` or has a type of its own."""


class NotSignedIn(Refusal):
    """Nobody knows who is asking."""

    def __init__(self, sentence: str = "Sign in, or send a token that stands.") -> None:
        super().__init__(sentence)


class PreconditionMissing(Refusal):
    """A change must say which version it was made from."""

    def __init__(self) -> None:
        super().__init__("If-Match is missing: send the ETag of what you saw.")


class Unreadable(Refusal):
    """The request cannot be read at all."""


class TooLarge(Refusal):
    """More was sent than this route takes."""


class WrongForm(Refusal):
    """What was sent is of a media type that this route does not read."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Send it as {wanted}.")


class TooMany(Refusal):
    """Too many requests; ``retry_after`` seconds later they are heard again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many requests: try again in {retry_after} seconds.")


class OutOfReach(Refusal):
    """Something the gateway needs does not answer just now."""


STATUSES: Mapping[type[Exception], int] = MappingProxyType(
    {
        Unreadable: 400,
        NotSignedIn: 401,
        NotAllowed: 403,
        NotFound: 404,
        Conflict: 409,
        ChangedMeanwhile: 412,
        TooLarge: 413,
        WrongForm: 415,
        Invalid: 422,
        PreconditionMissing: 428,
        TooMany: 429,
        OutOfReach: 503,
        Refusal: 409,
    }
)
"""Refusal → status. The nearest family counts: `ChangedMeanwhile` is a `Conflict`, and has its own."""


class FieldFault(BaseModel):
    """One field that is wrong."""

    pointer: str = Field(
        description="Where in the body, as a JSON pointer (#/born), or which parameter (query:day).",
        examples=["#/details/born"],
    )
    detail: str = Field(examples=["is after today"])


class Problem(BaseModel):
    """Why something was not done (RFC 9457)."""

    type: str = Field(examples=["/problems/unit-taken"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["Unit U-2 is already held for R-7."])
    errors: list[FieldFault] | None = Field(default=None)


TITLES: Mapping[int, str] = MappingProxyType(
    {
        400: "Cannot be read",
        401: "Not signed in",
        403: "Not allowed",
        404: "Not found",
        405: "Not done here",
        406: "Not in that form",
        408: "Too slow",
        409: "Conflict",
        412: "Changed meanwhile",
        413: "Too large",
        415: "Not in that form",
        421: "Wrong address",
        422: "Invalid",
        428: "Precondition missing",
        429: "Too many requests",
        431: "Headers too large",
        500: "A fault of ours",
        503: "Out of reach for a moment",
    }
)


def status_of(refusal: type[Exception]) -> int:
    """The status of a kind of refusal."""
    return next(STATUSES[family] for family in refusal.__mro__ if family in STATUSES)


def refusals(*kinds: type[Exception]) -> dict[int | str, dict[str, Any]]:
    """What a route declares: it may refuse with these."""
    return {
        status: {"model": Problem, "description": TITLES[status], "content": {MEDIA_TYPE: {}}}
        for status in sorted({status_of(kind) for kind in kinds})
    }


def type_of(kind: type[Exception]) -> str:
    """The stable type of a refusal: ``/problems/unit-taken``."""
    return "/problems/" + re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def problem(
    status: int,
    detail: str,
    *,
    type_: str,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that says why something was not done."""
    faults = [FieldFault(pointer=pointer, detail=what) for pointer, what in errors]
    body = Problem(
        type=type_, title=TITLES.get(status, "Not done"), status=status, detail=detail, errors=faults or None
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def problem_of(refusal: Refusal) -> Response:
    """The answer to whoever was refused."""
    status = status_of(type(refusal))
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    headers = {}
    if isinstance(refusal, TooMany):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="gateway"'
    return problem(
        status,
        str(refusal),
        type_=type_of(type(refusal)),
        errors=[(pointer_of(field), what) for field, what in faults],
        headers=headers,
    )


def pointer_of(field: str) -> str:
    """A field as rules name it (``members[2].born``) as a JSON pointer (``#/members/2/born``; RFC 6901).

    What names a parameter (``query:day``), or is a pointer already, stays.
    """
    if field.startswith(("query:", "path:", "#")):
        return field
    steps = [step for step in re.split(r"[.\[\]]+", field) if step]
    return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def answer_problems(app: FastAPI) -> None:
    """Have an application answer with problems whatever goes wrong in it."""
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(RequestValidationError)(_unfit)
    app.exception_handler(HTTPException)(_http)
    app.add_exception_handler(OperationalError, _no_database)
    app.add_exception_handler(NoConnection, _no_database)
    app.add_exception_handler(LostRace, _no_database)
    app.add_exception_handler(Exception, _fault)


def _refused(_: Request, error: Refusal) -> Response:
    return problem_of(error)


def _unfit(_: Request, error: RequestValidationError) -> Response:
    faults = [_fault_of(each) for each in error.errors()]
    unreadable = any(each["type"] == "json_invalid" for each in error.errors())
    if unreadable:
        return problem(400, "The body is not JSON.", type_="/problems/unreadable", errors=faults)
    return problem(422, "What was sent is not as it must be.", type_=MALFORMED, errors=faults)


def _fault_of(error: Mapping[str, Any]) -> tuple[str, str]:
    where, *steps = [str(step) for step in error["loc"]]
    said = str(error["msg"]).removeprefix("Value error, ")
    if where != "body":
        return f"{where}:{'.'.join(steps)}", said
    return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps), said


def _http(request: Request, error: HTTPException) -> Response:
    detail = error.detail or TITLES.get(error.status_code, "Not done")
    type_ = "/problems/" + TITLES.get(error.status_code, "not-done").lower().replace(" ", "-")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return problem(error.status_code, f"{detail}.".replace("..", "."), type_=type_, headers=headers)


def allowed_methods(request: Request) -> list[str]:
    """What may be done at the path of a request: by all routes of the template that names it most exactly.

    ``/people/search`` is described as a path of its own, though it would fit ``/people/{person_id}`` as well.
    """
    contexts = iter_route_contexts(request.app.routes)
    there = [each for each in contexts if _fits(each, request.url.path)]
    exact = min((_parameters(each) for each in there), default=0)
    named = [each for each in there if _parameters(each) == exact]
    return sorted({method for each in named for method in getattr(each, "methods", None) or ()})


def _parameters(route: Any) -> int:  # noqa: ANN401  a route as FastAPI knows it
    return int(route.path_regex.groups)


def _fits(route: Any, path: str) -> bool:  # noqa: ANN401  a route as FastAPI knows it
    pattern = getattr(route, "path_regex", None)
    return pattern is not None and pattern.match(path) is not None


def _no_database(_: Request, __: Exception) -> Response:
    return problem(
        503,
        "The database does not answer just now, or is too busy: nothing was written. Try again.",
        type_="/problems/out-of-reach",
        headers={"Retry-After": "5"},
    )


def _fault(_: Request, __: Exception) -> Response:
    return problem(
        500,
        "Something went wrong on our side; nothing of this request was kept.",
        type_="/problems/fault",
    )
