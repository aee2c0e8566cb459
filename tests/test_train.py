"""Training against a plain torch.nn / torch.optim reference, and against itself in other company."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from generator.experiments import RunSpec, layer_shapes
from generator.train import (
    DivergedError,
    checkpoint_epochs,
    initial_weights,
    learning_rates,
    train_together,
)

LOSS_ATOL = 5e-5  # float32 round-off over hundreds of steps
WEIGHT_ATOL = 1e-2  # larger: Adam divides by the root of tiny mean squares, which amplifies round-off


def reference(spec: RunSpec, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """The same run written the plain way: torch.nn, autograd, torch.optim.Adam."""
    flat, start, modules = initial_weights(spec), 0, []
    for index, (out, inputs) in enumerate(layer_shapes(spec)):
        block = torch.from_numpy(flat[start : start + out * (inputs + 1)]).view(out, inputs + 1)
        start += out * (inputs + 1)
        linear = torch.nn.Linear(inputs, out)
        with torch.no_grad():
            linear.weight.copy_(block[:, :-1])
            linear.bias.copy_(block[:, -1])
        modules.append(linear)
        if index < len(spec.hidden):
            modules.append(torch.nn.Tanh() if spec.activation == "tanh" else torch.nn.ReLU())
    net = torch.nn.Sequential(*modules)
    linears = [m for m in modules if isinstance(m, torch.nn.Linear)]
    optimizer = torch.optim.Adam(
        [
            {"params": [m.weight for m in linears], "weight_decay": spec.l2},
            {"params": [m.bias for m in linears], "weight_decay": 0.0},
        ],
        lr=spec.learning_rate,
        betas=(spec.beta1, spec.beta2),
        eps=spec.epsilon,
    )
    losses = []
    for rate in learning_rates(spec):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(torch.from_numpy(x)), torch.from_numpy(y))
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    final = torch.cat([torch.cat([m.weight, m.bias[:, None]], 1).ravel() for m in linears])
    return final.detach().numpy(), losses


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("hidden", [(64, 2), (12, 8, 4, 2), (2,)])
def test_matches_plain_torch(activation, hidden):
    # A gentle rate and an open gate: where a ReLU crosses its kink a step early, float32 trajectories part for good.
    spec = RunSpec(
        classes=3,
        activation=activation,
        seed=2,
        hidden=hidden,
        epochs=400,
        points_per_class=33,
        l2=1e-3,
        learning_rate=3e-3,
        bias_start=1.0,
    )
    run = train_together([spec])[0]
    final, losses = reference(spec, run.x, run.y)
    np.testing.assert_allclose(run.weights[-1], final, atol=WEIGHT_ATOL)
    np.testing.assert_allclose(run.loss[:-1], losses, atol=LOSS_ATOL)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("classes", [2, 5, 7])
def test_company_changes_no_byte(activation, classes):
    specs = [RunSpec(classes=classes, activation=activation, seed=seed, epochs=40) for seed in range(9)]
    together = train_together(specs)
    for company in (specs[4:5], specs[3:6], specs[:5]):
        run = train_together(company)[company.index(specs[4])]
        for name in ("x", "y", "weights", "loss", "accuracy"):
            assert getattr(run, name).tobytes() == getattr(together[4], name).tobytes(), name


def test_checkpoints_hold_both_ends_and_rise():
    epochs = checkpoint_epochs(3000, 64)
    assert epochs[0] == 0 and epochs[-1] == 3000 and (np.diff(epochs) > 0).all() and len(epochs) <= 64


def test_a_diverging_run_is_named():
    spec = RunSpec(classes=2, activation="relu", seed=1, epochs=200, learning_rate=1e30, schedule="constant")
    with pytest.raises(DivergedError) as caught:
        train_together([replace(spec, seed=1)])
    assert caught.value.spec.seed == 1 and 0 < caught.value.epoch <= 200
