"""A row's expression against finite differences, torch's autograd, and the kernels that are tuned by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from generator.networks import calculus, forward, train
from generator.networks.activations import ACTIVATIONS, Activation
from generator.networks.rooms import PLANE, SQUARE

SWISH = Activation("swish", of="a * logistic(a)", room=PLANE, words="lets through what is above 0")
ROWS = {
    **ACTIVATIONS,
    "swish": SWISH,
    "clip": Activation("clip", of="max(-1, min(a, 1))", room=SQUARE, words="cuts it off at −1 and 1"),
    "gelu": Activation("gelu", of="a / 2 * (1 + tanh(sqrt(2 / pi) * (a + 0.044715 * a**3)))", room=PLANE, words="…"),
    "identity": Activation("identity", of="a", room=PLANE, words="leaves it"),
    "shell": Activation("shell", of="log(1 + r) / r", room=PLANE, words="shrinks the vector"),
}
ULP = 5e-16  # of a double, of values up to 1 or so
STEP = 1e-5  # of finite differences, whose error is its square
FAR = np.array([-800.0, -40.0, -1e-9, 1e-9, 40.0, 800.0])


def near(row):
    rng = np.random.default_rng(1)
    return rng.uniform(0.1, 4, 200) if row.is_vector else rng.uniform(-4, 4, 200)


@pytest.mark.parametrize("name", ROWS)
def test_slopes_are_finite_differences(name):
    function, at = calculus.compiled(ROWS[name], forward.NUMPY, slope=True), near(ROWS[name])
    rise = (function(at + STEP)[0] - function(at - STEP)[0]) / (2 * STEP)
    np.testing.assert_allclose(np.broadcast_to(function(at)[1], at.shape), rise, atol=1e-8)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.is_vector])
def test_far_out_nothing_overflows(name):
    with np.errstate(over="raise", invalid="raise"):
        values, slopes = calculus.compiled(ROWS[name], forward.NUMPY, slope=True)(FAR)
    assert np.isfinite(values).all() and np.isfinite(slopes).all()


def layer(row, pre, grad):
    """(B, H, N) outputs and carried-back gradients of a row, as training computes them without a tuned kernel."""
    held, out = pre.clone(), torch.empty_like(pre)
    calls = train._from_row(row, held, out)
    for call in calls.forward:
        call()
    held.copy_(grad)
    for call in calls.backward:
        call()
    return out, held


def drawn():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, 2, 3, 32, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("name", ROWS)
def test_training_computes_what_autograd_does(name):
    row, (pre, grad) = ROWS[name], drawn()
    leaf = pre.clone().requires_grad_()
    function = calculus.compiled(row, train.TORCH, slope=False)
    length = (leaf.square().sum(1, keepdim=True) + forward.LEAST_SQUARE).sqrt()
    expected = leaf * function(length)[0] if row.is_vector else function(leaf)[0]
    expected.backward(grad)
    out, carried = layer(row, pre, grad)
    np.testing.assert_allclose(out, expected.detach(), rtol=0, atol=ULP)
    np.testing.assert_allclose(carried, leaf.grad, rtol=0, atol=1e-14)
    in_numpy = calculus.compiled(row, forward.NUMPY, slope=False)
    at = forward.lengths(pre[0].numpy().T) if row.is_vector else pre[0].numpy().T
    values = pre[0].numpy().T * in_numpy(at)[0] if row.is_vector else in_numpy(at)[0]
    np.testing.assert_allclose(values.T, out[0], rtol=0, atol=ULP)


@pytest.mark.parametrize("name", sorted(train.TUNED))
def test_a_tuned_kernel_computes_its_row(name):
    assert train.TUNED.keys() == forward.TUNED.keys() <= ACTIVATIONS.keys()
    pre, grad = drawn()
    out, carried = layer(ACTIVATIONS[name], pre, grad)
    tuned, result = pre.clone(), torch.empty_like(pre)
    calls = train.TUNED[name](tuned, result)
    tuned.mul_(calls.stretch)
    for call in calls.forward:
        call()
    tuned.copy_(grad)
    for call in calls.backward:
        call()
    np.testing.assert_allclose(result, out, rtol=0, atol=ULP)
    np.testing.assert_allclose(tuned, carried, rtol=0, atol=1e-14)
    np.testing.assert_allclose(forward.TUNED[name](pre[0].numpy().T).T, out[0], rtol=0, atol=ULP)


def test_what_no_language_has_is_refused():
    for of in ("gamma(a)", "a * b", "spiral(a)"):
        with pytest.raises(ValueError, match=r"activation swish: .*; expected an expression in a, or in r, with exp"):
            calculus.expressions(replace(SWISH, of=of))
