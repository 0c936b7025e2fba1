"""The door of whoever refers, and for which agency they do."""

from typing import Annotated

from fastapi import Query

from api.access.permissions import Permission
from api.access.reach import agency_in_reach
from api.access.visitor import Visitor
from api.pages.page_door import PageDoor, sees
from api.rest.values import ID_PATTERN
from gateway.records.actor import Role
from gateway.referrals.tables import AgencyRow
from gateway.storage.work import Work

ReferrerDoor = Annotated[PageDoor, sees(Permission.ENTER_REFERRALS)]

AgencyAsked = Annotated[str, Query(pattern=rf"{ID_PATTERN}|^$")]
"""For which agency an officer refers; empty: none is chosen yet, or the referrer's own."""

PersonAsked = Annotated[str, Query(pattern=rf"{ID_PATTERN}|^$")]
"""Somebody known who is referred; empty: somebody new."""


def agency_chosen(work: Work, visitor: Visitor, asked: str) -> AgencyRow | None:
    """The referrer's own agency, or the one that an officer chose; ``None``: they have not chosen.

    Raises
    ------
    NotFound
        If there is no such agency, or it is not the referrer's.
    """
    wanted = asked or visitor.agency_id
    return None if wanted is None else agency_in_reach(work, visitor, wanted)


def list_of(visitor: Visitor, agency: AgencyRow) -> str:
    """Where the referrals of an agency are listed for whoever asks."""
    return f"/my-referrals?agency={agency.id}" if names_agencies(visitor) else "/my-referrals"


def names_agencies(visitor: Visitor) -> bool:
    """Whether they refer for several agencies, so that each page says for which."""
    return visitor.role is not Role.REFERRER
