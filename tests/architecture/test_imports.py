"""The import contracts in pyproject.toml hold, and each of them notices when it is broken."""

import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT_IMPORTS, cwd=folder, capture_output=True, text=True, check=False)


def bare_house_with(folder: Path, *, file: str, line: str) -> Path:
    """Build a house under the same contracts whose rooms are all empty, but for one line in one file."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for package in settings["root_packages"]:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for contract in settings["contracts"]:
        for container in contract.get("containers", []):
            home = folder / container.replace(".", "/")
            home.mkdir(exist_ok=True)
            home.with_suffix(".py").unlink(missing_ok=True)
            for room in ("__init__", *re.findall(r"\w+", " ".join(contract["layers"]))):
                if not (home / room).is_dir():
                    (home / f"{room}.py").touch()
        for room in re.findall(r"\w+\.\w+", " ".join(contract.get("layers", []))):
            (folder / room.replace(".", "/")).with_suffix(".py").touch()
    (folder / file).write_text(f"{line}\n")
    return folder


def test_every_contract_is_kept():
    report = lint_imports(ROOT)
    assert report.returncode == 0, report.stdout + report.stderr


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("allocation/problem.py", "import gateway", "allocation is not allowed to import gateway"),
        ("gateway/__init__.py", "import scenarios", "gateway is not allowed to import scenarios"),
        ("scenarios/__init__.py", "import api", "scenarios is not allowed to import api"),
        ("allocation/stray.py", "", "allocation.stray"),
        ("allocation/problem.py", "import allocation.plan", "allocation.problem is not allowed to import"),
        ("allocation/certify.py", "import allocation.linear", "allocation.certify is not allowed to import"),
        ("allocation/exhaustive.py", "import allocation.structure", "allocation.exhaustive is not allowed"),
        ("allocation/certify.py", "import ortools", "allocation.certify -> ortools"),
        ("gateway/__init__.py", "import ortools.graph", "gateway -> ortools"),
        ("api/__init__.py", "import scipy.optimize", "api -> scipy"),
        ("scenarios/__init__.py", "import networkx", "scenarios -> networkx"),
    ],
)
def test_a_broken_contract_is_reported_with_the_import_that_breaks_it(tmp_path, file, line, complaint):
    report = lint_imports(bare_house_with(tmp_path, file=file, line=line))
    assert report.returncode == 1
    assert complaint in " ".join(report.stdout.split())


@pytest.mark.parametrize("room", ["certify", "exhaustive"])
def test_who_checks_a_plan_loads_no_solver(room):
    """Whatever is imported on the way counts too, which a contract on our own files cannot see."""
    script = f"""
        import sys
        import allocation.{room}
        solvers = ("ortools", "scipy.optimize")
        print(*(solver for solver in solvers if solver in sys.modules))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (answer.stdout.strip(), answer.stderr) == ("", "")
