"""Bad input: exit status 2, a message that names the file and the fault, no traceback, nothing written."""

import json
import subprocess
import sys

import pytest

from tests.api.bad_files import BAD_PROBLEMS
from tests.api.running import ROOT, at_a_terminal
from tests.api.running import gateway as own_process

TODAY = ("--on", "2026-01-15")


def refused(answer, *words):
    """Whether the answer is a refusal that holds these words, with no traceback."""
    assert answer.status == 2, answer
    assert "Traceback" not in answer.err
    assert answer.out == ""
    for word in words:
        assert str(word) in answer.err
    return True


@pytest.mark.parametrize("name", BAD_PROBLEMS)
def test_a_file_that_is_no_problem_is_refused_and_no_plan_is_written(gateway, tmp_path, name):
    data, said = BAD_PROBLEMS[name]
    path, out = tmp_path / "problem.json", tmp_path / "plan.json"
    path.write_bytes(data)
    assert refused(gateway("allocate", path, "--out", out), path, said)
    assert [each.name for each in tmp_path.iterdir()] == ["problem.json"]


@pytest.mark.parametrize("name", BAD_PROBLEMS)
def test_certify_and_explain_refuse_the_same_files(gateway, problem_file, plan_file, tmp_path, name):
    data, _ = BAD_PROBLEMS[name]
    bad = tmp_path / "bad.json"
    bad.write_bytes(data)
    assert refused(gateway("certify", bad, plan_file), bad)
    assert refused(gateway("certify", problem_file, bad), bad)
    assert refused(gateway("explain", bad, plan_file, "ada"), bad)
    assert refused(gateway("explain", problem_file, bad, "ada"), bad)


@pytest.fixture
def sixty_faults(tmp_path):
    """A problem of sixty people, each in a band that is none."""
    people = [{"id": f"p{at}", "band": 0} for at in range(60)]
    path = tmp_path / "problem.json"
    path.write_text(json.dumps({"format": "placement-problem/1", "people": people, "services": []}))
    return path


def test_every_fault_is_told_at_once(gateway, sixty_faults, tmp_path):
    answer = gateway("allocate", sixty_faults, "--out", tmp_path / "plan.json")
    assert refused(answer, "60 faults", *(f"people[{at}].band" for at in range(60)))


def test_a_terminal_gets_fifty_faults_and_the_number_of_the_others(sixty_faults, tmp_path):
    status, shown = at_a_terminal(("allocate", sixty_faults, "--out", tmp_path / "plan.json"), TERM="dumb")
    assert status == 2
    assert "people[49].band" in shown
    assert "people[50].band" not in shown
    assert "and 10 more" in shown


def test_the_faults_of_the_problem_and_of_the_plan_are_told_at_once(gateway, tmp_path):
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(BAD_PROBLEMS["negative"][0])
    plan.write_text("{}")
    for words in (("certify", problem, plan), ("explain", problem, plan, "ada")):
        answer = gateway(*words)
        assert refused(answer, problem, "services[0].pools[0].units", plan, "format: is missing")


def test_a_file_that_is_missing_or_a_folder_is_refused(gateway, plan_file, tmp_path):
    out = tmp_path / "out.json"
    for path in (tmp_path / "missing.json", tmp_path):
        assert refused(gateway("allocate", path, "--out", out), path, "cannot be read")
        assert refused(gateway("certify", path, plan_file), path)
        assert refused(gateway("assess", path, "--out", out, *TODAY), path)
    assert not out.exists()


def test_output_that_cannot_be_written_is_refused_before_any_work(gateway, problem_file, tmp_path):
    kept = problem_file.read_bytes()
    assert refused(gateway("allocate", problem_file, "--out", problem_file), problem_file, "is an input")
    assert refused(gateway("allocate", problem_file, "--out", tmp_path), tmp_path, "folder")
    nowhere = tmp_path / "nowhere" / "plan.json"
    assert refused(gateway("allocate", problem_file, "--out", nowhere), nowhere, "folder does not exist")
    assert refused(gateway("allocate", problem_file, "--out", "/dev/full"), "/dev/full", "regular file")
    assert problem_file.read_bytes() == kept


def test_output_that_is_the_input_under_another_name_is_refused(gateway, problem_file, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(problem_file)
    assert refused(gateway("allocate", problem_file, "--out", link), "is an input")
    assert link.is_symlink()


def test_output_through_a_link_goes_to_the_file_behind_it_and_the_link_stays(gateway, problem_file, tmp_path):
    folder, link = tmp_path / "shared", tmp_path / "plan.json"
    folder.mkdir()
    link.symlink_to(folder / "plan.json")
    assert gateway("allocate", problem_file, "--out", link).status == 0
    assert link.is_symlink()
    assert json.loads((folder / "plan.json").read_text())["format"] == "placement-plan/1"
    assert [each.name for each in folder.iterdir()] == ["plan.json"]


def test_output_through_a_link_to_nowhere_is_refused(gateway, problem_file, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "nowhere" / "plan.json")
    assert refused(gateway("allocate", problem_file, "--out", link), link, "folder does not exist")


def test_a_dash_is_not_taken_for_a_file_of_that_name(gateway, problem_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(gateway("allocate", problem_file, "--out", "-"), "standard output")
    assert not (tmp_path / "-").exists()


def test_every_command_that_writes_refuses_a_folder_that_does_not_exist(gateway, problem_file, tmp_path):
    out = tmp_path / "nowhere" / "out"
    name = "birmingham-black-country"
    assert refused(gateway("demo", "--out", out, *TODAY), out)
    assert refused(gateway("scenario", "export", name, "--out", out, *TODAY), out)
    assert refused(gateway("assess", problem_file, "--out", out, *TODAY), out)


def test_a_disk_that_is_full_is_told_and_leaves_the_old_plan_as_it_was(problem_file, tmp_path):
    """The size of files that the process may write is limited, as a full disk limits it."""
    out = tmp_path / "plan.json"
    out.write_text("old")
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
    script = f"{limited}from api.command_line import main; main()"
    words = ["allocate", str(problem_file), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done
    assert str(out) in done.stderr
    assert "Traceback" not in done.stderr
    assert out.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["plan.json", "problem.json"]


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_limit_that_is_no_time_is_refused(gateway, problem_file, tmp_path, limit):
    out = tmp_path / "plan.json"
    assert refused(gateway("allocate", problem_file, "--out", out, "--time-limit", limit), "time-limit")
    assert not out.exists()


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "15/01/2026"])
def test_a_day_that_is_no_day_is_refused(gateway, tmp_path, day):
    assert refused(gateway("demo", "--out", tmp_path / "page.html", "--on", day), "2025-12-01")


def test_a_person_whom_nobody_knows_is_refused(gateway, problem_file, plan_file):
    assert refused(gateway("explain", problem_file, plan_file, "nobody"), problem_file, "nobody")


def test_a_plan_for_another_problem_is_not_explained(gateway, problem_file, plan_file):
    document = json.loads(problem_file.read_text())
    document["people"][0]["score"] = 7
    problem_file.write_text(json.dumps(document))
    assert refused(gateway("explain", problem_file, plan_file, "ada"), "another problem")


def test_a_plan_whose_people_the_problem_lacks_is_told_as_the_plan_for_another_one(
    gateway, crowded_file, problem_file, plan_file
):
    """Not as a fault for every name in it."""
    for words in (("certify", crowded_file, plan_file), ("explain", crowded_file, plan_file, "stayer")):
        answer = gateway(*words)
        assert refused(answer, "another problem", plan_file, crowded_file)
        assert "names no person" not in answer.err


def test_a_region_that_does_not_exist_is_refused_and_those_that_do_are_named(gateway, tmp_path):
    out = tmp_path / "problem.json"
    answer = gateway("scenario", "export", "atlantis", "--out", out, *TODAY)
    assert refused(answer, "atlantis", "birmingham-black-country")
    assert not out.exists()


@pytest.mark.parametrize("people", ["9", "0", "-5", "many"])
def test_too_few_people_for_an_emergency_are_refused(gateway, tmp_path, people):
    assert refused(gateway("demo", "--people", people, "--out", tmp_path / "page.html"), "--people")


def test_one_file_cannot_hold_both_the_problem_and_the_referrals(gateway, tmp_path):
    out = tmp_path / "both"
    words = ("scenario", "export", "birmingham-black-country", "--people", "10")
    assert refused(gateway(*words, "--out", out, "--referrals", out, *TODAY), "both")
    assert not out.exists()


def test_bad_referrals_are_named_by_row_and_column_and_nothing_is_written(gateway, tmp_path):
    referrals, out = tmp_path / "referrals.csv", tmp_path / "scored.csv"
    referrals.write_text("reference,referred_on\nR-1,soon\n")
    assert refused(gateway("assess", referrals, "--out", out, *TODAY), referrals, "row 2", "referred_on")
    assert not out.exists()


def test_a_scheme_that_is_none_is_refused_and_the_shipped_ones_are_named(gateway, tmp_path):
    referrals, out = tmp_path / "referrals.csv", tmp_path / "scored.csv"
    referrals.write_text("reference,referred_on\n")
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text("format: another/1\n")
    words = ("assess", referrals, "--out", out, *TODAY, "--scheme")
    assert refused(gateway(*words, "no-such-scheme"), "no-such-scheme", "new-directions-team")
    assert refused(gateway(*words, scheme), scheme, "format")
    assert refused(gateway(*words, tmp_path / "missing.yaml"), "missing.yaml")
    assert not out.exists()


def test_a_size_that_the_benchmark_does_not_have_is_refused_and_those_it_has_are_named(gateway):
    assert refused(gateway("benchmark", "--size", "galactic"), "galactic", "small", "full")


def test_letters_that_steer_a_terminal_are_written_out(gateway, tmp_path):
    path = tmp_path / "problem.json"
    path.write_text('{"format": "placement-problem/1", "people": [], "services": [], "\\u001b[2J": 1}')
    answer = gateway("allocate", path, "--out", tmp_path / "plan.json")
    assert refused(answer)
    assert "\x1b" not in answer.err


def test_the_installed_command_refuses_as_this_process_does(tmp_path):
    answer = own_process("allocate", tmp_path / "missing.json", "--out", tmp_path / "plan.json")
    assert refused(answer, "missing.json")
