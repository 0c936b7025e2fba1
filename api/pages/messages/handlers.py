"""Messages that did not go out, listed; each sent again, or said to have gone out after all."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator

from api.access.permissions import Permission
from api.pages.attempts import tried_once
from api.pages.messages.views import LOOKED_FOR, MessagesSeen, messages_seen
from api.pages.page_door import PageDoor, sees
from api.rest.filled_pages import moment_and_id
from api.rest.listing import After, cursor
from api.rest.values import IdInPath
from gateway.accounts.finding import account_names
from gateway.messages.settling import mark_sent, send_again, troubled
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeepingDoor = Annotated[PageDoor, sees(Permission.KEEP_MESSAGES)]

PAGE = 25
"""Messages on a page."""


def _looked_for(value: object) -> object:
    """A choice of the form; at nothing in particular it is empty."""
    return value if value in set(LOOKED_FOR) else None


StatusChosen: TypeAlias = Annotated[MessageStatus | None, BeforeValidator(_looked_for), Query()]


@router.get("/messages")
def show_messages(door: KeepingDoor, status: StatusChosen = None, after: After = None) -> Response:
    """The newest first."""
    return _page(door, status, after, "")


@router.post("/messages/{message_id}/send-again")
def again(message_id: IdInPath, door: KeepingDoor) -> Response:
    """It may then be sent twice, and the visitor has decided so."""

    def deed(work: Work) -> MessageRow:
        return send_again(message_id, by=door.visitor.actor, at=door.at, work=work)

    return _settled(door, deed, said="The message waits to be sent again.")


@router.post("/messages/{message_id}/mark-sent")
def mark(message_id: IdInPath, door: KeepingDoor) -> Response:
    """It was found to have gone out, and is let be."""

    def deed(work: Work) -> MessageRow:
        return mark_sent(message_id, by=door.visitor.actor, at=door.at, work=work)

    return _settled(door, deed, said="The message counts as sent.")


def _settled(door: PageDoor, deed: Callable[[Work], MessageRow], *, said: str) -> Response:
    _, faults = tried_once(door, deed, {}, at="messages", there=lambda _: "/messages")
    return _page(door, None, None, faults["messages"]) if faults else door.go("/messages", said=said)


def _page(door: PageDoor, status: MessageStatus | None, after: str | None, fault: str) -> Response:
    view = door.read(lambda work: _messages(work, status, after))
    faults = {"messages": fault} if fault else {}
    return door.show("messages/list.html", title="Messages that did not go out", view=view, faults=faults)


def _messages(work: Work, status: MessageStatus | None, after: str | None) -> MessagesSeen:
    place = moment_and_id(after)
    begins = None if place is None or place[0] is None else (place[0], place[1])
    rows = troubled(work, status=status, after=begins, size=PAGE + 1)
    here = rows[:PAGE]
    names = account_names(work, [each.account_id for each in here])
    end = cursor(here[-1].made_at.isoformat(), here[-1].id) if len(rows) > PAGE else None
    return messages_seen(here, names, status=status, after=after, end=end)
