"""The page computes what torch computes: positions, classes, gradients and training itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Laboratory
from playwright.sync_api import Page

from generator.content import tables as files
from generator.content.experiments import Plan
from generator.figures import draw
from generator.networks import formulas, forward, tables, train
from generator.networks.run import Run
from generator.networks.spec import RunSpec, layer_shapes
from generator.networks.train import train_together
from generator.runs import export

SAME_WEIGHTS = 1e-5  # of the room's size: both sides round float32 their own way
PACKED = 1e-3  # of the room's size: what packing may cost
GRADIENT = 1e-6  # relative, in float64
TRAINED = 1e-6  # of a weight, and of the loss, after 200 steps in float64: only the order of sums differs
STEPS = 200
IN_TORCH = {  # the last two by their rows, the others by hand
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
    "swish": torch.nn.functional.silu,
}


@pytest.fixture(scope="module")
def lab(bare_page: Page) -> Page:
    bare_page.evaluate(
        """() => {
          globalThis.unpacked = (script) => {
            let run;
            const receive = peek.receive;
            peek.receive = (packed) => (run = peek.runs.unpack(packed));
            (0, eval)(script);
            peek.receive = receive;
            return run;
          };
          globalThis.floats = (text, kind) => new kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
          globalThis.text = (array) => {
            const bytes = new Uint8Array(array.buffer);
            let out = "";
            for (let at = 0; at < bytes.length; at += 8192) {
              out += String.fromCharCode(...bytes.subarray(at, at + 8192));
            }
            return btoa(out);
          };
        }"""
    )
    return bare_page


def pixels(**recipe: Any) -> RunSpec:
    """A recipe of own data in 64 dimensions."""
    table = files.read(Path(), {"kind": "digits", "classes": [0, 1, 7]}).table
    of_data = {"points_per_class": table.points_per_class, "dataset_options": table.options}
    return RunSpec(**{"classes": 3, "seed": 1, "kind": tables.enter(table), **of_data, **recipe})


@pytest.fixture(scope="module")
def of_pixels() -> tuple[RunSpec, Run]:
    """A run of own data in 64 dimensions, with an own activation that goes by its formula."""
    spec = pixels(activation=formulas.own("swish", "a * logistic(a)"), hidden=(16, 2), epochs=300, checkpoints=12)
    return spec, train_together([spec])[0]


def sent(values: np.ndarray, kind: str = "<f4") -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode()


def received(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f8")


def in_page(page: Page, spec: RunSpec, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(T, N, 2) hidden positions as the page computes them from (T, P) float32 weights."""
    got = page.evaluate(
        """([net, weights, x, count]) => {
          const all = floats(weights, Float32Array), points = floats(x, Float32Array);
          const size = all.length / count, machine = peek.network.evaluator(net);
          const n = points.length / net.widths[0], out = new Float64Array(count * n * 2);
          for (let t = 0; t < count; t++) {
            const part = out.subarray(t * n * 2, (t + 1) * n * 2);
            machine.hidden(all.subarray(t * size, (t + 1) * size), points, n, part);
          }
          return text(out);
        }""",
        [net(spec), sent(weights), sent(x), len(weights)],
    )
    return received(got).reshape(len(weights), len(x), 2)


def net(spec: RunSpec) -> dict[str, Any]:
    return {"widths": [layer_shapes(spec)[0][1], *spec.hidden, spec.classes], "activation": name_of(spec)}


def name_of(spec: RunSpec) -> str:
    """Of its activation, an own one's too."""
    return str.__str__(spec.activation)


def in_torch(spec: RunSpec, weights: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T, N, 2) hidden positions and (T, N, C) logits in float32, by torch."""
    found = [through(spec, by_layer(spec, flat), torch.from_numpy(x)) for flat in torch.from_numpy(weights)]
    positions, logits = (torch.stack(of).numpy() for of in zip(*found, strict=True))
    return positions, logits


def by_layer(spec: RunSpec, flat: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weights and biases of each layer, as views."""
    shapes = layer_shapes(spec)
    parts = flat.split([out * (inputs + 1) for out, inputs in shapes])
    blocks = [part.view(out, inputs + 1) for part, (out, inputs) in zip(parts, shapes, strict=True)]
    return [(block[:, :-1], block[:, -1]) for block in blocks]


def through(
    spec: RunSpec, layers: Sequence[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the last hidden layer makes of points, and their logits."""
    for weight, bias in layers[:-1]:
        x = IN_TORCH[name_of(spec)](torch.nn.functional.linear(x, weight, bias))
    return x, torch.nn.functional.linear(x, *layers[-1])


def check_run(page: Page, spec: RunSpec, run: Any, script: bytes) -> None:
    positions, logits = in_torch(spec, run.weights, run.x)
    room = export.room_size(spec, positions[-1])
    assert np.abs(in_page(page, spec, run.weights, run.x) - positions).max() <= SAME_WEIGHTS * room
    got = page.evaluate(
        """(script) => {
          const run = unpacked(script);
          const machine = peek.network.evaluator(run.net), n = run.y.length, c = run.classes;
          const size = run.weights[0].length, out = new Float64Array(run.weights.length * n * 2);
          const logits = new Float64Array(run.weights.length * n * c);
          run.weights.forEach((weights, t) => {
            const part = out.subarray(t * n * 2, (t + 1) * n * 2);
            machine.hidden(weights, run.x, n, part);
            machine.logits(weights, part, n, logits.subarray(t * n * c, (t + 1) * n * c));
          });
          return {positions: text(out), logits: text(logits), x: text(Float64Array.from(run.x)),
                  initial: text(run.weights[0]),
                  last: text(peek.runs.weightsAt(run, run.epochs, new Float64Array(size))),
                  loss: text(Float64Array.from(run.loss)),
                  right: text(Float64Array.from(run.right)), y: [...run.y], checkpoints: run.checkpoints};
        }""",
        script.decode(),
    )
    packed = received(got["positions"]).reshape(positions.shape)
    assert np.abs(packed - positions).max() <= PACKED * room
    assert (received(got["x"]).astype(np.float32) == run.x.ravel()).all()
    for kept, exact in (("initial", run.weights[0]), ("last", run.weights[-1])):
        assert (received(got[kept]) == exact.astype(np.float64)).all()
    np.testing.assert_allclose(received(got["loss"]), run.loss, rtol=2e-4)
    assert received(got["loss"])[-1] == float(run.loss[-1])
    assert (received(got["right"]) == np.rint(run.accuracy * len(run.y))).all()
    assert got["y"] == run.y.tolist() and got["checkpoints"] == run.checkpoints.tolist()
    check_classes(spec, run.weights, positions, logits, received(got["logits"]).reshape(logits.shape), room)


def check_classes(
    spec: RunSpec, weights: np.ndarray, positions: np.ndarray, logits: np.ndarray, packed: np.ndarray, room: float
) -> None:
    """Equal classes wherever a point is farther from every border than packing may move it."""
    out, inputs = layer_shapes(spec)[-1]
    head = weights[:, -out * (inputs + 1) :].reshape(len(weights), out, inputs + 1)
    own = logits.argmax(2)
    normals = np.linalg.norm(head[:, :, None, :-1] - head[:, None, :, :-1], axis=-1)  # (T, C, C)
    gaps = np.take_along_axis(logits, own[:, :, None], 2) - logits  # (T, N, C)
    norms = np.take_along_axis(normals, own[:, :, None], 1)  # (T, N, C)
    distance = np.where(norms > 0, gaps / np.maximum(norms, 1e-30), np.inf).min(2)
    certain = distance > PACKED * room
    assert certain.mean() > 0.9
    assert (packed.argmax(2) == own)[certain].all()


def test_positions_and_classes_are_torchs(lab: Page, laboratory: Laboratory) -> None:
    for name, (spec, run) in laboratory.runs.items():
        check_run(lab, spec, run, (laboratory.folder / "data" / f"{name}.js").read_bytes())


def test_own_data_and_own_formulas_are_torchs(lab: Page, of_pixels: tuple[RunSpec, Run]) -> None:
    spec, run = of_pixels
    check_run(lab, spec, run, export.pack("own/one", spec, run))


def test_every_shipped_run_is_torchs(lab: Page, site: Path, plan: Plan) -> None:
    from generator.runs import tasks

    shipped = [(e, run) for e in plan.experiments for run in e.runs if run.shipped]
    assert shipped
    for experiment, run in shipped:
        files = site / "data" / experiment.name / run.id
        data = tasks.decode(files.with_suffix(".npz").read_bytes())
        check_run(lab, run.spec, data, files.with_suffix(".js").read_bytes())


@pytest.mark.parametrize("activation", IN_TORCH)
@pytest.mark.parametrize("hidden", [(2,), (64, 2), (63, 2), (16, 8, 2), (120, 80, 40, 2)])
@pytest.mark.parametrize(
    "of",
    [lambda **recipe: RunSpec(classes=4, seed=3, **recipe), pytest.param(pixels, marks=pytest.mark.breadth)],
    ids=["plane", "pixels"],
)
def test_gradients_are_autograds(lab: Page, activation: str, hidden: tuple[int, ...], of: Any) -> None:
    spec = of(activation=activation, hidden=hidden)
    rng = np.random.default_rng(1)
    weights = train.initial_weights(spec).astype(np.float64)
    x, y = rng.standard_normal((40, layer_shapes(spec)[0][1])), rng.integers(0, spec.classes, 40)
    flat = torch.tensor(weights, requires_grad=True)
    _, logits = through(spec, by_layer(spec, flat), torch.from_numpy(x))
    loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y))
    loss.backward()
    got = lab.evaluate(
        """([net, weights, x, y]) => {
          const w = floats(weights, Float64Array), gradient = new Float64Array(w.length);
          const {loss} = peek.network.evaluator(net).loss(w, floats(x, Float64Array), y, y.length, gradient);
          return {loss, gradient: text(gradient), size: peek.network.size(net)};
        }""",
        [net(spec), sent(weights, "<f8"), sent(x, "<f8"), y.tolist()],
    )
    assert flat.grad is not None
    exact = flat.grad.numpy()
    assert got["size"] == len(weights)
    assert abs(got["loss"] - loss.item()) <= GRADIENT * loss.item()
    assert np.abs(received(got["gradient"]) - exact).max() <= GRADIENT * np.abs(exact).max()


def test_of_classes_that_tie_the_first_is_predicted(lab: Page) -> None:
    spec = RunSpec(classes=4, seed=3, activation="relu", hidden=(3, 2))
    script = """([net, size, y]) => peek.network.evaluator(net)
          .loss(new Float64Array(size), new Float64Array(2 * y.length), y, y.length, null).right"""
    assert lab.evaluate(script, [net(spec), len(train.initial_weights(spec)), [0, 0, 1, 2, 3, 3]]) == 2


NAMES = ("k5-tanh-s0", "k5-relu-s0", "of_pixels")
CHANGES: list[dict[str, Any]] = [
    {},
    {"optimizer": "sgd", "momentum": 0.9},
    {"batch": 60},
    {"l2_factors": [0, 90, 30]},
    {"head_held": STEPS // 2},
]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *((NAMES[0], change) for change in CHANGES),
        *((name, CHANGES[0]) for name in NAMES[1:]),
        *(pytest.param(name, change, marks=pytest.mark.breadth) for name in NAMES[1:] for change in CHANGES[1:]),
    ],
)
def test_training_in_the_page_follows_torch(
    lab: Page,
    laboratory: Laboratory,
    of_pixels: tuple[RunSpec, Run],
    name: str,
    change: dict[str, Any],
) -> None:
    """In float64, as the page trains. In float32, torch itself parts from torch in float64 by some 0.01 by then."""
    spec, run = laboratory.runs.get(f"grid/{name}", of_pixels)
    layers = by_layer(spec, torch.from_numpy(run.weights[0]).double())
    parameters = [(weight.clone().requires_grad_(), bias.clone().requires_grad_()) for weight, bias in layers]
    head = [part.detach().clone() for part in parameters[-1]]
    factors = change.get("l2_factors", [1] * len(parameters))
    groups = [
        *({"params": [w], "weight_decay": spec.l2 * by} for (w, _), by in zip(parameters, factors, strict=True)),
        {"params": [b for _, b in parameters], "weight_decay": 0.0},
    ]
    optimizer: torch.optim.Optimizer = torch.optim.Adam(groups, betas=(spec.beta1, spec.beta2), eps=spec.epsilon)
    if "optimizer" in change:
        optimizer = torch.optim.SGD(groups, lr=1, momentum=change["momentum"])
    seeds, batch = np.array([spec.seed], np.uint32), change.get("batch", len(run.y))
    epochs = STEPS * batch // len(run.y)
    x, y = torch.from_numpy(run.x).double(), torch.from_numpy(run.y)
    for epoch, rate in enumerate(train.learning_rates(spec)[:epochs]):
        for group in optimizer.param_groups:
            group["lr"] = rate
        order = train.batch_order(seeds, epoch, len(y))[0] if change.get("batch") else np.arange(len(y))
        for some in torch.from_numpy(order).split(batch):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(through(spec, parameters, x[some])[1], y[some]).backward()
            optimizer.step()
            if epoch < change.get("head_held", 0):
                for now, was in zip(parameters[-1], head, strict=True):
                    now.data = was.clone()
    expected = torch.cat([torch.cat([w, b[:, None]], 1).ravel() for w, b in parameters]).detach().numpy()
    script = export.pack("own/one", spec, run).decode()
    got = lab.evaluate(
        """([script, epochs, change]) => {
          const run = unpacked(script);
          Object.assign(run.recipe, change);
          const trainer = peek.network.trainer(run.net, run.weights[0], run.seed);
          for (let epoch = 0; epoch < epochs; epoch++) {
            const rate = peek.network.cosine(run.recipe.learning_rate, epoch, run.recipe.epochs);
            trainer.step(run.x, run.y, run.y.length, rate, run.recipe.l2);
          }
          return {weights: text(trainer.weights), loss: trainer.loss(run.x, run.y, run.y.length).loss};
        }""",
        [script, epochs, change],
    )
    assert np.abs(received(got["weights"]) - expected).max() <= TRAINED
    loss = torch.nn.functional.cross_entropy(through(spec, parameters, x)[1], y).item()
    assert abs(got["loss"] - loss) <= TRAINED


def test_a_lattice_is_its_points(lab: Page) -> None:
    """The separable evaluation of whole lattices agrees with one point at a time, saturated units included."""
    for activation in IN_TORCH:
        for hidden in ((64, 2), (63, 2), (7, 5, 2)):
            spec = replace(RunSpec(3, activation, 1), hidden=hidden)
            weights = 40 * train.initial_weights(spec)
            error = lab.evaluate(
                """([net, weights]) => {
                  const w = floats(weights, Float32Array), machine = peek.network.evaluator(net);
                  const xs = Float64Array.from({length: 23}, (_, i) => i / 4 - 3), n = xs.length;
                  const hx = new Float32Array(n * n), hy = new Float32Array(n * n), out = new Float64Array(2);
                  machine.lattice(w, xs, xs, hx, hy);
                  let error = 0;
                  for (let row = 0; row < n; row++) for (let column = 0; column < n; column++) {
                    machine.hidden(w, [xs[column], xs[row]], 1, out);
                    const size = Math.max(1, Math.abs(out[0]), Math.abs(out[1])), at = row * n + column;
                    error = Math.max(error, Math.abs(hx[at] - out[0]) / size, Math.abs(hy[at] - out[1]) / size);
                  }
                  return error;
                }""",
                [net(spec), sent(weights)],
            )
            assert error < 1e-6


def test_an_open_room_shows_all_points_and_the_origin(lab: Page) -> None:
    room = lab.evaluate("peek.roomOf('swish', [-3, 0.25, 2, -0.5])")
    assert room["open"] and not room["walls"]
    for axis in "xy":
        assert -3.5 < room["box"][axis + "0"] < -3 and 2 < room["box"][axis + "1"] < 2.5


@pytest.mark.parametrize("hidden", [(8, 3), (6, 7)])
def test_a_wide_last_layer_is_projected_as_the_pictures_project_it(lab: Page, hidden: tuple[int, ...]) -> None:
    spec = RunSpec(3, "tanh", 1, points_per_class=20, hidden=hidden, epochs=60, checkpoints=6)
    [run] = train_together([spec])
    packed = export.contents("wide", spec, run)
    got = lab.evaluate(
        """(packed) => {
          const run = peek.runs.unpack(packed), { machine, room, regions, told } = peek.opened(run);
          const out = run.weights.map((weights) => {
            const out = new Float64Array(2 * run.y.length);
            machine.hidden(weights, run.x, run.y.length, out);
            return Array.from(out);
          });
          const logits = machine.through(run.weights.at(-1), run.x.subarray(0, 2)).at(-1);
          return [out, Array.from(logits), regions(room(out[0]).inner), told];
        }""",
        packed,
    )
    places = np.array(got[0]).reshape(len(run.weights), -1, 2)
    drawn = draw.moving_points(spec, run)
    assert np.abs(places - drawn).max() < PACKED * export.room_size(spec, places[-1])
    assert np.array(got[1]) == pytest.approx(forward.forward(spec, run.weights[-1], run.x[:1]).logits[0], abs=0.05)
    assert got[2] == [] and f"{hidden[-1]} neurons, projected" in got[3]
