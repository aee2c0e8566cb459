"""What simple models give beside the networks: arrangements without a law, and points on threads under a penalty.

A row a draw or an optimum, with the columns of runs where they mean the same, so that both are asked alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from . import knot, packing, tied
from .trained import plain

ROOM = "square"
WALLS = 500  # draws of points on the walls: a share of them is known to five points
PHASES = 20  # even steps and polygons, over the phases that the square's symmetries do not repeat
THREADS = (0.0, 0.05, 0.1)  # shares of a class's points on the way to the knot
PENALTY = 1e-4  # the grid's l2
STARTS = 8
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)  # the integral over a thread
CORNER = 0.75  # both coordinates beyond: taken

SHARED = {  # columns that mean the same of a run
    "nulls": ("classes", "interior", "nearest_law", *(f"{law}_share" for law in knot.LAWS)),
    "threads": (
        *("classes", "objective", "weight_norm", "interior", "inside_depth", "middle", "nearest_law"),
        *(f"distance_{law}" for law in ("points", "margin", "margin_no_bias", "tied")),
        *("knot_x", "knot_y", "knot_norm", "knot_entropy", "centres"),
    ),
    "optima": ("classes", "interior"),
}
OWN = {
    "nulls": {
        "model": "walls: points drawn evenly on the walls; steps: even steps along them; polygon: a regular one",
    },
    "threads": {
        "share": "share of a class's points that lie on the way from the knot to the class",
        "corners": "how many classes have a corner: both coordinates beyond 0.75",
    },
    "optima": {
        "law": "points, margin, margin-no-bias or tied",
        "value": "the least distance or the margin that the law's best arrangement in the square has",
        "tie_norm": "tied: how far from the middle its scores agree",
    },
}


def rows(model: str, k: int, laws: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a model, a key of SHARED, gives for k classes. laws: as packing.solve gives them, tied among them"""
    if model == "threads":
        return [threads(k, share, laws) for share in THREADS]
    return nulls(k, laws) if model == "nulls" else optima(k, laws)


def optima(k: int, laws: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each law puts best for k classes in the square, a row a law. laws: as for `rows`"""
    best = {law: solved["optima"][0] for law, solved in laws.items()}
    return [
        {
            "law": law,
            "classes": k,
            "value": round(optimum["value"], 6),
            "interior": _interior(np.array(optimum["points"])),
            "tie_norm": round(math.hypot(*optimum["tie"]), 4) if "tie" in optimum else None,
        }
        for law, optimum in best.items()
    ]


def nulls(k: int, laws: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Arrangements of k points that follow no law, and what they have of each.

    laws     as packing.solve gives them, by law, tied among them
    returns  a row an arrangement; the draws are fixed by a seed
    """
    rng = np.random.default_rng([k, 4])
    phases = np.arange(PHASES) / PHASES * math.gcd(k, 4) / 8
    drawn = {
        "walls": [knot.along_walls(rng.uniform(0, knot.SQUARE_ROUND, k)) for _ in range(WALLS)],
        **{name: [null(k, float(phase)) for phase in phases] for name, null in knot.NULLS.items()},
    }
    optima = {law: laws[law]["optima"] for law in packing.LAWS}
    best = {law: solved["optima"][0]["value"] for law, solved in laws.items()}
    found = []
    for model, arrangements in drawn.items():
        for points in arrangements:
            shares = knot.law_shares(packing.blown_up(points, ROOM), best, ROOM)
            found.append(
                {
                    "model": model,
                    "classes": k,
                    "interior": _interior(points),
                    "nearest_law": packing.against_laws(points.tolist(), optima, ROOM)["nearest_law"],
                    **{name: round(share, 5) for name, share in shares.items()},
                }
            )
    return found


def threads(k: int, share: float, laws: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The best that a search from several starts finds of k classes on threads to a common knot.

    A class's points lie at p + t (mu - p): t = 1 for all but a share, evenly spread over (0, 1) for these. Minimised is
    their cross-entropy and PENALTY / 2 |W|^2, over W, biases, all mu and the knot p in the square.

    returns  a row
    """
    rng = np.random.default_rng([k, 5])
    with threadpool_limits(1):
        objective, centres, place, head = min(
            (_settled(rng.uniform(-1, 1, (k, 2)), share) for _ in range(STARTS)), key=lambda found: found[0]
        )
    blown_up = packing.blown_up(centres, ROOM)
    optima = {law: laws[law]["optima"] for law in packing.LAWS}
    against = packing.against_laws(centres.tolist(), optima, ROOM)
    del against["pose"]
    row: dict[str, Any] = plain(
        {
            "classes": k,
            "share": share,
            "objective": objective,
            "weight_norm": float(np.linalg.norm(head[:, :2]) * packing.sizes(centres, ROOM).max()),
            "interior": _interior(centres),
            "inside_depth": knot.inside_depth(blown_up),
            "middle": int((packing.sizes(blown_up, ROOM) < 0.5).sum()),
            "corners": int((np.abs(blown_up).min(1) > CORNER).sum()),
            **against,
            "distance_tied": tied.distance(centres, laws[tied.NAME]["optima"], ROOM),
            "knot_x": float(place[0]),
            "knot_y": float(place[1]),
            "knot_norm": float(np.linalg.norm(place) / packing.sizes(centres, ROOM).max()),
            "knot_entropy": knot.entropy(head[:, :2] @ place + head[:, 2]),
            "centres": centres.tolist(),
        }
    )
    return row


def _interior(points: np.ndarray) -> int:
    """How many of (k, 2) points lie in the hull of the others, off the walls."""
    off = packing.sizes(points, ROOM) < 1 - packing.SAME_PLACE
    return int(((packing.hull_distances(points) == 0) & off).sum())


def _settled(start: np.ndarray, share: float) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """A local minimum: objective, (k, 2) centres, (2,) knot, (k, 3) head."""
    k = len(start)
    size = 2 * k
    ways = np.append((_NODES + 1) / 2, 1.0)
    weights = np.append(share * _WEIGHTS / 2, 1 - share) / k

    def cost(z: np.ndarray) -> tuple[float, np.ndarray]:
        points, place = z[:size].reshape(k, 2), z[size : size + 2]
        weight, bias = z[size + 2 : 2 * size + 2].reshape(k, 2), z[2 * size + 2 :]
        at = place + ways[:, None, None] * (points - place)  # (T, k, 2)
        scores = at @ weight.T + bias
        scores -= scores.max(2, keepdims=True)
        exps = np.exp(scores)
        sums = exps.sum(2, keepdims=True)
        own = np.arange(k)
        loss = weights @ (np.log(sums[..., 0]) - scores[:, own, own]).sum(1)
        delta = exps / sums
        delta[:, own, own] -= 1
        delta *= weights[:, None, None]
        by_at = delta @ weight
        by_points = (ways[:, None, None] * by_at).sum(0)
        by_place = ((1 - ways)[:, None, None] * by_at).sum((0, 1))
        by_weight = np.einsum("tcj,tcd->jd", delta, at) + PENALTY * weight
        slopes = [by_points.ravel(), by_place, by_weight.ravel(), delta.sum((0, 1))]
        return float(loss + PENALTY / 2 * (weight**2).sum()), np.concatenate(slopes)

    arms = start - start.mean(0)
    z = np.concatenate([start.ravel(), np.zeros(2), 5 * arms.ravel(), np.zeros(k)])
    bounds = [(-1.0, 1.0)] * (size + 2) + [(None, None)] * (size + k)
    limits = {"maxiter": 3000, "maxfun": 6000, "ftol": 1e-13, "gtol": 1e-8}
    found = minimize(cost, z, jac=True, method="L-BFGS-B", bounds=bounds, options=limits)
    weight, bias = found.x[size + 2 : 2 * size + 2].reshape(k, 2), found.x[2 * size + 2 :]
    centres, place = found.x[:size].reshape(k, 2), found.x[size : size + 2]
    return float(found.fun), centres, place, np.hstack([weight, bias[:, None]])
