"""The door in which a route stands: who asks, what they may do, when, and how it is answered.

A route asks for ``Annotated[Door, may(Permission.X)]``, calls ``door.read`` or ``door.write`` with what is to
be done, and returns what that gives. A write under an ``Idempotency-Key`` is done once: its answer is kept in
the same unit of work, and given again for a day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.access.permissions import Permission
from api.access.recognising import BEARER_SCHEME, COOKIE_SCHEME, CSRF_HEADER, recognise
from api.access.visitor import Visitor
from api.problems import (
    NotSignedIn,
    OutOfReach,
    PreconditionMissing,
    TooMany,
    Unreadable,
    refusals,
)
from gateway.answers.keeping import KeptAnswer, answer_key, keep_answer, kept_answer
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotAllowed, NotFound, Refusal
from gateway.storage.store import Store
from gateway.storage.work import Work


class MayNot(NotAllowed):
    """The role, or the token, does not carry the permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"Your role, or your token, does not allow this ({permission}).")


class SecondFactorNeeded(NotAllowed):
    """The role does nothing until a second factor vouches for whoever has it."""

    def __init__(self) -> None:
        super().__init__("Your role needs a second factor: set one up, or sign in with it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a route is given.

    at
        The moment of the request, in UTC.
    key, asked
        Digests of the idempotency key and of the request; ``None``: no key was sent.
    wake
        Tells the workers, after a task was queued and kept, that there is something to do.
    """

    store: Store
    visitor: Visitor
    at: datetime
    key: str | None = None
    asked: str = ""
    wake: Callable[[], None] = lambda: None

    def read(self, question: Callable[[Work], BaseModel]) -> Response:
        """Answer from a view of the store at one moment."""
        with self.store.reading() as work:
            return sent(answer_of(question(work)))

    def look(self, question: Callable[[Work], BaseModel]) -> Response:
        """Answer from a view of the store at one moment, and keep the record that it was looked at.

        No key is heard: who asks again may meanwhile not be told any more.
        """
        return sent(answer_of(self.store.look(question)))

    def write(
        self,
        deed: Callable[[Work], BaseModel | None],
        *,
        status: int = 200,
        location: str | None = None,
        told_once: Sequence[str] = (),
    ) -> Response:
        """Do something once, and answer with what came of it.

        Parameters
        ----------
        deed
            May be done several times if it loses a race, so it does nothing outside its unit of work;
            ``None``: there is nothing to tell (204).
        location
            Where what was made can be read, with ``{id}`` for its id.
        told_once
            Fields that hold a secret: they are not kept, and are ``null`` where the answer is given again.
        """

        def once(work: Work) -> KeptAnswer:
            if self.key is not None:
                kept = kept_answer(work, self.key, self.asked, at=self.at)
                if kept is not None:
                    return kept
            told = deed(work)
            if self.key is not None:
                again = told and told.model_copy(update=dict.fromkeys(told_once))
                answer = answer_of(again, status=status, location=location)
                keep_answer(work, self.key, self.asked, answer, at=self.at)
            return answer_of(told, status=status, location=location)

        return sent(self.store.transact(once))


def answer_of(told: BaseModel | None, *, status: int = 200, location: str | None = None) -> KeptAnswer:
    """An answer that tells of something: its version is the ETag, its id may stand in the address."""
    if told is None:
        return KeptAnswer(status=204, body="")
    version, id = getattr(told, "version", None), getattr(told, "id", None)
    return KeptAnswer(
        status=status,
        body=told.model_dump_json(),
        etag=None if version is None else f'"{version}"',
        location=None if location is None else location.replace("{id}", str(id)),
    )


def sent(answer: KeptAnswer) -> Response:
    """The answer as it is sent."""
    headers = {"Cache-Control": "no-store"}
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.location is not None:
        headers["Location"] = answer.location
    media_type = "application/json" if answer.body else None
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=media_type)


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own: the same request under the same key is done once within a day, "
        "and answered alike.",
    ),
]


@dataclass(frozen=True, slots=True)
class Gate:
    """Opens a door to whoever has a permission.

    half_way
        Whether it opens before a second factor that is due has vouched: where it is given, and on the way
        out.
    """

    permission: Permission
    half_way: bool = False

    async def __call__(
        self,
        request: Request,
        idempotency_key: IdempotencyKey = None,
        _cookie: Annotated[object, Depends(COOKIE_SCHEME)] = None,
        _bearer: Annotated[object, Depends(BEARER_SCHEME)] = None,
    ) -> Door:
        """Recognise who asks, and refuse whoever may not."""
        state = request.app.state
        store: Store = state.store
        at = store.clock()
        csrf = request.headers.get(CSRF_HEADER, "")
        visitor = await run_in_threadpool(recognise, store, request, csrf=csrf, origins=state.origins, at=at)
        request.state.visitor = visitor
        await state.counting.of_account(visitor.account_id)
        refuse_unless_may(visitor, self.permission, half_way=self.half_way)
        key = asked = None
        if idempotency_key is not None and request.method == "POST":
            key = answer_key(visitor.account_id, idempotency_key)
            asked = _digest(store, request, await request.body())
        return Door(store=store, visitor=visitor, at=at, key=key, asked=asked or "", wake=state.wake)


def refuse_unless_may(visitor: Visitor, permission: Permission, *, half_way: bool = False) -> None:
    """Refuse whoever may not do this kind of thing; ``half_way``: as `Gate`.

    Raises
    ------
    NotAllowed
        If they may not.
    """
    if visitor.may(permission) or (half_way and visitor.factor_due):
        return
    if visitor.lacks_second_factor:
        raise SecondFactorNeeded
    raise MayNot(permission)


def _digest(store: Store, request: Request, body: bytes) -> str:
    """What is kept of a request: keyed, as a plain digest would give a password in the body away."""
    asked = (
        f"{request.method} {request.url.path}?{request.url.query}\0{request.headers.get('If-Match', '')}\0"
    )
    return store.keys.digest("request", sha256(asked.encode() + body).hexdigest())


def may(permission: Permission, *, half_way: bool = False) -> Any:  # noqa: ANN401  a marker of FastAPI's
    """The dependency that opens a door to whoever has this permission; ``half_way``: as `Gate`."""
    return Depends(Gate(permission, half_way))


def _seen(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            pattern=r'^"\d{1,9}"$',
            description="The ETag of what you saw: whoever changed it meanwhile is not overwritten.",
        ),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionMissing
    return int(if_match.strip('"'))


Seen: TypeAlias = Annotated[int, Depends(_seen)]
"""The version that whoever asks has seen, from ``If-Match``; without it the request is refused (428)."""


def declared(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """What a route behind a gate may refuse with: what all do, and ``more``."""
    return refusals(Unreadable, NotSignedIn, NotAllowed, Invalid, TooMany, OutOfReach, *more)


PUBLIC: Final[dict[str, Any]] = {"security": []}
"""``openapi_extra`` of a route that is there for strangers on purpose: it asks for no security (OpenAPI)."""

EDITS: Final[tuple[type[Refusal], ...]] = (NotFound, Conflict, ChangedMeanwhile, PreconditionMissing)
"""What a change of something that stands may be refused with."""
