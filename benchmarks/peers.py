"""Contestants of the training benchmark that use torch: python -m benchmarks.peers NAME THREADS.

All train the networks of a problem file: n of one shape, each with its own
points and initial weights, by the recipe of a RunSpec, and keep the loss and
the accuracy of every step. Each answers with the seconds it took, the seconds
it compiled before, and its last losses, which must be the others'.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

from benchmarks.contest import serve
from generator.networks.spec import RunSpec, layer_shapes
from generator.networks.train import Run, learning_rates, train_together
from generator.runs.batches import batches
from generator.runs.pools import local

Answer = dict[str, Any]


class Problem:
    """Networks to train: x (n, N, 2), y (N,), weights (n, P) layer by layer [W | b] row by row."""

    def __init__(self, path: str, spec: dict[str, Any]) -> None:
        options = tuple(map(tuple, spec["dataset_options"]))
        self.spec = RunSpec(**{**spec, "hidden": tuple(spec["hidden"]), "dataset_options": options})
        with np.load(path) as arrays:
            self.x, self.y, self.weights = (torch.from_numpy(arrays[name]) for name in ("x", "y", "weights"))
        self.rates = learning_rates(self.spec).tolist()
        self.shape = (self.spec.hidden, self.spec.classes, self.spec.activation, len(self.x))

    def network(self, index: int) -> torch.nn.Sequential:
        """One network in torch.nn, at its initial weights."""
        modules: list[torch.nn.Module] = []
        start = 0
        for out, inputs in layer_shapes(self.spec):
            stop = start + out * (inputs + 1)
            block = self.weights[index, start:stop].view(out, inputs + 1)
            linear = torch.nn.Linear(inputs, out)
            with torch.no_grad():
                linear.weight.copy_(block[:, :-1])
                linear.bias.copy_(block[:, -1])
            modules += [linear, torch.nn.Tanh() if self.spec.activation == "tanh" else torch.nn.ReLU()]
            start = stop
        return torch.nn.Sequential(*modules[:-1])

    def optimizer(self, named: dict[str, Tensor], **options: Any) -> torch.optim.Adam:
        """Adam with L2 on weights alone."""
        weights = [value for name, value in named.items() if name.endswith("weight")]
        biases = [value for name, value in named.items() if name.endswith("bias")]
        spec = self.spec
        groups = [{"params": weights, "weight_decay": spec.l2}, {"params": biases, "weight_decay": 0.0}]
        return torch.optim.Adam(groups, lr=self.rates[0], betas=(spec.beta1, spec.beta2), eps=spec.epsilon, **options)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def eager(problem: Problem, **options: Any) -> Answer:
    """What one writes first: one network after another."""
    began = time.perf_counter()
    last = []
    for index in range(len(problem.x)):
        net, x, y = problem.network(index), problem.x[index], problem.y
        optimizer = problem.optimizer(dict(net.named_parameters()), **options)
        losses, accuracies = [], []
        for rate in problem.rates:
            set_rate(optimizer, rate)
            optimizer.zero_grad()
            logits = net(x)
            loss = torch.nn.functional.cross_entropy(logits, y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            accuracies.append((logits.argmax(1) == y).float().mean().item())
        last.append(losses[-1])
    return {"seconds": time.perf_counter() - began, "compile_s": 0.0, "losses": last}


def eager_fused(problem: Problem) -> Answer:
    """The same with the optimizer's fused kernel."""
    return eager(problem, fused=True)


def vmapped(problem: Problem) -> Answer:
    """All networks at once through torch.func, Adam on the stacked parameters."""
    began = time.perf_counter()
    nets = [problem.network(index) for index in range(len(problem.x))]
    params, _ = stack_module_state(nets)  # type: ignore[arg-type]
    base = nets[0]

    def judge(values: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        logits = functional_call(base, values, (x,))
        return torch.nn.functional.cross_entropy(logits, problem.y), (logits.argmax(1) == problem.y).float().mean()

    differentiate = vmap(grad_and_value(judge, has_aux=True))
    optimizer = problem.optimizer(params, fused=True)
    history = []
    for rate in problem.rates:
        set_rate(optimizer, rate)
        grads, (loss, accuracy) = differentiate({name: value.detach() for name, value in params.items()}, problem.x)
        for name, value in params.items():
            value.grad = grads[name]
        optimizer.step()
        history.append(torch.stack([loss, accuracy]))
    return {"seconds": time.perf_counter() - began, "compile_s": 0.0, "losses": history[-1][0].tolist()}


def compiled(problem: Problem) -> Answer:
    """The whole step, gradients of all networks and Adam, through torch.compile."""
    spec = problem.spec
    stacked, _ = stack_module_state([problem.network(index) for index in range(len(problem.x))])  # type: ignore[arg-type]
    params = {name: value.detach() for name, value in stacked.items()}
    zeros = {name: torch.zeros_like(value) for name, value in params.items()}
    steps = np.arange(1, spec.epochs + 1)
    root = np.sqrt(1 - spec.beta2**steps)
    sizes = torch.from_numpy(np.array(problem.rates) * root / (1 - spec.beta1**steps)).float()
    floors = torch.from_numpy(spec.epsilon * root).float()
    compile_s = 0.0
    with torch.no_grad():
        if problem.shape not in _STEPS:
            began = time.perf_counter()
            _STEPS.clear()
            torch._dynamo.reset()
            _STEPS[problem.shape] = torch.compile(whole_step(problem), fullgraph=True, dynamic=False)
            _STEPS[problem.shape]([params, zeros, zeros], problem.x, sizes[0], floors[0])
            compile_s = time.perf_counter() - began
        step, state, history = _STEPS[problem.shape], [params, zeros, zeros], []
        began = time.perf_counter()
        for size, floor in zip(sizes, floors, strict=True):
            state, result = step(state, problem.x, size, floor)
            history.append(result)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "compile_s": compile_s, "losses": history[-1][0].tolist()}


_STEPS: dict[Any, Callable[..., Any]] = {}  # the last one compiled


def whole_step(problem: Problem) -> Callable[..., Any]:
    """A function from parameters and Adam's context, data and rates to the next state and the losses."""
    spec, base = problem.spec, problem.network(0)

    def judge(values: dict[str, Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
        logits = functional_call(base, values, (x,))
        return torch.nn.functional.cross_entropy(logits, problem.y), (logits.argmax(1) == problem.y).float().mean()

    def step(state: list[dict[str, Tensor]], x: Tensor, size: Tensor, floor: Tensor) -> Any:
        params, mean, square = state
        grads, (loss, accuracy) = vmap(grad_and_value(judge, has_aux=True))(params, x)
        new: list[dict[str, Tensor]] = [{}, {}, {}]
        for name, value in params.items():
            grad = grads[name] + (spec.l2 * value if name.endswith("weight") else 0)
            new[1][name] = spec.beta1 * mean[name] + (1 - spec.beta1) * grad
            new[2][name] = spec.beta2 * square[name] + (1 - spec.beta2) * grad * grad
            new[0][name] = value - size * new[1][name] / (new[2][name].sqrt() + floor)
        return new, torch.stack([loss, accuracy])

    return step


def metered(specs: list[RunSpec]) -> tuple[list[Run], float]:
    """Runs, and the processor's seconds."""
    began = time.process_time()
    return train_together(specs), time.process_time() - began


def ours(processes: int) -> Callable[[Problem], Answer]:
    """This project's engine, one thread a process; the problem's networks are those of seeds 0 to n - 1."""
    pool = local(processes).executor
    for done in [pool.submit(time.sleep, 0.5) for _ in range(processes)]:  # starts them all
        done.result()

    def answer(problem: Problem) -> Answer:
        began = time.perf_counter()
        specs = [replace(problem.spec, seed=seed) for seed in range(len(problem.x))]
        together = batches(specs, processes)
        sent = [pool.submit(metered, batch) for batch in together]
        done = [job.result() for job in sent]
        last = {
            spec.seed: float(run.loss[-2])
            for batch, (runs, _) in zip(together, done, strict=True)
            for spec, run in zip(batch, runs, strict=True)
        }
        return {
            "seconds": time.perf_counter() - began,
            "cpu_s": sum(cpu_s for _, cpu_s in done),
            "compile_s": 0.0,
            "losses": [last[spec.seed] for spec in specs],
        }

    return answer


def main(name: str, threads: int) -> None:
    torch.set_num_threads(threads)
    contestants = {"eager": eager, "eager_fused": eager_fused, "vmap": vmapped, "compile": compiled}
    train = ours(threads) if name == "ours" else contestants[name]
    serve(lambda path, spec: train(Problem(path, spec)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
