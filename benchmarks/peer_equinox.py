"""The contestant of the training benchmark that uses Equinox and Optax, as their guides have it: modules, filtered
transformations, an optimizer in a chain, one jitted scan over all steps of all networks.

It runs in an environment of its own, as nothing else here needs JAX. See
peers.py for the requests.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.contest import answered, serve

_PROGRAMS: dict[Any, Any] = {}  # the last one compiled


class Network(eqx.Module):
    """Fully connected layers with an activation between them."""

    layers: list[eqx.nn.Linear]
    activation: Any = eqx.field(static=True)

    def __call__(self, x: jax.Array) -> jax.Array:
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def networks_of(weights: np.ndarray, widths: list[int], activation: Any) -> Network:
    """(n, P) flat weights to one module, each of whose arrays has n networks in front."""
    layers, start = [], 0
    for inputs, out in itertools.pairwise(widths):
        stop = start + out * (inputs + 1)
        block = jnp.asarray(weights[:, start:stop].reshape(-1, out, inputs + 1))
        layer = eqx.nn.Linear(inputs, out, key=jax.random.key(0))
        layers.append(eqx.tree_at(lambda it: (it.weight, it.bias), layer, (block[:, :, :-1], block[:, :, -1])))
        start = stop
    return Network(layers, activation)


def judge(network: Network, x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Loss and accuracy of one network."""
    logits = jax.vmap(network)(x)
    loss = optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
    return loss, (logits.argmax(1) == y).mean()


def answer(path: str, spec: dict[str, Any]) -> dict[str, Any]:
    with np.load(path) as arrays:
        x, y, weights = (arrays[name] for name in ("x", "y", "weights"))
    activation = jnp.tanh if spec["activation"] == "tanh" else jax.nn.relu
    networks = networks_of(weights, [2, *spec["hidden"], spec["classes"]], activation)
    x, y = jnp.asarray(x), jnp.asarray(y)
    optimizer = optax.chain(
        optax.add_decayed_weights(spec["l2"], lambda of: jax.tree.map(lambda leaf: leaf.ndim > 1, of)),
        optax.adam(
            optax.cosine_decay_schedule(spec["learning_rate"], spec["epochs"]),
            spec["beta1"],
            spec["beta2"],
            spec["epsilon"],
        ),
    )

    @eqx.filter_vmap(in_axes=(eqx.if_array(0), 0, None))
    def train(network: Network, x: jax.Array, y: jax.Array) -> Any:
        params, static = eqx.partition(network, eqx.is_inexact_array)

        def step(state: Any, _: None) -> Any:
            params, rest = state
            differentiate = eqx.filter_value_and_grad(judge, has_aux=True)
            result, grads = differentiate(eqx.combine(params, static), x, y)
            updates, rest = optimizer.update(grads, rest, params)
            return (eqx.apply_updates(params, updates), rest), result

        (params, _), history = jax.lax.scan(step, (params, optimizer.init(params)), length=spec["epochs"])
        return params, history

    compile_s, shape = 0.0, (path, *spec["hidden"], spec["epochs"])
    if shape not in _PROGRAMS:
        began = time.perf_counter()
        _PROGRAMS.clear()
        _PROGRAMS[shape] = eqx.filter_jit(train).lower(networks, x, y).compile()
        compile_s = time.perf_counter() - began
    return answered(lambda: np.asarray(_PROGRAMS[shape](networks, x, y)[1][0])[:, -1].tolist(), compile_s)


if __name__ == "__main__":
    serve(answer)
