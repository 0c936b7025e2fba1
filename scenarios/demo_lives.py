"""What happens to somebody in the demonstration, from the first call on: every step a use case.

Chances are ours, and no figure about anybody; they are set so that after two years every state has somebody.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gateway.assessment.overriding import override_band
from gateway.assessment.scoring import score_referral
from gateway.people.enter_person import enter_person
from gateway.people.keep_safe import set_safety_area
from gateway.people.record_consent import give_consent
from gateway.people.tables import SafetyReason
from gateway.placements.dependants import OffersAndPlacements
from gateway.records.actor import CLOCKWORK, Actor
from gateway.referrals.details import Known, ReferralDetails
from gateway.referrals.ending import withdraw
from gateway.referrals.entering import draft, refer, submit
from gateway.referrals.expiring import expire
from gateway.referrals.resting import park
from gateway.referrals.tables import EndReason, QuestionRow, ReferralRow
from gateway.referrals.triaging import answer, ask, decline, put_on_list, take_in
from scenarios.demo_cases import Case, details_of
from scenarios.demo_scene import Scene, Steps, later
from scenarios.demo_tenancies import Ended, Tenancies

_MOST_TIMES: Final = 3
"""How often somebody comes at most."""

_STORIES: Final = (
    "Has stayed with friends in turn since the tenancy ended; they cannot have them any longer.",
    "Is to leave where they are by the end of the month and has nowhere to go.",
    "Lost the tenancy over arrears after losing work; wants help with benefits and with the landlord.",
    "Came to the agency's desk this week; settled well once before, with support.",
)
_QUESTIONS: Final = (
    "Which medication is taken, and who prescribes it?",
    "Is there an address at which a letter is safe?",
    "Were there any incidents in the last place?",
)


class Life:
    """One case, up to now.

    person, referral
        Ids in the store, of the latest referral that was not a draft; empty before there are any.
    """

    def __init__(self, scene: Scene, case: Case) -> None:
        self.scene, self.case, self.rng = scene, case, Random(case.seed)
        self.officer = scene.staff.officers[case.number % len(scene.staff.officers)]
        self.tenancies = Tenancies(scene, case, self.rng, self.officer)
        self.person = self.referral = ""

    def steps(self) -> Steps[None]:
        """They come, once or several times."""
        yield self.case.came
        self._enter()
        for times in range(_MOST_TIMES):
            ended = yield from self._referral(times)
            if ended is not Ended.BADLY or not self._chance(0.45):
                return
            yield self._later(days=(10, 130))

    def again_by_another_agency(self) -> ReferralRow:
        """The same person, entered anew under a name that was misheard, and referred."""
        agency = self._agency(_MOST_TIMES)
        referrer, known = self._referrer(agency), self.known
        misheard = replace(known, told_on=self.scene.at.date(), surname=f"{known.surname}s")
        twin = self.scene.does(referrer, enter_person, misheard)
        on = self.scene.at.date()
        self.scene.does(referrer, give_consent, twin.id, given_on=on, how="by telephone")
        details = replace(self._details(agency, _MOST_TIMES), person_id=twin.id)
        return self.scene.does(referrer, refer, details)

    def begins_again(self) -> ReferralRow:
        """A draft for somebody who was here before, which another agency has not handed in yet."""
        agency = self._agency(_MOST_TIMES)
        return self.scene.does(self._referrer(agency), draft, self._details(agency, _MOST_TIMES))

    def _enter(self) -> None:
        scene, referrer = self.scene, self._referrer(self._agency(0))
        self.known, on = details_of(self.case, self.rng), scene.at.date()
        self.person = scene.does(referrer, enter_person, self.known).id
        for area in sorted(self.case.facts.avoid_areas):
            scene.does(
                referrer, set_safety_area, self.person, area, reason=SafetyReason.DOMESTIC_ABUSE, on=on
            )

    def _referral(self, times: int) -> Steps[Ended]:
        id = yield from self._handed_in(times)
        if id is None:
            return Ended.WELL
        self.referral = id
        yield self._later(hours=(1, 30))
        self.scene.does(self.officer, take_in, id)
        ended = yield from self._looked_at(id)
        if ended is not None:
            return ended
        return (yield from self.tenancies.steps(id))

    def _handed_in(self, times: int) -> Steps[str | None]:
        """Some begin with a draft, and some drafts are never handed in."""
        agency = self._agency(times)
        referrer, details = self._referrer(agency), self._details(agency, times)
        drafted = not self.case.settled and self._chance(0.25)
        if not drafted:
            self._consent(referrer)
            return self.scene.does(referrer, refer, details).id
        row = self.scene.does(referrer, draft, details)
        if self._chance(0.25):
            yield self._due(row)
            self.scene.does(CLOCKWORK, expire, row.id)
            return None
        yield self._later(hours=(2, 70))
        self._consent(referrer)
        self.scene.does(referrer, submit, row.id)
        return row.id

    def _looked_at(self, id: str) -> Steps[Ended | None]:
        """Asked about, scored, and put on the list; ``None``, unless it ends here."""
        if not self.case.settled:
            ended = yield from self._asked_about(id)
            if ended is not None:
                return ended
            yield self._later(hours=(1, 20))
        scene, facts = self.scene, self.case.facts
        scene.does(self.officer, score_referral, id, facts.answers)
        if self._chance(0.05):
            why = "Seen today: worse than the answers say."
            scene.does(self.officer, override_band, id, 1, reason=why)
        if not self.case.settled and self._chance(0.15):
            return (yield from self._not_listed(id))
        scene.does(self.officer, put_on_list, id)
        return None

    def _asked_about(self, id: str) -> Steps[Ended | None]:
        if not self._chance(0.22):
            return None
        scene = self.scene
        row = scene.does(self.officer, ask, id, [self.rng.choice(_QUESTIONS)])
        (question,) = scene.work.where(QuestionRow, QuestionRow.referral_id == id)
        if self._chance(0.3):
            yield self._due(row)
            scene.does(CLOCKWORK, expire, id)
            return Ended.BADLY
        yield min(self._later(hours=(3, 20)), self._due(row) - timedelta(minutes=30))
        scene.does(self._referrer(row.agency_id), answer, question.id, "Yes; it is in the letter enclosed.")
        return None

    def _not_listed(self, id: str) -> Steps[Ended | None]:
        """Declined, withdrawn, or parked and put on the list later."""
        fate = self.rng.random()
        if fate < 0.35:
            reason = self.rng.choice([EndReason.NOT_ELIGIBLE, EndReason.RISK_NOT_MANAGEABLE])
            self.scene.does(self.officer, decline, id, reason=reason, why="Talked over with the referrer.")
            return Ended.BADLY
        if fate < 0.65:
            reason = self.rng.choice([EndReason.OTHER_HELP_FOUND, EndReason.CONTACT_LOST])
            self._end(withdraw, id, reason)
            return Ended.WELL
        until = self.scene.at.date() + timedelta(days=self.rng.randint(20, 60))
        reason = self.rng.choice([EndReason.IN_HOSPITAL, EndReason.IN_CUSTODY, EndReason.AWAITING_EVENT])
        row = self.scene.does(self.officer, park, id, until=until, reason=reason)
        yield self._due(row)
        self.scene.does(CLOCKWORK, expire, id)
        yield self._later(hours=(1, 8))
        self.scene.does(self.officer, put_on_list, id)
        return None

    def _end(self, verb: Callable[..., ReferralRow], id: str, reason: EndReason) -> None:
        self.scene.does(self.officer, verb, id, reason=reason, dependants=OffersAndPlacements())

    def _details(self, agency: str, times: int) -> ReferralDetails:
        facts, on, services = self.case.facts, self.scene.at.date(), self.scene.region.services
        moved = on - (facts.referred_on or on)
        return ReferralDetails(
            person_id=self.person,
            agency_id=agency,
            agency_reference=f"{facts.reference}/{times + 1}",
            referred_on=on,
            authority_id=facts.authority,
            duty_date=facts.duty_date and facts.duty_date + moved,
            discharge_date=facts.discharge_date and facts.discharge_date + moved,
            immediate_safety=facts.immediate_safety,
            sleeping_rough=facts.sleeping_rough,
            tier=facts.tier,
            units=facts.units,
            story=self.rng.choice(_STORIES),
            client_groups=tuple(sorted(facts.client_groups)) or ("generic",),
            risks=tuple(Known(code=tag, answer=True) for tag in sorted(facts.tags)),
            access_needs=tuple(sorted(facts.access_needs)),
            wishes=tuple(services[each] for each in facts.prefers if each in services),
            avoids=tuple(sorted(services[each] for each in facts.avoid_services if each in services)),
        )

    def _consent(self, by: Actor) -> None:
        on = self.scene.at.date()
        self.scene.does(by, give_consent, self.person, given_on=on, how="signed form")

    def _agency(self, times: int) -> str:
        agencies = list(self.scene.region.agencies.values())
        return agencies[(self.case.seed + times) % len(agencies)]

    def _referrer(self, agency: str) -> Actor:
        return self.scene.staff.referrers[agency]

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _later(self, *, hours: tuple[int, int] = (0, 0), days: tuple[int, int] = (0, 0)) -> datetime:
        return later(self.scene, self.rng, hours=hours, days=days)

    @staticmethod
    def _due(row: ReferralRow) -> datetime:
        if row.status_until is None:
            raise AssertionError("this state ends by itself")
        return row.status_until
