"""The start page, by role."""

from fastapi import APIRouter, Response

from api.access.visitor import Visitor
from api.pages.home.views import home_of
from api.pages.page_door import OwnDoor
from api.rest.door import SecondFactorNeeded
from gateway.monitoring.needs_now import WhoAsks, needs_now

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(door: OwnDoor) -> Response:
    """What needs me now; before a second factor that is needed has vouched, it alone is."""
    if door.visitor.lacks_second_factor:
        raise SecondFactorNeeded
    needs = door.read(lambda work: needs_now(work, _who(door.visitor), at=door.at))
    view = home_of(needs, door.visitor)
    return door.show("home/home.html", title="What needs you now", view=view)


def _who(visitor: Visitor) -> WhoAsks:
    return WhoAsks(
        role=visitor.role,
        agency_id=visitor.agency_id,
        provider_id=visitor.provider_id,
        authority_id=visitor.authority_id,
        account_id=visitor.account_id,
    )
