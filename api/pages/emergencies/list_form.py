"""How a list of people is written: an empty one to fill in, and the codes that must stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.background.file_deeds import as_csv
from api.pages.page_door import PageDoor, sees
from gateway.accounts.employers import agencies_named
from gateway.assessment.intake.trying import empty_list
from gateway.referrals.code_lists import code_lists
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """What stands in the columns that no row leaves blank: names of agencies and client groups by code."""

    agencies: Mapping[str, str]
    groups: Mapping[str, str]


def list_form(work: Work) -> ListForm:
    """The codes a list is written with."""
    groups = code_lists()["client_group"]
    return ListForm(
        agencies=agencies_named(work), groups={code: listed.title for code, listed in groups.items()}
    )


@router.get("/emergencies/new/list.csv")
def download_empty_list(door: Annotated[PageDoor, sees(Permission.DECLARE_EMERGENCIES)]) -> Response:
    """A list with every column and nobody on it."""
    columns = door.read(lambda work: empty_list(work, door.at))
    headers = {"Content-Disposition": 'attachment; filename="list-of-people.csv"'}
    return Response(as_csv([columns]), media_type="text/csv; charset=utf-8", headers=headers)
