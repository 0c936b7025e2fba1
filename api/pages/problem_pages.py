"""What goes wrong on a page, as a page: the same statuses and sentences as REST's, for a person to read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.recognising import seen_before
from api.access.visitor import Visitor
from api.design_system.rendering import rendered
from api.guards.machine_paths import MACHINES
from api.pages.frame import Frame, frame_for
from api.pages.page_door import SentBefore, SignInFirst, gone
from api.problems import TITLES, TooMany, status_of
from api.rest.door import MayNot, SecondFactorNeeded
from gateway.refusals import NotFound, Refusal
from gateway.storage.store import Store

Handler = Callable[[Request, Exception], Response]


def answer_pages(app: FastAPI) -> None:
    """Have an application answer people with pages and programs with problems; call it after the problems."""
    pages: Mapping[type[Exception], Handler] = {
        Refusal: _refused,
        HTTPException: _http,
        RequestValidationError: _unfit,
        Exception: _fault,
    }
    for kind, page in pages.items():
        problem = cast("Handler", app.exception_handlers[kind])
        app.add_exception_handler(kind, _for_people_or_programs(page, problem))


def _for_people_or_programs(page: Handler, problem: Handler) -> Handler:
    def answer(request: Request, error: Exception) -> Response:
        return (problem if request.url.path.startswith(MACHINES) else page)(request, error)

    return answer


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, SignInFirst):
        wanted = quote(error.wanted) if request.method == "GET" else "/&late=yes"
        return RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    if isinstance(error, SecondFactorNeeded):
        visitor = request.state.visitor
        there = f"/second-factor?next={quote(request.url.path)}" if visitor.factor_due else "/account"
        return RedirectResponse(there, status_code=303)
    if isinstance(error, SentBefore):
        return gone(error.there, said=str(error))
    status = status_of(type(error))
    if isinstance(error, NotFound):
        return _page(request, 404, "This page or case is not there, or is not for you to see.")
    if isinstance(error, MayNot):
        return _page(request, status, "This is not for your role to see or to do.")
    page = _page(request, status, str(error))
    if isinstance(error, TooMany):
        page.headers["Retry-After"] = str(error.retry_after)
    return page


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  for the type alone: it is registered for this
    if error.status_code == 404:
        return _page(request, 404, "There is no such page. Check the address, or go to the start.")
    sentence = PLAINLY.get(error.status_code, TITLES.get(error.status_code, "This cannot be done here."))
    return _page(request, error.status_code, sentence)


def _unfit(request: Request, _: Exception) -> Response:
    return _page(request, 404, "There is no such page. Check the address, or go to the start.")


def _fault(request: Request, _: Exception) -> Response:
    return _page(request, 500, "Something went wrong on our side. Nothing was saved. Try again in a minute.")


def _page(request: Request, status: int, sentence: str) -> Response:
    visitor = getattr(request.state, "visitor", None) or _whoever_is_signed_in(request)
    frame: Frame = frame_for(visitor, request.url.path, csrf="")
    body = _rendered(frame, status, sentence)
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


def _whoever_is_signed_in(request: Request) -> Visitor | None:
    """Who gets lost finds their way back: a page that is not there has the navigation of whoever asked."""
    store: Store = request.app.state.store
    try:
        visitor = seen_before(store, request, at=store.clock())
    except OperationalError:  # then there is nothing to navigate in either
        return None
    return None if visitor is None or visitor.lacks_second_factor else visitor


def refusal_page(status: int, sentence: str) -> bytes:
    """What a guard refused, for a person at a browser, before anybody knows who they are."""
    frame = Frame(navigation=[], who="", csrf="", said="")
    return _rendered(frame, status, PLAINLY.get(status, sentence)).encode()


PLAINLY: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "The address of this page cannot be read. Check it, or go to the start.",
        408: "What was sent did not arrive in time. Nothing was saved. Check your connection and try again.",
        413: "What was sent is too large. Nothing was saved. Send a smaller file or fewer words.",
        421: "The gateway does not answer under this address. Check the address you were given.",
        431: "Your browser sent too much at once. Close it, open it again and sign in.",
        503: "The gateway is very busy just now. Nothing was saved. Wait a few seconds and try again.",
    }
)
"""What guards tell programs, for people."""


def _rendered(frame: Frame, status: int, sentence: str) -> str:
    title = TITLES.get(status, "Not done")
    return rendered("problem.html", frame=frame, title=title, sentence=sentence, faults=[], after=None)
