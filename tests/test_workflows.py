"""The GitHub workflows are valid and do what the README says."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parent.parent / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_fits_the_schema(path):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_pages_tests_before_it_deploys():
    jobs = yaml.safe_load(next(p for p in WORKFLOWS if p.name == "pages.yml").read_text())["jobs"]
    steps = [step.get("run", step.get("uses", "")).split("@")[0].split(" ")[:2] for step in jobs["build"]["steps"]]
    order = [steps.index(wanted) for wanted in (["make", "test"], ["make", "site"], ["actions/upload-pages-artifact"])]
    assert order == sorted(order)
    assert jobs["deploy"]["needs"] == "build"
