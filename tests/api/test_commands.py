"""What each command does when all is well, and when a plan fails."""

import csv
import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from allocation.exchange import canonical, read_problem
from allocation.problem import Quota
from gateway.assessment import scheme_file
from tests.allocation.hand_made import ask, people, service
from tests.api.running import gateway as own_process

NAME = "birmingham-black-country"
ON = ("--on", "2026-01-15")


# allocate ---------------------------------------------------------------------------------------------


def test_allocate_writes_the_plan_and_tells_how_many_have_a_place(gateway, problem_file, tmp_path):
    out = tmp_path / "plan.json"
    answer = gateway("allocate", problem_file, "--out", out)
    assert (answer.status, answer.err) == (0, "")
    assert "optimal: 2 of 3 people have a place, at a cost of 0 points." in answer.out
    assert "Band 3: 0 of 1" in answer.out
    assert json.loads(out.read_text())["summary"]["placed"] == 2


def test_the_same_problem_gives_the_same_plan_byte_for_byte_but_for_the_run(gateway, crowded_file, tmp_path):
    texts = []
    for name in ("one.json", "two.json"):
        assert gateway("allocate", crowded_file, "--out", tmp_path / name).status == 0
        document = json.loads((tmp_path / name).read_text())
        del document["run"]
        texts.append(json.dumps(document))
    assert texts[0] == texts[1]


def test_a_plan_written_over_an_older_file_replaces_it_and_only_its_owner_reads_it(
    gateway, problem_file, tmp_path
):
    out = tmp_path / "plan.json"
    out.write_text("older")
    assert gateway("allocate", problem_file, "--out", out).status == 0
    assert json.loads(out.read_text())["format"] == "placement-plan/1"
    assert out.stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["plan.json", "problem.json"]


@pytest.fixture
def impossible_file(tmp_path):
    """A quota wants more units than there are."""
    quota = Quota(id="at-least-two", services=frozenset({"only"}), min_units=2)
    problem = ask(people("a", "b"), [service("only")], quotas=(quota,))
    path = tmp_path / "impossible.json"
    path.write_text(json.dumps(canonical(problem)))
    return path


def test_where_no_plan_exists_the_status_is_1_and_the_quota_is_named(gateway, impossible_file, tmp_path):
    out = tmp_path / "plan.json"
    answer = gateway("allocate", impossible_file, "--out", out)
    assert answer.status == 1
    assert "at-least-two" in answer.out
    assert json.loads(out.read_text())["status"] == "infeasible"


def test_that_no_plan_exists_is_not_certified(gateway, impossible_file, tmp_path):
    out = tmp_path / "plan.json"
    gateway("allocate", impossible_file, "--out", out)
    answer = gateway("certify", impossible_file, out)
    assert answer.status == 1
    assert "no plan exists" in answer.out


def test_quiet_prints_nothing(gateway, problem_file, plan_file, tmp_path):
    commands = [
        ("allocate", problem_file, "--out", tmp_path / "again.json"),
        ("certify", problem_file, plan_file),
        ("scenario", "export", NAME, "--people", 10, "--out", tmp_path / "p.json", *ON),
    ]
    for words in commands:
        answer = gateway(*words, "--quiet")
        assert (answer.status, answer.out, answer.err) == (0, "", "")


def test_quiet_prints_what_is_wrong_and_nothing_else(
    gateway, problem_file, plan_file, impossible_file, tmp_path
):
    plan = json.loads(plan_file.read_text())
    dearer(plan)
    plan_file.write_text(json.dumps(plan))
    failing = gateway("certify", problem_file, plan_file, "--quiet")
    assert (failing.status, failing.out) == (1, "")
    assert failing.err.startswith("The plan fails.\n")
    assert "ada" in failing.err
    none = gateway("allocate", impossible_file, "--out", tmp_path / "none.json", "--quiet")
    assert (none.status, none.out) == (1, "")
    assert "at-least-two" in none.err


# certify ----------------------------------------------------------------------------------------------


def test_certify_confirms_what_it_checked_and_says_that_the_plan_holds(gateway, problem_file, plan_file):
    answer = gateway("certify", problem_file, plan_file)
    assert answer.status == 0
    assert "Confirmed:" in answer.out
    assert "The plan holds." in answer.out


def swapped(plan):
    """Cy has Bob's place, Bob has none."""
    for placement in plan["placements"]:
        if placement["person"] == "bob":
            placement["person"] = "cy"
    for unplaced in plan["unplaced"]:
        unplaced["person"] = "bob"
    plan["steps"] = [[{"bob": "cy"}.get(person, person) for person in step] for step in plan["steps"]]
    plan["summary"]["placed_by_band"] = {"1": [1, 1], "2": [0, 1], "3": [1, 1]}


def one_too_many(plan):
    """Cy is placed beside Bob, in the same unit."""
    bob = next(each for each in plan["placements"] if each["person"] == "bob")
    plan["placements"].append(bob | {"person": "cy"})
    plan["unplaced"] = []
    plan["steps"].append(["cy"])


def dearer(plan):
    """A cost that the placements do not have."""
    plan["placements"][0]["cost"] = 9


def uncertified(plan):
    """No proof at all."""
    plan["certificate"] = {}


@pytest.mark.parametrize(
    ("tamper", "named"),
    [(swapped, "cy"), (one_too_many, "south"), (dearer, "ada"), (uncertified, "certificate")],
)
def test_a_plan_that_was_tampered_with_fails_and_what_is_wrong_is_named(
    gateway, problem_file, plan_file, tamper, named
):
    plan = json.loads(plan_file.read_text())
    tamper(plan)
    plan_file.write_text(json.dumps(plan))
    answer = gateway("certify", problem_file, plan_file)
    assert answer.status == 1, answer
    assert "Wrong:" in answer.out
    assert named in answer.out
    assert "The plan fails." in answer.out


def test_a_plan_for_another_problem_fails(gateway, crowded_file, problem_file, plan_file):
    """Its people and places are known, but the problem has changed since."""
    document = json.loads(problem_file.read_text())
    document["people"][0]["score"] = 3
    problem_file.write_text(json.dumps(document))
    answer = gateway("certify", problem_file, plan_file)
    assert answer.status == 1
    assert "another problem" in answer.out


# explain ----------------------------------------------------------------------------------------------


def test_explain_tells_where_somebody_goes_and_what_other_places_there_are(gateway, problem_file, plan_file):
    answer = gateway("explain", problem_file, plan_file, "ada")
    assert answer.status == 0
    assert answer.out.startswith("ada, band 1, score 0: goes to north (pool u), 1 unit for anyone.")
    assert "Cost: 0 points." in answer.out
    assert "As the problem lists it." in answer.out
    assert "south (pool u), 0 points: 1 of 1 unit held" in answer.out


def test_explain_tells_why_somebody_goes_nowhere_and_what_would_place_them(gateway, problem_file, plan_file):
    answer = gateway("explain", problem_file, plan_file, "cy")
    assert answer.status == 0
    assert "cy, band 3, score 0: no place." in answer.out
    assert "north's one unit goes to people of the same or higher priority." in answer.out
    assert "1 more unit for anyone at north" in answer.out


def test_explain_tells_of_somebody_who_stays_and_may_not_be_moved(gateway, crowded_file, tmp_path):
    plan = tmp_path / "plan.json"
    gateway("allocate", crowded_file, "--out", plan)
    answer = gateway("explain", crowded_file, plan, "stayer")
    assert "stays at home (pool u)" in answer.out
    assert "may not be moved" in answer.out


# scenario and assess ----------------------------------------------------------------------------------


def test_scenario_list_names_every_region(gateway):
    answer = gateway("scenario", "list")
    assert answer.status == 0
    assert answer.out.startswith(f"{NAME}: Birmingham and the Black Country")


@pytest.fixture
def exported(gateway, tmp_path):
    """The problem and the referrals of a small emergency."""
    problem, referrals = tmp_path / "problem.json", tmp_path / "referrals.csv"
    words = ("scenario", "export", NAME, "--people", 12, "--seed", 4, *ON)
    answer = gateway(*words, "--out", problem, "--referrals", referrals)
    assert answer.status == 0
    assert "12 people must leave" in answer.out
    return problem, referrals


def test_an_exported_emergency_can_be_allocated_certified_and_explained(gateway, exported, tmp_path):
    problem, _ = exported
    plan = tmp_path / "plan.json"
    assert gateway("allocate", problem, "--out", plan).status == 0
    assert gateway("certify", problem, plan).status == 0
    for person in read_problem(problem).people:
        answer = gateway("explain", problem, plan, person.id)
        assert answer.status == 0
        assert answer.out.startswith(f"{person.id}, band {person.band}, ")


def test_the_cost_of_a_place_is_explained_point_by_point(gateway, exported, tmp_path):
    problem, _ = exported
    plan = tmp_path / "plan.json"
    gateway("allocate", problem, "--out", plan)
    dear = max(json.loads(plan.read_text())["placements"], key=lambda each: each["cost"])
    lines = gateway("explain", problem, plan, dear["person"]).out.splitlines()
    start = lines.index(f"Cost: {dear['cost']} points.")
    points = [int(line.split()[0]) for line in lines[start + 1 : start + 6]]
    assert sum(points) == dear["cost"] > 0


def test_the_same_seed_exports_the_same_files(gateway, exported, tmp_path):
    again, referrals = tmp_path / "again.json", tmp_path / "again.csv"
    words = ("scenario", "export", NAME, "--people", 12, "--seed", 4, *ON)
    gateway(*words, "--out", again, "--referrals", referrals)
    assert again.read_bytes() == exported[0].read_bytes()
    assert referrals.read_bytes() == exported[1].read_bytes()


def test_assess_scores_exported_referrals_and_counts_the_bands(gateway, exported, tmp_path):
    out = tmp_path / "scored.csv"
    answer = gateway("assess", exported[1], "--scheme", "new-directions-team", "--out", out, *ON)
    assert answer.status == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"{len(rows)} people assessed by new-directions-team version 1." in answer.out
    assert {row["assessed_on"] for row in rows} == {"2026-01-15"}


def test_assess_puts_people_in_the_order_that_the_exported_problem_has(gateway, exported, tmp_path):
    """Scores in the problem are smaller numbers, in the same order."""
    out = tmp_path / "scored.csv"
    gateway("assess", exported[1], "--out", out, *ON)
    with out.open(newline="") as file:
        rows = {row["reference"]: row for row in csv.DictReader(file)}
    people = read_problem(exported[0]).people
    assert {each.id: each.band for each in people} == {
        name: int(row["allocation_band"]) for name, row in rows.items()
    }
    by_assessment = sorted(people, key=lambda each: (int(rows[each.id]["allocation_score"]), each.id))
    assert by_assessment == sorted(people, key=lambda each: (each.score, each.id))


def test_without_a_day_assess_takes_today(gateway, exported, tmp_path):
    out = tmp_path / "scored.csv"
    before = datetime.now().astimezone().date()
    assert gateway("assess", exported[1], "--out", out).status == 0
    with out.open(newline="") as file:
        days = {date.fromisoformat(row["assessed_on"]) for row in csv.DictReader(file)}
    assert days <= {before, before + timedelta(days=1)}


def test_assess_takes_a_scheme_from_a_file(gateway, exported, tmp_path):
    shipped = Path(scheme_file.__file__).parent / "schemes" / "new-directions-team.yaml"
    words = ("assess", exported[1], "--scheme", shipped, "--out", tmp_path / "scored.csv", *ON)
    assert gateway(*words).status == 0


# help and version -------------------------------------------------------------------------------------


def test_version_and_help_are_told(gateway):
    assert gateway("--version").out.startswith("gateway ")
    for words in ((), ("--help",), ("-h",), ("scenario",)):
        answer = gateway(*words)
        assert "Commands" in answer.out + answer.err
    for command in ("demo", "assess", "allocate", "certify", "explain", "benchmark"):
        assert gateway(command, "--help").status == 0


def test_help_is_plain_text_in_eighty_columns():
    commands = (
        "demo",
        "assess",
        "allocate",
        "certify",
        "explain",
        "benchmark",
        "scenario",
        "scenario export",
    )
    for words in ("", *commands):
        answer = own_process(*words.split(), "--help")
        assert (answer.status, answer.err) == (0, "")
        assert answer.out.isascii()
        assert max(map(len, answer.out.splitlines())) <= 80
        assert "..." not in answer.out.replace("[ARGS]...", ""), "a summary that is cut short"


def test_help_opens_no_library_that_solves_or_draws():
    script = "import sys, api.command_line; print([m for m in sys.modules if m in {modules!r}])"
    heavy = ("ortools", "scipy", "numpy", "altair", "vl_convert", "networkx", "yaml", "jinja2")
    done = subprocess.run(
        [sys.executable, "-c", script.format(modules=heavy)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_python_m_api_is_the_same_command():
    answer = own_process("--version")
    assert (answer.status, answer.out.split()[0]) == (0, "gateway")
