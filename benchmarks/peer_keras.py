"""The contestant of the training benchmark that uses Keras, on JAX: a Sequential, trained step by step on all points.

It runs in an environment of its own, as nothing else here needs Keras. See
peers.py for the requests.
"""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

import numpy as np

from benchmarks.contest import answered, serve

os.environ["KERAS_BACKEND"] = "jax"
import keras  # which reads its backend where it is imported

_MODELS: dict[Any, Any] = {}  # the last one compiled


def model_of(spec: dict[str, Any]) -> Any:
    """A network that tells loss, without L2, and accuracy of each step."""
    decay = keras.regularizers.L2(spec["l2"] / 2)
    widths = [*spec["hidden"], spec["classes"]]
    layers = [
        keras.layers.Dense(out, spec["activation"] if at < len(spec["hidden"]) else None, kernel_regularizer=decay)
        for at, out in enumerate(widths)
    ]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(spec["learning_rate"], spec["epochs"]),
            spec["beta1"],
            spec["beta2"],
            spec["epsilon"],
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="entropy"), "accuracy"],
        jit_compile=True,
    )
    return model


def start(model: Any, weights: np.ndarray, widths: list[int]) -> None:
    """Begin at flat weights, with the optimizer at rest."""
    at, arrays = 0, []
    for inputs, out in itertools.pairwise(widths):
        stop = at + out * (inputs + 1)
        block = weights[at:stop].reshape(out, inputs + 1)
        arrays += [block[:, :-1].T, block[:, -1]]
        at = stop
    model.set_weights(arrays)
    for variable in model.optimizer.variables:
        if variable is not model.optimizer.learning_rate:
            variable.assign(np.zeros_like(variable))


def train(model: Any, x: np.ndarray, y: np.ndarray, steps: int) -> list[float]:
    """The loss of each step."""
    history = []
    for _ in range(steps):
        model.reset_metrics()
        history.append(model.train_on_batch(x, y, return_dict=True)["entropy"])
    return [float(value) for value in history]


def answer(path: str, spec: dict[str, Any]) -> dict[str, Any]:
    with np.load(path) as arrays:
        x, y, weights = (arrays[name] for name in ("x", "y", "weights"))
    widths = [2, *spec["hidden"], spec["classes"]]
    compile_s, shape = 0.0, (path, *spec["hidden"], spec["epochs"])
    if shape not in _MODELS:
        began = time.perf_counter()
        _MODELS.clear()
        _MODELS[shape] = model_of(spec)
        train(_MODELS[shape], x[0], y, 2)  # the second is compiled anew, as its state is JAX's by then
        compile_s = time.perf_counter() - began
    model = _MODELS[shape]

    def train_all() -> list[float]:
        last = []
        for points, at in zip(x, weights, strict=True):
            start(model, at, widths)
            last.append(train(model, points, y, spec["epochs"])[-1])
        return last

    return answered(train_all, compile_s)


if __name__ == "__main__":
    serve(answer)
