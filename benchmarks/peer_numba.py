"""The contestant of the training benchmark that uses Numba: a fused loop, one network after another, by hand.

It runs in an environment of its own, as nothing else here needs Numba:
python -m benchmarks.peer_numba THREADS. See peers.py for the requests. Points
lie along the last axis and are padded; what pads them has no share in the
loss. tanh and exp are polynomials of our own, since calls of a library's do
not become vectors.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import llvmlite.binding as llvm

os.environ["NUMBA_CPU_NAME"] = llvm.get_host_cpu_name()  # read by numba: vectors as long as the processor's
os.environ["NUMBA_CPU_FEATURES"] = llvm.get_host_cpu_features().flatten() + ",-prefer-256-bit"

import numpy as np
from numba import njit

from benchmarks.contest import serve

LANES = 32
real, whole = np.float32, np.int32
ZERO, HALF, ONE = real(0), real(0.5), real(1)
FAST = {"reassoc", "contract", "nsz", "arcp"}  # not nnan and ninf: a loss that is not finite must be seen

# tanh = x P(x^2) / Q(x^2) up to where float32 has 1: the coefficients of Eigen
FARTHEST = real(7.90531110763549805)
P0, P1, P2, P3, P4, P5, P6 = map(
    real,
    (
        4.89352455891786e-03,
        6.37261928875436e-04,
        1.48572235717979e-05,
        5.12229709037114e-08,
        -8.60467152213735e-11,
        2.00018790482477e-13,
        -2.76076847742355e-16,
    ),
)
Q0, Q1, Q2, Q3 = map(real, (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06))
# exp = 2^n e^r, |r| <= log(2) / 2: the coefficients of Cephes
LEAST, LOG2_E, LN2_HIGH, LN2_LOW = map(real, (-87.3, 1.44269504088896341, 0.693359375, -2.12194440e-4))
E0, E1, E2, E3, E4, E5 = map(
    real,
    (
        5.0000001201e-1,
        1.6666665459e-1,
        4.1665795894e-2,
        8.3334519073e-3,
        1.3981999507e-3,
        1.9875691500e-4,
    ),
)


@njit(inline="always")
def tanh(x):
    x = min(max(x, -FARTHEST), FARTHEST)
    s = x * x
    p = (((((P6 * s + P5) * s + P4) * s + P3) * s + P2) * s + P1) * s + P0
    return x * p / (((Q3 * s + Q2) * s + Q1) * s + Q0)


@njit(inline="always")
def tanh_slope(value):
    return ONE - value * value


@njit(inline="always")
def relu(x):
    return max(x, ZERO)


@njit(inline="always")
def relu_slope(value):
    return ONE if value > ZERO else ZERO


@njit(inline="always")
def exp(x):
    """Of numbers up to 0."""
    x = max(x, LEAST)
    n = np.floor(x * LOG2_E + HALF)
    r = x - n * LN2_HIGH - n * LN2_LOW
    y = ((((E5 * r + E4) * r + E3) * r + E2) * r + E1) * r + E0
    return (y * (r * r) + r + ONE) * whole((whole(n) + 127) << 23).view(real)


def kernel(value: Any, slope: Any) -> Any:
    """A network's training, compiled for an activation and its slope, which is a function of its value."""
    compiled = njit(fastmath=FAST, error_model="numpy", nogil=True)

    @compiled
    def forward(w, at, below, out, is_head):
        fan, count = below.shape
        for o in range(len(out)):
            row, start = out[o], at + o * (fan + 1)
            bias, first = w[start + fan], fan % 4
            row[:] = bias
            for i in range(first):
                a, x = w[start + i], below[i]
                for n in range(count):
                    row[n] += a * x[n]
            for i in range(first, fan, 4):
                a, b, c, d = w[start + i], w[start + i + 1], w[start + i + 2], w[start + i + 3]
                x0, x1, x2, x3 = below[i], below[i + 1], below[i + 2], below[i + 3]
                for n in range(count):
                    row[n] += (a * x0[n] + b * x1[n]) + (c * x2[n] + d * x3[n])
            if not is_head:
                for n in range(count):
                    row[n] = value(row[n])

    @compiled
    def to_weights(g, at, below, delta):
        fan, count = below.shape
        for o in range(len(delta)):
            d, start, first = delta[o], at + o * (fan + 1), fan % 4
            bias = ZERO
            for n in range(count):
                bias += d[n]
            g[start + fan] = bias
            for i in range(first):
                a, x = ZERO, below[i]
                for n in range(count):
                    a += d[n] * x[n]
                g[start + i] = a
            for i in range(first, fan, 4):
                a, b, c, e = ZERO, ZERO, ZERO, ZERO
                x0, x1, x2, x3 = below[i], below[i + 1], below[i + 2], below[i + 3]
                for n in range(count):
                    a += d[n] * x0[n]
                    b += d[n] * x1[n]
                    c += d[n] * x2[n]
                    e += d[n] * x3[n]
                g[start + i], g[start + i + 1], g[start + i + 2], g[start + i + 3] = a, b, c, e

    @compiled
    def to_layer_below(w, at, delta, below, out):
        fan, count = below.shape
        step, first = fan + 1, len(delta) % 4
        for i in range(fan):
            row, h = out[i], below[i]
            row[:] = ZERO
            for o in range(first):
                a, d0 = w[at + o * step + i], delta[o]
                for n in range(count):
                    row[n] += a * d0[n]
            for o in range(first, len(delta), 4):
                p = at + o * step + i
                a, b, c, d = w[p], w[p + step], w[p + 2 * step], w[p + 3 * step]
                d0, d1, d2, d3 = delta[o], delta[o + 1], delta[o + 2], delta[o + 3]
                for n in range(count):
                    row[n] += (a * d0[n] + b * d1[n]) + (c * d2[n] + d * d3[n])
            for n in range(count):
                row[n] *= slope(h[n])

    @compiled
    def judge(logits, ends, share, top, sums):
        """Logits to their gradients. Class c has the points from ends[c] to ends[c + 1]."""
        classes, count = logits.shape
        top[:] = logits[0]
        for c in range(1, classes):
            row = logits[c]
            for n in range(count):
                top[n] = max(top[n], row[n])
        own, right = ZERO, whole(0)
        for c in range(classes):
            row = logits[c]
            for n in range(ends[c], ends[c + 1]):
                own += row[n] - top[n]
                right += whole(row[n] >= top[n])
        sums[:] = ZERO
        for c in range(classes):
            row = logits[c]
            for n in range(count):
                row[n] = exp(row[n] - top[n])
                sums[n] += row[n]
        for n in range(count):
            top[n] = share[n] / sums[n]
        for c in range(classes):
            row = logits[c]
            for n in range(count):
                row[n] *= top[n]
            for n in range(ends[c], ends[c + 1]):
                row[n] -= share[n]
        logs = 0.0
        for n in range(ends[-1]):
            logs += np.log(sums[n])
        return (logs - own) / ends[-1], right / ends[-1]

    @compiled
    def train(x, widths, w, decay, sizes, floors, betas, ends, share, history):
        layers, count = len(widths) - 1, x.shape[1]
        g, mean, square = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
        unit, at = np.zeros(layers + 1, np.int64), np.zeros(layers, np.int64)
        for index in range(layers):
            unit[index + 1] = unit[index] + widths[index + 1]
            if index:
                at[index] = at[index - 1] + widths[index] * (widths[index - 1] + 1)
        values, deltas = np.empty((unit[-1], count), real), np.empty((unit[-1], count), real)
        top, sums = np.empty(count, real), np.empty(count, real)
        b1, b2 = betas
        for step in range(len(sizes)):
            below = x
            for index in range(layers):
                out = values[unit[index] : unit[index + 1]]
                forward(w, at[index], below, out, index == layers - 1)
                below = out
            history[step, 0], history[step, 1] = judge(below, ends, share, top, sums)
            delta = below
            for index in range(layers - 1, 0, -1):
                below = values[unit[index - 1] : unit[index]]
                to_weights(g, at[index], below, delta)
                under = deltas[unit[index - 1] : unit[index]]
                to_layer_below(w, at[index], delta, below, under)
                delta = under
            to_weights(g, at[0], x, delta)
            size, floor = sizes[step], floors[step]
            for p in range(len(w)):
                q = g[p] + decay[p] * w[p]
                mean[p] = b1 * mean[p] + (ONE - b1) * q
                square[p] = b2 * square[p] + (ONE - b2) * q * q
                w[p] -= size * mean[p] / (np.sqrt(square[p]) + floor)

    return train


KERNELS = {"tanh": kernel(tanh, tanh_slope), "relu": kernel(relu, relu_slope)}


class Problem:
    """What a kernel takes of a request."""

    def __init__(self, path: str, spec: dict[str, Any]) -> None:
        with np.load(path) as arrays:
            x, self.weights = arrays["x"], arrays["weights"]
        count, widths = x.shape[1], [x.shape[2], *spec["hidden"], spec["classes"]]
        self.x = np.zeros((len(x), x.shape[2], -(-count // LANES) * LANES), real)
        self.x[:, :, :count] = x.transpose(0, 2, 1)
        self.ends = np.arange(spec["classes"] + 1) * spec["points_per_class"]
        self.share = np.zeros(self.x.shape[2], real)
        self.share[:count] = 1 / count
        self.widths = np.array(widths)
        blocks = [np.full((out, inputs + 1), spec["l2"], real) for inputs, out in itertools.pairwise(widths)]
        for block in blocks:
            block[:, -1] = 0
        self.decay = np.concatenate([block.ravel() for block in blocks])
        steps = np.arange(1, spec["epochs"] + 1)
        root = np.sqrt(1 - spec["beta2"] ** steps)
        rates = spec["learning_rate"] * 0.5 * (1 + np.cos(np.pi * (steps - 1) / spec["epochs"]))
        self.sizes = (rates * root / (1 - spec["beta1"] ** steps)).astype(real)
        self.floors = (spec["epsilon"] * root).astype(real)
        self.betas = real(spec["beta1"]), real(spec["beta2"])
        self.train = KERNELS[spec["activation"]]

    def run(self, index: int, steps: int | None = None) -> float:
        """Train a network, and give its last loss."""
        sizes, floors = self.sizes[:steps], self.floors[:steps]
        history, weights = np.zeros((len(sizes), 2), real), self.weights[index].copy()
        given = (self.x[index], self.widths, weights, self.decay, sizes, floors, self.betas, self.ends, self.share)
        self.train(*given, history)
        return float(history[-1, 0])


def main(threads: int) -> None:
    """Answer requests: each thread trains one network after another."""
    known: set[str] = set()
    pool = ThreadPoolExecutor(threads)

    def answer(path: str, spec: dict[str, Any]) -> dict[str, Any]:
        problem, began = Problem(path, spec), time.perf_counter()
        problem.run(0, 1)
        compile_s = 0.0 if spec["activation"] in known else time.perf_counter() - began
        known.add(spec["activation"])
        began, cpu = time.perf_counter(), time.process_time()
        losses = list(pool.map(problem.run, range(len(problem.x))))
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "cpu_s": time.process_time() - cpu, "compile_s": compile_s, "losses": losses}

    serve(answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
