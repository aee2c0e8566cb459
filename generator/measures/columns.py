"""Every column of a build's tables: what is measured of a run, and across the runs of a recipe.

A measurement is one function: its name is the column's, its decorator says in words what the column holds. One that
has several columns names each and returns them together. To measure something else, add a function here.

Numbers keep six significant digits, degrees two decimals; None stands for what is undefined. Lengths are in units of
the hidden layer, whose room is [-1, 1]^2 for tanh.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..base.language import Message, message
from ..networks import datasets, forward, recipe
from ..networks.activations import ACTIVATIONS
from ..networks.rooms import SQUARE
from ..networks.spec import RunSpec, is_lifted
from . import arrangement, directions, kinds, models, packing, projection, tied
from . import knot as knots
from .collapse import collapse_metrics
from .measurement import COMPARISONS, MEASUREMENTS, Laws, Row, across, all_words, measured, measurement
from .trained import Trained

__all__ = ["COMPARISONS", "MEASUREMENTS", "all_words", "has_laws", "measured", "words"]

COLLAPSED_ABOVE_CHANCE = 0.1  # a run no better than chance by more than this learnt nothing
SPHERE_AT_MOST = 12  # classes up to which the sphere's optima are found from nearly every start
CLASSES_AT_MOST = 10  # a packing of more points is proved for some counts only
ROOM = SQUARE.name  # the room that the laws are solved for
FRESH = 2**32  # added to a seed: data that no run is trained on

RECIPE = {
    "id": "name of the run within its experiment",
    **recipe.words(),
    "dataset": "name of the data in the experiments file",
}


def words(kinds_of_data: Collection[str]) -> dict[str, Message]:
    """What each column of a table holds, by its name: a run's recipe, its data among it, then what was measured."""
    data: dict[str, list[Message]] = {}  # of each kind where they share a parameter
    for kind in sorted(kinds_of_data):
        for parameter in datasets.load()[kind].parameters:
            about = message("{kind}: {what}", kind=kind, what=message(parameter.about))
            data.setdefault(parameter.name, []).append(about)
    of_data = {name: Message(row=about) for name, about in data.items()}
    recipe, measured = ({name: message(what) for name, what in some.items()} for some in (RECIPE, all_words()))
    return recipe | of_data | measured


def model_words(model: str) -> dict[str, Message]:
    """What each column of a model's table holds, a key of models.SHARED."""
    known = words(())
    of_runs = {name: known[name] for name in models.SHARED[model]}
    return of_runs | {name: message(what) for name, what in models.OWN[model].items()}


def has_laws(spec: RunSpec) -> bool:
    """Whether the laws speak of where a run puts its classes."""
    return spec.room.name == ROOM and spec.hidden[-1] == 2 and spec.classes <= CLASSES_AT_MOST


def class_counts(specs: Iterable[RunSpec], models: Mapping[str, Iterable[int]]) -> list[int]:
    """The class counts that the laws are solved for: of runs that they speak of, and of models by their names."""
    return sorted({spec.classes for spec in specs if has_laws(spec)}.union(*models.values()))


def is_ball(trained: Trained) -> bool:
    """Whether the room is the sphere or the ball in three dimensions, and its optima are known."""
    spec = trained.spec
    return ACTIVATIONS[spec.activation].is_vector and spec.hidden[-1] == 3 and spec.classes <= SPHERE_AT_MOST


def is_plane(trained: Trained) -> bool:
    """Whether the last hidden layer has two neurons."""
    return trained.is_plane


def has_packing(trained: Trained) -> bool:
    """Whether the last hidden layer has two neurons, and the best packing of as many points in its room is known."""
    return trained.is_plane and trained.spec.classes in trained.spec.room.best


def has_early_plane(trained: Trained) -> bool:
    """Whether a layer of two neurons stands before the last one, which has two as well."""
    return trained.early_plane is not None


def first_epoch(epochs: np.ndarray, reached: np.ndarray) -> int | None:
    """The first of (T,) epochs at which something is reached; None: at none."""
    at = np.flatnonzero(reached)
    return int(epochs[at[0]]) if len(at) else None


@measurement("share of training points classified right after the last epoch")
def accuracy(trained: Trained) -> float:
    return float(trained.run.accuracy[-1])


@measurement(
    "own data: share of the points held out that the run classifies right after the last epoch",
    suits=lambda trained: trained.spec.kind.startswith("own-"),
    always=False,
)
def test_accuracy(trained: Trained) -> float | None:
    from ..networks import tables  # here, as what all measurements share is in the address of each

    held = tables.held_out(trained.spec)
    if held is None:
        return None
    return float((forward.predict(trained.spec, trained.run.weights[-1], held[0]) == held[1]).mean())


@measurement("mean cross-entropy after the last epoch, nats, without the L2 term")
def loss(trained: Trained) -> float:
    return float(trained.run.loss[-1])


@measurement("what training minimises: loss, and l2 times half the squared norm of all weights without biases")
def objective(trained: Trained) -> float:
    spec = trained.spec
    layers = forward.split(spec, trained.run.weights[-1])
    factors = spec.l2_factors or [1.0] * len(layers)
    squares = [np.square(layer[:, :-1].astype(np.float64)).sum() for layer in layers]
    return float(trained.run.loss[-1] + spec.l2 / 2 * np.dot(factors, squares))


@measurement(
    "share of as many new points, drawn with another seed, that are classified right; empty: data of a file",
    suits=lambda trained: not trained.spec.kind.startswith("own-"),
)
def accuracy_fresh(trained: Trained) -> float:
    spec = trained.spec
    options = dict(spec.dataset_options)
    x, y = datasets.points(spec.kind, spec.classes, spec.points_per_class, spec.seed + FRESH, **options)
    return float((forward.predict(spec, trained.run.weights[-1], x) == y).mean())


@measurement("whether the run learnt nothing: accuracy within 0.1 of chance")
def collapsed(trained: Trained) -> bool:
    return float(trained.run.accuracy[-1]) - 1 / trained.spec.classes < COLLAPSED_ABOVE_CHANCE


@measurement("first epoch with an accuracy of 0.9; empty: never")
def epochs_to_90(trained: Trained) -> int | None:
    return first_epoch(np.arange(len(trained.run.accuracy)), trained.run.accuracy >= 0.9)


@measurement("width of the last hidden layer, d")
def neurons(trained: Trained) -> int:
    return trained.spec.hidden[-1]


@measurement("mean position of each class in the last hidden layer, class by class")
def centres(trained: Trained) -> list[list[float]]:
    found: list[list[float]] = trained.centres.tolist()
    return found


@measurement("largest distance of a centre from the origin")
def largest_norm(trained: Trained) -> float:
    return float(np.linalg.norm(trained.centres, axis=1).max())


@measurement("least distance between two centres")
def least_distance(trained: Trained) -> float:
    return packing.least_distance(trained.centres)


@measurement(
    "least distance as a share of the room's optimum; ReLU: of centres scaled into a quarter disk", suits=has_packing
)
def packing_ratio(trained: Trained) -> float | None:
    return arrangement.packing_ratio(trained.centres, trained.room)


@measurement("least distance as a share of that of a regular simplex in the ball that holds the room")
def simplex_share(trained: Trained) -> float | None:
    return arrangement.simplex_share(trained.centres, trained.room)


@measurement("whether all classes can be equally far from each other: k at most d + 1")
def simplex_fits(trained: Trained) -> bool:
    return trained.spec.classes <= trained.spec.hidden[-1] + 1


@measurement("whether a cube of d dimensions has a corner for every class: k at most 2 to the power d")
def corner_each(trained: Trained) -> bool:
    return trained.spec.classes <= 1 << trained.spec.hidden[-1]


@measurement("how far the centres are from a regular polygon: 0 is one", suits=is_plane)
def polygon_gap(trained: Trained) -> float | None:
    return arrangement.polygon_gap(trained.centres)


@measurement(
    tammes_share="sphere, ball: least distance of the centres' directions as a share of Tammes' optimum",
    thomson_share="sphere, ball: least energy of as many charges as a share of these directions' energy",
    distance_tammes="sphere, ball: how far the centres' directions differ from Tammes' optimum in their distances",
    distance_thomson="sphere, ball: how far they differ from Thomson's optimum",
    nearest_problem="sphere, ball: the one of the two that they differ less from; empty: both have one optimum",
    suits=is_ball,
)
def on_sphere(trained: Trained) -> dict[str, Any]:
    return arrangement.on_sphere(trained.centres)


@measurement("least distance from a centre to the convex hull of the others")
def one_vs_rest(trained: Trained) -> float:
    return float(trained.hulls.min())


@measurement("least angle between two centres seen from the origin, degrees")
def least_angle_deg(trained: Trained) -> float | None:
    return arrangement.least_angle_deg(trained.centres)


@measurement(
    "tanh: how far the centre least near a wall is from its nearest wall",
    suits=lambda trained: trained.room == SQUARE.name,
)
def wall_gap(trained: Trained) -> float:
    return float((1 - np.abs(trained.centres).max(1)).max())


@measurement("how many centres lie inside the convex hull of the others")
def interior(trained: Trained) -> int:
    return int((trained.hulls == 0).sum())


@measurement("least lead of the right class's score at the centres, per unit of the output weights' norm")
def margin(trained: Trained) -> float:
    return arrangement.head_margin(trained.centres, trained.head[:, :-1], trained.head[:, -1])


@measurement("least distance from a centre to the border of its class's region")
def clearance(trained: Trained) -> float:
    return arrangement.head_clearance(trained.centres, trained.head[:, :-1], trained.head[:, -1])


@measurement(
    "whether the centres stand around their middle in the order of their numbers",
    suits=lambda trained: trained.spec.hidden[-1] > 1,
)
def order_kept(trained: Trained) -> bool | None:
    return arrangement.order_kept(projection.flattened(trained.centres, trained.points))


@measurement("share of the points' variance along their two principal axes")
def two_axes(trained: Trained) -> float:
    return projection.two_axes(trained.points)


@measurement(
    own_neighbour_data="wide layers: share of points whose nearest other point in the data is of their own class",
    own_neighbour_map="wide layers: the same in the picture that t-SNE makes of the last hidden layer",
    gap="wide layers: longest step that joins a class's points, in its typical steps, median of the classes",
    gap_map="wide layers: the same in t-SNE's picture",
    suits=lambda trained: is_lifted(trained.spec),
)
def as_a_map(trained: Trained) -> dict[str, float]:
    run, shown = trained.run, projection.neighbour_map(trained.points)
    return {
        "own_neighbour_data": projection.own_neighbour(run.x, run.y),
        "own_neighbour_map": projection.own_neighbour(shown, run.y),
        "gap": projection.longest_gap(trained.points, run.y),
        "gap_map": projection.longest_gap(shown, run.y),
    }


@measurement("share of points that no other class's centre is nearer to")
def own_centre(trained: Trained) -> float:
    return arrangement.own_centre(trained.points, trained.run.y)


@measurement("share that the output layer gets right when it sees the two principal axes alone")
def accuracy_in_two_axes(trained: Trained) -> float:
    return projection.accuracy_in_two_axes(trained.points, trained.run.y, trained.head)


@measurement(
    nc1="neural collapse 1: spread within classes against between them",
    nc2_norm="neural collapse 2: standard deviation over mean of the centres' distances from their middle",
    nc2_angle="neural collapse 2: standard deviation of the cosines between centres seen from their middle",
    nc2_simplex="neural collapse 2: mean distance of these cosines from a simplex's, -1 / (k - 1)",
    nc3="neural collapse 3: distance between output weights and centres, each of norm 1",
    nc4="neural collapse 4: share of points whose class is not that of the nearest centre",
)
def neural_collapse(trained: Trained) -> dict[str, float]:
    predicted = trained.layers.logits.argmax(1)
    return collapse_metrics(trained.points, trained.run.y, trained.head[:, :-1], predicted)


@measurement("deep networks: packing_ratio in the first layer of two neurons", suits=has_early_plane)
def early_packing_ratio(trained: Trained) -> float | None:
    return arrangement.packing_ratio(trained.early_centres, trained.early_room)


@measurement("deep networks: own_centre in the first layer of two neurons", suits=has_early_plane)
def early_own_centre(trained: Trained) -> float:
    return float(trained.own_centre_shares[-1, 0])


@measurement("deep networks: first kept epoch at which early_own_centre is 0.9", suits=has_early_plane)
def early_own_centre_epoch(trained: Trained) -> int | None:
    return first_epoch(trained.run.checkpoints, trained.own_centre_shares[:, 0] >= 0.9)


@measurement("deep networks: first kept epoch at which own_centre is 0.9", suits=has_early_plane)
def own_centre_epoch(trained: Trained) -> int | None:
    return first_epoch(trained.run.checkpoints, trained.own_centre_shares[:, 1] >= 0.9)


@measurement("median of each class in each coordinate of the last hidden layer, class by class", suits=is_plane)
def medians(trained: Trained) -> list[list[float]]:
    found: list[list[float]] = trained.medians.tolist()
    return found


@measurement(
    knot_x="the knot, where the last hidden layer takes the input 0: its first coordinate",
    knot_y="its second coordinate",
    knot_norm="the knot's distance from the origin, over the reach: how far out the farthest centre is",
    knot_entropy="softmax entropy at the knot, as a share of that of k equal scores",
    tie_x="the tie, where the k scores differ least from their mean in squares: its first coordinate",
    tie_y="its second coordinate",
    tie_distance="distance from the knot to the tie",
    tie_residual="largest difference of a score from their mean at the tie, over the largest at any training point",
    suits=is_plane,
)
def knot(trained: Trained) -> dict[str, float]:
    place = trained.knot.hidden[-1][0]
    tie, residual = knots.tie(trained.head, trained.points)
    reach = float(packing.sizes(trained.centres, trained.room).max())
    return {
        "knot_x": float(place[0]),
        "knot_y": float(place[1]),
        "knot_norm": float(np.linalg.norm(place)) / reach if reach > 0 else float("nan"),
        "knot_entropy": knots.entropy(trained.knot.logits[0]),
        "tie_x": float(tie[0]),
        "tie_y": float(tie[1]),
        "tie_distance": float(np.linalg.norm(tie - place)),
        "tie_residual": residual,
    }


@measurement(
    inside_depth="greatest depth of a centre in the convex hull of the others, over the reach; negative: none inside",
    middle="how many centres are out by less than half of the reach",
    suits=is_plane,
)
def middles(trained: Trained) -> dict[str, Any]:
    blown_up = packing.blown_up(trained.centres, trained.room)
    return {
        "inside_depth": knots.inside_depth(blown_up),
        "middle": int((packing.sizes(blown_up, trained.room) < 0.5).sum()),
    }


@measurement("norm of the output weights, times the reach: what it is with the centres blown up", suits=is_plane)
def weight_norm(trained: Trained) -> float:
    reach = float(packing.sizes(trained.centres, trained.room).max())
    return float(np.linalg.norm(trained.head[:, :-1])) * reach


@measurement("share of points less than 0.7 of the way from the knot to their class's median", suits=is_plane)
def thread(trained: Trained) -> float:
    return knots.thread_share(trained.points, trained.run.y, trained.knot.hidden[-1][0], trained.medians)


@measurement(
    course="accuracy, least_distance and packing_ratio at some of the kept epochs; empty: too few were kept",
    settled_epoch="first kept epoch from which on least_distance stays within a tenth of its last value",
    suits=lambda trained: trained.is_plane and len(trained.run.checkpoints) > 2,
)
def course(trained: Trained) -> dict[str, Any]:
    epochs = trained.run.checkpoints[trained.moments]
    apart = [packing.least_distance(then) for then in trained.centres_then]
    went = {
        "epoch": epochs.tolist(),
        "accuracy": trained.run.accuracy[epochs].astype(float).tolist(),
        "least_distance": apart,
        "packing_ratio": [arrangement.packing_ratio(then, trained.room) for then in trained.centres_then],
    }
    return {"course": went, "settled_epoch": arrangement.settled(epochs, np.array(apart))}


@measurement(
    told_from_origin="share of a lattice of inputs whose predicted class the hidden vector's direction gives away",
    told_from_knot="the same with directions taken from where the middle of the input plane goes",
    largest_region="share of that lattice which the class predicted most often has: what a blind guess tells",
    angles="direction of the hidden vector over the input plane, class by class: mean and spread in degrees, share",
    suits=lambda trained: trained.is_plane_to_plane,
)
def over_inputs(trained: Trained) -> dict[str, Any]:
    hidden, predicted = trained.over_inputs
    knot = forward.hidden(trained.spec, trained.run.weights[-1], np.zeros((1, 2)))[0]
    return {
        "told_from_origin": directions.told_by_angle(hidden, predicted, np.zeros(2)),
        "told_from_knot": directions.told_by_angle(hidden, predicted, knot),
        "largest_region": float(np.bincount(predicted).max() / len(predicted)),
        "angles": directions.by_class(hidden, predicted, trained.spec.classes),
    }


@across(
    reads=["centres"],
    suits=has_laws,
    distance_points="distance of the arrangement from what point packing predicts, modulo symmetry and labels",
    distance_margin="distance from what the greatest margin predicts",
    distance_margin_no_bias="distance from what the greatest margin without output biases predicts",
    nearest_law="the law at the least distance; empty: several are equally near",
    pose="the centres scaled to the wall and turned to match the last law as well as they can",
)
def against_laws(rows: Sequence[Row], laws: Laws) -> list[dict[str, Any]]:
    optima = {law: solved["optima"] for law, solved in laws.items() if law != tied.NAME}
    return [packing.against_laws(row["centres"], optima, ROOM) for row in rows]


@across(
    reads=["centres", "medians"],
    suits=has_laws,
    distance_tied="distance from what the greatest margin predicts where all scores agree at a point",
    packing_share="blown up: least distance, over the greatest that k points of the square have",
    margin_share="blown up: margin of the best head, over the greatest in the square",
    margin_no_bias_share="the same of heads without biases",
    tied_share="the same of heads whose scores all agree at a point of the square",
    least_distance_median="least distance between two classes' medians",
    packing_share_median="packing_share of the medians",
)
def shares_of_laws(rows: Sequence[Row], laws: Laws) -> list[dict[str, Any]]:
    best = {law: solved["optima"][0]["value"] for law, solved in laws.items()}
    found = []
    for row in rows:
        centres, medians = np.array(row["centres"]), np.array(row["medians"])
        blown_up, blown_medians = (packing.blown_up(points, ROOM) for points in (centres, medians))
        values = {
            "distance_tied": tied.distance(centres, laws[tied.NAME]["optima"], ROOM),
            **knots.law_shares(blown_up, best, ROOM),
            "least_distance_median": packing.least_distance(medians),
            "packing_share_median": packing.least_distance(blown_medians) / best["points"],
        }
        found.append({name: round(value, 5) for name, value in values.items()})
    return found


@across(
    reads=["centres"],
    suits=has_laws,
    distance_steps="distance from even steps along the square's walls, at the phase that fits best",
    distance_polygon="distance from a regular polygon around the origin that touches a wall, at its best turn",
)
def against_nulls(rows: Sequence[Row], laws: Laws) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        points = packing.blown_up(np.array(row["centres"]), ROOM)
        found.append({f"distance_{null}": round(knots.null_distance(points, null), 5) for null in knots.NULLS})
    return found


@across(
    reads=["centres"],
    suits=has_laws,
    arrangement="kind of arrangement the run ended in, of those its recipe leads to: 1 is the commonest",
    arrangement_distance="distance from the most central arrangement of its kind, modulo symmetry and labels",
    typical_distance="distance from the most central arrangement of kind 1",
    typical_pose="the centres scaled to the wall and turned to match that member as well as they can",
)
def sorted_arrangements(rows: Sequence[Row], laws: Laws) -> list[dict[str, Any]]:
    return kinds.cluster([row["centres"] for row in rows], ROOM)
