"""Exclusions due for review: kept, shortened or lifted, with a reason."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.people.exclusion_views import DueList, OneExclusion, due_list, one_exclusion
from api.pages.search.views import name_of
from api.rest.filled_pages import day_and_id, shown
from api.rest.listing import After
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.monitoring.whole_person import with_names
from gateway.people.exclude import Reviewed, lift_exclusion, review_exclusion
from gateway.people.exclusions import exclusions_due_for_review, open_exclusion
from gateway.people.identities import individuals
from gateway.people.tables import ExclusionRow
from gateway.referrals.telling_of_abuse import tells_of_abuse
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

KeeperDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]

PAGE = 25
"""Exclusions on a page."""

ASK_AGAIN = timedelta(days=90)
"""When to ask again, where nobody says otherwise: ours."""

KEEP = {"why": "keep-why", "review_on": "review-day", "until": "until-day"}
LIFT = {"why": "lift-why"}
"""What a rule calls a field, and the id of the field on the page."""


@router.get("/exclusions")
def show_due(door: KeeperDoor, after: After = None) -> Response:
    """Those in force whose day of review has come, the longest due first."""
    today = local_day(door.at)

    def question(work: Work) -> DueList:
        day, id = day_and_id(after) or (None, "")
        place = None if day is None else (day, id)
        rows = exclusions_due_for_review(
            work, today, by=door.visitor.actor, at=door.at, after=place, most=PAGE + 1
        )
        here = rows[:PAGE]
        return due_list(
            with_names(work, here),
            _names(work, [each.person_id for each in here]),
            today,
            after=shown((here[-1].review_on, here[-1].id)) if len(rows) > PAGE else None,
        )

    return door.show("people/due.html", title="Exclusions due for review", view=door.read(question))


@router.get("/exclusions/{exclusion_id}")
def show_exclusion(exclusion_id: IdInPath, door: KeeperDoor) -> Response:
    """One exclusion, and what can be decided about it; that it was read is recorded."""
    return _one(door, exclusion_id, {})


@router.post("/exclusions/{exclusion_id}/keep")
def keep(exclusion_id: IdInPath, door: KeeperDoor) -> Response:
    """It is still right, or right but not for so long."""
    today = local_day(door.at)

    def deed(work: Work) -> ExclusionRow:
        review_on = door.form.day("review") or today + ASK_AGAIN
        until = door.form.day("until")
        refuse([] if door.form.one("keep-why") else [("why", "say why it is still right")])
        stands = open_exclusion(exclusion_id, by=door.visitor.actor, at=door.at, work=work)
        end = until or stands.until
        reviewed = Reviewed(on=today, review_on=min(review_on, end), until=until)
        return review_exclusion(
            exclusion_id,
            reviewed,
            why=door.form.one("keep-why"),
            seen=door.form.seen(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    return _decide(door, exclusion_id, deed, KEEP, "The exclusion stands. It is asked about again in time.")


@router.post("/exclusions/{exclusion_id}/lift")
def lift(exclusion_id: IdInPath, door: KeeperDoor) -> Response:
    """From today on they are free again."""
    today = local_day(door.at)

    def deed(work: Work) -> ExclusionRow:
        refuse([] if door.form.one("lift-why") else [("why", "say why it is lifted")])
        return lift_exclusion(
            exclusion_id,
            on=today,
            why=door.form.one("lift-why"),
            seen=door.form.seen(),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )

    return _decide(door, exclusion_id, deed, LIFT, "The exclusion is lifted from today.")


def _decide(
    door: PageDoor,
    exclusion_id: str,
    deed: Callable[[Work], ExclusionRow],
    fields: Mapping[str, str],
    said: str,
) -> Response:
    try:
        there = door.does_once(lambda work: f"/people/{deed(work).person_id}")
    except Invalid as refused:
        return _one(door, exclusion_id, by_field(refused, fields))
    except ChangedMeanwhile:
        wanted = "Keep it" if fields is KEEP else "Lift it from today"
        return _changed(door, exclusion_id, wanted, door.form.one(fields["why"]))
    except Conflict as refused:
        return _one(door, exclusion_id, {fields["why"]: str(refused)})
    return door.go(there, said=said)


def _changed(door: PageDoor, exclusion_id: str, wanted: str, why: str) -> Response:
    view, _ = _look(door, exclusion_id)
    stands = f"{view.exclusion.state}, {view.exclusion.days}, review on {view.exclusion.review}"
    rows = [("The exclusion", stands, wanted), ("Your words", "", why)]
    return door.both_versions(rows, again=f"/exclusions/{exclusion_id}")


def _one(door: PageDoor, exclusion_id: str, faults: Mapping[str, str]) -> Response:
    view, abuse = _look(door, exclusion_id)
    return door.show(
        "people/exclusion.html",
        title="Review an exclusion",
        view=view,
        faults=faults,
        back=view.person_href,
        exit_this_page=abuse,
    )


def _look(door: PageDoor, exclusion_id: str) -> tuple[OneExclusion, bool]:
    today: date = local_day(door.at)

    def question(work: Work) -> tuple[OneExclusion, bool]:
        row = open_exclusion(exclusion_id, by=door.visitor.actor, at=door.at, work=work)
        ((_, where),) = with_names(work, [row])
        person = _names(work, [row.person_id])[row.person_id]
        view = one_exclusion(row, where, person, today, sent=dict(door.form.fields))
        return view, tells_of_abuse(work, row.person_id)

    return door.looks(question)


def _names(work: Work, person_ids: list[str]) -> Mapping[str, str]:
    people = individuals(work, sorted(set(person_ids))) if person_ids else ()
    return {id: name_of(each.identity) for each in people for id in each.known}
