"""People with something in every kind of place, whose referrals are over."""

from datetime import date, timedelta

from gateway.people.tables import PersonKeyRow, PersonReferenceRow
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, PlacementRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import HouseholdMemberRow, NoteRow, ReferralCodeRow, ReferralTrait
from tests.gateway.ground import NOW, TODAY, person, put, referral


def closed(work, id, name, *, placed=False, status=ReferralStatus.CLOSED):
    """A person whose referral ended on the first day, with something in every kind of place."""
    number = id.removeprefix("P-")
    person(work, id, forename=name, born=date(1990, 5, 1), gender="female", address="14 Alder Row")
    put(
        work, PersonReferenceRow(id=f"RF-{number}", person_id=id, kind="nhs", value=f"NHS {name}"), about=[id]
    )
    put(work, PersonKeyRow(person_id=id, kind="surname", digest=f"abc{number}"), about=[id])
    referral(
        work,
        f"R-{number}",
        person=id,
        status=status,
        agency_reference=f"AG-{name}",
        story=f"{name} told us",
    )
    put(
        work,
        NoteRow(
            id=f"N-{number}", referral_id=f"R-{number}", written_by="x", written_at=NOW, text=f"of {name}"
        ),
        ReferralCodeRow(
            referral_id=f"R-{number}", trait=ReferralTrait.CLIENT_GROUP, value="10", answer=True, place=1
        ),
        HouseholdMemberRow(
            id=f"HM-{number}", referral_id=f"R-{number}", relation="child", name=f"child of {name}"
        ),
        about=[f"R-{number}"],
    )
    if placed:
        lived(work, number)


def lived(work, number, unit="U-1-1"):
    until = TODAY + timedelta(days=14)
    put(
        work,
        OfferRow(
            id=f"O-{number}",
            referral_id=f"R-{number}",
            person_id=f"P-{number}",
            service_id="S-1",
            status=OfferStatus.TAKEN_UP,
            from_day=TODAY,
            made_at=NOW,
            detail="said yes",
        ),
        about=[f"O-{number}"],
    )
    put(
        work,
        PlacementRow(
            id=f"PL-{number}",
            referral_id=f"R-{number}",
            person_id=f"P-{number}",
            service_id="S-1",
            offer_id=f"O-{number}",
            status=PlacementStatus.LEFT,
            from_day=TODAY,
            until=until,
        ),
        about=[f"R-{number}"],
    )
    put(
        work,
        HoldRow(
            id=f"H-{number}",
            unit_id=unit,
            service_id="S-1",
            person_id=f"P-{number}",
            referral_id=f"R-{number}",
            placement_id=f"PL-{number}",
            kind=HoldKind.LIVING,
            from_day=TODAY,
            until=until,
        ),
        about=[unit],
    )
