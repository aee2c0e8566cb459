"""Specs to runs: full-batch Adam on many small networks at once.

Networks of one shape are stepped together on one thread. Points lie along the
last axis and biases are a weight column that meets a row of ones:

    pre_l = W_l @ [h_(l-1); 1]          (B, out, in+1) @ (B, in+1, N)

Gradients are written by hand. tanh(x) = 2 s(2x) - 1 with s the logistic
function, which torch computes far faster; the 2 and the -1 are folded into the
small weight matrices, so no pass over the points is spent on them.

Every network's parameters and every row of points are padded to a multiple of
LANES numbers, so that no network's arithmetic depends on where it stands in
the batch: a run has the same bytes whatever trains beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generator import datasets
from generator.experiments import RunSpec, layer_shapes

LANES = 32
CHECK_EVERY = 50


@dataclass(frozen=True)
class Run:
    """A trained network and its history.

    x            (N, 2) float32, points in class order
    y            (N,) int64
    checkpoints  (T,) int64, epochs at which the weights were kept
    weights      (T, P) float32, layer by layer [W | b] row by row
    loss         (epochs + 1,) float32, mean cross-entropy, nats, without L2
    accuracy     (epochs + 1,) float32, share of points classified right
    """

    x: np.ndarray
    y: np.ndarray
    checkpoints: np.ndarray
    weights: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray


class DivergedError(Exception):
    """A run's loss turned non-finite.  args: spec, epoch."""

    def __init__(self, spec: RunSpec, epoch: int) -> None:
        super().__init__(spec, epoch)
        self.spec = spec
        self.epoch = epoch


def checkpoint_epochs(epochs: int, count: int) -> np.ndarray:
    """Epochs at which weights are kept: 0, the last, and log-spaced between.

    returns  (T,) int64, rising, T <= count (fewer where rounding makes twins)
    """
    spaced = np.geomspace(1, epochs, max(count - 1, 1)).round().astype(np.int64)
    return np.unique(np.concatenate([[0], spaced, [epochs]]))


def initial_weights(spec: RunSpec) -> np.ndarray:
    """The weights a run starts from: uniform in +-1/sqrt(inputs), as torch.nn.Linear.

    returns  (P,) float32, layer by layer [W | b] row by row
    """
    rng = np.random.default_rng([spec.seed, 1])
    layers = []
    for index, (out, inputs) in enumerate(layer_shapes(spec)):
        bound = 1 / math.sqrt(inputs)
        layer = rng.uniform(-bound, bound, (out, inputs + 1))
        if index == len(spec.hidden) - 1 and spec.bias_start is not None:
            layer[:, -1] = spec.bias_start
        layers.append(layer.ravel())
    return np.concatenate(layers).astype(np.float32)


def learning_rates(spec: RunSpec) -> np.ndarray:
    """The step size of each epoch, (epochs,) float64."""
    if spec.schedule == "constant":
        return np.full(spec.epochs, spec.learning_rate)
    return spec.learning_rate * 0.5 * (1 + np.cos(np.pi * np.arange(spec.epochs) / spec.epochs))


def _padded(count: int) -> int:
    return -(-count // LANES) * LANES


class _Layer:
    """One layer of B networks: views into the flat buffers and its own work space."""

    def __init__(self, params: Tensor, grads: Tensor, start: int, out: int, inputs: int, points: int) -> None:
        batch = params.shape[0]
        stop = start + out * (inputs + 1)
        self.weight = params[:, start:stop].view(batch, out, inputs + 1)
        self.grad = grads[:, start:stop].view(batch, out, inputs + 1)
        self.folded = torch.empty(batch, out, inputs + 1)
        self.out = torch.ones(batch, out + 1, points)  # activations, and the row of ones that meets the next biases
        self.delta = torch.empty(batch, out, points)
        self.units = out


def train_together(specs: list[RunSpec]) -> list[Run]:
    """Train networks that differ in seed alone, step by step together.

    specs   (B,) equal but for `seed`
    raises  DivergedError: a loss turned non-finite
    """
    spec = specs[0]
    batch, classes, per_class = len(specs), spec.classes, spec.points_per_class
    count = classes * per_class
    points = _padded(count)
    tanh = spec.activation == "tanh"

    data = [datasets.points(s.dataset, s.classes, s.points_per_class, s.seed, **dict(s.dataset_options)) for s in specs]
    x = torch.zeros(batch, 3, points)
    x[:, 2] = 1
    for row, (xs, _) in enumerate(data):
        x[row, :2, :count] = torch.from_numpy(xs.T.copy())

    shapes = layer_shapes(spec)
    size = sum(out * (inputs + 1) for out, inputs in shapes)
    params = torch.zeros(batch, _padded(size))
    grads = torch.zeros_like(params)
    params[:, :size] = torch.from_numpy(np.stack([initial_weights(s) for s in specs]))
    mean, square, step = torch.zeros_like(params), torch.zeros_like(params), torch.zeros_like(params)
    decay = torch.zeros_like(params)

    layers: list[_Layer] = []
    start = 0
    for out, inputs in shapes:
        layers.append(_Layer(params, grads, start, out, inputs, points))
        decay[:, start : start + out * (inputs + 1)].view(batch, out, inputs + 1)[:, :, :-1] = spec.l2
        start += out * (inputs + 1)
    head = layers[-1]
    logits, delta = head.out[:, :classes], head.delta
    scale = torch.zeros(points)
    scale[:count] = 1 / count

    def of_own_class(values: Tensor) -> Tensor:  # (B, C, N) -> (B, N/C, C), a view
        return values[:, :, :count].unflatten(2, (classes, per_class)).diagonal(dim1=1, dim2=2)

    def forward() -> tuple[Tensor, Tensor]:
        """Fill every layer's `out`; log-probabilities and the true classes' share of them."""
        below = x
        for layer in layers:
            weight = layer.weight
            if tanh:
                outer = 1.0 if layer is head else 2.0
                inner = 1.0 if below is x else 2.0
                torch.mul(weight, outer * inner, out=layer.folded)
                if below is not x:
                    torch.sub(weight[:, :, -1], weight[:, :, :-1].sum(2), out=layer.folded[:, :, -1])
                    layer.folded[:, :, -1].mul_(outer)
                weight = layer.folded
            pre = layer.out[:, : layer.units]
            torch.bmm(weight, below, out=pre)
            if layer is not head:
                if tanh:
                    pre.sigmoid_()
                else:
                    pre.clamp_min_(0)
            below = layer.out
        log_p = torch.log_softmax(logits, 1)
        return log_p, of_own_class(log_p)

    def backward(log_p: Tensor) -> None:
        """Fill `grads` from the log-probabilities."""
        torch.exp(log_p, out=delta)
        of_own_class(delta).sub_(1)
        delta.mul_(scale)
        for index in range(len(layers) - 1, -1, -1):
            layer = layers[index]
            below = layers[index - 1].out if index else x
            torch.bmm(layer.delta, below.transpose(1, 2), out=layer.grad)
            if not index:
                return
            source = layers[index - 1]
            torch.bmm(layer.weight[:, :, :-1].transpose(1, 2), layer.delta, out=source.delta)
            activated = source.out[:, : source.units]
            if tanh:
                torch.ops.aten.sigmoid_backward(source.delta, activated, grad_input=source.delta)
                source.delta.mul_(4)
                layer.grad[:, :, :-1].mul_(2).sub_(layer.grad[:, :, -1:])
            else:
                torch.ops.aten.threshold_backward(source.delta, activated, 0, grad_input=source.delta)

    kept_at = set(checkpoint_epochs(spec.epochs, spec.checkpoints).tolist())
    kept = []
    loss = torch.empty(spec.epochs + 1, batch)
    accuracy = torch.empty(spec.epochs + 1, batch)
    rates = learning_rates(spec)
    for epoch in range(spec.epochs + 1):
        if epoch in kept_at:
            kept.append(params[:, :size].clone())
        log_p, own = forward()
        torch.mean(own, (1, 2), out=loss[epoch])
        right = own >= log_p[:, :, :count].amax(1).unflatten(1, (classes, per_class)).transpose(1, 2)
        torch.mean(right, (1, 2), dtype=torch.float32, out=accuracy[epoch])
        if epoch % CHECK_EVERY == 0 or epoch == spec.epochs:
            _check_finite(specs, loss[: epoch + 1])
        if epoch == spec.epochs:
            break
        backward(log_p)
        grads.addcmul_(params, decay)
        mean.lerp_(grads, 1 - spec.beta1)
        square.mul_(spec.beta2).addcmul_(grads, grads, value=1 - spec.beta2)
        correction1 = 1 - spec.beta1 ** (epoch + 1)
        correction2 = 1 - spec.beta2 ** (epoch + 1)
        torch.sqrt(square, out=step)
        step.div_(math.sqrt(correction2)).add_(spec.epsilon)
        params.addcdiv_(mean, step, value=-rates[epoch] / correction1)

    weights = torch.stack(kept, 1).numpy()  # (B, T, P)
    epochs_kept = np.array(sorted(kept_at), dtype=np.int64)
    return [
        Run(xs, ys, epochs_kept, weights[row].copy(), -loss[:, row].numpy(), accuracy[:, row].numpy().copy())
        for row, (xs, ys) in enumerate(data)
    ]


def _check_finite(specs: list[RunSpec], loss: Tensor) -> None:
    """Raise DivergedError for the first run whose loss, (epochs so far, B), is not finite."""
    if torch.isfinite(loss[-CHECK_EVERY:]).all():
        return
    for row, spec in enumerate(specs):
        bad = (~torch.isfinite(loss[:, row])).nonzero()
        if len(bad):
            raise DivergedError(spec, int(bad[0]))
