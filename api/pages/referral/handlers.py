"""The page of a referral, and what is done with one press."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.pages.page_door import PageDoor, sees
from api.pages.referral.deeds import BY_KEY
from api.pages.referral.heading import Heading, now, unchanged
from api.pages.referral.task_list import Facts, TaskList, task_list
from api.rest.values import IdInPath
from gateway.assessment.overriding import override_of
from gateway.assessment.scoring import in_force
from gateway.directory.naming import services_named
from gateway.local_day import local_day
from gateway.monitoring.repeat_presentations import presentations_of
from gateway.people.enter_person import details_of
from gateway.people.possible_duplicates import Match, possible_duplicates
from gateway.people.told_apart import told_apart_from
from gateway.placements.offers import offers_of
from gateway.referrals.agency_list import agency_names
from gateway.referrals.case_file import CaseFile
from gateway.referrals.opening import open_case_file
from gateway.referrals.resting import unpark
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triaging import put_on_list, take_in
from gateway.refusals import ChangedMeanwhile, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]


@router.get("/referrals/{referral_id}")
def show_referral(referral_id: IdInPath, door: TriageDoor) -> Response:
    """The referral as a list of tasks; that it was opened, and by whom, is recorded."""

    def question(work: Work) -> TaskList:
        referral_in_reach(work, door.visitor, referral_id)
        case = open_case_file(referral_id, by=door.visitor.actor, at=door.at, work=work)
        return task_list(_facts(door, case, work))

    view = door.looks(question)
    title = f"Referral {referral_id}"
    return door.show("referral/task_list.html", title=title, view=view, back="/triage")


def _facts(door: PageDoor, case: CaseFile, work: Work) -> Facts:
    referral_id, person_id = case.referral.id, case.referral.person_id
    offers = offers_of(work, referral_id)
    presenter = presentations_of(
        person_id, as_of=local_day(door.at), by=door.visitor.actor, at=door.at, work=work
    )
    return Facts(
        case=case,
        offers=offers,
        services=services_named(work, {each.service for each in offers}),
        assessment=in_force(work, referral_id),
        overridden=override_of(work, referral_id) is not None,
        duplicates=_alike(door, case, work),
        times=presenter.times,
        agencies=agency_names(work),
    )


def _alike(door: PageDoor, case: CaseFile, work: Work) -> tuple[Match, ...]:
    """Who else it may be: how many and why alike, not who; whoever compares them opens that page."""
    by, at = door.visitor.actor, door.at
    try:
        details = details_of(work, case.referral.person_id, told_on=local_day(at), by=by, at=at)
    except Invalid:
        return ()
    apart = told_apart_from(work, case.person_ids)
    found = possible_duplicates(work, details, by=by, at=at, apart_from=case.referral.person_id)
    return tuple(each for each in found if each.person_id not in apart)


@router.post("/referrals/{referral_id}/take-in")
def take_in_referral(referral_id: IdInPath, door: TriageDoor) -> Response:
    """Begin to look at it, or look at it again."""
    by, at = door.visitor.actor, door.at
    return _press(
        door, referral_id, "take-in", lambda work: take_in(referral_id, by=by, at=at, work=work), "in triage"
    )


@router.post("/referrals/{referral_id}/put-on-list")
def put_referral_on_list(referral_id: IdInPath, door: TriageDoor) -> Response:
    """It was looked at, and waits for a place."""
    by, at = door.visitor.actor, door.at
    return _press(
        door,
        referral_id,
        "put-on-list",
        lambda work: put_on_list(referral_id, by=by, at=at, work=work),
        "on the waiting list",
    )


@router.post("/referrals/{referral_id}/unpark")
def unpark_referral(referral_id: IdInPath, door: TriageDoor) -> Response:
    """It stops resting."""
    by, at = door.visitor.actor, door.at
    return _press(
        door, referral_id, "unpark", lambda work: unpark(referral_id, by=by, at=at, work=work), "back"
    )


def _press(
    door: PageDoor, referral_id: str, key: str, deed: Callable[[Work], ReferralRow], said: str
) -> Response:
    def as_it_was_seen(work: Work) -> str:
        unchanged(work, door, referral_id)
        deed(work)
        return f"/referrals/{referral_id}"

    try:
        there = door.does_once(as_it_was_seen)
    except ChangedMeanwhile:
        return stands_otherwise(door, referral_id, [("What you pressed", "", BY_KEY[key].text)])
    return door.go(there, said=f"Referral {referral_id} is {said}.")


def stands_otherwise(door: PageDoor, referral_id: str, sent: list[tuple[str, str, str]]) -> Response:
    """Both versions of a referral that was changed meanwhile: how it stands, and what was sent."""

    def words(_: Work, heading: Heading) -> str:
        return f"{heading.status}, since {heading.since}"

    heading, stands = now(door, referral_id, words)
    return door.both_versions(
        [("Where it stands", stands, "As you saw it before"), *sent], again=heading.href
    )
