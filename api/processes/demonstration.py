"""A process that answers over a demonstration: as every other does, with one door more.

Behind that door whoever has the secret of an invitation is signed in at once, once, as if a second factor had
vouched for them. It stands in this module alone, which `gateway scenario serve` alone opens, over a store
that it has filled itself with invented people: no process that answers in earnest has it.
"""

import secrets
import socket
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.session_cookie import give_session
from api.pages.page_door import gone
from api.pages.page_porch import ANYBODY, PagePorch
from api.processes.web import answer
from api.rest.door import PUBLIC
from api.settings import Settings
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
        shown = porch.show("problem.html", title="This address was used", sentence=USED)
        shown.status_code = 403
        return shown


def answer_demonstration(of: Settings, sockets: Sequence[socket.socket]) -> None:
    """Answer until told to stop.

    Raises
    ------
    Refused
        If the settings or the database cannot be used.
    """
    answer(of, sockets, router)
