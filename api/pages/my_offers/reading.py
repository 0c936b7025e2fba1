"""What the pages of an offer are made from; that somebody's details were looked at is recorded."""

from datetime import date

from api.access.reach import offer_in_reach, referral_in_reach
from api.pages.my_offers.person_view import PersonSeen, person_seen
from api.pages.my_offers.place_names import place_names
from api.pages.my_offers.views import OneOffer, one_offer
from api.pages.page_door import PageDoor
from gateway.directory.naming import authorities_named
from gateway.local_day import local_day
from gateway.placements.offers import offer_line
from gateway.referrals.told_to_others import read_offered_person
from gateway.refusals import NotFound
from gateway.storage.work import Work


def read_offer(work: Work, door: PageDoor, offer_id: str) -> OneOffer:
    """The page of an offer in the visitor's reach.

    Raises
    ------
    NotFound
        If there is no such offer, or it is none of the visitor's.
    """
    row = offer_in_reach(work, door.visitor, offer_id)
    line = offer_line(work, offer_id)
    today = local_day(door.at)
    person = read_person(work, door, line.referral, today)
    names = place_names(work, [line.service], line.units)
    return one_offer(line, row.detail, person, names, at=door.at, today=today)


def read_person(work: Work, door: PageDoor, referral_id: str, today: date) -> PersonSeen | None:
    """Whom a referral is about, while offered to the visitor or living there; else nothing."""
    try:
        referral_in_reach(work, door.visitor, referral_id)
    except NotFound:
        return None
    told = read_offered_person(referral_id, by=door.visitor.actor, at=door.at, work=work)
    areas = authorities_named(work) if told.unsafe_in else {}
    return person_seen(told, today, areas)
