"""What is installed is what pyproject.toml asks for, pinned; what is built is complete."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def requirements() -> list[str]:
    project = PYPROJECT["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    return sorted({*project["dependencies"], *extras, *PYPROJECT["build-system"]["requires"]})


@pytest.mark.parametrize("text", requirements())
def test_each_dependency_is_pinned_at_a_version_it_allows(text):
    requirement = Requirement(text)
    versions = [version for name, version in PIN.findall(LOCK) if name == canonicalize_name(requirement.name)]
    assert versions
    assert all(version in requirement.specifier for version in versions)


def test_each_pin_carries_hashes():
    pins = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(pins) == len(PIN.findall(LOCK))
    assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_lock_names_no_host():
    assert re.findall(r"^.*(?:://|--index-url|--extra-index-url|--find-links).*$", LOCK, re.MULTILINE) == []


def test_the_wheel_carries_every_file_of_the_four_packages(tmp_path):
    """Schemes, regions, schemas and templates are read at run time, so a wheel without them is broken."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("referral_gateway-*.whl")
    packages = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    wanted = {
        str(file.relative_to(ROOT))
        for package in packages
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())
