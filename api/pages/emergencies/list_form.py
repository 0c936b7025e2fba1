"""How a list of people is written: an empty one to fill in, and the codes that must stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.background.file_deeds import as_csv
from api.pages.downloads import CSV, download
from api.pages.page_door import PageDoor, sees
from gateway.accounts.employers import agencies_named
from gateway.assessment.intake.trying import empty_list
from gateway.referrals.code_lists import code_lists
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

DeclaringDoor = Annotated[PageDoor, sees(Permission.DECLARE_EMERGENCIES)]

AGENCIES: Final = 100
"""So many agencies stand on the page; the codes of more are in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """What stands in the columns that no row leaves blank: names of agencies and client groups by code.

    agencies
        Empty, if there are too many for the page.
    """

    agencies: Mapping[str, str]
    groups: Mapping[str, str]


def list_form(work: Work) -> ListForm:
    """The codes a list is written with."""
    groups, agencies = code_lists()["client_group"], agencies_named(work)
    return ListForm(
        agencies=agencies if len(agencies) <= AGENCIES else {},
        groups={code: listed.title for code, listed in groups.items()},
    )


@router.get("/emergencies/new/list.csv")
def download_empty_list(door: DeclaringDoor) -> Response:
    """A list with every column and nobody on it."""
    columns = door.read(lambda work: empty_list(work, door.at))
    return download(as_csv([columns]), CSV, "list-of-people.csv")


@router.get("/emergencies/new/agencies.csv")
def download_agencies(door: DeclaringDoor) -> Response:
    """What to write for each agency."""
    named = door.read(agencies_named)
    return download(as_csv([("agency", "name"), *named.items()]), CSV, "agencies.csv")
