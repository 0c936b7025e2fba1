"""Everything that was done, for auditors: what, who, when; why, of one event at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.tasks import TaskTold, task_told
from api.rest.values import ID_PATTERN, Asked, Moment, Told
from gateway.records.actor import Role
from gateway.records.all_events import Event, Wanted, WholeEvent, events, read_event
from gateway.refusals import NotFound
from gateway.storage.work import Work
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind

router = doors("events")

Named = Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[ -~]+$")]
Subject = Annotated[str | None, Query(pattern=ID_PATTERN, description="Only events about this id.")]


class EventTold(Told):
    """One thing that was done."""

    number: int
    what: str = Field(examples=["offer made"])
    actor: str = Field(description="The account that did it; `clockwork`: its time had come.")
    role: Role
    happened_at: datetime
    recorded_at: datetime
    about: Sequence[str] = Field(description="Ids of the people, referrals, units and offers it is about.")
    changes: Mapping[str, Any] = Field(
        description="Before and after of whatever is not sealed, by row and column.",
        examples=[{"offers/O-7K3F92QDXM": {"status": ["made", "accepted"]}}],
    )


class WholeEventTold(EventTold):
    """One event with its place in the chain and the reason that was given."""

    position: int | None = Field(description="Its place in the chain; null: it is not sealed yet.")
    digest: str | None
    why: str | None = Field(description="Null: no reason was given, or it was erased.")


class ToVerify(Asked):
    """What the chain is held against."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"expect_head": None}]})

    expect_head: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="A head that was told earlier, and kept elsewhere."
    )


@router.get(
    "/events", summary="Everything that was done", response_model=Listing[EventTold], responses=declared()
)
def list_events(
    door: Annotated[Door, may(Permission.READ_EVENTS)],
    what: Annotated[Named, Query(description="Only these words.", examples=["offer made"])] = None,
    actor: Annotated[Named, Query(description="Only by this account.")] = None,
    subject: Subject = None,
    since: Annotated[Moment | None, Query(description="Recorded at this moment or later.")] = None,
    until: Annotated[Moment | None, Query(description="Recorded before this moment.")] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The newest first. Reasons and whatever else is sealed are not in it."""
    place = place_of(after, int)
    wanted = Wanted(what=what, actor=actor, subject=subject, since=since, until=until)

    def question(work: Work) -> Listing[EventTold]:
        before = None if place is None else int(str(place[0]))
        found = events(work, wanted, before=before, size=size + 1)
        more = len(found) > size
        return Listing(
            items=[_told(each) for each in found[:size]],
            next=cursor(found[size - 1].row.number) if more else None,
        )

    return door.read(question)


@router.get(
    "/events/{number}",
    summary="One event, with the reason that was given",
    response_model=WholeEventTold,
    responses=declared(NotFound),
)
def one_event(
    number: Annotated[int, Path(ge=1, lt=2**63, examples=[1])],
    door: Annotated[Door, may(Permission.READ_EVENTS)],
) -> Response:
    """That it was read is an event itself, about the same people."""

    def question(work: Work) -> WholeEventTold:
        return _whole(read_event(number, by=door.visitor.actor, at=door.at, work=work))

    return door.look(question)


@router.post(
    "/chain/verify",
    summary="Check that nothing was changed, removed or reordered",
    status_code=202,
    response_model=TaskTold,
    responses=declared(),
)
def verify_chain(asked: ToVerify, door: Annotated[Door, may(Permission.READ_EVENTS)]) -> Response:
    """Long work: the whole chain is read. The task's result says whether it holds, and names what does not.

    Keep the head that it tells somewhere else, and send it next time: whoever can write to the database could
    write the whole chain anew, and that shows it.
    """

    def deed(work: Work) -> TaskTold:
        wanted = asked.model_dump(mode="json")
        return task_told(queue_task(TaskKind.VERIFY, wanted, by=door.visitor.actor, at=door.at, work=work))

    answer = door.write(deed, status=202, location="/api/v1/tasks/{id}")
    door.wake()
    return answer


def _facts(event: Event) -> dict[str, Any]:
    row = event.row
    return {
        "number": row.number,
        "what": row.what,
        "actor": row.actor,
        "role": row.role,
        "happened_at": row.happened_at,
        "recorded_at": row.recorded_at,
        "about": event.about,
        "changes": event.changes,
    }


def _told(event: Event) -> EventTold:
    return EventTold(**_facts(event))


def _whole(found: WholeEvent) -> WholeEventTold:
    return WholeEventTold(**_facts(found.event), position=found.position, digest=found.digest, why=found.why)
