"""One referral of a large store: entered, filled in, taken in, scored, put on the list or ended before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from gateway.assessment.assess import assess
from gateway.assessment.ranking import triage_rank
from gateway.assessment.referral import Referral
from gateway.assessment.scheme import Scheme
from gateway.assessment.standings import spaced
from gateway.records.actor import Actor, Role
from scenarios.bulk_deeds import Changes, Deeds, Drawn, Values
from scenarios.large_people import REFERRER, Somebody

OFFICER: Final = Actor(id="officer-1", role=Role.OFFICER)

_GROUPS = ("single-homeless", "complex-needs", "rough-sleepers", "offenders", "young-people", "mental-health")
_NEEDS = (
    "physical_health_disability",
    "mental_health",
    "learning_disability",
    "domestic_abuse",
    "drug_dependency",
    "alcohol_dependency",
    "offending_history",
    "repeat_homelessness",
    "rough_sleeping_history",
    "care_leaver_18_20",
)
_RISKS = ("arson", "sexual-offences", "violence", "active-drug-use", "active-drinking", "self-harm")
_ACCESS = ("step-free", "staff-24h", "self-contained")
_TIERS = ("hub", "local", "floating", None)
_ACCOMMODATION = ("rough_sleeping", "temporary", "custody", "friends", "hospital", "private_rent")
_STORY = (
    "Referred after a period of unstable housing. Wants to keep in touch with family nearby, has engaged "
    "with outreach for some months and would like a place where staff are there at night."
)
_NOTE = "Spoke on the telephone; still interested, no change in circumstances, will call again next week."
_DETAIL = "As told by the support worker; nothing written was seen."


@dataclass(slots=True, kw_only=True)
class Case:
    """A referral as it stands while its life is told; ``at`` is when the last thing was done."""

    deeds: Deeds
    scheme: Scheme
    person: Somebody
    row: Drawn
    at: datetime
    assessment: Drawn | None = None

    @property
    def id(self) -> str:
        """Of the referral."""
        return str(self.row.values["id"])

    @property
    def rng(self) -> Random:
        """Where chance comes from."""
        return self.deeds.rng

    def done(
        self,
        what: str,
        *new: Drawn,
        by: Actor = OFFICER,
        at: datetime | None = None,
        becomes: Values | None = None,
        changed: Changes | None = None,
        about: tuple[str, ...] = (),
        why: str | None = None,
    ) -> None:
        """Something was done in this case; the referral ``becomes`` so."""
        self.at = at or self.at
        changes = list(changed or ()) + ([(self.row, becomes)] if becomes else [])
        subjects = (self.id, self.person.id, *about)
        self.deeds.deed(what, *new, changed=changes, by=by, at=self.at, about=subjects, why=why)

    def later(self, days: float = 0, minutes: float = 0) -> datetime:
        """A moment after the last one."""
        return self.at + timedelta(days=days, minutes=minutes)


def status(to: str, at: datetime, *, reason: str | None = None, until: datetime | None = None) -> Values:
    """What changes in a referral that goes into a state, as ``gateway.referrals.moving`` sets it."""
    return {"status": to, "status_since": at, "status_until": until, "end_reason": reason}


def enter(
    deeds: Deeds,
    scheme: Scheme,
    person: Somebody,
    *,
    agency: str,
    authority: str,
    wishes: list[str],
    at: datetime,
    draft: bool = False,
) -> Case:
    """A referral handed in, or drafted, with its form."""
    rng, id = deeds.rng, deeds.new_id("R")
    facts = dict(_facts(rng, at.date()))
    state = status("draft", at, until=at + timedelta(days=28)) if draft else status("submitted", at)
    row = deeds.keep(
        "referrals",
        id=id,
        person_id=person.id,
        agency_id=agency,
        agency_reference=f"{rng.getrandbits(40):010X}",
        referrer="Support worker, 0121 496 0000",
        entered_by=REFERRER.id,
        entered_at=at,
        authority_id=None if rng.random() < 0.04 else authority,
        story=_STORY,
        triage_rank=0,
        **state,
        **facts,
    )
    case = Case(deeds=deeds, scheme=scheme, person=person, row=row, at=at)
    case.done("referral drafted" if draft else "referral submitted", row, by=REFERRER, at=at)
    case.done("form filled in", *_form(case, wishes), by=REFERRER)
    return case


def _facts(rng: Random, day: date) -> Iterator[tuple[str, Any]]:
    yield "referred_on", day
    yield "connection", rng.choice(("residence", "family", "employment", "none"))
    yield "duty", rng.choice(("relief", "prevention", "main", None))
    yield "duty_date", day + timedelta(days=rng.randrange(5, 56)) if rng.random() < 0.3 else None
    yield "discharge_date", day + timedelta(days=rng.randrange(1, 30)) if rng.random() < 0.05 else None
    yield "immediate_safety", rng.choices((True, False, None), (5, 85, 10))[0]
    yield "sleeping_rough", rng.choices((True, False, None), (15, 80, 5))[0]
    yield "accommodation", rng.choice(_ACCOMMODATION)
    yield "tier", rng.choice(_TIERS)
    yield "adults", 1


def _form(case: Case, wishes: list[str]) -> list[Drawn]:
    rng, keep = case.rng, case.deeds.keep
    rows = [
        keep("referral_codes", referral_id=case.id, trait=trait, value=value, answer=True, place=place)
        for trait, values in (
            ("client_group", rng.sample(_GROUPS, rng.randrange(1, 3))),
            ("access_need", rng.sample(_ACCESS, 1) if rng.random() < 0.15 else []),
            ("wished_service", wishes),
        )
        for place, value in enumerate(values, start=1)
    ]
    for trait, values in (("need", rng.sample(_NEEDS, rng.randrange(2, 5))), ("risk", _RISKS)):
        for value in values:
            answer = True if trait == "need" else rng.choices((True, False, None), (15, 70, 15))[0]
            detail = _DETAIL if answer and rng.random() < 0.1 else None
            code = {"trait": trait, "value": value, "answer": answer, "detail": detail}
            rows.append(keep("referral_codes", referral_id=case.id, **code))
    if rng.random() < 0.05:
        member = {"relation": "partner", "name": "Alex", "born": date(1985, 6, 1)}
        rows.append(keep("household_members", id=case.deeds.new_id("M"), referral_id=case.id, **member))
    return rows


def take_in(case: Case) -> None:
    """An officer takes it in, reads it, and now and then asks for more, which is answered."""
    at = case.later(days=1)
    case.done("referral taken in", at=at, becomes=status("in_triage", at))
    case.done("case file opened", at=case.later(minutes=3), why="triage")
    if case.rng.random() < 0.1:
        question = ask(case)
        at = case.later(days=2)
        answer = {"answered_by": REFERRER.id, "answered_at": at, "answer": "Yes, since last spring."}
        back, changed = status("in_triage", at), [(question, answer)]
        case.done("question answered", by=REFERRER, at=at, becomes=back, changed=changed)


def ask(case: Case) -> Drawn:
    """More is asked, which the referrer has to answer."""
    at = case.later(days=1)
    question = case.deeds.keep(
        "questions",
        id=case.deeds.new_id("Q"),
        referral_id=case.id,
        asked_by=OFFICER.id,
        asked_at=at,
        text="Is there support for the drinking at present?",
    )
    until = at + timedelta(days=10)
    case.done("more asked", question, at=at, becomes=status("more_asked", at, until=until))
    return question


def score(case: Case, *, what: str = "referral scored") -> None:
    """Scored by the scheme in force, by the gateway's own assessment; a score before is superseded."""
    at = case.later(days=1)
    if case.assessment is not None:
        case.done("score superseded", at=at, changed=[(case.assessment, {"superseded_at": at})])
    answers = _answers(case.scheme, case.rng)
    facts = _asked_by_schemes(case.row.values)
    found = assess(Referral(reference=case.id, answers=answers, **facts), case.scheme, on=at.date())
    case.assessment = case.deeds.keep(
        "assessments",
        id=case.deeds.new_id("E"),
        referral_id=case.id,
        scheme=found.scheme,
        edition=found.scheme_version,
        assessed_on=found.on,
        assessed_by=OFFICER.id,
        scored=found.is_scored,
        score=found.score,
        band=found.band,
        effective_band=found.effective_band,
        order_in_band=found.order_in_band,
        possible_bands=spaced(found.possible_bands),
        missing=spaced(found.missing),
    )
    rank = triage_rank(found, case.scheme, case.row.values["referred_on"])
    case.done(what, case.assessment, at=at, becomes={"band": found.effective_band, "triage_rank": rank})
    told = [
        case.deeds.keep(
            "answers", assessment_id=case.assessment.values["id"], item=item, score=answers.get(item)
        )
        for item in case.scheme.item_keys
    ]
    case.done("answers kept", *told, at=at)


def _answers(scheme: Scheme, rng: Random) -> dict[str, int]:
    severity = rng.random()
    answers = {item.key: item.scores[min(4, int(5 * (severity + rng.random()) / 2))] for item in scheme.items}
    if rng.random() < 0.08:
        del answers[rng.choice(scheme.item_keys)]
    return answers


def _asked_by_schemes(row: Mapping[str, Any]) -> dict[str, Any]:
    asked = ("referred_on", "immediate_safety", "sleeping_rough", "duty_date", "discharge_date")
    return {each: row[each] for each in asked}


def list_it(case: Case) -> None:
    """It goes on the list, and somebody makes a note."""
    at = case.later(minutes=20)
    becomes = status("waiting", at) | {"waiting_since": at}
    case.done("put on the list", at=at, becomes=becomes)
    note(case, at=case.later(days=1))


def note(case: Case, *, at: datetime) -> None:
    """A note."""
    row = case.deeds.keep(
        "notes",
        id=case.deeds.new_id("N"),
        referral_id=case.id,
        written_by=OFFICER.id,
        written_at=at,
        text=_NOTE,
    )
    case.done("note added", row, at=at)


_ENDINGS = {
    "declined": ("referral declined", ("not_eligible", "risk_not_manageable", "not_designated")),
    "withdrawn": ("referral withdrawn", ("changed_mind", "contact_lost", "other_help_found")),
    "expired": ("referral expired", ("too_old",)),
    "closed": ("referral closed", ("other_help_found", "in_custody", "contact_lost")),
}


def end(case: Case, to: str, *, at: datetime) -> None:
    """It comes to one of the ends that are no placement."""
    what, reasons = _ENDINGS[to]
    why = "Told by the agency on the telephone." if to != "expired" else None
    case.done(what, at=at, becomes=status(to, at, reason=case.rng.choice(reasons)), why=why)


def park(case: Case, *, at: datetime) -> None:
    """It rests until a day."""
    becomes = status("parked", at, reason="in_hospital", until=at + timedelta(days=60))
    case.done("referral parked", at=at, becomes=becomes, why="Admitted to hospital.")
