"""What a referral says: the form as one value, whole and consistent, or every fault of it named.

The questions are those of the West London and Birmingham forms and of the law: the grounds of a local
connection (Housing Act 1996, section 199), the housing duty and when it falls due (Homelessness Reduction Act
2017), client groups (Supporting People), needs (H-CLIC). ``None`` is unknown everywhere and never no.
"""

from dataclasses import dataclass
from datetime import date

from gateway.referrals.details_faults import faults_of
from gateway.referrals.tables import Connection, Duty
from gateway.refusals import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One need or risk, and whether it is so: yes, no, or ``None``, not known.

    detail
        In the referrer's words; kept sealed.
    """

    code: str
    answer: bool | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who is housed together with the person referred."""

    relation: str
    name: str | None = None
    born: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDetails:
    """The form.

    person_id, agency_id
        Who is referred, and by which agency.
    agency_reference
        The agency's own number for the case; the same one of the same agency is the same referral.
    referrer
        Who at the agency to speak to; sealed.
    referred_on
        The day the referral arrived; ``None``: the day of submission.
    authority_id, connection
        GSS code of the authority of local connection, and its grounds.
    duty, duty_date, discharge_date
        The housing duty owed and the day it falls due; the day of leaving hospital, custody or care.
    accommodation, accommodation_detail
        Where the person lives now: a code of the list ``accommodation``, and in words; the words are sealed.
    tier
        The level of support looked for: ``hub``, ``local``, ``floating``, or any.
    units
        Units that the household takes together, 1 to 99.
    current_service_id, must_leave, may_move
        The service they live in, if any; whether it closes to them; whether they may be asked to move.
    story
        Why they are referred, in words; sealed.
    client_groups
        Codes, the primary one first.
    needs, risks
        What is not named here has not been asked, which is not no.
    access_needs
        Codes: what the place must have.
    wishes, avoids
        Service ids: the most wished for first; never there.

    Raises
    ------
    Invalid
        Naming every field that does not hold.
    """

    person_id: str
    agency_id: str
    agency_reference: str | None = None
    referrer: str | None = None
    referred_on: date | None = None
    authority_id: str | None = None
    connection: Connection | None = None
    duty: Duty | None = None
    duty_date: date | None = None
    discharge_date: date | None = None
    immediate_safety: bool | None = None
    sleeping_rough: bool | None = None
    accommodation: str | None = None
    accommodation_detail: str | None = None
    tier: str | None = None
    units: int = 1
    adults: int | None = None
    children: int | None = None
    pregnant: bool | None = None
    current_service_id: str | None = None
    must_leave: bool = False
    may_move: bool = False
    story: str | None = None
    client_groups: tuple[str, ...] = ()
    needs: tuple[Known, ...] = ()
    risks: tuple[Known, ...] = ()
    access_needs: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    household: tuple[Member, ...] = ()

    def __post_init__(self) -> None:
        refuse(faults_of(self))
