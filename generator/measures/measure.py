"""What a trained network did, in numbers: angles, centres, margins, collapse, arrangements.

Everything is measured on the final weights unless said otherwise, and in the
units of the hidden plane. Nothing here looks at a picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..networks import forward
from ..networks.spec import VECTOR_ACTIVATIONS, RunSpec, layer_activations, layer_shapes
from . import packing

if TYPE_CHECKING:
    from ..networks.train import Run

ROOMS = {"tanh": "square", "relu": "quadrant", "softplus": "quadrant", "disk": "disk", "sphere": "circle"}
ON_SPHERE = ("tammes_share", "thomson_share", "distance_tammes", "distance_thomson", "nearest_problem")
DIRECTIONS = ("told_from_origin", "told_from_knot", "largest_region", "angles")
SECTORS = 360  # directions that are told apart
AS_A_MAP = ("own_neighbour_data", "own_neighbour_map", "gap", "gap_map")
NEIGHBOURS, MAP_STEPS = 30, 500  # of t-SNE: its perplexity, and steps, after which little moves
SIGNIFICANT = 6  # digits kept of every number that is not a share or a degree
COLLAPSED_ABOVE_CHANCE = 0.1  # a run no better than chance by more than this learnt nothing
SPHERE_AT_MOST = 12  # classes up to which the sphere's optima are found from nearly every start
MOMENTS = 20  # of a run's course at most: its kept epochs, thinned
EXP_LIMIT = 40.0  # beyond it, products of two float32 exponentials could lose their value


def circular_mean_deg(angles_deg: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean direction of angles.

    angles_deg  (N,) float, degrees, any branch
    weights     (N,) float >= 0, or None for equal weights
    returns     float in [0, 360); nan when the resultant is shorter than 1e-12
    raises      ValueError: shapes differ
    source      Mardia & Jupp 2000, section 2.2
    """
    return _direction_deg(_resultant(angles_deg, weights))


def circular_std_deg(angles_deg: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Circular standard deviation, sqrt(-2 ln R) in degrees, R the mean resultant length.

    angles_deg  (N,) float, degrees, any branch
    weights     (N,) float >= 0, or None for equal weights
    returns     float >= 0; inf when the resultant is shorter than 1e-12
    raises      ValueError: shapes differ
    source      Mardia & Jupp 2000, section 2.3
    """
    return _spread_deg(abs(_resultant(angles_deg, weights)))


def _resultant(angles_deg: np.ndarray, weights: np.ndarray | None) -> complex:
    angles = np.asarray(angles_deg, np.float64)
    if weights is None:
        weights = np.ones_like(angles)
    if angles.shape != np.shape(weights):
        raise ValueError(f"expected as many weights as angles, got {np.shape(weights)} for {angles.shape}")
    return complex((np.exp(1j * np.radians(angles)) * weights).sum() / np.sum(weights))


def _direction_deg(resultant: complex) -> float:
    if not abs(resultant) > 1e-12:
        return math.nan
    degrees = math.degrees(math.atan2(resultant.imag, resultant.real)) % 360
    return 0.0 if degrees == 360 else degrees


def _spread_deg(length: float) -> float:
    if not length > 1e-12:
        return math.inf
    return math.degrees(math.sqrt(max(0.0, -2 * math.log(min(length, 1.0)))))


def angle_statistics(spec: RunSpec, flat: np.ndarray, lattice: int = 200) -> list[dict[str, Any]]:
    """The hidden vector's direction over a lattice of inputs in [-1, 1]^2, by predicted class.

    flat     (P,) weights; the last hidden layer must have two neurons
    lattice  points along each axis, ends included
    returns  a dict a class that is predicted anywhere, by rising circular mean:
             class      int
             mean_deg   circular mean in [0, 360), None without a direction
             std_deg    circular standard deviation, None without a direction
             share      the class's share of the lattice
             Where ReLU sends an input to the origin it has no direction: such
             inputs count in `share` alone.
    """
    return _by_class(*lattice_hidden(spec, flat, lattice), spec.classes)


def _by_class(hidden: np.ndarray, predicted: np.ndarray, classes: int) -> list[dict[str, Any]]:
    """`angle_statistics` of (2, M) hidden vectors and their (M,) predicted classes."""
    norm = np.sqrt(np.einsum("dn,dn->n", hidden, hidden))
    with np.errstate(divide="ignore"):
        inverse = np.where(norm > 0, 1 / norm, 0).astype(np.float32)
    counts = np.bincount(predicted, minlength=classes)
    directed = np.bincount(predicted, norm > 0, classes)
    sums = [np.bincount(predicted, axis * inverse, classes) for axis in hidden]
    rows = []
    for label in np.flatnonzero(counts):
        resultant = complex(sums[0][label], sums[1][label]) / max(directed[label], 1)
        mean, std = _direction_deg(resultant), _spread_deg(abs(resultant))
        rows.append(
            {
                "class": int(label),
                "mean_deg": None if math.isnan(mean) else round(mean, 2) % 360,
                "std_deg": None if math.isinf(std) else round(std, 2),
                "share": round(float(counts[label] / len(predicted)), 6),
            }
        )
    return sorted(rows, key=lambda row: math.inf if row["mean_deg"] is None else row["mean_deg"])


def told_by_angle(hidden: np.ndarray, predicted: np.ndarray, seen_from: np.ndarray) -> float:
    """The share of hidden vectors whose predicted class can be told from their direction alone.

    Whoever tells it knows, for each degree, the class that most vectors in that direction have, and says that one;
    vectors that are where they are seen from count as one direction more.

    hidden     (2, M)
    predicted  (M,) int from 0 up
    seen_from  (2,) the place that directions are taken from
    returns    a share, at least the largest class's
    """
    x, y = hidden - np.asarray(seen_from, hidden.dtype)[:, None]
    sector = np.floor(np.degrees(np.arctan2(y, x))).astype(np.int64) % SECTORS
    sector[(x == 0) & (y == 0)] = SECTORS
    classes = int(predicted.max()) + 1
    counts = np.bincount(sector * classes + predicted, minlength=(SECTORS + 1) * classes)
    return float(counts.reshape(-1, classes).max(1).sum() / len(predicted))


def _directions(spec: RunSpec, flat: np.ndarray, lattice: int) -> dict[str, Any]:
    """What directions in the hidden plane say of the classes; the knot is where the middle of the input plane goes."""
    hidden, predicted = lattice_hidden(spec, flat, lattice)
    knot = forward.hidden(spec, flat, np.zeros((1, 2)))[0]
    return {
        "told_from_origin": told_by_angle(hidden, predicted, np.zeros(2)),
        "told_from_knot": told_by_angle(hidden, predicted, knot),
        "largest_region": float(np.bincount(predicted).max() / len(predicted)),
        "angles": _by_class(hidden, predicted, spec.classes),
    }


def lattice_hidden(spec: RunSpec, flat: np.ndarray, lattice: int) -> tuple[np.ndarray, np.ndarray]:
    """The last hidden layer and the predicted class over a square lattice of inputs.

    lattice  points along each axis of [-1, 1]^2, ends included
    returns  hidden (width, M) float32 and predicted (M,) int64, M = lattice^2,
             y the slow axis from -1 up, x the fast one

    The first layer is most of the work. Its input is a sum of a part of x and
    a part of y, and tanh of a sum needs only the product of two exponentials,
    so no tanh is taken there.
    """
    first, *middle, head = forward.heard(spec, flat)
    axis = np.linspace(-1, 1, lattice, dtype=np.float32)
    activations = layer_activations(spec)
    along_x = first[:, :1] * axis  # (w, lattice)
    along_y = first[:, 1:2] * axis + first[:, 2:]
    factors = activations[0] == "tanh" and max(np.abs(along_x).max(), np.abs(along_y).max()) < EXP_LIMIT
    if factors:
        np.exp(2 * along_x, out=along_x)
        np.exp(2 * along_y, out=along_y)

    hidden = np.empty((spec.hidden[-1], lattice * lattice), np.float32)
    predicted = np.empty(lattice * lattice, np.int64)
    rows = max(1, 4096 // lattice)  # a block whose units stay in the cache
    for top in range(0, lattice, rows):
        ys = along_y[:, top : top + rows, None]
        if factors:  # tanh(u + v) = 1 - 2 / (1 + e^2u e^2v)
            with np.errstate(over="ignore"):  # an infinite product is tanh = 1
                h = ys * along_x[:, None]
            h += 1
            np.divide(-2, h, out=h)
            h += 1
        else:
            h = forward.activate(activations[0], (ys + along_x[:, None]).reshape(len(first), -1).T).T
        h = h.reshape(len(first), -1)
        for layer, activation in zip(middle, activations[1:], strict=True):
            h = layer[:, :-1] @ h
            h += layer[:, -1:]
            h = forward.activate(activation, h.T).T
        part = slice(top * lattice, top * lattice + h.shape[1])
        hidden[:, part] = h
        predicted[part] = _largest(head[:, :-1] @ h + head[:, -1:])
    return hidden, predicted


def _largest(logits: np.ndarray) -> np.ndarray:
    """The row of each column's largest entry, as argmax(0); few rows make this the quicker way."""
    best, where = logits[0].copy(), np.zeros(logits.shape[1], np.int8)
    for row in range(1, len(logits)):
        above = logits[row] > best
        where[above] = row
        np.maximum(best, logits[row], out=best)
    return where.astype(np.int64)


def class_centres(points: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Each class's mean position: (N, d) points and (N,) labels to (classes, d)."""
    sums = np.zeros((classes, points.shape[1]))
    np.add.at(sums, labels, points)
    centres: np.ndarray = sums / np.bincount(labels, minlength=classes)[:, None]
    return centres


def head_margin(centres: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> float:
    """By how much the head prefers each centre's own class, at worst, per unit of its weights' norm.

        min over i != j of  ((w_i - w_j) . mu_i + b_i - b_j) / |W|_F

    centres (k, d), weight (k, d), bias (k,); negative where a centre is misclassified, nan when W = 0
    """
    norm = float(np.linalg.norm(weight))
    if norm == 0:
        return math.nan
    logits = centres @ weight.T + bias
    lead = logits.diagonal()[:, None] - logits
    np.fill_diagonal(lead, np.inf)
    return float(lead.min()) / norm


def head_clearance(centres: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> float:
    """Least distance from a centre to the border of its class's region, (k, d), (k, d), (k,); negative outside it."""
    logits = centres @ weight.T + bias
    lead = logits.diagonal()[:, None] - logits
    apart = np.linalg.norm(weight[:, None] - weight[None], axis=2)
    np.fill_diagonal(apart, 1)
    np.fill_diagonal(lead, np.inf)
    return float((lead / apart).min()) if apart.all() else math.nan


def collapse_metrics(
    points: np.ndarray, labels: np.ndarray, weight: np.ndarray, predicted: np.ndarray
) -> dict[str, float]:
    """Neural collapse, from its definitions.

    points     (N, d) last hidden layer, balanced classes
    labels     (N,) int in 0..k-1
    weight     (k, d) head
    predicted  (N,) int, the network's own prediction
    returns    nc1         tr(S_W S_B^+) / k: spread within classes against between
               nc2_norm    std / mean of the lengths |mu_c - mu_G|
               nc2_angle   std over pairs of cos(mu_c - mu_G, mu_c' - mu_G)
               nc2_simplex mean over pairs of |cos + 1/(k-1)|
               nc3         | W^T/|W| - M/|M| | in Frobenius norm, M = [mu_c - mu_G]
               nc4         share of points whose prediction is not the nearest class mean
               nan where class means coincide
    source     Papyan, Han & Donoho 2020
    """
    classes = len(weight)
    centres = class_centres(points, labels, classes)
    arms = centres - centres.mean(0)  # (k, d)
    lengths = np.linalg.norm(arms, axis=1)
    nearest = np.linalg.norm(points[:, None] - centres[None], axis=2).argmin(1)
    nc4 = float((nearest != predicted).mean())
    size = float(np.linalg.norm(arms))
    if size < 1e-9:
        return {name: math.nan for name in ("nc1", "nc2_norm", "nc2_angle", "nc2_simplex", "nc3")} | {"nc4": nc4}
    offsets = points - centres[labels]
    within = offsets.T @ offsets / len(points)
    between = arms.T @ arms / classes
    cosines = math.nan * np.ones(1)
    if lengths.min() > 1e-9:
        units = arms / lengths[:, None]
        cosines = (units @ units.T)[np.triu_indices(classes, 1)]
    head = float(np.linalg.norm(weight))
    return {
        "nc1": float(np.trace(within @ np.linalg.pinv(between, rcond=1e-10, hermitian=True))) / classes,
        "nc2_norm": float(lengths.std() / lengths.mean()),
        "nc2_angle": float(cosines.std()),
        "nc2_simplex": float(np.abs(cosines + 1 / (classes - 1)).mean()),
        "nc3": float(np.linalg.norm(weight / head - arms / size)) if head > 0 else math.nan,
        "nc4": nc4,
    }


def interior_classes(centres: np.ndarray) -> list[int]:
    """The classes whose centre lies inside the convex hull of the others' centres, (k, d)."""
    return [int(label) for label in np.flatnonzero(packing.hull_distances(centres) == 0)]


def order_kept(centres: np.ndarray) -> bool | None:
    """Whether (k, 2) centres stand around their mean in the order of their numbers, either way round.

    Spirals number their arms so. None for three classes or fewer, where every order is kept. By chance it holds
    with probability 2 / (k - 1)!.
    """
    k = len(centres)
    if k < 4:
        return None
    x, y = (centres - centres.mean(0)).T
    place = np.argsort(np.argsort(np.arctan2(y, x)))
    steps = np.diff(place, append=place[0]) % k
    return bool((steps == 1).all() or (steps == k - 1).all())


def measure_run(spec: RunSpec, run: Run, lattice: int = 200) -> dict[str, Any]:
    """Everything measured of one run, ready for JSON: the keys of columns.MEASURES, where each is explained.

    Numbers keep six significant digits, degrees two decimals; None stands for
    what is undefined. Lengths are in units of the hidden layer, whose room is
    [-1, 1]^2 for tanh.

    lattice  points along each axis of the inputs that `angles` is taken over
    """
    layers = forward.forward(spec, run.weights[-1], run.x)
    points = layers.hidden[-1]
    head = forward.split(spec, run.weights[-1])[-1].astype(np.float64)
    weight, bias = head[:, :-1], head[:, -1]
    centres = class_centres(points, run.y, spec.classes)
    norms = np.linalg.norm(centres, axis=1)
    apart = packing.least_distance(centres)
    hulls = packing.hull_distances(centres)
    accuracy = float(run.accuracy[-1])
    reached = np.flatnonzero(run.accuracy >= 0.9)
    plane = spec.hidden[-1] == 2
    room = ROOMS[spec.activation]
    measures: dict[str, Any] = {
        "accuracy": accuracy,
        "loss": float(run.loss[-1]),
        "collapsed": accuracy - 1 / spec.classes < COLLAPSED_ABOVE_CHANCE,
        "epochs_to_90": int(reached[0]) if len(reached) else None,
        "neurons": spec.hidden[-1],
        "centres": centres.tolist(),
        "largest_norm": float(norms.max()),
        "least_distance": apart,
        "packing_ratio": packing_ratio(centres, room) if plane else None,
        "simplex_share": simplex_share(centres, room),
        "simplex_fits": simplex_fits(*centres.shape),
        "corner_each": corner_each(*centres.shape),
        "polygon_gap": polygon_gap(centres) if plane else None,
        **(on_sphere(centres) if _is_ball(spec) else dict.fromkeys(ON_SPHERE)),
        "one_vs_rest": float(hulls.min()),
        "least_angle_deg": least_angle_deg(centres),
        "wall_gap": float((1 - np.abs(centres).max(1)).max()) if spec.activation == "tanh" else None,
        "interior": int((hulls == 0).sum()),
        "margin": head_margin(centres, weight, bias),
        "clearance": head_clearance(centres, weight, bias),
        "order_kept": order_kept(_flattened(centres, points)) if spec.hidden[-1] > 1 else None,
        "two_axes": two_axes(points),
        **(_as_a_map(points, run) if is_lifted(spec) else dict.fromkeys(AS_A_MAP)),
        "own_centre": own_centre(points, run.y),
        "accuracy_in_two_axes": accuracy_in_two_axes(points, run.y, head),
        **collapse_metrics(points, run.y, weight, layers.logits.argmax(1)),
        **_early_plane(spec, run),
        **_course(spec, run, room),
    }
    rounded: dict[str, Any] = _rounded(measures)
    directions = _directions(spec, run.weights[-1], lattice) if plane and run.x.shape[1] == 2 else {}
    return rounded | dict.fromkeys(DIRECTIONS) | directions


def _course(spec: RunSpec, run: Run, room: str) -> dict[str, Any]:
    """How a run with a last layer of two neurons got there, where more than its start and its end were kept."""
    kept = len(run.checkpoints)
    if spec.hidden[-1] != 2 or kept < 3:
        return {"course": None, "settled_epoch": None}
    rows = np.unique(np.rint(np.linspace(0, kept - 1, MOMENTS)).astype(int))
    epochs = run.checkpoints[rows]
    centres = [class_centres(forward.hidden(spec, run.weights[row], run.x), run.y, spec.classes) for row in rows]
    course = {
        "epoch": epochs.tolist(),
        "accuracy": run.accuracy[epochs].astype(float).tolist(),
        "least_distance": [packing.least_distance(of_epoch) for of_epoch in centres],
        "packing_ratio": [packing_ratio(of_epoch, room) for of_epoch in centres],
    }
    return {"course": course, "settled_epoch": settled(epochs, np.array(course["least_distance"]))}


def settled(epochs: np.ndarray, values: np.ndarray, share: float = 0.1) -> int | None:
    """The first of (T,) epochs from which on values stay within a share of the last one; None where that is 0."""
    if not values[-1] > 0:
        return None
    off = np.flatnonzero(np.abs(values - values[-1]) > share * values[-1])
    return int(epochs[off[-1] + 1 if len(off) else 0])


def two_axes(points: np.ndarray) -> float:
    """The share of (N, d) points' variance along their two principal axes; 1 up to two dimensions."""
    variances = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    return float(variances[:2].sum() / variances.sum()) if variances.sum() > 0 else 1.0


def principal_axes(points: np.ndarray) -> np.ndarray:
    """The two directions in which (N, d) points vary most: (d, 2), or (1, 1), orthonormal, largest entries positive."""
    axes = np.linalg.svd(points - points.mean(0), full_matrices=False)[2][:2].T
    largest = axes[np.abs(axes).argmax(0), range(axes.shape[1])]
    turned: np.ndarray = axes * np.where(largest < 0, -1, 1)
    return turned


def neighbour_map(points: np.ndarray) -> np.ndarray:
    """(N, d) points in a plane that keeps near ones near, N >= 4: t-SNE, begun along the principal axes, (N, 2).

    The same bytes on a machine, however many cores it has: sums that are shared among threads would come in any order.

    source  van der Maaten & Hinton 2008, as scikit-learn has it
    """
    from sklearn.manifold import TSNE  # a second to import
    from threadpoolctl import threadpool_limits

    flat = (points - points.mean(0)) @ principal_axes(points)
    begun = (1e-4 * flat / max(float(flat[:, 0].std()), 1e-12)).astype(np.float32)
    perplexity = min(NEIGHBOURS, (len(points) - 1) / 3)
    with threadpool_limits(1):
        tsne = TSNE(perplexity=perplexity, init=begun, max_iter=MAP_STEPS, random_state=0, n_jobs=1)
        return np.asarray(tsne.fit_transform(points.astype(np.float32)), np.float64)


def own_neighbour(points: np.ndarray, labels: np.ndarray) -> float:
    """The share of (N, d) points whose nearest other point is of their own class."""
    from scipy.spatial.distance import cdist

    apart = cdist(points, points)
    np.fill_diagonal(apart, np.inf)
    return float((labels[apart.argmin(1)] == labels).mean())


def longest_gap(points: np.ndarray, labels: np.ndarray) -> float:
    """How far apart a class's pieces are: the longest step that joins them, in typical steps; median of the classes.

    Steps are those of the shortest tree through all of a class's points, two or more; typical is their median. Evenly
    spaced points have 1; inf where most points of a class coincide.
    """
    from scipy.cluster.hierarchy import linkage  # takes as long to import as all of this module

    gaps = []
    for label in range(int(labels.max()) + 1):
        steps = linkage(points[labels == label], "single")[:, 2]  # joins the nearest pieces, as that tree does
        typical = float(np.median(steps))
        gaps.append(steps[-1] / typical if typical > 0 else math.inf)
    return float(np.median(gaps))


def _as_a_map(points: np.ndarray, run: Run) -> dict[str, Any]:
    """What t-SNE's picture of a wide last layer shows of data of a plane, and what it adds."""
    shown = neighbour_map(points)
    return {
        "own_neighbour_data": own_neighbour(run.x, run.y),
        "own_neighbour_map": own_neighbour(shown, run.y),
        "gap": longest_gap(points, run.y),
        "gap_map": longest_gap(shown, run.y),
    }


def accuracy_in_two_axes(points: np.ndarray, labels: np.ndarray, head: np.ndarray) -> float:
    """The share of (N, d) points that a head [W | b] gets right when all but their two principal axes are averaged out.

    head  (k, d + 1); up to two dimensions it sees everything
    """
    mean = points.mean(0)
    axes = principal_axes(points)
    seen = mean + (points - mean) @ axes @ axes.T
    return float(((seen @ head[:, :-1].T + head[:, -1]).argmax(1) == labels).mean())


def own_centre(points: np.ndarray, labels: np.ndarray) -> float:
    """The share of (N, d) points that no other class's centre is nearer to than their own's."""
    centres = class_centres(points, labels, int(labels.max()) + 1)
    apart = ((points[:, None] - centres) ** 2).sum(-1)
    return float((apart.argmin(1) == labels).mean())


def _flattened(centres: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Centres as the plane shows them; those of more dimensions in the plane of the points' two principal axes."""
    return centres if centres.shape[1] == 2 else centres @ principal_axes(points)


def planes(spec: RunSpec) -> list[int]:
    """The hidden layers that have two neurons, as indices of spec.hidden."""
    return [index for index, width in enumerate(spec.hidden) if width == 2]


def _early_plane(spec: RunSpec, run: Run) -> dict[str, Any]:
    """What the first layer of two neurons does where it is not the last; else Nones."""
    found: dict[str, Any] = dict.fromkeys(
        ("early_packing_ratio", "early_own_centre", "early_own_centre_epoch", "own_centre_epoch")
    )
    at = planes(spec)
    if len(at) < 2 or spec.hidden[-1] != 2:
        return found
    shares = np.empty((len(run.checkpoints), 2))
    for row, flat in enumerate(run.weights):
        hidden = forward.forward(spec, flat, run.x).hidden
        shares[row] = own_centre(hidden[at[0]], run.y), own_centre(hidden[-1], run.y)
    for column, key in enumerate(("early_own_centre_epoch", "own_centre_epoch")):
        reached = np.flatnonzero(shares[:, column] >= 0.9)
        found[key] = int(run.checkpoints[reached[0]]) if len(reached) else None
    centres = class_centres(hidden[at[0]], run.y, spec.classes)
    found["early_packing_ratio"] = packing_ratio(centres, ROOMS[layer_activations(spec)[at[0]]])
    found["early_own_centre"] = float(shares[-1, 0])
    return found


def packing_ratio(centres: np.ndarray, room: str) -> float | None:
    """Least distance of (k, 2) centres over the room's optimum; None for more points than are tabled.

    In the quadrant, which has no end, the centres are first divided by the largest of their norms.
    """
    best = packing.OPTIMUM[room].get(len(centres))
    if best is None:
        return None
    size = float(np.linalg.norm(centres, axis=1).max()) if room == "quadrant" else 1.0
    return packing.least_distance(centres) / (size * best) if size > 0 else 0.0


def is_lifted(spec: RunSpec) -> bool:
    """Whether a network takes points of a plane to a last hidden layer of more dimensions."""
    return layer_shapes(spec)[0][1] == 2 < spec.hidden[-1]


def _is_ball(spec: RunSpec) -> bool:
    """Whether the room is the sphere or the ball in three dimensions, and its optima are known."""
    return spec.activation in VECTOR_ACTIVATIONS and spec.hidden[-1] == 3 and spec.classes <= SPHERE_AT_MOST


def on_sphere(centres: np.ndarray) -> dict[str, Any]:
    """How near (k, 3) centres, pushed out to the unit sphere, come to the best that k points can do on it.

    returns  tammes_share      least distance, over that of Tammes' problem
             thomson_share     energy of Thomson's problem, over theirs
             distance_tammes   packing.shape_distance to that optimum; distance_thomson likewise
             nearest_problem   "tammes" or "thomson"; None where both have one optimum
             all None where a centre is at the origin
    """
    lengths = np.linalg.norm(centres, axis=1, keepdims=True)
    if lengths.min() < 1e-9:
        return dict.fromkeys(ON_SPHERE)
    points = centres / lengths
    tammes, thomson = (packing.on_sphere(problem, len(points)) for problem in ("tammes", "thomson"))
    apart = {"tammes": packing.shape_distance(points, tammes), "thomson": packing.shape_distance(points, thomson)}
    same = packing.shape_distance(tammes, thomson) < packing.SAME_PLACE
    return {
        "tammes_share": packing.least_distance(points) / packing.least_distance(tammes),
        "thomson_share": packing.energy(thomson) / packing.energy(points),
        "distance_tammes": apart["tammes"],
        "distance_thomson": apart["thomson"],
        "nearest_problem": None if same else min(apart, key=lambda problem: apart[problem]),
    }


def simplex_share(centres: np.ndarray, room: str) -> float | None:
    """Least distance of (k, d) centres over sqrt(2k / (k - 1)) R, which no k points of a ball of radius R exceed.

    R is that of the smallest ball around the room. Points of a simplex with all corners on the ball reach it, which
    needs k <= d + 1; for more points it is out of reach, and the more so the more they are.

    returns  a share, or None where the room has no end
    source   Rankin 1955, "The closest packing of spherical caps in n dimensions"
    """
    if room == "quadrant":
        return None
    k, d = centres.shape
    radius = math.sqrt(d) if room == "square" else 1.0
    return packing.least_distance(centres) / (radius * math.sqrt(2 * k / (k - 1)))


def simplex_fits(k: int, d: int) -> bool:
    """Whether d dimensions hold k points at equal distances."""
    return k <= d + 1


def corner_each(k: int, d: int) -> bool:
    """Whether a cube of d dimensions has a corner for each of k points."""
    return k <= 1 << d


def polygon_gap(centres: np.ndarray) -> float | None:
    """How far (k, 2) centres are from a regular polygon: root mean square distance to the nearest one.

    In units of the centres' root mean square distance from their mean; neither size, place nor turn counts. Centres
    meet the polygon's corners in the order of their angles around the mean.

    returns  0 for a regular polygon, at most 1; None where all centres coincide or k < 3
    """
    k = len(centres)
    arms = (centres - centres.mean(0)) @ np.array([1, 1j])
    size = float((np.abs(arms) ** 2).sum())
    if k < 3 or size < 1e-18:
        return None
    ordered = arms[np.argsort(np.angle(arms), kind="stable")]
    along = abs((ordered * np.exp(-2j * np.pi * np.arange(k) / k)).sum()) ** 2 / (k * size)
    return math.sqrt(max(0.0, 1 - float(along)))


def least_angle_deg(centres: np.ndarray) -> float | None:
    """Least angle between two of (k, d) centres seen from the origin, degrees; None when a centre is at the origin."""
    norms = np.linalg.norm(centres, axis=1)
    if norms.min() < 1e-9:
        return None
    units = centres / norms[:, None]
    closest = (units @ units.T)[np.triu_indices(len(units), 1)].max()
    return math.degrees(math.acos(min(1.0, float(closest))))


def _rounded(value: Any) -> Any:
    """Six significant digits throughout; None for what is not finite."""
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT}g}") + 0.0 if math.isfinite(value) else None
    return value
