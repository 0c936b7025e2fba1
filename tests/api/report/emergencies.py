"""Evidence for reports: small problems worked out by hand, and one small emergency."""

from datetime import date

from allocation.certify import certify
from allocation.solve import solve
from api.commands.demo import names_of, unscored_in
from api.report.evidence import Evidence
from scenarios.emergency import emergency
from scenarios.policies import first_come_first_served, greedy_by_priority

ON = date(2026, 1, 15)


def evidence(problem, **more):
    """The evidence that the real engine, checker and policies give for a problem."""
    plan = more.pop("plan", None) or solve(problem)
    facts = {
        "title": "Testshire",
        "on": ON,
        "certification": certify(problem, plan),
        "first_come": first_come_first_served(problem),
        "greedy": greedy_by_priority(problem),
    }
    return Evidence(problem=problem, plan=plan, **(facts | more))


def small_emergency(people=30, seed=1):
    """The evidence of a generated emergency."""
    made = emergency("birmingham-black-country", people=people, seed=seed, on=ON)
    return evidence(
        made.problem,
        title=made.region.title,
        names=names_of(made),
        closing=frozenset(made.closing),
        unscored=unscored_in(made),
    )
