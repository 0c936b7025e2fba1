"""The door in which a page stands: like REST's, but it speaks HTML, forms and redirects.

A handler asks for ``Annotated[PageDoor, sees(Permission.X)]``. It reads with ``door.read``, shows with
``door.show``; a form is posted, done with ``door.does_once``, and answered with ``door.go`` to a page that
says so (POST, redirect, GET). Every form carries the CSRF token of its session and by what ``door.does_once``
knows it again; a page that edits something also the version of it that was seen.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.permissions import Permission
from api.access.recognising import COOKIE, csrf_token, recognise
from api.access.visitor import Visitor
from api.design_system.rendering import rendered
from api.design_system.spoken import days_spoken
from api.pages.frame import Frame, frame_for
from api.pages.posted import Posted
from api.problems import NotSignedIn
from api.rest.door import refuse_unless_may
from gateway.accounts.tokens import secret_digest
from gateway.answers.keeping import KeptAnswer, answer_key, keep_answer, kept_answer
from gateway.refusals import Invalid, Refusal, refuse
from gateway.storage.store import Store
from gateway.storage.work import Work

T = TypeVar("T")

SAID: Final = "__Host-said"
"""The cookie that carries one sentence from a redirect to the page after it; escaped wherever it is shown."""

LARGEST_FORM: Final = 10 * 1024 * 1024
"""Bytes of one uploaded file, or of the fields together."""


class SignInFirst(NotSignedIn):
    """A page for somebody who is signed in was asked for by nobody."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__("Sign in first.")


class SentBefore(Refusal):
    """A form was sent before, and what it asks for was done then.

    there
        Where whoever sent it was sent on to.
    """

    def __init__(self, there: str) -> None:
        self.there = there
        super().__init__("You sent this before: it was done then, and not again. This is how it stands now.")


class _OnlyTried(Exception):
    """What was tried is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDoor:
    """What a handler of pages is given.

    form
        What was posted; nothing with a GET.
    """

    store: Store
    visitor: Visitor
    at: datetime
    request: Request
    frame: Frame
    form: Posted
    wake: Callable[[], None] = lambda: None

    def read(self, question: Callable[[Work], T]) -> T:
        """What a question finds in a view of the store at one moment."""
        with self.store.reading() as work:
            return question(work)

    def looks(self, question: Callable[[Work], T]) -> T:
        """The same, and the record that it was looked at."""
        return self.store.look(question)

    def does(self, deed: Callable[[Work], T]) -> T:
        """Do something and keep it; it may be done several times if it loses a race.

        Raises
        ------
        Invalid
            If a text of the form is longer than is kept, besides what the deed refuses.
        """
        refuse(self.form.too_long())
        return self.store.transact(deed)

    def would(self, deed: Callable[[Work], T]) -> T:
        """What a deed would come to, or its refusal, before somebody checks it; nothing of it is kept."""
        came: list[T] = []

        def act(work: Work) -> None:
            came[:] = [deed(work)]
            raise _OnlyTried

        with suppress(_OnlyTried):
            self.does(act)
        return came[0]

    def does_once(self, deed: Callable[[Work], T], there: Callable[[T], str] = str) -> T:
        """Do something and keep it, once for each form that was shown; another file makes it another form.

        Parameters
        ----------
        there
            The path of the page to go to, or whatever else names what came of it.

        Raises
        ------
        SentBefore
            If the same form was sent within a day, by whoever presses twice or goes back: they are sent on to
            where they came the first time, and told so. How it stands now they see there.
        """
        once = self.form.one("once")
        if not once:
            return self.does(deed)
        files = [(name, called, sha256(content).hexdigest()) for name, called, content in self.form.files]
        sent = json.dumps([self.request.url.path, self.request.url.query, self.form.fields, files])
        asked = self.store.keys.digest("request", sha256(sent.encode()).hexdigest())
        key = answer_key(self.visitor.account_id, asked)

        def act(work: Work) -> T:
            before = kept_answer(work, key, asked, at=self.at)
            if before is not None and before.location is not None:
                raise SentBefore(before.location)
            found = deed(work)
            keep_answer(work, key, asked, KeptAnswer(status=303, body="", location=there(found)), at=self.at)
            return found

        return self.does(act)

    def show(
        self,
        template: str,
        *,
        title: str,
        view: object = None,
        faults: Mapping[str, str] | None = None,
        back: str | None = None,
        **more: Any,  # noqa: ANN401  whatever a template prints
    ) -> Response:
        """A page; with ``faults`` (a field's id and what is wrong with it) it is the form again, and 422."""
        frame = replace(self.frame, seen=self.form.one("seen")) if faults else self.frame
        return shown(template, frame, title=title, faults=faults or {}, view=view, back=back, **more)

    def go(self, path: str, *, said: str = "") -> Response:
        """On to another page, which says what was just done."""
        return gone(path, said=said)

    def both_versions(
        self, rows: Sequence[tuple[str, str, str]], *, again: str, exit_this_page: bool = False
    ) -> Response:
        """Rows of a label, what stands and what was sent, where somebody else was first."""
        told = [{"label": label, "stands": stands, "sent": sent} for label, stands, sent in rows]
        response = self.show(
            "both_versions.html",
            title="Changed meanwhile",
            rows=told,
            again=again,
            exit_this_page=exit_this_page,
        )
        response.status_code = 412
        return response


def shown(
    template: str,
    frame: Frame,
    *,
    title: str,
    faults: Mapping[str, str],
    **more: Any,  # noqa: ANN401  whatever a template prints
) -> HTMLResponse:
    """A page in its frame, which says once what was just done; with ``faults`` the form again, and 422."""
    told = {field: days_spoken(what) for field, what in faults.items()}
    body = rendered(
        template,
        frame=frame,
        title=title,
        faults=[{"text": what, "href": f"#{field}"} for field, what in told.items()],
        wrong={field: {"text": what} for field, what in told.items()},
        **more,
    )
    response = HTMLResponse(body, status_code=422 if faults else 200)
    if frame.said:
        response.delete_cookie(SAID, path="/", secure=True, httponly=True, samesite="strict")
    return response


def gone(path: str, *, said: str = "") -> Response:
    """A redirect after a form (303), with a sentence for the page that follows."""
    response = RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})
    if said:
        response.set_cookie(
            SAID, quote(said[:400]), max_age=60, path="/", secure=True, httponly=True, samesite="strict"
        )
    return response


def said_in(request: Request) -> str:
    """The sentence that came with a redirect; nothing if none did."""
    return unquote(request.cookies.get(SAID, ""))[:400]


def by_field(refused: Invalid, fields: Mapping[str, str]) -> dict[str, str]:
    """What is wrong by the id of the form's field, the first fault of each.

    Parameters
    ----------
    fields
        The id for each field that a rule names otherwise than the form does.
    """
    told: dict[str, str] = {}
    for field, what in refused.faults:
        told.setdefault(fields.get(field, field), f"{what[:1].upper()}{what[1:]}")
    return told


@dataclass(frozen=True, slots=True)
class PageGate:
    """Opens a page's door to whoever has a permission; whoever is not signed in is asked to.

    half_way
        Whether it opens before a second factor that is due has vouched: where it is given, and on the way
        out.
    """

    permission: Permission
    half_way: bool = False

    async def __call__(self, request: Request) -> PageDoor:
        """Recognise who asks, and read what they posted."""
        form = await posted(request)
        door = await run_in_threadpool(self._open, request, form)
        await request.app.state.counting.of_account(door.visitor.account_id)
        return door

    def _open(self, request: Request, form: Posted) -> PageDoor:
        state, store = request.app.state, request.app.state.store
        at = store.clock()
        try:
            visitor = recognise(store, request, csrf=form.one("csrf"), origins=state.origins, at=at)
        except NotSignedIn:
            raise SignInFirst(request.url.path) from None
        if visitor.session_id is None:  # pages are for people: with a token there is no session to speak of
            raise SignInFirst(request.url.path)
        request.state.visitor = visitor
        refuse_unless_may(visitor, self.permission, half_way=self.half_way)
        csrf = csrf_token(store.keys, secret_digest(request.cookies[COOKIE]))
        frame = frame_for(visitor, request.url.path, csrf=csrf, said=said_in(request))
        return PageDoor(
            store=store, visitor=visitor, at=at, request=request, frame=frame, form=form, wake=state.wake
        )


async def posted(request: Request) -> Posted:
    """The fields and files of a form; empty for a GET."""
    if request.method != "POST":
        return Posted((), ())
    async with request.form(max_files=1, max_fields=1_000, max_part_size=LARGEST_FORM) as form:
        fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        files = [
            (name, value.filename or "", await value.read())
            for name, value in form.multi_items()
            if isinstance(value, UploadFile) and value.filename
        ]
    return Posted(tuple(fields), tuple(files))


def sees(permission: Permission, *, half_way: bool = False) -> Any:  # noqa: ANN401  a marker of FastAPI's
    """The dependency that opens a page's door to whoever has this permission; ``half_way``: as `PageGate`."""
    return Depends(PageGate(permission, half_way))


OwnDoor = Annotated[PageDoor, sees(Permission.OWN_ACCOUNT)]
"""The door of pages that everybody who is signed in may see."""

HalfWayDoor = Annotated[PageDoor, sees(Permission.OWN_ACCOUNT, half_way=True)]
"""The door of pages for whoever may still owe a second factor."""
