"""Everything that was told of a referral."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.pages.page_door import PageDoor, sees
from api.pages.referral.details_views import DetailsPage, NamesFor, details_page
from api.rest.values import IdInPath
from gateway.directory.naming import authorities_named, providers_named, services_named
from gateway.local_day import local_day
from gateway.referrals.case_file import CaseFile
from gateway.referrals.opening import open_case_file
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]


@router.get("/referrals/{referral_id}/details")
def show_details(referral_id: IdInPath, door: TriageDoor) -> Response:
    """The whole form, with what nobody has said; that it was opened, and by whom, is recorded."""

    def question(work: Work) -> DetailsPage:
        referral_in_reach(work, door.visitor, referral_id)
        case = open_case_file(referral_id, by=door.visitor.actor, at=door.at, work=work)
        return details_page(case, _names(case, work), local_day(door.at))

    view = door.looks(question)
    return door.show(
        "referral/details.html",
        title="Everything that was told",
        view=view,
        back=view.heading.href,
        exit_this_page=view.abuse,
    )


def _names(case: CaseFile, work: Work) -> NamesFor:
    form, barred = case.details, case.exclusions
    own = [form.current_service_id, *(each.service_id for each in barred)]
    services = {*form.wishes, *form.avoids, *(each for each in own if each)}
    providers = {each.provider_id for each in barred if each.provider_id}
    return NamesFor(
        authorities=authorities_named(work),
        services={id: each.name for id, each in services_named(work, services).items()} if services else {},
        providers=providers_named(work, providers) if providers else {},
    )
