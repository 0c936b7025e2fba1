"""Deeds about people, services and agreements, in whatever order they come."""

from datetime import timedelta

from hypothesis.stateful import rule

from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.tables import AgreementRow, ScheduleRow
from gateway.directory.closing import close_unit, plan_closure, reopen_service, reopen_unit
from gateway.directory.confirming import confirm_units
from gateway.directory.designating import DesignationReason, redesignate
from gateway.directory.tables import ServiceRow, UnitGender, UnitRow, VoidReason, VoidRow
from gateway.directory.voiding import VoidDetails, cancel_void, prepare, put_out_of_service, revise_void
from gateway.people.details import PersonDetails
from gateway.people.enter_person import change_person, enter_person
from gateway.people.exclude import Reviewed, impose_exclusion, lift_exclusion, review_exclusion
from gateway.people.exclusions import ExclusionTerms
from gateway.people.keep_safe import end_safety_area, end_separation, keep_apart, set_safety_area
from gateway.people.merge_people import merge_people, unmerge_people
from gateway.people.record_consent import give_consent, withdraw_consent
from gateway.people.restrict import break_glass, grant_access, lift_restriction, restrict_case, revoke_access
from gateway.people.tables import (
    ExclusionReason,
    ExclusionRow,
    GrantRow,
    PersonRow,
    SafetyAreaRow,
    SafetyReason,
    SeparationRow,
)
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, WALSALL
from tests.soak.any_order import CHANCE, NOBODY, WHY
from tests.soak.any_order_ground import bought, others

SCOPES = (
    {"service_id": "S-1"},
    {"service_id": "S-2"},
    {"provider_id": "V-1"},
    {"authority_id": WALSALL},
    {"service_id": NOBODY},
)
AREAS = (BIRMINGHAM, DUDLEY, WALSALL, NOBODY)


class PeopleDeeds:
    """Who somebody is, and what keeps them from a place."""

    def details(self):
        names, genders = ["Aldera", "Okonjo"], ["female", "male", None]
        return PersonDetails(told_on=self.today, surname=self.pick(names), gender=self.pick(genders))

    @rule(chance=CHANCE)
    def a_person(self, chance):
        self.deed(chance)
        match self.number(0, 4):
            case 0:
                if person := self.does(enter_person, self.details()):
                    self.does(give_consent, person.id, given_on=self.today, how="on paper")
            case 1:
                id = self.one(PersonRow)
                self.does(change_person, id, self.details(), seen=self.seen(PersonRow, id), why="x")
            case 2:
                self.does(merge_people, self.one(PersonRow), self.one(PersonRow), why="Same birthday.")
            case 3:
                merged = self.one(PersonRow, PersonRow.merged_into.is_not(None))
                self.does(unmerge_people, merged, why="Two after all.")
            case 4:
                self.does(withdraw_consent, self.one(PersonRow), withdrawn_on=self.day(last=0))

    @rule(chance=CHANCE)
    def a_restriction(self, chance):
        self.deed(chance)
        until = self.clock() + timedelta(hours=self.number(-1, 300))
        id = self.one(PersonRow, PersonRow.restricted)
        match self.number(0, 4):
            case 0:
                id = self.one(PersonRow)
                seen, why = self.seen(PersonRow, id), self.pick(WHY)
                self.does(restrict_case, id, until=until, why=why, seen=seen)
            case 1:
                self.does(lift_restriction, id, why=self.pick(WHY), seen=self.seen(PersonRow, id))
            case 2:
                self.does(grant_access, id, "provider-1", until=until, why=self.pick(WHY))
            case 3:
                self.does(revoke_access, self.one(GrantRow), why=self.pick(WHY))
            case 4:
                self.does(break_glass, id, hours=self.number(0, 25), why=self.pick(WHY))

    @rule(chance=CHANCE)
    def an_exclusion(self, chance):
        self.deed(chance)
        id = self.one(ExclusionRow)
        match self.number(0, 2):
            case 0:
                first = self.day()
                terms = ExclusionTerms(
                    person_id=self.one(PersonRow),
                    reason=self.pick([ExclusionReason.ARSON, ExclusionReason.ARREARS]),
                    from_day=first,
                    until=first + timedelta(days=60),
                    review_on=first + timedelta(days=30),
                    **self.pick(SCOPES),
                )
                self.does(impose_exclusion, terms)
            case 1:
                until = self.pick([None, self.today + timedelta(days=20)])
                reviewed = Reviewed(on=self.today, review_on=self.today + timedelta(days=15), until=until)
                seen = self.seen(ExclusionRow, id)
                self.does(review_exclusion, id, reviewed, why=self.pick(WHY), seen=seen)
            case 2:
                seen = self.seen(ExclusionRow, id)
                self.does(lift_exclusion, id, on=self.day(), why=self.pick(WHY), seen=seen)

    @rule(chance=CHANCE)
    def a_safety(self, chance):
        self.deed(chance)
        facts = {"reason": SafetyReason.THREAT, "on": self.day(last=0)}
        over = {"on": self.day(last=0), "why": self.pick(WHY)}
        match self.number(0, 3):
            case 0:
                self.does(set_safety_area, self.one(PersonRow), self.pick(AREAS), **facts)
            case 1:
                self.does(end_safety_area, self.one(SafetyAreaRow), **over)
            case 2:
                self.does(keep_apart, self.one(PersonRow), self.one(PersonRow), **facts)
            case 3:
                self.does(end_separation, self.one(SeparationRow), **over)


class DirectoryDeeds:
    """What becomes of services and units, and of what was agreed about them."""

    def void(self):
        days = self.pick([None, 1, 7, 30, -1])
        first = self.day()
        until = None if days is None else first + timedelta(days=days)
        return VoidDetails(reason=self.pick(VoidReason), from_day=first, until=until)

    def a_void_that_stands(self):
        with self.store.reading() as work:
            rows = sorted(work.where(VoidRow), key=lambda row: (row.void, row.revision))
        latest = {row.void: row.revision for row in rows} or {NOBODY: 1}
        return self.pick(sorted(latest.items()))

    @rule(chance=CHANCE)
    def a_void(self, chance):
        self.deed(chance)
        id, seen = self.a_void_that_stands()
        match self.number(0, 3):
            case 0:
                self.does(put_out_of_service, self.one(UnitRow), self.void())
            case 1:
                self.does(prepare, self.one(UnitRow), self.void())
            case 2:
                self.does(revise_void, id, self.void(), seen=seen)
            case 3:
                self.does(cancel_void, id, seen=seen, why=self.pick(WHY))

    @rule(chance=CHANCE)
    def a_service(self, chance):
        self.deed(chance)
        id, unit = self.one(ServiceRow), self.one(UnitRow)
        why, day = self.pick(WHY), self.day()
        match self.number(0, 5):
            case 0:
                self.does(confirm_units, id)
            case 1:
                seen = self.seen(ServiceRow, id)
                self.does(plan_closure, id, day, seen=seen, why=why)
            case 2:
                closed = self.one(ServiceRow, ServiceRow.closes_on.is_not(None))
                self.does(reopen_service, closed, day, seen=self.seen(ServiceRow, closed), why=why)
            case 3:
                self.does(close_unit, unit, day, seen=self.seen(UnitRow, unit), why=why)
            case 4:
                closed = self.one(UnitRow, UnitRow.closes_on.is_not(None))
                self.does(reopen_unit, closed, day, seen=self.seen(UnitRow, closed), why=why)
            case 5:
                units, to = self.some(UnitRow), self.pick(UnitGender)
                self.does(redesignate, units, to, from_day=day, reason=DesignationReason.DEMAND)

    @rule(chance=CHANCE)
    def a_schedule(self, chance):
        self.deed(chance)
        joint, access = self.ids(AgreementRow)
        with self.store.reading() as work:
            numbers = [row.number for row in work.where(ScheduleRow, ScheduleRow.agreement_id == joint)]
            free = [row.number for row in work.where(ScheduleRow, ScheduleRow.agreement_id == access)]
        day, number = self.day(), self.number(0, 3)
        if self.coin():
            terms = {"purchases": bought(number, 3 - number), "clauses": [others("S-1", units=number)]}
            self.does(append_schedule, joint, max(numbers) + 1, from_day=day, by=MANAGER, **terms)
        else:
            terms = {"clauses": [others("S-2", units=number, weeks=number * 10)]}
            self.does(append_schedule, access, max(free) + 1, from_day=day, by=MANAGER, **terms)
