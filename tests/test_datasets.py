"""Datasets: shapes, seeds, and what each kind promises of its classes."""

from pathlib import Path

import numpy as np
import pytest

from generator.base.errors import ContentError
from generator.measures import packing
from generator.networks import datasets
from generator.site import figures


@pytest.mark.parametrize("kind", datasets.load())
@pytest.mark.parametrize("classes", [2, 7, 32])
def test_points_come_in_class_order_and_from_the_seed_alone(kind, classes):
    x, y = datasets.points(kind, classes, 20, seed=3)
    assert x.shape == (20 * classes, datasets.inputs(kind, classes)) and x.dtype == np.float32 and np.isfinite(x).all()
    assert (y == np.repeat(np.arange(classes), 20)).all()
    assert datasets.points(kind, classes, 20, seed=3)[0].tobytes() == x.tobytes()
    assert datasets.points(kind, classes, 20, seed=4)[0].tobytes() != x.tobytes()
    assert np.abs(x).max() < 1.6


@pytest.mark.parametrize("classes", range(2, 33, 5))
def test_blobs_overlap_equally_little_however_many_they_are(classes):
    x, _ = datasets.points("blobs", classes, 400, seed=1)
    clouds = x.reshape(classes, 400, 2)  # (C, N/C, D)
    centres = clouds.mean(1)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(classes, 1)].min()
    assert apart * np.sqrt(classes) > 1.3  # no two are much closer than the disk's room allows
    assert clouds.std(1).mean() == pytest.approx(0.15 * apart, rel=0.1)
    nearest = np.linalg.norm(x[:, None] - centres, axis=2).argmin(1).reshape(classes, 400)
    assert (nearest == np.arange(classes)[:, None]).mean() > 0.995


def test_rings_lie_inside_one_another():
    x, _ = datasets.points("rings", 4, 300, seed=1, noise=0.0)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1).reshape(4, 300).T, [[0.25, 0.5, 0.75, 1.0]] * 300, atol=1e-6)
    noisy = np.linalg.norm(datasets.points("rings", 4, 3000, seed=1, noise=0.2)[0], axis=1).reshape(4, 3000)
    np.testing.assert_allclose(noisy.std(1), 0.2 / 4, rtol=0.1)


def test_moons_are_half_circles_open_by_turns():
    x, _ = datasets.points("moons", 3, 500, seed=1, noise=0.0)
    moons = x.reshape(3, 500, 2) * 2  # radii of 1
    for moon, (centre, up) in zip(moons, [(-1, 1), (0, -1), (1, 1)], strict=True):
        offset = moon - [centre, -0.25 * up]
        np.testing.assert_allclose(np.linalg.norm(offset, axis=1), 1, atol=1e-6)
        assert (offset[:, 1] * up >= -1e-6).all()


def test_spirals_turn():
    x, _ = datasets.points("spirals", 3, 50, seed=1, turn_rad=0.0, noise_rad=0.0)
    for arm, turn in zip(x.reshape(3, 50, 2), 2 * np.pi * np.arange(3) / 3, strict=True):
        np.testing.assert_allclose(arm, np.linspace(0, 1, 50)[:, None] * [np.sin(turn), np.cos(turn)], atol=1e-6)


def test_spirals_may_leave_a_hole():
    x, _ = datasets.points("spirals", 3, 50, seed=1, root_radius=0.4)
    radius = np.linalg.norm(x, axis=1).reshape(3, 50)
    np.testing.assert_allclose(radius, [np.linspace(0.4, 1, 50)] * 3, atol=1e-6)


@pytest.mark.parametrize("classes", range(2, 13))
@pytest.mark.parametrize("root", [0.0, 0.3])
def test_rays_lie_along_axes_of_their_own_from_one_root(classes, root):
    x, _ = datasets.points("rays", classes, 50, seed=1, noise=0.0, root_radius=root)
    rays = x.reshape(classes, 50, classes)
    radius = np.linalg.norm(rays, axis=2)
    np.testing.assert_allclose(radius, [np.linspace(root, 1, 50)] * classes, atol=1e-6)
    tips = rays[:, -1]
    np.testing.assert_allclose(tips @ tips.T, np.eye(classes), atol=1e-6)  # at right angles, whoever the two are
    np.testing.assert_allclose(rays, radius[..., None] * tips[:, None], atol=1e-6)
    strayed = datasets.points("rays", classes, 500, seed=1, noise=0.1, root_radius=root)[0]
    straight = datasets.points("rays", classes, 500, seed=1, noise=0.0, root_radius=root)[0]
    assert (strayed - straight).std() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("classes", [3, 5, 7, 12])
def test_clouds_of_a_wreath_stand_evenly_on_a_circle_and_meet_nowhere(classes):
    x, y = datasets.points("wreath", classes, 400, seed=1)
    centres = x.reshape(classes, 400, 2).mean(1)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 0.75, atol=0.03)
    apart = np.linalg.norm(centres - np.roll(centres, 1, 0), axis=1)
    np.testing.assert_allclose(apart, 1.5 * np.sin(np.pi / classes), rtol=0.06)
    assert (x - centres[y]).std() == pytest.approx(0.15 * apart.mean(), rel=0.05)
    assert np.linalg.norm(x, axis=1).min() > 0.05  # none at the middle
    assert (packing.hull_distances(centres) > 0).all()


@pytest.mark.parametrize("classes", [2, 5, 32])
def test_no_class_of_a_simplex_lies_between_others(classes):
    x, y = datasets.points("simplex", classes, 400, seed=1)
    assert datasets.inputs("simplex", classes) == classes
    centres = x.reshape(classes, 400, classes).mean(1)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(classes, 1)]
    np.testing.assert_allclose(apart, np.sqrt(2), atol=0.06)
    assert (x - centres[y]).std() == pytest.approx(0.1 * np.sqrt(2), rel=0.02)
    assert (packing.hull_distances(centres) > 0.9).all()


def test_parameters_know_their_defaults_and_bounds():
    known = [(each.name, each.default, each.least) for each in datasets.load()["spirals"].parameters]
    assert known == [("turn_rad", 4.0, None), ("noise_rad", 0.1, 0.0), ("root_radius", 0.0, 0.0)]


@pytest.mark.parametrize("kind", datasets.load().values(), ids=datasets.load())
def test_a_kind_says_in_words_what_it_is(kind):
    assert kind.picture.format(classes=5).startswith("5 ") and "of points" in kind.picture
    assert all(parameter.about for parameter in kind.parameters)
    assert {each.parameter for each in kind.controls} <= kind.defaults.keys() and (kind.script or not kind.controls)
    assert kind.without.keys() <= kind.defaults.keys()
    for plural, picture in kind.without.values():
        assert plural and picture.format(classes=5).startswith("5 ") and "of points" in picture
    assert kind.script or not kind.is_plane
    assert kind.is_plane or not kind.script or [kind.inputs(k) for k in (3, 7)] == [3, 7], "what a page can draw flat"


def test_arms_that_do_not_turn_are_called_straight():
    spirals = datasets.load()["spirals"]
    assert spirals.words({}) == spirals.words({"turn_rad": 1.0, "root_radius": 0.0}) == ("spiral arms", spirals.picture)
    assert spirals.words({"turn_rad": 0.0})[0] == "straight arms"


def test_the_script_of_a_figure_defines_that_figure():
    with pytest.raises(ContentError, match=r'mine\.js: defines the figure "bend"; expected peek\.define\("mine", …\)'):
        figures.properties(Path("content/templates/js/mine.js"), 'peek.define("bend", {})')


@pytest.mark.parametrize("more", ['{ kind: "flag", name: "hole" }', '{ kind: "flag", name: "own" }'])
def test_no_two_properties_of_a_figure_have_one_name(more):
    """A control of data would set what the figure's own of its name does."""
    place = Path("js/mine.js")
    script = f'// needs: build/datasets\n{{ kind: "flag", name: "own" }}, {{ kind: "flag", name: "wide" }}, {more}'
    with pytest.raises(ContentError, match=r'js/mine\.js: two properties of its state are called "(hole|own)"'):
        figures.properties(place, script)
    assert figures.properties(place, script.removesuffix(more)).keys() == {
        "own",
        "wide",
        *datasets.controls(),
    }
