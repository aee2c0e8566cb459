"""The GitHub workflows are valid, do what the README says, and may do little else."""

import re
from pathlib import Path

import pytest
import yaml

from tests import schemas

ROOT = Path(__file__).parent.parent
WORKFLOWS = [*sorted((ROOT / ".github/workflows").glob("*.yml")), ROOT / "templates/new/shared/pages.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_workflow_fits_the_schema(path):
    assert schemas.fits("vendor.github-workflows", path)


def test_pages_tests_before_it_deploys():
    jobs = yaml.safe_load(next(p for p in WORKFLOWS if p.name == "pages.yml").read_text())["jobs"]
    steps = [step.get("run", step.get("uses", "")).split("@")[0].split(" ")[:2] for step in jobs["build"]["steps"]]
    order = [steps.index(wanted) for wanted in (["make", "test"], ["make", "site"], ["actions/upload-pages-artifact"])]
    assert order == sorted(order)
    assert jobs["deploy"]["needs"] == "build"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_workflow_trusts_no_tag_that_moves_and_may_only_read_where_no_job_says_more(path):
    workflow = yaml.safe_load(path.read_text())
    uses = re.findall(r"^ +- uses: (.*)$", path.read_text(), flags=re.M)
    assert uses and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses), uses
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        may = job.get("permissions", {})
        steps = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in steps)
        writes = {key for key, value in may.items() if value == "write"}
        built_here = any("make" in step.get("run", "").split() for step in job["steps"])
        assert writes <= ({"id-token", "attestations"} if built_here else {"contents", "pages", "id-token"})
        said = " ".join(step.get("run", "") for step in job["steps"])
        assert "${{" not in said, "an expression in a command line is code from outside: name it in env"
