"""What must be true of offers, holds, placements and referrals, looked at row by row, slowly and plainly."""

from collections import defaultdict

from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, PlacementRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow

FOR_EVER = 10**6


def first(row):
    return row.from_day.toordinal()


def end(row):
    """The first ordinal day that is no longer part of it."""
    return row.until.toordinal() if row.until else FOR_EVER


def clashes(rows, whose):
    """Pairs of rows of one unit, or person, that share a day; neighbours in the order of days suffice."""
    of = defaultdict(list)
    for row in rows:
        of[whose(row)].append(row)
    for owner, theirs in sorted(of.items()):
        furthest = None
        for row in sorted(theirs, key=lambda each: (first(each), end(each), each.id)):
            if furthest is not None and first(row) < end(furthest):
                yield owner, furthest.id, row.id
            if furthest is None or end(row) > end(furthest):
                furthest = row


def double_bookings(work):
    """A unit and two of its holds that share a day, as the sorted rows show them."""
    standing = [row for row in work.where(HoldRow) if not row.cancelled]
    return list(clashes(standing, lambda row: row.unit_id))


def faults(work):
    """Everything that is not as it must be, in words; nothing if all is well."""
    offers = {row.id: row for row in work.where(OfferRow)}
    placements = {row.id: row for row in work.where(PlacementRow)}
    holds = work.where(HoldRow)
    of_offer, of_placement = defaultdict(list), defaultdict(list)
    for hold in holds:
        (of_offer[hold.offer_id] if hold.kind is HoldKind.OFFER else of_placement[hold.placement_id]).append(
            hold
        )
    yield from (f"unit {unit}: holds {a} and {b} share a day" for unit, a, b in double_bookings(work))
    for person, a, b in clashes(placements.values(), lambda row: row.person_id):
        yield f"person {person} is in placements {a} and {b} at once"
    taken_up = {row.offer_id: row for row in placements.values()}
    for offer in offers.values():
        yield from offer_faults(offer, of_offer[offer.id], taken_up.get(offer.id))
    for placement in placements.values():
        yield from placement_faults(placement, of_placement[placement.id], of_offer[placement.offer_id])
    yield from referral_faults(work, offers.values(), placements.values())


def offer_faults(offer, holds, placement):
    if not holds:
        yield f"offer {offer.id} never had a unit"
    if offer.status in HOLDING:
        if any(hold.cancelled or hold.until or hold.from_day != offer.from_day for hold in holds):
            yield f"offer {offer.id} is {offer.status} and does not hold its units from {offer.from_day} on"
    elif offer.status is OfferStatus.TAKEN_UP:
        wanted = None if placement is None else placement.from_day
        if any(hold.until != wanted for hold in holds if not hold.cancelled) or placement is None:
            yield f"offer {offer.id} was taken up and holds units beyond {wanted}"
    elif not all(hold.cancelled for hold in holds):
        yield f"offer {offer.id} is {offer.status} and holds units"
    if (offer.status is OfferStatus.TAKEN_UP) != (placement is not None):
        yield f"offer {offer.id} is {offer.status}, its placement is {placement and placement.id}"


def placement_faults(placement, holds, offered):
    if sorted(hold.unit_id for hold in holds) != sorted(hold.unit_id for hold in offered):
        yield f"placement {placement.id} is not in the units that were offered"
    for hold in holds:
        if (hold.from_day, hold.until, hold.cancelled) != (placement.from_day, placement.until, False):
            yield f"placement {placement.id} and hold {hold.id} are not of the same days"


def referral_faults(work, offers, placements):
    offered = [row.referral_id for row in offers if row.status in HOLDING]
    living = [row.referral_id for row in placements if row.status is PlacementStatus.LIVING]
    if len(set(offered)) < len(offered) or len(set(living)) < len(living):
        yield "a referral has two offers or two homes"
    for row in work.where(ReferralRow):
        wanted = {row.status}
        if row.id in offered:
            wanted = {ReferralStatus.OFFERED}
        elif row.id in living:
            wanted = {ReferralStatus.PLACED}
        elif row.status in {ReferralStatus.OFFERED, ReferralStatus.PLACED}:
            wanted = {ReferralStatus.WAITING, ReferralStatus.CLOSED}
        if row.status not in wanted:
            yield f"referral {row.id} is {row.status}, must be {' or '.join(sorted(wanted))}"


def unit_days(work, service_ids, since, until):
    """How many days units of these services were lived in from one day until another, counted one by one."""
    days = range(since.toordinal(), until.toordinal())
    living = [
        row
        for row in work.where(HoldRow)
        if row.kind is HoldKind.LIVING and not row.cancelled and row.service_id in service_ids
    ]
    return sum(first(row) <= day < end(row) for row in living for day in days)
