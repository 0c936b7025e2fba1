"""The checker accepts what is best and nothing else, and says who or what is wrong."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allocation import exhaustive
from allocation.certify import certify
from allocation.choices import Scene
from allocation.exchange import InvalidDocument, plan_document, plan_of
from allocation.plan import Converted, Placement, Status, Unplaced, Unproved
from allocation.problem import Conversion, Person, Quota
from allocation.solve import solve
from allocation.steps import order_of_moves
from tests.allocation import verdicts
from tests.allocation.by_method import METHODS, costs, flowing, households
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.allocation.strategies import small_problems
from tests.allocation.verdicts import examples


@pytest.fixture(params=METHODS)
def problem(request):
    made = METHODS[request.param]()
    assert solve(made).summary.method == request.param
    return made


# ------------------------------------------------------------------------------------- telling a plan


def told(problem, plan, ends, conversions=None):
    """``plan`` with other ends, every figure and list in it made to agree with them."""
    best = {each.id: each for each in problem.people}
    found = exhaustive.places(problem)
    price = {(who, place.at): place.cost for who in found for place in found[who]}
    placements = tuple(
        Placement(
            person=who,
            service=at[0],
            pool=at[1],
            origin=best[who].current_service,
            cost=price.get((who, at), 0),
        )
        for who, at in sorted(ends.items())
        if at is not None
    )
    made = plan.conversions if conversions is None else conversions
    levels = exhaustive.levels(problem, ends, {(c.service, c.source, c.target): c.units for c in made})
    totals = {band: 0 for band, _, _ in levels.bands}
    for each in problem.people:
        totals[each.band] += 1
    summary = replace(
        plan.summary,
        placed=len(placements),
        unplaced=len(problem.people) - len(placements),
        stayed=sum(each.stays for each in placements),
        moved=levels.moved,
        placed_by_band={band: (placed, totals[band]) for band, placed, _ in levels.bands},
        cost=levels.cost,
        cost_bound=levels.cost,
        conversions=sum(each.units for each in made),
    )
    return replace(
        plan,
        summary=summary,
        placements=placements,
        conversions=made,
        unplaced=tuple(Unplaced(person=who, reasons=()) for who in sorted(ends) if ends[who] is None),
        steps=order_of_moves(Scene.of(problem), placements, made),
    )


def ends_of(problem, plan):
    return dict(verdicts.assignment_of(problem, plan))


def possible(problem, ends, plan):
    return not exhaustive.violations(problem, ends, verdicts.conversions_of(plan))


def swaps(problem, plan):
    """Plans in which somebody without a place has the place of somebody of higher priority."""
    ends = ends_of(problem, plan)
    for one in problem.people:
        for other in problem.people:
            higher = (one.band, -one.score) < (other.band, -other.score)
            if higher and ends[one.id] is not None and ends[other.id] is None:
                swapped = ends | {one.id: None, other.id: ends[one.id]}
                if possible(problem, swapped, plan):
                    yield one.id, other.id, told(problem, plan, swapped)


def test_a_plan_told_again_in_the_same_words_is_accepted(problem):
    """So what refuses the others below is what was changed in them, not the telling."""
    plan = solve(problem)
    assert certify(problem, told(problem, plan, ends_of(problem, plan))).holds


# -------------------------------------------------------------------------------------- tampered plans


def test_a_person_swapped_for_one_of_lower_priority_is_named(problem):
    found = list(swaps(problem, solve(problem)))
    assert found
    for loser, winner, plan in found:
        checked = certify(problem, plan)
        assert not checked.holds
        text = " ".join(checked.faults)
        assert loser in text or winner in text or "band 1" in text


def test_in_a_flow_the_person_who_lost_to_one_of_lower_priority_is_named_first():
    problem = flowing()
    for loser, _, plan in swaps(problem, solve(problem)):
        assert loser in " ".join(certify(problem, plan).faults)


def test_one_unit_too_many_is_told_with_the_pool(problem):
    """Everybody at the nearest place, more than fit."""
    plan = solve(problem)
    pool = problem.services[problem.service_at["near"]].pools[0].id
    crowded = told(problem, plan, {each.id: ("near", pool) for each in problem.people})
    checked = certify(problem, crowded)
    assert not checked.holds
    assert any("near" in fault and pool in fault for fault in checked.faults)


def test_one_person_more_in_a_quota_is_told_with_the_quota():
    problem = flowing()
    ends = ends_of(problem, solve(problem)) | {
        "ann": None,
        "bea": None,
        "cat": ("near", "u"),
        "dan": ("near", "u"),
    }
    checked = certify(problem, told(problem, solve(problem), ends))
    assert any("E1/near" in fault for fault in checked.faults)


def test_a_dearer_plan_told_consistently_is_refused():
    """One person of two alike sits far although a unit near is free."""
    problem = ask(people("ann", "bea"), [service("near", 2), service("far", 2)], costs(people("ann", "bea")))
    dear = told(problem, solve(problem), {"ann": ("far", "u"), "bea": ("near", "u")})
    assert dear.summary.cost == 2
    faults = " ".join(certify(problem, dear).faults)
    assert "ann" in faults or "near" in faults


def test_a_dearer_plan_told_as_cheap_is_refused_with_both_figures():
    problem = ask(people("ann"), [service("near"), service("far")], costs(people("ann")))
    plan = solve(problem)
    moved = replace(plan, placements=(replace(plan.placements[0], service="far"),))
    assert certify(problem, moved).faults[0] == "ann at far costs 2, not 0."


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("people", 99),
        ("placed", 99),
        ("unplaced", 99),
        ("stayed", 99),
        ("moved", 99),
        ("placed_by_band", {1: (0, 99)}),
        ("cost", 99),
        ("cost_bound", 99),
        ("conversions", 99),
    ],
)
def test_a_figure_of_the_summary_that_does_not_follow_is_named(problem, figure, value):
    plan = solve(problem)
    checked = certify(problem, replace(plan, summary=replace(plan.summary, **{figure: value})))
    assert any(f"summary.{figure}" in fault for fault in checked.faults)


def test_an_optimal_plan_that_lists_open_levels_contradicts_itself(problem):
    plan = solve(problem)
    open_levels = (Unproved(level="cost", value=plan.summary.cost, bound=0),)
    assert not certify(problem, replace(plan, summary=replace(plan.summary, unproved=open_levels))).holds


def test_without_its_certificate_a_plan_is_not_proved(problem):
    assert not certify(problem, replace(solve(problem), certificate={})).holds


def test_a_certificate_without_one_of_its_claims_does_not_prove_that_level(problem):
    plan = solve(problem)
    for at, part in enumerate(plan.certificate["parts"]):
        for number in range(len(part)):
            claims = deepcopy(plan.certificate["parts"])
            del claims[at][number]
            assert not certify(problem, replace(plan, certificate={"parts": claims})).holds


@pytest.mark.parametrize("method", ["network", "linear"])
def test_altered_prices_prove_nothing(method):
    """Every price that is there, a point more or a half less: some level then falls short."""
    problem = METHODS[method]()
    plan = solve(problem)
    for change in (lambda price: price + 10**9 + 1, lambda price: price // 2):
        claims = deepcopy(plan.certificate["parts"])
        for claim in (claim for part in claims for claim in part):
            claim["prices"] = [[*name, change(price)] for *name, price in claim["prices"]]
        assert not certify(problem, replace(plan, certificate={"parts": claims})).holds


def test_the_steps_must_move_everybody_once_and_nobody_else(problem):
    plan = solve(problem)
    first, *rest = plan.steps
    for steps in (tuple(rest), (first, *plan.steps), (("nobody",), *plan.steps), ()):
        checked = certify(problem, replace(plan, steps=steps))
        assert any("steps" in fault.lower() for fault in checked.faults)


def test_a_step_into_a_unit_that_is_not_free_yet_is_refused_with_the_people():
    """ann must wait until zed has moved to the other service."""
    zed = Person(id="zed", current_service="s", may_move=True)
    problem = ask([zed, Person(id="ann")], [service("s"), service("t")], {("zed", "t"): 0, ("ann", "s"): 0})
    plan = solve(problem)
    assert plan.steps == (("zed",), ("ann",))
    assert any("ann" in fault for fault in certify(problem, replace(plan, steps=plan.steps[::-1])).faults)


@pytest.mark.parametrize("change", [{"person": "nobody"}, {"service": "nowhere"}, {"pool": "none"}])
def test_a_placement_of_or_at_something_unknown_is_named(problem, change):
    plan = solve(problem)
    placements = (replace(plan.placements[0], **change), *plan.placements[1:])
    checked = certify(problem, replace(plan, placements=placements))
    assert any(name in fault for fault in checked.faults for name in change.values())


def test_somebody_with_two_places_is_named(problem):
    plan = solve(problem)
    twice = (plan.placements[0], *plan.placements)
    checked = certify(problem, replace(plan, placements=twice))
    assert any(plan.placements[0].person in fault for fault in checked.faults)


def test_everybody_without_a_place_must_be_listed_once(problem):
    plan = solve(problem)
    lost = plan.unplaced[0].person
    for listed in (plan.unplaced[1:], (plan.unplaced[0], *plan.unplaced)):
        assert any(lost in fault for fault in certify(problem, replace(plan, unplaced=listed)).faults)
    more = (*plan.unplaced, Unplaced(person=plan.placements[0].person, reasons=()))
    faults = certify(problem, replace(plan, unplaced=more)).faults
    assert any(plan.placements[0].person in fault for fault in faults)


def test_a_conversion_that_is_not_offered_is_refused(problem):
    made = (Converted(service="near", source="m", target="f", units=1),)
    assert not certify(problem, replace(solve(problem), conversions=made)).holds


def test_units_converted_for_nothing_are_refused():
    """They cost points that a better plan keeps."""
    way = Conversion(source="m", target="f", cost=3)
    problem = ask(
        [Person(id="ann", gender="female")], [pools("s", m=(2, "male"), f=(1, "female"), conversions=[way])]
    )
    plan = solve(problem)
    made = (Converted(service="s", source="m", target="f", units=1),)
    wasteful = told(problem, plan, ends_of(problem, plan), made)
    assert wasteful.summary.cost == 3
    assert not certify(problem, wasteful).holds


def test_an_occupant_moved_for_nothing_is_refused():
    problem = ask([*living("s", "zed", may_move=True)], [service("s"), service("t")], {("zed", "t"): 0})
    moved = told(problem, solve(problem), {"zed": ("t", "u")})
    assert moved.summary.moved == 1
    assert "pool s u has room" in " ".join(certify(problem, moved).faults)


def test_an_occupant_who_need_not_leave_may_not_lose_their_place():
    problem = ask([*living("s", "zed"), *people("ann", score=9)], [service("s")])
    evicted = told(problem, solve(problem), {"zed": None, "ann": ("s", "u")})
    assert any("zed" in fault for fault in certify(problem, evicted).faults)


def test_a_plan_for_another_problem_is_refused(problem):
    other = replace(problem, quotas=(*problem.quotas, Quota(id="one more", max_units=99)))
    assert "another problem" in certify(other, solve(problem)).faults[0]


def test_that_nothing_is_possible_needs_a_quota_with_a_least(problem):
    """Only ``min_units`` can make a problem infeasible: without any, the claim refutes itself."""
    plan = solve(problem)
    nothing = replace(plan, status=Status.INFEASIBLE, placements=(), unplaced=(), steps=(), certificate={})
    assert not certify(problem, nothing).holds


# --------------------------------------------------------------------------------------------- on trust


def test_a_level_proved_by_branching_is_taken_on_trust_and_said_so():
    problem = households()
    checked = certify(problem, solve(problem))
    assert checked.holds
    assert checked.on_trust
    assert not any(name in sentence for name in checked.on_trust for sentence in checked.confirmed)


@pytest.mark.parametrize("method", ["network", "linear"])
def test_prices_leave_nothing_to_trust(method):
    problem = METHODS[method]()
    checked = certify(problem, solve(problem))
    assert (checked.faults, checked.on_trust, checked.open_levels) == ((), (), ())
    assert "no plan places people better or costs less" in checked.confirmed[-1]


# ---------------------------------------------------------------------------------------------- forgery


def claim(level, weights, per=1):
    return {"levels": [level], "proof": "linear", "weights": weights, "per": per, "prices": []}


def dear():
    """A problem, and a plan for it that costs 4 where 0 would do."""
    problem = ask(
        [Person(id="ann", score=4)],
        [service("near"), service("far")],
        {("ann", "near"): 0, ("ann", "far"): 4},
    )
    return problem, told(problem, solve(problem), {"ann": ("far", "u")})


def test_weights_that_wrap_round_in_64_bits_prove_nothing():
    """2**62 times a score of 4 is 0 to a machine, and to nobody else."""
    problem, plan = dear()
    claims = [
        claim("band 1 people", {"band 1 people": 1}),
        claim("band 1 score", {"band 1 score": 1}),
        claim("cost", {"cost": 2**62, "band 1 score": 2**62}),
    ]
    assert not certify(problem, replace(plan, certificate={"parts": [claims]})).holds


@pytest.mark.parametrize("large", [2**62, 2**63 - 1, 2**63, 2**64, 10**40, -(2**63), -(10**40)])
@pytest.mark.parametrize("where", ["cost", "band 1 people", "per"])
def test_numbers_of_any_size_in_a_certificate_are_read_or_refused(large, where):
    problem, plan = dear()
    weights = {"cost": 1} | ({} if where == "per" else {where: large})
    claims = [claim("cost", weights, large if where == "per" else 1)]
    assert not certify(problem, replace(plan, certificate={"parts": [claims]})).holds


# ------------------------------------------------------------------------------------------- any tampering


@st.composite
def other_ends(draw, problem, plan):
    """Where people end in another plan: one to three of them somewhere else."""
    ends = ends_of(problem, plan)
    found = exhaustive.places(problem)
    for who in draw(st.lists(st.sampled_from(sorted(ends)), min_size=1, max_size=3)):
        ends[who] = draw(st.sampled_from([None, *(place.at for place in found[who])]))
    return ends


@examples(200)
@given(st.data())
def test_no_worse_plan_passes_under_the_certificate_of_the_best_one(data):
    problem = data.draw(small_problems())
    plan = solve(problem)
    assume(plan.status is Status.OPTIMAL)
    worse = told(problem, plan, data.draw(other_ends(problem, plan)))
    broken = verdicts.violations(problem, worse)
    if broken or verdicts.levels(problem, worse) != verdicts.levels(problem, plan):
        assert not certify(problem, worse).holds


numbers = st.one_of(
    st.integers(-3, 9),
    st.sampled_from([2**31, 2**53, 2**62, 2**63, 2**64, 10**30, -(2**63)]),
    st.floats(-9, 9),
)
names = st.sampled_from(
    [
        "",
        "p1",
        "s1",
        "a",
        "pool",
        "quota",
        "out",
        "cost",
        "moved",
        "flow",
        "linear",
        "branching",
        "band 1 people",
    ]
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, names),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(names.filter(bool), inner, max_size=3)
    ),
    max_leaves=5,
)


def paths(value, path=()):
    """The path to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from paths(item, (*path, key))


def changed(document, path, value):
    """The document with another value at the path, or without it if ``value`` is `GONE`."""
    copy = deepcopy(document)
    at = copy
    for key in path[:-1]:
        at = at[key]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copy


GONE = object()


@st.composite
def mutated(draw, document, root):
    """The document with one to three values somewhere under ``root`` replaced, removed or copied."""
    for _ in range(draw(st.integers(1, 3))):
        spots = [path for path in paths(document) if path[: len(root)] == root and len(path) > len(root)]
        if not spots:
            break
        path = draw(st.sampled_from(spots))
        source = document
        for key in draw(st.sampled_from(spots)):
            source = source[key]
        document = changed(
            document, path, draw(st.one_of(anything, st.just(GONE), st.just(deepcopy(source))))
        )
    return document


def sound(problem, document):
    """Fail if the checker crashes, or accepts for sure a plan that is not the best one."""
    try:
        plan = plan_of(json.loads(json.dumps(document)))
    except InvalidDocument:
        return
    checked = certify(problem, plan)
    if checked.holds and not checked.on_trust and not checked.open_levels:
        assert verdicts.violations(problem, plan) == []
        assert verdicts.levels(problem, plan) == exhaustive.best(problem).levels


@examples(250)
@given(st.data())
def test_no_change_anywhere_in_a_plan_crashes_the_checker_or_fools_it(data):
    problem = data.draw(small_problems())
    sound(problem, data.draw(mutated(plan_document(solve(problem)), ())))


@examples(250)
@given(st.data())
def test_no_certificate_proves_a_plan_that_is_not_the_best(data):
    problem = data.draw(small_problems())
    plan = solve(problem)
    assume(plan.status is Status.OPTIMAL)
    worse = told(problem, plan, data.draw(other_ends(problem, plan)))
    sound(problem, data.draw(mutated(plan_document(worse), ("certificate",))))
