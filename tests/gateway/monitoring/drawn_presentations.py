"""Small worlds of people who come back, and what a plain reading of their rows says of them."""

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta

from gateway.people.merge_people import merge_people
from gateway.people.tables import ExclusionReason, ExclusionRow
from gateway.placements.states import OfferStatus, PlacementStatus
from gateway.placements.tables import DepartureReason, OfferRow, PlacementRow, RefusalReason, Side
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from tests.gateway.ground import (
    BIRMINGHAM,
    DUDLEY,
    NOW,
    OFFICER,
    TODAY,
    agency,
    authorities,
    person,
    provider,
    put,
    referral,
    service,
)

SERVICES = {"S-1": ("V-1", BIRMINGHAM), "S-2": ("V-2", BIRMINGHAM), "S-3": ("V-2", DUDLEY)}


def day(number):
    return TODAY + timedelta(days=number)


def moment(number):
    return datetime.combine(day(number), time(12), tzinfo=UTC)


def ground(work):
    authorities(work)
    for id in ("V-1", "V-2"):
        provider(work, id)
    for id, (runs, stands) in SERVICES.items():
        service(work, id, units=0, provider=runs, authority=stands)
    for id in ("A-1", "A-2"):
        agency(work, id)


def come(work, id, person_id, number, *, status=ReferralStatus.WAITING, agency_id="A-1", **facts):
    facts = {"referred_on": day(number), "status_since": moment(number)} | facts
    row = referral(
        work, id, person=person_id, agency=agency_id, status=status, referred_on=facts.pop("referred_on")
    )
    for name, value in facts.items():
        setattr(row, name, value)
    return put(work, row)


def offer(work, id, referral_row, number, **facts):
    facts = {"status": OfferStatus.REFUSED, "side": Side.PROVIDER, "service_id": "S-1"} | facts
    return put(
        work,
        OfferRow(
            id=id,
            referral_id=referral_row.id,
            person_id=referral_row.person_id,
            from_day=day(number),
            made_at=moment(number),
            answered_at=moment(number),
            **facts,
        ),
    )


def exclusion(work, id, person_id, first, last, **scope):
    row = ExclusionRow(
        id=id,
        person_id=person_id,
        reason=ExclusionReason.THREATS,
        from_day=day(first),
        until=day(last),
        review_on=day(last),
        **scope,
    )
    return put(work, row)


class Drawn:
    """A small world drawn from a seed, and what a plain reading of its rows says."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.rows, self.into = [], {}

    def build(self, work):
        ground(work)
        for number in range(1, 7):
            person(work, f"P-{number}")
        for number in range(1, 16):
            self._referral(work, number)
        for number in range(1, 5):
            who = f"P-{self.draw.randint(1, 6)}"
            start = self.draw.randint(-60, 0)
            kind, id = self.draw.choice(
                [("service_id", "S-1"), ("provider_id", "V-2"), ("authority_id", DUDLEY)]
            )
            row = exclusion(work, f"X-{number}", who, start, start + self.draw.randint(1, 40), **{kind: id})
            self.rows.append(("exclusion", who, row))
        for _ in range(2):
            one, other = self.draw.sample(sorted({f"P-{n}" for n in range(1, 7)} - set(self.into)), 2)
            merge_people(one, other, why="x", by=OFFICER, at=NOW, work=work)
            self.into[one] = other

    def _referral(self, work, number):
        who, came = f"P-{self.draw.randint(1, 6)}", self.draw.randint(-60, 3)
        status, reason = self.draw.choice(
            [
                (ReferralStatus.WAITING, None),
                (ReferralStatus.DRAFT, None),
                (ReferralStatus.DECLINED, EndReason.RISK_NOT_MANAGEABLE),
                (ReferralStatus.DECLINED, EndReason.NOT_ELIGIBLE),
                (ReferralStatus.EXPIRED, EndReason.TOO_OLD),
                (ReferralStatus.WITHDRAWN, EndReason.DUPLICATE),
                (ReferralStatus.WITHDRAWN, EndReason.CHANGED_MIND),
            ]
        )
        ended = came + self.draw.randint(0, 9)
        agency_id = f"A-{self.draw.randint(1, 2)}"
        facts = {
            "status": status,
            "end_reason": reason,
            "status_since": moment(ended),
            "agency_id": agency_id,
        }
        row = come(work, f"R-{number}", who, came, **facts)
        self.rows.append(("referral", who, row))
        if self.draw.random() < 0.6:
            answered = came + self.draw.randint(0, 9)
            made = offer(
                work,
                f"O-{number}",
                row,
                answered,
                service_id=self.draw.choice(sorted(SERVICES)),
                side=self.draw.choice([Side.PROVIDER, Side.PERSON]),
                reason=self.draw.choice([RefusalReason.RISK_NOT_MANAGEABLE, RefusalReason.NEEDS_TOO_HIGH]),
            )
            self.rows.append(("offer", who, made))
        if self.draw.random() < 0.3:
            left = came + self.draw.randint(1, 9)
            lived = PlacementRow(
                id=f"L-{number}",
                referral_id=row.id,
                person_id=who,
                service_id=self.draw.choice(sorted(SERVICES)),
                status=PlacementStatus.LEFT,
                from_day=day(came),
                until=day(left),
                departure_reason=self.draw.choice([DepartureReason.EVICTED, DepartureReason.PLANNED]),
            )
            self.rows.append(("placement", who, put(work, lived)))

    def root(self, who):
        while who in self.into:
            who = self.into[who]
        return who

    def expected(self, window_days):
        for root in sorted({self.root(f"P-{n}") for n in range(1, 7)}):
            mine = [(kind, row) for kind, who, row in self.rows if self.root(who) == root]
            came = [
                row
                for kind, row in mine
                if kind == "referral"
                and row.status is not ReferralStatus.DRAFT
                and row.end_reason is not EndReason.DUPLICATE
                and -window_days < (row.referred_on - TODAY).days <= 0
            ]
            if len(came) >= 2:
                agencies = Counter(row.agency_id for row in came)
                yield root, sorted(row.referred_on for row in came), agencies, self.cause(mine)

    def cause(self, mine):
        last = max(self.ends(mine), key=lambda each: each[:3], default=None)
        if last is None:
            return "other"
        on, step, _, row = last
        chosen = (EndReason.CHANGED_MIND, Side.PERSON, DepartureReason.PLANNED)
        if {getattr(row, name, None) for name in ("end_reason", "side", "departure_reason")} & set(chosen):
            return "other"
        if any(self.is_behind(each, on, row) for kind, each in mine if kind == "exclusion"):
            return "exclusion_to_challenge"
        told = getattr(row, "end_reason", None) or getattr(row, "reason", None)
        if told in (EndReason.RISK_NOT_MANAGEABLE, RefusalReason.RISK_NOT_MANAGEABLE):
            return "risk_not_manageable"
        return "provider_issue" if step else "gap_in_services"

    def ends(self, mine):
        for kind, row in mine:
            if kind == "referral" and row.end_reason not in (None, EndReason.DUPLICATE):
                end = (row.status_since.date(), 0, row.id, row)
            elif kind == "offer":
                end = (row.answered_at.date(), 1, row.id, row)
            elif kind == "placement":
                end = (row.until, 2, row.id, row)
            else:
                continue
            if end[0] <= TODAY:
                yield end

    def is_behind(self, exclusion, on, row):
        if not hasattr(row, "service_id"):
            return exclusion.from_day <= on < exclusion.until
        place = {row.service_id, *SERVICES[row.service_id]}
        scope = {exclusion.service_id, exclusion.provider_id, exclusion.authority_id}
        return bool(place & scope) and exclusion.from_day <= on
