"""What goes wrong on a page, as a page: the same statuses and sentences as REST's, for a person to read."""

from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.design_system.rendering import rendered
from api.pages.frame import Frame, frame_for
from api.pages.page_door import SignInFirst
from api.problems import TITLES, status_of
from api.rest.door import SecondFactorNeeded
from gateway.refusals import NotFound, Refusal

MACHINES = ("/api/", "/open-referral", "/healthz", "/readyz", "/metrics", "/.well-known/")
"""Paths whose answers are read by programs."""

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
        wanted = quote(error.wanted) if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    if isinstance(error, SecondFactorNeeded):
        visitor = request.state.visitor
        there = f"/second-factor?next={quote(request.url.path)}" if visitor.factor_due else "/account"
        return RedirectResponse(there, status_code=303)
    status = status_of(type(error))
    if isinstance(error, NotFound):
        return _page(request, 404, "This page or case is not there, or is not for you to see.")
    return _page(request, status, str(error))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  for the type alone: it is registered for this
    if error.status_code == 404:
        return _page(request, 404, "There is no such page. Check the address, or go to the start.")
    return _page(request, error.status_code, TITLES.get(error.status_code, "This cannot be done here."))


def _unfit(request: Request, _: Exception) -> Response:
    return _page(request, 404, "There is no such page. Check the address, or go to the start.")


def _fault(request: Request, _: Exception) -> Response:
    return _page(request, 500, "Something went wrong on our side. Nothing was saved. Try again in a minute.")


def _page(request: Request, status: int, sentence: str) -> Response:
    visitor = getattr(request.state, "visitor", None)
    frame: Frame = frame_for(visitor, request.url.path, csrf="")
    title = TITLES.get(status, "Not done")
    body = rendered("problem.html", frame=frame, title=title, sentence=sentence, faults=[], after=None)
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
