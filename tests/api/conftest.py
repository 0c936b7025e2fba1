"""The command in this process, and small files for it to read."""

import json
import sys

import pytest

from allocation.exchange import canonical
from api.command_line import main
from tests.allocation.hand_made import ask, living, people, pools, service
from tests.api.running import Answer


@pytest.fixture
def gateway(capsys, monkeypatch):
    """Run the command with these words in this process: as quick as an import, and as real."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gateway", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return Answer(end.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def problem_file(tmp_path):
    """Three people of three bands, two units: Ada and Bob get them; Cy, whose band is lowest, gets none."""
    ada, bob, cy = people("ada", band=1), people("bob", band=2), people("cy", band=3)
    problem = ask([*ada, *bob, *cy], [service("north"), service("south")])
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(canonical(problem)))
    return path


@pytest.fixture
def crowded_file(tmp_path):
    """Two occupants, of whom one may move, a household and somebody else, for units of two kinds."""
    home = pools("home", u=(2, "any"), f=(1, "female"))
    problem = ask(
        [
            *living("home", "stayer", authority="E08000025"),
            *living("home", "mover", may_move=True, gender="female"),
            *people("family", band=1, units=2, gender="female"),
            *people("single", band=2, gender="male"),
        ],
        [home, service("other", units=2)],
    )
    path = tmp_path / "crowded.json"
    path.write_text(json.dumps(canonical(problem)))
    return path


@pytest.fixture
def plan_file(gateway, problem_file, tmp_path):
    """The plan for `problem_file`."""
    path = tmp_path / "plan.json"
    assert gateway("allocate", problem_file, "--out", path, "--quiet").status == 0
    return path
