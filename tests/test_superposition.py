"""The article about superposition: its toy model does what the paper says of it."""

from itertools import pairwise

import numpy as np
import pytest

from generator.base.overlay import default_templates
from generator.content import lab
from generator.runs import lab as running

CONTENT = default_templates() / "new" / "superposition" / "content"


@pytest.fixture(scope="module")
def train():
    read = lab.read(CONTENT)

    def train(**parameters):
        values, arrays = running.perform(read, "superposition", {"seed": 4, **parameters})
        return values, running.arrays_of(arrays)["W"]

    return train


def test_dense_features_get_a_neuron_each_and_the_most_important_ones_do(train):
    values, W = train(sparsity=0.0, importance=0.9)
    lengths = np.linalg.norm(W, axis=0)
    assert lengths[:2] == pytest.approx(1, abs=0.05) and lengths[2:].max() < 0.1
    assert abs(W[:, 0] @ W[:, 1]) < 0.05
    assert values["represented"] == 2 and values["in_order"] and values["dimensions"] == pytest.approx(1, abs=0.05)


def test_five_rare_features_make_a_pentagon(train):
    values, W = train(sparsity=0.97, importance=1.0)
    angles = np.sort(np.degrees(np.arctan2(W[1], W[0])))
    gaps = [after - before for before, after in pairwise([*angles, angles[0] + 360])]
    assert gaps == pytest.approx([72] * 5, abs=4)
    assert values["represented"] == 5 and values["widest_gap"] == pytest.approx(max(gaps), abs=0.01)


@pytest.mark.parametrize(
    ("sparsity", "importance", "share"), [(0.0, 0.2, 0), (0.0, 5.0, 1), (0.97, 0.2, 0.5), (0.97, 5.0, 0.5)]
)
def test_one_neuron_ignores_a_feature_or_shares_itself_between_opposites(train, sparsity, importance, share):
    values, W = train(sparsity=sparsity, importance=importance, features=2, neurons=1)
    assert values["last_share"] == pytest.approx(share, abs=0.05)
    assert share != 0.5 or W[0, 0] * W[0, 1] < 0
