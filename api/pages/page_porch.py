"""The porch for pages: forms for somebody who has not been recognised, with proof that they are ours.

There is no session whose CSRF token a form could carry; a cookie of its own takes its place.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from api.access.recognising import SAFE, refuse_foreign_origin, refuse_forged
from api.access.session_cookie import browser_of
from api.pages.frame import frame_for
from api.pages.page_door import posted, said_in, shown
from api.pages.posted import Posted
from gateway.storage.store import Store

FORM: Final = "__Host-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePorch:
    """What a handler of public pages is given."""

    store: Store
    at: datetime
    request: Request
    form: Posted
    cookie: str

    @property
    def browser(self) -> str | None:
        """What the browser says it is."""
        return browser_of(self.request)

    def show(
        self,
        template: str,
        *,
        title: str,
        faults: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401  whatever a template prints
    ) -> Response:
        """A public page; with ``faults`` it is the form again, and 422."""
        csrf = self.store.keys.digest("form", self.cookie)
        frame = frame_for(None, self.request.url.path, csrf=csrf, said=said_in(self.request))
        response = shown(template, frame, title=title, faults=faults or {}, **more)
        response.set_cookie(
            FORM, self.cookie, max_age=86_400, path="/", secure=True, httponly=True, samesite="strict"
        )
        return response


async def _step_on(request: Request) -> PagePorch:
    state, form = request.app.state, await posted(request)
    cookie = request.cookies.get(FORM, "")
    if request.method not in SAFE:
        refuse_foreign_origin(request, state.origins)
        refuse_forged(form.one("csrf"), state.store.keys.digest("form", cookie) if cookie else "-")
    cookie = cookie if len(cookie) == 43 else secrets.token_urlsafe(32)
    return PagePorch(store=state.store, at=state.store.clock(), request=request, form=form, cookie=cookie)


ANYBODY: Final[Any] = Depends(_step_on)
"""Gives a page that is public on purpose its porch."""
