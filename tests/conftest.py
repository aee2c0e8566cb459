"""The article's own site, built once for all tests that look at it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def site() -> Path:
    """The site that the commands of the README build, from the same cache."""
    from generator.build import Options, build
    from generator.progress import Progress

    folder = ROOT / ".cache" / "test-site"
    options = Options(content=ROOT / "content", out=folder, cache=ROOT / ".cache", templates=ROOT / "templates")
    build(options, Progress(quiet=True))
    return folder


@pytest.fixture(scope="session", autouse=True)
def workers_import_from_here():
    """Worker processes start afresh and need the repository on their path, wherever the tests run."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
