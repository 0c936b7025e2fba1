"""The next schedule of an agreement, appended; what stands before it is never changed."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach
from api.pages.agreements.handlers import names_of
from api.pages.agreements.schedule_form import ScheduleForm, field_id, schedule_form, schedule_sent
from api.pages.agreements.views import Names
from api.pages.page_door import PageDoor, sees
from api.rest.values import IdInPath
from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.reading import whole_agreement
from gateway.agreements.tables import ScheduleRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeepingDoor = Annotated[PageDoor, sees(Permission.KEEP_AGREEMENTS)]


@router.get("/agreements/{agreement_id}/schedules/new")
def ask_schedule(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """The form, with what the last schedule says."""
    return _page(door, agreement_id, {})


@router.post("/agreements/{agreement_id}/schedules/new")
def append(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """Of two who append at once the second is told that theirs is not the next."""
    if door.form.one("more"):
        return _page(door, agreement_id, {})

    def deed(work: Work) -> ScheduleRow:
        agreement_in_reach(work, door.visitor, agreement_id)
        sent = schedule_sent(door.form, door.form.seen())
        return append_schedule(
            agreement_id,
            sent.number,
            from_day=sent.from_day,
            purchases=sent.purchases_agreed(),
            clauses=[each.clause_agreed() for each in sent.clauses],
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    here = f"/agreements/{agreement_id}"
    try:
        row = door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _page(door, agreement_id, dict(_told(refused)))
    except ChangedMeanwhile as changed:
        rows = [("Schedule", f"Schedule {changed.stands} is the last one", f"Schedule {changed.seen + 1}")]
        return door.both_versions(rows, again=f"/agreements/{agreement_id}/schedules/new")
    except Conflict as refused:
        return _page(door, agreement_id, {"from-day": str(refused)})
    return door.go(here, said=f"Schedule {row.number} is appended.")


def _told(refused: Invalid) -> Iterator[tuple[str, str]]:
    """What is wrong by the id of the field, the first fault of each last, so that it stays."""
    for where, what in reversed(refused.faults):
        about = f"{where}: " if where in ("clauses", "purchases") else ""
        sentence = f"{about}{what}"
        field = where if where.startswith("from-") else field_id(where)
        yield field, f"{sentence[:1].upper()}{sentence[1:]}"


def _page(door: PageDoor, agreement_id: str, faults: Mapping[str, str]) -> Response:
    def question(work: Work) -> tuple[str, ScheduleForm, Names]:
        row = agreement_in_reach(work, door.visitor, agreement_id)
        whole = whole_agreement(work, agreement_id)
        names = names_of(work, whole)
        return row.name, schedule_form(whole, names, door.form), names

    name, view, names = door.read(question)
    return door.show(
        "agreements/schedule.html",
        title=f"Append schedule {view.number}",
        view=view,
        faults={field: names.spoken(what) for field, what in faults.items()},
        back=f"/agreements/{agreement_id}",
        name=name,
        action=f"/agreements/{agreement_id}/schedules/new",
        sent=dict(door.form.fields),
        seen=door.form.seen() or view.number,
    )
