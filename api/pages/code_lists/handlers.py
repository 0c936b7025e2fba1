"""Codes and reasons, and deadlines; the same for everybody who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.code_lists.views import code_lists_seen, deadlines_seen
from api.pages.page_door import PageDoor, sees

router = APIRouter(include_in_schema=False)

ReadingDoor = Annotated[PageDoor, sees(Permission.READ_DIRECTORY)]


@router.get("/code-lists")
def show_code_lists(door: ReadingDoor) -> Response:
    """Every list with its source, and the reasons that may be given."""
    return door.show("code_lists/lists.html", title="Codes and reasons", view=code_lists_seen())


@router.get("/deadlines")
def show_deadlines(door: ReadingDoor) -> Response:
    """What ends by itself, and when."""
    return door.show("code_lists/deadlines.html", title="Deadlines", view=deadlines_seen())
