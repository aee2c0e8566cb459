"""Networks of any shape, trained in any way: what keys may say, and an article that has them, by the guide's words."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from generator.base.errors import ContentError
from generator.base.progress import Progress
from generator.build import build
from generator.content import experiments
from generator.networks.spec import RunSpec
from generator.options import Options

ROOT = Path(__file__).parent.parent
GRID = '[dataset.d]\nkind = "spirals"\npoints_per_class = 20\n[experiment.a]\nactivation = "tanh"\nclasses = [2, 3]\n'
MISTAKES = [
    ("batch = 41", ":7: batch is 41 where 2 classes have 40 points together; expected at most 40, or no batch"),
    ("batch = [10, 50]", ":7: batch is 50 where 2 classes"),
    ("batch = 0", ":7: batch is 0; expected a whole number, at least 1"),
    ('optimizer = "sdg"', ':7: optimizer is "sdg"; expected one of adam, sgd; did you mean "sgd"?'),
    ("momentum = 0.9", ':7: momentum is 0.9 with the optimizer adam; expected optimizer = "sgd"'),
    ('optimizer = ["sgd", "adam"]\nmomentum = [0.0, 0.5]', ":8: momentum is 0.5 with the optimizer adam"),
    ('optimizer = "sgd"\nbeta2 = 0.9', ':8: beta2 is 0.9 with the optimizer sgd; expected optimizer = "adam"'),
    ('optimizer = "sgd"\nmomentum = 1', ":8: momentum is 1; expected a number at least 0 and below 1"),
    ("hidden = [8, 1]\nship = 1", ":7: the last width is 1; expected 2 or more where runs travel with the page"),
]


@pytest.mark.parametrize(("keys", "said"), MISTAKES)
def test_mistakes_are_said_with_their_line(keys, said):
    with pytest.raises(ContentError, match=re.escape("e.toml" + said)):
        experiments.parse(GRID + keys, "e.toml")


def test_keys_make_grids_and_a_run_is_asked_for_by_all_its_keys():
    keys = 'optimizer = "sgd"\nmomentum = [0.0, 0.9]\nbatch = [10, 40]\nbeta1 = 0.9\n'
    runs = experiments.parse(GRID + keys, "e.toml").experiments[0].runs
    assert {run.id for run in runs} >= {"k2-tanh-batch10-momentum0-s1", "k3-tanh-batch40-momentum0.9-s1"}
    for spec in (runs[-1].spec, RunSpec(2, "tanh", 1)):
        asked = {key: value for key, value in vars(spec).items() if key != "dataset_options"}
        assert experiments.single(asked).spec.batch == spec.batch  # none of its keys contradicts another


ARTICLE = """---
title: Of any shape
description: Wide layers.
authors:
  - name: A. Author
date: 2026-01-02
---

SGD trained {{ results.where(optimizer="sgd").count | words }}.
"""


def figure(name, more=""):
    return f"\n/// figure | {name}\n{more}\n\n**Figure.** Caption.\n///\n"


def test_an_article_of_the_guides_network(made_tiny, tmp_path, one_worker_is_this_process):
    guide = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```toml\n(\[experiment\.mlp\]\n.*?)^```", guide, re.MULTILINE | re.DOTALL)
    content, cache = tmp_path / "content", shutil.copytree(made_tiny / "cache", tmp_path / "cache")
    content.mkdir()
    data = '[dataset.d]\nkind = "spirals"\npoints_per_class = 30\n'
    digits = '[dataset.n]\nkind = "digits"\nclasses = [0, 1]\n[experiment.digits]\ndataset = "n"\nactivation = "tanh"\n'
    digits += "hidden = [8, 16]\nepochs = 20\nbatch = 64\ncheckpoints = 3\ndraw = 1\n"
    mlp = example.replace("epochs = 400", "ship = 1\nepochs = 30\ncheckpoints = 4\n#")
    (content / "experiments.toml").write_text(data + digits + mlp, encoding="utf-8")

    def built(figures):
        (content / "article.md").write_text(ARTICLE + figures, encoding="utf-8")
        build(Options(content=content, out=tmp_path / "site", cache=cache, workers=1), Progress(quiet=True))
        return (tmp_path / "site" / "index.html").read_text(encoding="utf-8")

    shown = ["hidden-plane", "hidden-animation", "input-plane", "bend", "alive"]
    page = built("".join(figure(name, "    experiment: mlp") for name in shown) + figure(shown[1], "    classes: 2"))
    assert "SGD trained one." in page
    assert page.count("8 neurons wide") >= 2 and "16 neurons wide" in page and page.count("principal components") >= 3
    gallery = (tmp_path / "site" / "gallery.html").read_text(encoding="utf-8")
    assert gallery.count("Last hidden layer after training, projected</figcaption>") == 2
    with (tmp_path / "site" / "data" / "mlp.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert [row[key] for key in ("batch", "optimizer", "momentum")] == ["50", "sgd", "0.9"]
    planes = ("angles", "filmstrip", "train", "beat", "layers", "directions", "grid")
    with pytest.raises(ContentError) as refused:
        built("".join(map(figure, planes)) + figure("input-plane", "    experiment: digits"))
    wrong = [str(problem) for problem in refused.value.problems]
    for name in planes:
        [said] = [one for one in wrong if f'the figure "{name}" needs ' in one]
        assert (
            "of two neurons" in said and "these runs have " in said and "; expected one of bend, alive, digit, " in said
        )
    assert any('the figure "input-plane" needs inputs of two dimensions; these runs have 64' in one for one in wrong)
    assert all(re.match(r".*article\.md:\d+: ", one) for one in wrong) and len(wrong) == 8
