"""What holds for every figure: names, sizes, files, words, and a golden picture each."""

import dataclasses
import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import all_drawn
from PIL import Image

from generator import figures
from generator.base import rounding
from generator.base.style import THEMES
from generator.networks.spec import RunSpec

STEMS = {
    "input-plane": "inputData",
    "hidden-plane": "decisionBoundaries.Final",
    "hidden-animation": "hidden.anim",
    "vector-field": "vector.DataTransformer",
    "angles": "angles",
    "loss": "loss",
}
DEEP_OR_WIDE = {"filmstrip": "filmstrip", "projection": "projection"}  # figures of networks of other shapes
HIDDEN = {"hidden-plane", "hidden-animation"}
GOLDEN = Path(__file__).parent / "golden"  # drawn anew by: GOLDEN=write pytest tests/figures
# Fonts and rasterisers change a little from version to version: few pixels may differ, and these by anything.
SAME_SHARE, SAME_WITHIN, MEAN_WITHIN = 95, 1, 0.5
ARTICLE_BYTES = 6_000_000  # what 12 runs may weigh in one theme
HEAVY = ("numpy", "scipy", "sklearn", "matplotlib", "PIL", "imageio", "torch")

names = pytest.mark.parametrize("name", STEMS)


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_the_figures_are_found_with_their_file_names():
    assert {name: figure.stem for name, figure in figures.load().items()} == STEMS | DEEP_OR_WIDE


@pytest.mark.parametrize(
    ("hidden", "dataset", "activation", "drawn"),
    [
        ((64, 2), "spirals", "disk", set(STEMS)),
        ((64, 2), "simplex", "tanh", HIDDEN | {"loss"}),
        ((64, 3), "spirals", "tanh", HIDDEN | {"input-plane", "loss", "projection"}),
        ((64, 3), "simplex", "tanh", HIDDEN | {"loss", "projection"}),
        ((64, 1), "spirals", "tanh", {"input-plane", "loss"}),
        ((8, 2, 8, 2), "spirals", "tanh", {*STEMS, "filmstrip"}),
        ((8, 2, 8, 3), "spirals", "tanh", HIDDEN | {"input-plane", "loss", "projection", "filmstrip"}),
        ((8, 6, 3), "simplex", "relu", HIDDEN | {"loss", "projection", "filmstrip"}),
        ((1, 6, 3), "simplex", "relu", HIDDEN | {"loss", "projection"}),
    ],
)
def test_a_network_is_drawn_as_its_shape_allows(hidden, dataset, activation, drawn):
    spec = RunSpec(classes=3, activation=activation, seed=1, kind=dataset, hidden=hidden)
    assert {name for name, figure in figures.load().items() if figure.suits(spec)} == drawn


def test_a_figure_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        figures.load()["loss"].stem = "other"


def test_figures_can_be_listed_and_described_without_heavy_imports():
    program = f"""
import sys
from generator import figures
from generator.base import rounding
from generator.networks.spec import RunSpec
angles = [{{"class": 0, "mean_deg": 1.0, "std_deg": 2.0}}]
measures = {{"accuracy": 0.99, "loss": 0.01, "least_distance": 1.0, "angles": angles}}
measures |= {{"two_axes": 0.9, "own_centre": 0.9, "early_own_centre": 0.8, "gap": 4.0, "gap_map": 30.0}}
for figure in figures.load().values():
    figure.alt(RunSpec(classes=2, activation="tanh", seed=1), measures)
assert not [name for name in {HEAVY!r} if name in sys.modules], "imported"
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("theme", THEMES)
@names
def test_files_decode_to_the_declared_size_and_to_each_other(case, name, theme):
    figure = figures.load()[name]
    files = figure.draw(*case, THEMES[theme])
    assert set(files) == {"png", "webp"} | ({"gif"} if figure.animated else set())
    png = decoded(files["png"])
    assert png.shape == (2 * figure.height_px, 2 * figure.width_px, 3)
    assert (png == decoded(files["webp"])).all()
    paper = tuple(int(THEMES[theme].paper[at : at + 2], 16) for at in (1, 3, 5))
    assert tuple(png[0, 0]) == tuple(png[-1, -1]) == paper


@names
def test_the_same_run_gives_the_same_bytes(tanh_case, name):
    first, second = (figures.load()[name].draw(*tanh_case, THEMES["dark"]) for _ in range(2))
    assert first == second
    assert all(b"matplotlib" not in data.lower() for data in first.values())


def test_another_process_gives_the_same_bytes():
    program = "import sys; sys.path.append(sys.argv[1]); from conftest import all_drawn; print(all_drawn())"
    here = Path(__file__).parent
    command = [sys.executable, "-c", program, here]
    told = subprocess.run(command, cwd=here.parents[1], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == all_drawn()


@pytest.mark.parametrize(
    ("name", "case", "theme"),
    [
        ("input-plane", (5, "tanh"), "light"),
        ("hidden-plane", (4, "relu"), "dark"),
        ("hidden-animation", (5, "tanh"), "light"),
        ("vector-field", (4, "relu"), "dark"),
        ("angles", (5, "tanh"), "light"),
        ("loss", (4, "relu"), "dark"),
    ],
    indirect=["case"],
)
def test_the_picture_is_as_it_was(name, case, theme):
    data = figures.load()[name].draw(*case, THEMES[theme])["webp"]
    kept = GOLDEN / f"{name}.webp"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        kept.write_bytes(data)
    off = np.abs(decoded(data).astype(int) - decoded(kept.read_bytes()))
    assert np.percentile(off, SAME_SHARE) <= SAME_WITHIN
    assert off.mean() < MEAN_WITHIN


def test_the_articles_pictures_are_small(tanh_case, relu_case):
    loaded = 0
    for case in (tanh_case, relu_case):
        for figure in (figures.load()[name] for name in STEMS):
            files = figure.draw(*case, THEMES["light"])
            loaded += len(files["webp"]) + len(files.get("gif", b""))
    assert 6 * loaded < ARTICLE_BYTES


@pytest.mark.parametrize("name", ["input-plane", "hidden-plane", "hidden-animation", "loss"])
def test_words_give_the_accuracy(case, name):
    spec, _, measures = case
    alt = str(figures.load()[name].alt(spec, measures))
    assert figures.percent(measures["accuracy"]) in alt
    assert f"{spec.label} network of {spec.classes} classes" in alt


@pytest.mark.parametrize("name", ["input-plane", "hidden-animation", "vector-field"])
@pytest.mark.parametrize(("kind", "data"), [("spirals", "interleaved spiral arms"), ("moons", "half moons")])
def test_words_name_the_data(case, name, kind, data):
    spec, _, measures = case
    assert data in str(figures.load()[name].alt(replace(spec, kind=kind), measures))


def test_words_of_the_film_say_how_it_ends(case):
    spec, _, measures = case
    alt = str(figures.load()["hidden-animation"].alt(spec, measures))
    assert f"{figures.percent(measures['own_centre'])} are nearest to their own class's centre" in alt
    assert f"centres are {rounding.fixed(measures['least_distance'], 2)} apart" in alt


@pytest.mark.parametrize(
    ("share", "text"), [(0.9925, "99.2 %"), (1.0, "100.0 %"), (0.99999, "99.9 %"), (0.0, "0.0 %"), (0.5, "50.0 %")]
)
def test_a_share_is_never_rounded_up_to_all(share, text):
    assert figures.percent(share) == text


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [(134.8, 13.3, "135° ± 13°"), (359.7, 0.46, "0° ± 0.5°"), (90.0, 9.97, "90° ± 10°"), (None, None, "no direction")],
)
def test_a_direction_is_given_in_whole_degrees(mean, std, text):
    assert figures.degrees(mean, std) == text
