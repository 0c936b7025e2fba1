"""Who else the person may be: compared, made one, or said to be somebody else."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import person_in_reach, referral_in_reach
from api.pages.page_door import PageDoor, by_field, sees
from api.pages.referral.duplicates_views import DuplicatesPage, duplicates_page
from api.pages.referral.heading import heading_told
from api.rest.values import IdInPath
from gateway.directory.naming import services_named
from gateway.local_day import local_day
from gateway.monitoring.repeat_presentations import presentations_of
from gateway.people.clusters import Cluster, clusters
from gateway.people.finding import duplicates_of
from gateway.people.merge_people import merge_people
from gateway.people.tables import PersonRow
from gateway.people.told_apart import tell_apart, told_apart_from
from gateway.referrals.agency_list import agency_names
from gateway.referrals.tables import ReferralRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PeopleDoor = Annotated[PageDoor, sees(Permission.KEEP_PEOPLE)]


@router.get("/referrals/{referral_id}/duplicates")
def show_duplicates(referral_id: IdInPath, door: PeopleDoor) -> Response:
    """Who else it may be, side by side, and earlier presentations; that they were told is recorded."""
    return _page(door, referral_id, {}, {})


@router.post("/referrals/{referral_id}/duplicates")
def decide(referral_id: IdInPath, door: PeopleDoor) -> Response:
    """They are one person, or they are not, with a reason."""
    one = door.form.one("deed") == "one"
    other = door.form.one("other")

    def deed(work: Work) -> None:
        referral_in_reach(work, door.visitor, referral_id)
        root = _cluster(work, referral_id).root
        for id in (root, other):
            person_in_reach(work, door.visitor, id)
        work.get(PersonRow, root, seen=door.form.seen())
        work.get(PersonRow, other, seen=door.form.seen("other-seen"))
        why, pressed = door.form.one("why"), door.form.one("deed")
        if not why or pressed not in {"one", "apart"}:
            raise Invalid([(f"why-{other}", "say what tells you, in your own words, and press what is so")])
        decided = merge_people if one else tell_apart
        decided(root, other, why=why, by=door.visitor.actor, at=door.at, work=work)

    here = f"/referrals/{referral_id}/duplicates"
    try:
        door.does_once(deed, lambda _: here)
    except Invalid as refused:
        return _page(door, referral_id, by_field(refused, {}), dict(door.form.fields))
    except ChangedMeanwhile:
        pressed = "They are one person" if one else "They are not the same person"
        rows = [
            ("The two", "One of them was changed since you compared them", "As you saw them before"),
            ("What you pressed", "", pressed),
            ("Your words", "", door.form.one("why")),
        ]
        return door.both_versions(rows, again=here)
    except Conflict as refused:
        return _page(door, referral_id, {f"why-{other}": str(refused)}, dict(door.form.fields))
    said = "They are one person from now on." if one else "It is kept that they are not the same person."
    return door.go(here, said=said)


def _cluster(work: Work, referral_id: str) -> Cluster:
    person_id = work.get(ReferralRow, referral_id).person_id
    return clusters(work, [person_id])[person_id]


def _versions(work: Work, person_ids: Sequence[str]) -> Mapping[str, int]:
    query = select(PersonRow.id, PersonRow.version).where(PersonRow.id.in_(person_ids))
    return dict(work.session.execute(query).all()) if person_ids else {}


def _page(door: PageDoor, referral_id: str, faults: Mapping[str, str], sent: Mapping[str, str]) -> Response:
    by, at, today = door.visitor.actor, door.at, local_day(door.at)

    def question(work: Work) -> DuplicatesPage:
        heading = heading_told(work, door, referral_id)
        found = _cluster(work, referral_id)
        matches = duplicates_of(found.root, told_on=today, by=by, at=at, work=work)
        versions = _versions(work, [each.person_id for each in matches])
        presenter = presentations_of(found.root, as_of=today, by=by, at=at, work=work)
        last = presenter.last.service if presenter.last else None
        return duplicates_page(
            heading,
            work.get(PersonRow, found.root),
            [(each, versions[each.person_id]) for each in matches],
            presenter,
            apart=told_apart_from(work, found.ids),
            agencies=agency_names(work),
            services={id: each.name for id, each in services_named(work, last[:1] if last else ()).items()},
            sent=sent,
        )

    view = door.looks(question)
    return door.show(
        "referral/duplicates.html",
        title="Possible duplicates",
        view=view,
        faults=faults,
        back=view.heading.href,
    )
