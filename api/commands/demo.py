"""``gateway demo``: an emergency from the first referral to the page that a duty manager reads."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from allocation.certify import certify
from allocation.solve import solve
from api.output_files import refuse_unwritable, write_all, write_text
from api.refusals import PLAN_FAILS, Refused, tell
from api.report.briefing import Briefing
from api.report.evidence import Evidence
from api.report.names import Names
from api.report.page import page
from api.report.printed import print_briefing
from api.terminal import interruptible, remarks, results, stages
from gateway.assessment.scheme import shipped_scheme
from gateway.assessment.scheme_parts import YesNo
from scenarios.emergency import SCHEME, Emergency, emergency
from scenarios.policies import first_come_first_served, greedy_by_priority

REGION = "birmingham-black-country"


def run(*, people: int, seed: int, out: Path, on: date, quiet: bool) -> int:
    """Make, assess, allocate, certify, compare, tell; returns the exit status."""
    refuse_unwritable(out)
    with stages(5, quiet=quiet) as stage:
        stage.next("Making and assessing an emergency")
        made = emergency(REGION, people=people, seed=seed, on=on)
        problem = made.problem
        stage.next("Finding places, highest risk first")
        plan = interruptible(partial(solve, problem))
        stage.next("Checking the plan")
        certification = certify(problem, plan)
        stage.next("Trying simpler ways")
        evidence = Evidence(
            title=made.region.title,
            on=on,
            problem=problem,
            plan=plan,
            certification=certification,
            first_come=first_come_first_served(problem, arrivals=arrivals(made)),
            greedy=greedy_by_priority(problem),
            names=names_of(made),
            closing=frozenset(made.closing),
            unscored=unscored_in(made),
        )
        stage.next("Writing the page")
        briefing = Briefing.of(evidence)
        write_all({out: partial(write_text, text=page(briefing))})
    say = results(quiet=quiet)
    print_briefing(briefing, say)
    say.print(f"\nFound in {plan.run['seconds']} seconds. The whole report: {out}", soft_wrap=True)
    if briefing.proof.sound:
        return 0
    if quiet:
        tell(Refused(briefing.proof.verdict, briefing.proof.faults), remarks())
    return PLAN_FAILS


def names_of(made: Emergency) -> Names:
    """What the region of an emergency, and the scheme its people were assessed by, call things."""
    return Names(
        services={each.service.id: each.name for each in made.region.provisions},
        authorities={each.gss: each.name for each in made.region.authorities},
        bands={band.number: band.label for band in shipped_scheme(SCHEME).bands},
        tags=made.region.tags,
    )


def unscored_in(made: Emergency) -> Mapping[str, tuple[str, ...]]:
    """Who of an emergency is not yet scored, and what nobody has asked about them."""
    scheme = shipped_scheme(SCHEME)
    words = {fact.asks: fact.label for fact in scheme.urgency if isinstance(fact, YesNo)}
    words |= {item.key: item.label for item in scheme.items} | {"referred_on": "Date of referral"}
    return {
        each.reference: tuple(words[column] for column in each.missing)
        for each in made.assessments
        if not each.is_scored
    }


def arrivals(made: Emergency) -> list[str]:
    """Everybody by the day their referral came, then by reference; a day nobody knows comes last."""
    ordered = sorted(made.referrals, key=lambda each: (each.referred_on or made.on, each.reference))
    known = [each.reference for each in ordered if each.referred_on is not None]
    return known + [each.reference for each in ordered if each.referred_on is None]
