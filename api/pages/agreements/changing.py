"""An authority enters an agreement or leaves it, or it ends before its term: checked before it is done."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach
from api.pages.agreements.change_views import (
    ChangeForm,
    Standing,
    change_faults,
    end_checked,
    end_form,
    join_checked,
    join_form,
    leave_checked,
    leave_form,
)
from api.pages.agreements.checking import Checked, done_after_check
from api.pages.agreements.handlers import names_of
from api.pages.agreements.ledger_views import last_day
from api.pages.page_door import PageDoor, sees
from api.rest.values import GssInPath, IdInPath
from gateway.agreements.join import join, leave
from gateway.agreements.make import end_agreement
from gateway.agreements.reading import whole_agreement
from gateway.local_day import local_day
from gateway.refusals import ChangedMeanwhile, Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeepingDoor = Annotated[PageDoor, sees(Permission.KEEP_AGREEMENTS)]


@router.get("/agreements/{agreement_id}/parties/new")
def ask_join(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """Who enters, from when, and who has agreed."""
    return _page(door, join_form(_standing(door, agreement_id), door.form), {})


@router.post("/agreements/{agreement_id}/parties/new")
def enter(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """Every party must have agreed; who has is kept with what was done."""
    stands = _standing(door, agreement_id)

    def deed(work: Work) -> str:
        agreement_in_reach(work, door.visitor, agreement_id)
        authority, agreed, by = door.form.one("authority"), door.form.every("agreed"), door.visitor.actor
        day = _day(door, [] if authority else [("authority", "choose who enters")])
        if authority not in stands.names.authorities:
            raise Invalid([("authority", "choose among those that are shown")])
        join(agreement_id, authority, on=day, agreed_by=agreed, by=by, at=door.at, work=work)
        return f"/agreements/{agreement_id}"

    def check() -> Checked:
        return join_checked(stands, door.form.one("authority"), _day(door), door.form.every("agreed"))

    return _done(door, stands, deed, join_form(stands, door.form), check, said="The party is added.")


@router.get("/agreements/{agreement_id}/parties/{authority_id}/leave")
def ask_leave(agreement_id: IdInPath, authority_id: GssInPath, door: KeepingDoor) -> Response:
    """From which day on it is outside."""
    stands = _standing(door, agreement_id)
    return _page(door, leave_form(stands, _party(stands, authority_id), door.form), {})


@router.post("/agreements/{agreement_id}/parties/{authority_id}/leave")
def note_leave(agreement_id: IdInPath, authority_id: GssInPath, door: KeepingDoor) -> Response:
    """Notice is given now."""
    stands = _standing(door, agreement_id)
    form = leave_form(stands, _party(stands, authority_id), door.form)

    def deed(work: Work) -> str:
        agreement_in_reach(work, door.visitor, agreement_id)
        leave(agreement_id, authority_id, on=_day(door), by=door.visitor.actor, at=door.at, work=work)
        return f"/agreements/{agreement_id}"

    def check() -> Checked:
        return leave_checked(stands, authority_id, _day(door))

    return _done(door, stands, deed, form, check, said="It is noted that the party leaves.")


@router.get("/agreements/{agreement_id}/end")
def ask_end(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """The first day without it."""
    return _page(door, end_form(_standing(door, agreement_id), door.form), {})


@router.post("/agreements/{agreement_id}/end")
def end(agreement_id: IdInPath, door: KeepingDoor) -> Response:
    """It ends before its term."""
    stands = _standing(door, agreement_id)

    def deed(work: Work) -> str:
        agreement_in_reach(work, door.visitor, agreement_id)
        day, seen = _day(door), door.form.seen()
        end_agreement(agreement_id, day, seen=seen, by=door.visitor.actor, at=door.at, work=work)
        return f"/agreements/{agreement_id}"

    try:
        return _done(
            door,
            stands,
            deed,
            end_form(stands, door.form),
            lambda: end_checked(stands, _day(door)),
            said="The end of the agreement is noted.",
        )
    except ChangedMeanwhile:
        rows = [("Its last day", stands.last_day(), last_day(_day(door)))]
        return door.both_versions(rows, again=f"/agreements/{agreement_id}")


def _done(
    door: PageDoor,
    stands: Standing,
    deed: Callable[[Work], str],
    form: ChangeForm,
    check: Callable[[], Checked],
    *,
    said: str,
) -> Response:
    came = done_after_check(
        door,
        deed,
        form=lambda faults: _page(door, form, faults),
        check=check,
        faults_of=lambda refused: change_faults(refused, stands),
        seen=form.seen,
    )
    return door.go(came, said=said) if isinstance(came, str) else came


def _page(door: PageDoor, form: ChangeForm, faults: Mapping[str, str]) -> Response:
    path = door.request.url.path
    back = "/".join(path.split("/")[:3])
    return door.show(
        "agreements/change.html", title=form.title, view=form, faults=faults, back=back, action=path
    )


def _standing(door: PageDoor, agreement_id: str) -> Standing:
    def question(work: Work) -> Standing:
        agreement_in_reach(work, door.visitor, agreement_id)
        whole = whole_agreement(work, agreement_id)
        return Standing(whole=whole, names=names_of(work, whole), today=local_day(door.at))

    return door.read(question)


def _party(stands: Standing, authority_id: str) -> str:
    if authority_id not in {each.authority_id for each in stands.whole.parties}:
        raise NotFound("party", authority_id)
    return authority_id


def _day(door: PageDoor, faults: Sequence[tuple[str, str]] = ()) -> date:
    try:
        day = door.form.day("on")
    except Invalid as refused:
        raise Invalid([*faults, *refused.faults]) from None
    if day is None or faults:
        raise Invalid([*faults, *([("on-day", "enter the day")] if day is None else [])])
    return day
