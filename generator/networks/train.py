"""Specs to runs: many small networks trained at once, by Adam or SGD, on all points a step or on batches.

Networks of one shape are stepped together on one thread. Everything lives in
buffers made once, so an epoch is a list of prepared calls on them: nothing is
allocated, sliced or differentiated by torch while it runs. Points lie along
the last axis, and biases are a weight column that meets a row of ones:

    pre_l = W_l @ [h_(l-1); 1]          (B, out, in+1) @ (B, in+1, N)

Gradients are written by hand. What small networks need to be fast:

- On processors with vectors of 512 bits, tanh and small or thin products are
  numpy's, which asks what a processor can and not who made it. Torch's
  library, MKL, is faster at large products alone; held to shorter vectors, it
  takes several times as long for tanh and for thin products.
- Elsewhere tanh(x) = 2 s(2x) - 1 with s the logistic function, which torch
  computes fast everywhere; the inner 2 is folded into the weights. Products
  with an inner size of 2 or 3 are sums of outer products.
- Batched products want each operand and result dense, so a layer's weights
  stand together for all networks, and pre-activations have a buffer of their
  own, which the backward pass uses again.

Rows of points and the flat buffers are padded to a multiple of LANES numbers,
so that no number is ever computed by the scalar tail of a vector loop: a run
has the same bytes whatever trains beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial, reduce
from typing import Any, NamedTuple

import numpy as np
import torch
from threadpoolctl import ThreadpoolController
from torch import Tensor

from ..base.errors import PeekError
from . import calculus, datasets
from .activations import ACTIVATIONS, Activation
from .forward import LEAST_SQUARE
from .run import Run
from .spec import RunSpec, layer_activations, layer_shapes

LANES = 32
CHECK_EVERY = 50
TIED = 1e-6  # nats below log C at which all classes tie everywhere, when each point's own is among the highest
SMALL = 600_000  # multiplications; up to so many numpy's products are faster than torch's, made without packing
THIN = 3  # so is a product with a side up to this; without numpy such an inner size is worth outer products ...
TALL = 16  # ... when there are at least so many rows
ORDER_SEED = 0x2545F491  # sets the order of points apart from what else a seed decides
HEAD_SIZE = 10.0  # about what trained output layers reach at five classes

aten = torch.ops.aten


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


def initial_weights(spec: RunSpec, head: np.ndarray | None = None) -> np.ndarray:
    """The weights a run starts from: uniform in +-init_scale/sqrt(inputs); at scale 1 as torch.nn.Linear.

    head     (k, d + 1) output layer, [W | b] with |W| = 1, in place of a drawn one; it starts with |W| = HEAD_SIZE
    returns  (P,) float32, layer by layer [W | b] row by row
    """
    rng = np.random.default_rng([spec.seed, 1])
    layers = []
    for index, (out, inputs) in enumerate(layer_shapes(spec)):
        bound = spec.init_scale / math.sqrt(inputs)
        layer = rng.uniform(-bound, bound, (out, inputs + 1))
        if index == len(spec.hidden) - 1 and spec.bias_start is not None:
            layer[:, -1] = spec.bias_start
        layers.append(layer)
    if head is not None:
        layers[-1] = HEAD_SIZE * head
    if not spec.head_bias:
        layers[-1][:, -1] = 0
    return np.concatenate([layer.ravel() for layer in layers]).astype(np.float32)


def learning_rates(spec: RunSpec) -> np.ndarray:
    """The step size of each epoch, (epochs,) float64."""
    if spec.schedule == "constant":
        return np.full(spec.epochs, spec.learning_rate)
    return spec.learning_rate * 0.5 * (1 + np.cos(np.pi * np.arange(spec.epochs) / spec.epochs))


def batch_order(seeds: np.ndarray, epoch: int, count: int) -> np.ndarray:
    """In which order runs of some seeds meet their points in an epoch: by rising random number, one a point.

    The numbers are Mulberry32's, of which a number is a hash of its place in the stream: an order depends on its seed
    and epoch alone, and a page's script has the same.

    seeds    (B,) uint32
    count    N, points of each run
    returns  (B, N) int64
    """
    at = np.arange(epoch * count + 1, (epoch + 1) * count + 1, dtype=np.uint64).astype(np.uint32)
    start = (seeds ^ np.uint32(ORDER_SEED ^ 0x9E3779B9)) * np.uint32(0x85EBCA6B)
    state = start[:, None] + at * np.uint32(0x6D2B79F5)
    mixed = (state ^ state >> 15) * (state | 1)
    mixed ^= mixed + (mixed ^ mixed >> 7) * (mixed | 61)
    order: np.ndarray = (mixed ^ mixed >> 14).argsort(1, kind="stable")
    return order


class DeviceError(PeekError):
    """The device that was asked for is not there."""


def device(asked: str) -> str:
    """The device that training uses for "cpu", "cuda" or "auto".

    raises  DeviceError: "cuda", where torch finds none
    """
    found = torch.cuda.is_available()
    if asked == "cuda" and not found:
        raise DeviceError("--device cuda: torch finds no CUDA device; expected cpu or auto")
    return "cuda" if found and asked != "cpu" else "cpu"


def train_together(specs: list[RunSpec], device: str = "cpu", head: np.ndarray | None = None) -> list[Run]:
    """Train networks that differ in seed alone, step by step together.

    specs   (B,) equal but for `seed`
    device  "cpu", where one thread is used, or "cuda"
    head    what their output layers start from, as for initial_weights
    raises  DivergedError: a loss turned non-finite
    """
    return _train(specs, torch.device(device), torch.float32, head)


Call = Callable[[], object]


class _Calls(NamedTuple):
    """What an activation does between a layer's pre-activations and its `out`.

    forward   fill `out` from the pre-activations
    backward  multiply the gradient, which by then has taken the pre-activations' place, by the slope
    stretch   what the weights are multiplied by before they meet the points
    """

    forward: list[Call]
    backward: list[Call]
    stretch: float = 1.0


def _tanh(pre: Tensor, out: Tensor) -> _Calls:
    backward: list[Call] = [partial(aten.tanh_backward.grad_input, pre, out, grad_input=pre)]
    if _for_numpy(pre):
        return _Calls([partial(np.tanh, pre.numpy(), out.numpy())], backward)
    minus_one = torch.tensor(-1.0, dtype=out.dtype, device=out.device)
    double = partial(torch.add, minus_one, out, alpha=2, out=out)
    return _Calls([partial(torch.sigmoid, pre, out=out), double], backward, stretch=2.0)


def _relu(pre: Tensor, out: Tensor) -> _Calls:
    return _Calls(
        [partial(torch.clamp_min, pre, 0, out=out)],
        [partial(aten.threshold_backward.grad_input, pre, out, 0, grad_input=pre)],
    )


def _softplus(pre: Tensor, out: Tensor) -> _Calls:
    """log(1 + e^a), whose slope is the logistic function."""
    slope = torch.empty_like(pre)
    return _Calls(
        [partial(aten.softplus.out, pre, out=out), partial(torch.sigmoid, pre, out=slope)],
        [partial(torch.mul, slope, pre, out=pre)],
    )


def _disk(pre: Tensor, out: Tensor) -> _Calls:
    """u tanh(r), r = |a| and u = a/r; with s = tanh(r)/r a gradient g becomes  g s + u (u . g) (1 - tanh(r)^2 - s)."""
    unit, product = torch.empty_like(pre), torch.empty_like(pre)
    radius, size, shrink = (pre.new_empty(pre.shape[0], 1, pre.shape[2]) for _ in range(3))
    one = pre.new_ones(())
    return _Calls(
        [
            *_directions(pre, radius, unit),
            partial(torch.tanh, radius, out=size),
            partial(torch.mul, unit, size, out=out),
            partial(torch.div, size, radius, out=shrink),
        ],
        [
            partial(torch.addcmul, one, size, size, value=-1, out=size),
            partial(torch.sub, size, shrink, out=size),
            partial(torch.mul, unit, pre, out=product),
            partial(torch.sum, product, 1, keepdim=True, out=radius),
            partial(torch.mul, radius, size, out=size),
            partial(torch.mul, pre, shrink, out=pre),
            partial(pre.addcmul_, unit, size),
        ],
    )


def _sphere(pre: Tensor, out: Tensor) -> _Calls:
    """u = a/r with r = |a|; a gradient g becomes  (g - u (u . g)) / r."""
    unit, product = torch.empty_like(pre), torch.empty_like(pre)
    radius, along = (pre.new_empty(pre.shape[0], 1, pre.shape[2]) for _ in range(2))
    return _Calls(
        [*_directions(pre, radius, unit), partial(out.copy_, unit)],
        [
            partial(torch.mul, unit, pre, out=product),
            partial(torch.sum, product, 1, keepdim=True, out=along),
            partial(pre.addcmul_, unit, along, value=-1),
            partial(torch.div, pre, radius, out=pre),
        ],
    )


def _directions(pre: Tensor, radius: Tensor, unit: Tensor) -> list[Call]:
    """Fill the length of each point's pre-activations and their direction."""
    return [
        partial(torch.mul, pre, pre, out=unit),
        partial(torch.sum, unit, 1, keepdim=True, out=radius),
        partial(radius.add_, LEAST_SQUARE),
        partial(torch.sqrt, radius, out=radius),
        partial(torch.div, pre, radius, out=unit),
    ]


def _larger(a: Any, b: Any) -> Tensor:
    """The larger of two numbers or tensors, one of which is a tensor."""
    return torch.clamp(a, min=b) if isinstance(a, Tensor) else torch.clamp(b, min=a)


TORCH: dict[str, Callable[..., Tensor]] = {  # what an activation's expression calls
    **{name: getattr(torch, name) for name in calculus.SAME},
    "Abs": torch.abs,
    "Max": lambda *values: reduce(_larger, values),
    "Min": lambda *values: -reduce(_larger, [-value for value in values]),
    "step": lambda values: (values > 0).to(values.dtype),
    "logistic": torch.sigmoid,
    "softplus": lambda values: torch.logaddexp(values, values.new_zeros(())),
}


def _from_row(row: Activation, pre: Tensor, out: Tensor) -> _Calls:
    """What a row's expression and its derivative say; where they are of the length r, with u = a/r:
    a becomes a s, and a gradient g becomes  g s + u (u . g) r s'."""
    function = calculus.compiled(row, TORCH, slope=True)
    if not row.is_vector:
        slope = torch.empty_like(pre)
        return _Calls([partial(_fill, function, pre, out, slope)], [partial(torch.mul, slope, pre, out=pre)])
    unit, product = torch.empty_like(pre), torch.empty_like(pre)
    radius, size, slope, along = (pre.new_empty(pre.shape[0], 1, pre.shape[2]) for _ in range(4))
    return _Calls(
        [
            *_directions(pre, radius, unit),
            partial(_fill, function, radius, size, slope),
            partial(torch.mul, slope, radius, out=slope),
            partial(torch.mul, pre, size, out=out),
        ],
        [
            partial(torch.mul, unit, pre, out=product),
            partial(torch.sum, product, 1, keepdim=True, out=along),
            partial(torch.mul, along, slope, out=along),
            partial(torch.mul, pre, size, out=pre),
            partial(pre.addcmul_, unit, along),
        ],
    )


def _fill(function: Callable[[Tensor], list[Any]], at: Tensor, *targets: Tensor) -> Tensor:
    """Put what a function of a tensor gives, tensors or constants, where it belongs."""
    for target, value in zip(targets, function(at), strict=True):
        target.copy_(value) if isinstance(value, Tensor) else target.fill_(value)
    return targets[0]


def _calls(name: str, pre: Tensor, out: Tensor) -> _Calls:
    return TUNED[name](pre, out) if name in TUNED else _from_row(ACTIVATIONS[name], pre, out)


TUNED: dict[str, Callable[[Tensor, Tensor], _Calls]] = {  # they hold what their rows say, faster
    "tanh": _tanh,
    "relu": _relu,
    "softplus": _softplus,
    "disk": _disk,
    "sphere": _sphere,
}


def _for_numpy(tensor: Tensor) -> bool:
    """Whether numpy's tanh, and its small products, are the fast ones where a tensor lives."""
    return tensor.device.type == "cpu" and torch.backends.cpu.get_cpu_capability() == "AVX512"


def _padded(count: int) -> int:
    return -(-count // LANES) * LANES


def _product(a: Tensor, b: Tensor, out: Tensor) -> list[Call]:
    """Calls that put a @ b, (B, rows, inner) @ (B, inner, N), into out."""
    rows, inner, columns = *a.shape[1:], b.shape[2]
    if _for_numpy(out) and (rows * inner * columns <= SMALL or min(rows, inner, columns) <= THIN):
        return [partial(np.matmul, a.numpy(), b.numpy(), out.numpy())]
    if inner > THIN or rows < TALL:
        return [partial(torch.bmm, a, b, out=out)]
    terms = [(a[:, :, j : j + 1], b[:, j : j + 1]) for j in range(inner)]
    return [partial(torch.mul, *terms[0], out=out), *(partial(out.addcmul_, *term) for term in terms[1:])]


class _Layer:
    """One layer of B networks: views of its part of the flat buffers, and its work space.

    A weight matrix with many outputs is stored transposed, because torch's
    product that makes its gradient is faster so, by a fifth or several times.
    """

    def __init__(self, batch: int, start: int, out: int, inputs: int, points: int, like: Tensor) -> None:
        self.units = out
        self.start, self.stop = start, start + batch * out * (inputs + 1)
        self.shape = (batch, out, inputs + 1)
        self.transposed = out >= TALL
        self.out = like.new_ones(batch, out + 1, points)  # the last row stays 1 and meets the next layer's biases
        self.delta = like.new_empty(batch, out, points)

    def of(self, flat: Tensor) -> Tensor:
        """This layer's (B, out, in + 1) part of a flat buffer, a view."""
        batch, out, inputs = self.shape
        part = flat[self.start : self.stop]
        return part.view(batch, inputs, out).transpose(1, 2) if self.transposed else part.view(self.shape)


class _Pass:
    """B networks of one shape on some points, and the calls that go through them there and back.

    x            (B, inputs + 1, points), the last row 1
    share        (points,) what each point counts for in the loss; 0 for padding
    minus_truth  (C, points) or (B, C, points), -share at each point's class
    of           the networks whose weights and gradients these share; None: they have their own
    """

    def __init__(
        self, spec: RunSpec, x: Tensor, share: Tensor, minus_truth: Tensor, of: _Networks | None = None
    ) -> None:
        self.spec, self.batch, self.x = spec, x.shape[0], x
        self.share, self.minus_truth = share, minus_truth
        self.layers: list[_Layer] = []
        start = 0
        for out, inputs in layer_shapes(spec):
            self.layers.append(_Layer(self.batch, start, out, inputs, x.shape[2], x))
            start = self.layers[-1].stop
        self.params: Tensor = of.params if of else x.new_zeros(_padded(start))
        self.grads: Tensor = of.grads if of else torch.zeros_like(self.params)
        self.calls = [
            _calls(name, layer.delta, layer.out[:, : layer.units])
            for layer, name in zip(self.layers[:-1], layer_activations(spec), strict=True)
        ]
        self.log_p = torch.empty_like(self.layers[-1].delta)

    def _activate(self) -> Iterator[Call]:
        """Fill every layer's `out`; the head's logits stay in its `delta`."""
        *hidden, head = self.layers
        used = self.params
        if any(calls.stretch != 1 for calls in self.calls):
            stretch, used = torch.ones_like(self.params), torch.empty_like(self.params)
            for layer, calls in zip(hidden, self.calls, strict=True):
                stretch[layer.start : layer.stop] = calls.stretch
            yield partial(torch.mul, self.params, stretch, out=used)
        below = self.x
        for layer, calls in zip(hidden, self.calls, strict=True):
            yield from _product(layer.of(used), below, layer.delta)
            yield from calls.forward
            below = layer.out
        yield from _product(head.of(used), below, head.delta)

    def _log_softmax(self) -> Call:
        """Logits to log-probabilities."""
        return partial(torch.log_softmax, self.layers[-1].delta, 1, out=self.log_p)

    def _differentiate(self) -> Iterator[Call]:
        """Fill `grads` from the log-probabilities."""
        delta = self.layers[-1].delta
        yield partial(torch.exp, self.log_p, out=delta)
        yield partial(torch.addcmul, self.minus_truth, delta, self.share, out=delta)
        for index, layer in reversed(list(enumerate(self.layers))):
            source = self.layers[index - 1] if index else None
            below = source.out if source else self.x
            grad = layer.of(self.grads)
            if layer.transposed:
                yield from _product(below, layer.delta.transpose(1, 2), grad.transpose(1, 2))
            else:
                yield from _product(layer.delta, below.transpose(1, 2), grad)
            if layer is self.layers[-1] and not self.spec.head_bias:
                yield partial(grad[:, :, -1].zero_)
            if source:
                weight = layer.of(self.params)[:, :, :-1]
                yield from _product(weight.transpose(1, 2), layer.delta, source.delta)
                yield from self.calls[index - 1].backward
        yield self._decay()

    def _decay(self) -> Call:
        """L2, of weights alone, into the gradients."""
        decay = torch.zeros_like(self.grads)
        for layer, factor in zip(self.layers, self.spec.l2_factors or [1.0] * len(self.layers), strict=True):
            layer.of(decay)[:, :, :-1] = self.spec.l2 * factor
        return partial(self.grads.addcmul_, self.params, decay)


class _Networks(_Pass):
    """B networks on all their points, and how they step.

    forward   fills `result` (2, B): summed log-probability of the true classes, points where none is above the true one
    untie     after it fills `first` (B,): the points classified right, the first of classes that tie being predicted
    backward  fills the gradients; `step` follows them
    """

    def __init__(self, specs: list[RunSpec], x: Tensor) -> None:
        """x: (B, N, 2) points in class order; its device and type are those of everything."""
        spec, batch, self.count = specs[0], x.shape[0], x.shape[1]
        padded = x.new_zeros(batch, x.shape[2] + 1, _padded(self.count))
        padded[:, :-1, : self.count] = x.transpose(1, 2)
        padded[:, -1] = 1
        share = x.new_zeros(padded.shape[2])
        share[: self.count] = 1 / self.count
        self.minus_one = x.new_zeros(spec.classes, padded.shape[2])  # at each point's class
        self.minus_one[:, : self.count] = -torch.eye(spec.classes).repeat_interleave(spec.points_per_class, 1)
        super().__init__(spec, padded, share, self.minus_one / self.count)
        self.mean, self.square = (torch.zeros_like(self.params) for _ in range(2))  # SGD has the first, its velocity
        self.steps = torch.zeros((), dtype=torch.float32, device=x.device)
        self.adam = partial(
            torch._fused_adam_,
            *([buffer] for buffer in (self.params, self.grads, self.mean, self.square)),
            [],
            [self.steps],
            beta1=spec.beta1,
            beta2=spec.beta2,
            weight_decay=0.0,  # only weights decay, see `_decay`
            eps=spec.epsilon,
            amsgrad=False,
            maximize=False,
        )
        self.result, self.first = x.new_zeros(2, batch), x.new_zeros(batch)
        self.right = torch.empty_like(self._of_own_class(self.log_p))
        self.forward = [*self._activate(), *self._loss_and_accuracy()]
        self.untie = [*self._first_of_ties()]
        self.backward = [*self._differentiate()]

    def start(self, weights: Tensor, order: Tensor) -> None:
        """Begin at weights (B, P), with the optimizer at rest."""
        self.params[order] = weights
        for buffer in (self.grads, self.mean, self.square, self.steps):
            buffer.zero_()

    def step(self, rate: float) -> None:
        """The optimizer's next step, as torch.optim's."""
        if self.spec.optimizer == "adam":
            self.steps += 1
            self.adam(lr=rate)
        else:
            torch.add(self.grads, self.mean, alpha=self.spec.momentum, out=self.mean)
            self.params.add_(self.mean, alpha=-rate)

    def hold_head(self, weights: Tensor) -> None:
        """Take the output layer back to where it stands in (B, P) weights, and the optimizer to rest there."""
        head = self.layers[-1]
        head.of(self.params).copy_(weights[:, -head.shape[1] * head.shape[2] :].view(head.shape))
        for buffer in (self.mean, self.square):
            head.of(buffer).zero_()

    def order(self) -> Tensor:
        """Where each network's weights, layer by layer [W | b] row by row, stand in the flat buffers: (B, P)."""
        place = torch.arange(len(self.params), device=self.params.device)
        return torch.cat([layer.of(place).reshape(self.batch, -1) for layer in self.layers], 1)

    def _of_own_class(self, values: Tensor) -> Tensor:
        """The (B, C, N/C) view of (B, C, N) values that belong to each point's own class."""
        classes = self.spec.classes
        blocks = values[:, :, : self.count].view(self.batch, classes, classes, -1)
        return blocks.diagonal(dim1=1, dim2=2).transpose(1, 2)

    def _loss_and_accuracy(self) -> Iterator[Call]:
        """Log-probabilities, their sum over the true classes, and the points where no class is above the true one."""
        own, right = self._of_own_class(self.log_p), self.right
        highest = self.log_p.new_empty(self.batch, self.log_p.shape[2])
        yield self._log_softmax()
        yield partial(torch.sum, own, (1, 2), out=self.result[0])
        yield partial(torch.amax, self.log_p, 1, out=highest)
        yield partial(torch.ge, own, highest[:, : self.count].view(own.shape), out=right)
        yield partial(torch.sum, right, (1, 2), out=self.result[1])

    def _first_of_ties(self) -> Iterator[Call]:
        """Of the points where no class is above the true one those where none before it ties, and their sum."""
        own, each = self._of_own_class(self.log_p), self.spec.points_per_class
        before = self.log_p.new_full((self.batch, self.log_p.shape[2]), -math.inf)  # the highest of earlier classes
        first = torch.empty_like(own)
        for place in range(1, self.spec.classes):
            points = slice(place * each, (place + 1) * each)
            yield partial(torch.amax, self.log_p[:, :place, points], 1, out=before[:, points])
        yield partial(torch.gt, own, before[:, : self.count].view(own.shape), out=first)
        yield partial(first.mul_, self.right)
        yield partial(torch.sum, first, (1, 2), out=self.first)


class _Batches(_Pass):
    """The same networks on some of their points at a time, each network in an order of its own.

    backward  fills the gradients at the batch that `of_epoch` has come to
    """

    def __init__(self, specs: list[RunSpec], networks: _Networks) -> None:
        spec, (batch, rows, _) = specs[0], networks.x.shape
        self.whole = networks
        self.seeds = np.array([each.seed % 2**32 for each in specs], np.uint32)
        self.size = min(spec.batch or networks.count, networks.count)
        points = _padded(self.size)
        self.taken = torch.zeros(batch, 1, points, dtype=torch.int64, device=networks.x.device)  # which points
        x, share, minus_truth = map(
            networks.x.new_zeros, ((batch, rows, points), (points,), (batch, spec.classes, points))
        )
        super().__init__(spec, x, share, minus_truth, networks)
        self.backward = [*self._gather(), *self._activate(), self._log_softmax(), *self._differentiate()]

    def of_epoch(self, epoch: int) -> Iterator[None]:
        """Come to each batch of an epoch; the last one has what is left."""
        order = torch.from_numpy(batch_order(self.seeds, epoch, self.whole.count)).to(self.taken.device)
        for start in range(0, self.whole.count, self.size):
            some = order[:, start : start + self.size]
            left = some.shape[1]
            self.taken[:, 0, :left] = some
            self.share[:left] = 1 / left
            self.share[left:] = 0
            yield

    def _gather(self) -> Iterator[Call]:
        """The points and classes of the batch."""
        classes = self.whole.minus_one.expand(self.batch, -1, -1)
        for source, target in ((self.whole.x, self.x), (classes, self.minus_truth)):
            yield partial(torch.gather, source, 2, self.taken.expand(target.shape), out=target)
        yield partial(self.minus_truth.mul_, self.share)


@cache
def _libraries() -> ThreadpoolController:
    """The libraries loaded by now that have threads, numpy's among them; looking for them takes milliseconds."""
    return ThreadpoolController()


@contextmanager
def _plain_arithmetic() -> Iterator[None]:
    """Torch and numpy on one thread, and subnormal numbers as zeros.

    Where libraries split would depend on the machine, and so would the last bits. L2 takes the weights of dead units
    below the least normal number, and some processors need many times as long over what lies there.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # numpy's too, as both compute on this thread
    try:
        with _libraries().limit(limits=1, user_api="blas"):
            yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)


def _prepared(calls: list[Call], device: torch.device) -> Call:
    """One call that makes all of `calls`; on a GPU one graph launch."""
    if device.type == "cuda":
        return _captured(calls)

    def run() -> None:
        for call in calls:
            call()

    return run


def _captured(calls: list[Call]) -> Call:
    """The calls as a CUDA graph. They run once before, as capture wants libraries that are set up."""
    for call in calls:
        call()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for call in calls:
            call()
    replay: Call = graph.replay
    return replay


def _points(spec: RunSpec) -> tuple[np.ndarray, np.ndarray]:
    return datasets.points(
        spec.kind, spec.classes, spec.points_per_class, spec.seed_of_data, **dict(spec.dataset_options)
    )


def _train(specs: list[RunSpec], device: torch.device, dtype: torch.dtype, head: np.ndarray | None = None) -> list[Run]:
    with _plain_arithmetic(), torch.inference_mode(), np.errstate(all="ignore"):  # losses are checked
        spec = specs[0]
        data = [_points(each) for each in specs]
        x = torch.from_numpy(np.stack([x for x, _ in data])).to(device, dtype)
        networks = _Networks(specs, x)
        batches = _Batches(specs, networks) if spec.batch else None
        forward = _prepared(networks.forward, device)
        untie = _prepared(networks.untie, device)
        backward = _prepared((batches or networks).backward, device)
        order = networks.order()
        initial = torch.from_numpy(np.stack([initial_weights(s, head) for s in specs])).to(x)
        networks.start(initial, order)

        rates = learning_rates(spec).tolist()
        history = x.new_zeros(spec.epochs + 1, 2, len(specs))
        results = history.unbind()
        kept_at = checkpoint_epochs(spec.epochs, spec.checkpoints)
        kept: list[Tensor] = []
        ties = torch.zeros(len(specs), dtype=torch.bool, device=device)  # looked for where weights are kept
        has_ties = False
        for epoch in range(spec.epochs + 1):
            if is_kept := epoch == kept_at[len(kept)]:
                kept.append(networks.params[order])
            forward()
            if is_kept or has_ties:
                untie()
                if is_kept:
                    ties |= networks.first < networks.result[1]
                    has_ties = bool(ties.any())
                torch.where(ties, networks.first, networks.result[1], out=networks.result[1])
            results[epoch].copy_(networks.result)
            if epoch % CHECK_EVERY == 0 or epoch == spec.epochs:
                _check_finite(specs, history[: epoch + 1, 0])
            if epoch < spec.epochs:
                for _ in batches.of_epoch(epoch) if batches else (None,):
                    backward()
                    networks.step(rates[epoch])
                    if epoch < spec.head_held:
                        networks.hold_head(initial)

        history /= networks.count
        loss, accuracy = -history[:, 0].cpu().numpy(), history[:, 1].cpu().numpy()
        # A network that ties all classes everywhere has no class above the true one until its ties are looked for.
        accuracy[(accuracy == 1) & (loss > math.log(spec.classes) - TIED)] = 1 / spec.classes
        weights = torch.stack(kept, 1).cpu().numpy()  # (B, T, P)
    return [
        Run(xs, ys, kept_at, weights[row].copy(), loss[:, row].copy(), accuracy[:, row].copy())
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
