"""The vector field: arrows of one length, along the hidden vector."""

from dataclasses import replace

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.quiver import Quiver

from generator import figures
from generator.base.style import THEMES
from generator.figures.pictures import vector_field
from generator.networks import forward, tables


def quiver_of(axes):
    (quiver,) = [artist for artist in axes.collections if isinstance(artist, Quiver)]
    return quiver


def test_arrows_are_unit_vectors_along_the_hidden_vector(drawn, case):
    spec, run, _ = case
    quiver = quiver_of(drawn("vector-field", case).axes)
    along = np.stack([quiver.U, quiver.V], 1)
    length = np.linalg.norm(along, axis=1)
    np.testing.assert_allclose(length, length[0], rtol=1e-9)
    assert 0.5 * 2 / vector_field.ARROWS < length[0] < 2 / vector_field.ARROWS  # no arrow touches the next
    hidden = forward.hidden(spec, run.weights[-1], quiver.XY)
    np.testing.assert_allclose(along / length[:, None], hidden / np.linalg.norm(hidden, axis=1)[:, None], atol=1e-9)


def test_an_arrow_or_a_dot_stands_on_every_place_of_the_lattice(case):
    spec, run, _ = case
    places, units, predicted = vector_field.directions(spec, run.weights[-1])
    assert len(places) == len(units) == len(predicted) == vector_field.ARROWS**2
    assert np.abs(places).max() == 1 - 1 / vector_field.ARROWS
    length = np.linalg.norm(units, axis=1)
    assert (np.isclose(length, 1) | (length == 0)).all()


def test_where_the_hidden_vector_is_zero_there_is_a_dot(drawn, relu_case):
    spec, run, measures = relu_case
    weights = run.weights.copy()
    second = weights[-1, 192 : 192 + 130].reshape(2, 65)  # (2, 64 + bias)
    second[:] = 0
    second[0, -1] = -1
    dead = type(run)(**{**vars(run), "weights": weights})
    axes = drawn("vector-field", (spec, dead, measures)).axes
    dots = [artist for artist in axes.collections if not isinstance(artist, Quiver)]
    assert len(quiver_of(axes).U) == 0
    assert sum(len(artist.get_offsets()) for artist in dots) == vector_field.ARROWS**2


def test_arrows_have_the_colour_of_the_class_predicted_there(drawn, case):
    spec, run, _ = case
    quiver = quiver_of(drawn("vector-field", case, "dark").axes)
    predicted = forward.predict(spec, run.weights[-1], quiver.XY)
    colours = [to_hex(colour) for colour in quiver.get_facecolor()]
    assert colours == [THEMES["dark"].classes[label] for label in predicted]


def test_words_say_how_many_arrows(case):
    spec, _, measures = case
    assert "20 by 20 arrows" in str(figures.load()["vector-field"].alt(spec, measures))


def test_words_give_each_class_its_direction_by_its_own_word(tanh_case):
    table = tables.Table(
        np.zeros((10, 2)), np.repeat(np.arange(5), 2), np.zeros((0, 2)), np.zeros(0), tuple("vwxyz"), ("a", "b")
    )
    spec, _, measures = tanh_case
    own = replace(spec, kind=tables.enter(table), dataset_options=table.options)
    for of, names in ((spec, "12345"), (own, "vwxyz")):
        for figure in ("vector-field", "angles"):
            alt = str(figures.load()[figure].alt(of, measures))
            for row in measures["angles"]:
                direction = figures.degrees(row["mean_deg"], row["std_deg"])
                assert f"class {names[row['class']]}, {direction}" in alt
