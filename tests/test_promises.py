"""What docs/guarantees.md promises holds, tried a few times; see tests/promises."""

import random
import shutil

import pytest

from tests.promises import ROOT, promises

pytestmark = pytest.mark.usefixtures("one_worker_is_this_process")
ALL = {promise.__name__.rpartition(".")[2]: promise for promise in promises()}


@pytest.mark.parametrize("name", ALL)
def test_what_is_promised_holds(name, tmp_path, made_tiny):
    shutil.copytree(made_tiny, tmp_path / "tiny")
    assert ALL[name].check(tmp_path, ALL[name].FEW, random.Random(f"few {name}")) == []


@pytest.mark.parametrize("name", ALL)
def test_the_document_tells_it(name):
    rows = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8").splitlines()
    [row] = [row for row in rows if row.startswith(f"| {ALL[name].PROMISE} |")]
    assert row.endswith(f"| {ALL[name].MANY:,} {ALL[name].UNIT} | 0 |")
