"""The start page, by role."""

from fastapi import APIRouter, Response

from api.pages.page_door import OwnDoor

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(door: OwnDoor) -> Response:
    """What needs me now."""
    return door.show("home/home.html", title="What needs you now")
