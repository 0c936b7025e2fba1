"""A process that answers over a demonstration: as every other does, with one door more.

Behind that door whoever has the secret of an invitation is signed in at once, once, as if a second factor had
vouched for them. It stands in this module alone, which `gateway scenario serve` alone opens, over a store
that it has filled itself with invented people: no process that answers in earnest has it.
"""

import secrets
import socket
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.session_cookie import give_session
from api.application import make_application
from api.background.alarm import AlarmClock, huey_at
from api.background.orphans import stop_with_parent
from api.doors_as_set import doors_of
from api.pages.page_door import gone
from api.pages.page_porch import ANYBODY, PagePorch
from api.rest.door import PUBLIC
from api.serving import lay_out, server
from api.settings import Settings, now, open_store
from api.watching.logs import log_as_json
from gateway.accounts.sessions import begin_session
from gateway.accounts.setting_passwords import LinkOver, accept_invitation
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PATH: Final = "/come-in"

USED: Final = "This address signs in once, and it was used. Start the demonstration again for new ones."


@router.get(f"{PATH}/{{secret}}", openapi_extra=PUBLIC)
def come_in(secret: str, porch: Annotated[PagePorch, ANYBODY]) -> Response:
    """A session begins; the password that is set with it is drawn, and nobody knows it."""

    def deed(work: Work) -> str:
        account = accept_invitation(secret[:100], secrets.token_urlsafe(32), at=porch.at, work=work)
        begun = begin_session(account, second_factor=True, browser=porch.browser, at=porch.at, work=work)
        return begun.secret

    try:
        return give_session(gone("/"), porch.store.transact(deed))
    except LinkOver:
        answer = porch.show("problem.html", title="This address was used", sentence=USED)
        answer.status_code = 403
        return answer


def answer_demonstration(of: Settings, sockets: Sequence[socket.socket]) -> None:
    """Answer until told to stop.

    Raises
    ------
    Refused
        If the settings or the database cannot be used.
    """
    log_as_json()
    stop_with_parent()
    clock = AlarmClock(huey_at(of.url().render_as_string(hide_password=False)))
    with closing(clock), open_store(of, pool_size=of.threads) as store:
        app = make_application(store, doors_of(of, now=now(), wake=clock.wake))
        app.include_router(router)
        lay_out(app)
        host, port = sockets[0].getsockname()[:2]
        server(app, host=host, port=port).run(sockets=list(sockets))
