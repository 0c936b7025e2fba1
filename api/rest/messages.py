"""Messages that did not go out, for administrators; and what the post says became of those that did."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.access.permissions import Permission
from api.problems import NotSignedIn, Unreadable, refusals
from api.rest.door import PUBLIC, Door, declared, may
from api.rest.filled_pages import moment_and_id
from api.rest.listing import After, Listing, Size, cursor
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.messages.settling import Delivery, mark_sent, note_receipt, send_again, troubled
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.refusals import Conflict, Invalid, NotFound
from gateway.storage.store import Store
from gateway.storage.work import Work

router = doors("messages")


class MessageTold(Told):
    """One message; its words hold nothing about anybody."""

    id: str
    account_id: str
    kind: str = Field(description="Which words it has.", examples=["offer_to_answer"])
    about: Sequence[str] = Field(description="Ids of what it is about.")
    status: MessageStatus = Field(
        description="`failed`: it was not sent. `unknown`: a sender died with it in hand, so nobody knows; "
        "it is not sent again by itself."
    )
    made_at: datetime
    attempts: int
    sent_at: datetime | None
    fault: str | None


@router.get(
    "/messages",
    summary="Messages that did not go out",
    response_model=Listing[MessageTold],
    responses=declared(),
)
def list_messages(
    door: Annotated[Door, may(Permission.KEEP_MESSAGES)],
    status: Annotated[
        Literal["failed", "unknown", "waiting"] | None, Query(description="Null: failed and unknown.")
    ] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The newest first."""
    place = moment_and_id(after)

    def question(work: Work) -> Listing[MessageTold]:
        begins = None if place is None or place[0] is None else (place[0], place[1])
        wanted = None if status is None else MessageStatus(status)
        rows = troubled(work, status=wanted, after=begins, size=size + 1)
        last = rows[size - 1] if len(rows) > size else None
        return Listing(
            items=[_told(row) for row in rows[:size]],
            next=None if last is None else cursor(last.made_at.isoformat(), last.id),
        )

    return door.read(question)


@router.post(
    "/messages/{message_id}/send-again",
    summary="Send a message again",
    response_model=MessageTold,
    responses=declared(NotFound, Conflict),
)
def again(message_id: IdInPath, door: Annotated[Door, may(Permission.KEEP_MESSAGES)]) -> Response:
    """Of one that failed, or of which nobody knows: it may then be sent twice, and you have decided so."""

    def deed(work: Work) -> MessageTold:
        return _told(send_again(message_id, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


@router.post(
    "/messages/{message_id}/mark-sent",
    summary="Say that a message was sent after all",
    response_model=MessageTold,
    responses=declared(NotFound, Conflict),
)
def mark(message_id: IdInPath, door: Annotated[Door, may(Permission.KEEP_MESSAGES)]) -> Response:
    """Of one of which nobody knew: it was found to have gone out, and is let be."""

    def deed(work: Work) -> MessageTold:
        return _told(mark_sent(message_id, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)


def _told(row: MessageRow) -> MessageTold:
    return MessageTold(
        id=row.id,
        account_id=row.account_id,
        kind=row.kind,
        about=row.about.split(),
        status=row.status,
        made_at=row.made_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        fault=row.fault,
    )


class Receipt(BaseModel):
    """What GOV.UK Notify sends (its documentation, "Delivery receipts"); the rest of it is not looked at."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
                    "reference": "ME-7K3F92QDXM",
                    "status": "delivered",
                }
            ]
        },
    )

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    reference: Annotated[str, Field(pattern=r"^[ -~]{0,200}$")] | None = None
    status: Literal[
        "created",
        "sending",
        "pending",
        "sent",
        "delivered",
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
    ]


DELIVERIES = {
    "delivered": Delivery.DELIVERED,
    "permanent-failure": Delivery.FAILED,
    "temporary-failure": Delivery.FAILED,
    "technical-failure": Delivery.FAILED,
}
"""What ends a message; whatever else a receipt says, more will come."""


# Notify cannot sign in: it shows a secret that an administrator gave it. Without one set, nobody may.
@router.post(
    "/messages/receipts",
    summary="What became of a message, told by the post",
    status_code=204,
    responses=refusals(Unreadable, NotSignedIn, Invalid),
    openapi_extra=PUBLIC,
)
def receive(
    asked: Receipt, request: Request, authorization: Annotated[str | None, Header(max_length=500)] = None
) -> Response:
    """For GOV.UK Notify alone, with the bearer token that `GATEWAY_RECEIPT_SECRET` says."""
    _refuse_without_secret(authorization, request.app.state.receipt_secret)
    delivery = DELIVERIES.get(asked.status)
    if delivery is not None:
        store: Store = request.app.state.store
        store.transact(lambda work: note_receipt(asked.id, asked.reference, delivery, work=work))
    return Response(status_code=204)


def _refuse_without_secret(sent: str | None, secret: SecretStr | None) -> None:
    wanted = "" if secret is None else f"Bearer {secret.get_secret_value()}"
    if secret is None or not hmac.compare_digest((sent or "").encode(), wanted.encode()):
        raise NotSignedIn("The secret is wrong, or none is set.")
