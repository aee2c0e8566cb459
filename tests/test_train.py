"""Training against a plain torch.nn / torch.optim reference, and against itself in other company."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from threadpoolctl import ThreadpoolController, threadpool_limits

from generator.measures import packing
from generator.networks import forward, train
from generator.networks.activations import ACTIVATIONS, Activation
from generator.networks.forward import LEAST_SQUARE
from generator.networks.rooms import PLANE
from generator.networks.spec import RunSpec, layer_activations
from generator.networks.train import (
    DivergedError,
    Run,
    checkpoint_epochs,
    initial_weights,
    learning_rates,
    train_together,
)
from generator.runs.batches import batch_size

CPU = torch.device("cpu")
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]

# Two orders of the same sums differ by round-off, and Adam magnifies that by up to 1/epsilon where gradients vanish.
# In double precision hundreds of steps still agree to many digits; in single precision a few dozen do, until a ReLU
# that crosses its kink one step early parts the two for good.
DOUBLE_ATOL = 1e-8
SINGLE_LOSS_ATOL = 2e-6
SINGLE_WEIGHT_ATOL = 2e-5


class Disk(torch.nn.Module):
    def forward(self, a: torch.Tensor) -> torch.Tensor:
        radius = (a.square().sum(1, keepdim=True) + LEAST_SQUARE).sqrt()
        return torch.tanh(radius) * a / radius


class Sphere(torch.nn.Module):
    def forward(self, a: torch.Tensor) -> torch.Tensor:
        return a / (a.square().sum(1, keepdim=True) + LEAST_SQUARE).sqrt()


MODULES = {
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "softplus": torch.nn.Softplus,
    "disk": Disk,
    "sphere": Sphere,
    "swish": torch.nn.SiLU,
}
SHAPES = [(64, 2), (12, 8, 4, 2), (2,), (5,), (40, 3, 24, 2)]


def crossed(first, others, more):
    """A table for `parametrize`: the first with each of the second kind, the others with its first; in breadth all."""
    rest = [pytest.param(other, one, marks=pytest.mark.breadth) for other in others for one in more[1:]]
    return [*((first, one) for one in more), *((other, more[0]) for other in others), *rest]


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads on a busy machine wait for each other: the plain reference would take minutes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(params=["numpy", "torch"])
def way(request, monkeypatch):
    """Each of the two ways that a processor may be served, whichever this one would take."""
    chosen = request.param
    monkeypatch.setattr(train, "_for_numpy", lambda tensor: chosen == "numpy" and tensor.device.type == "cpu")


def reference(spec: RunSpec, x: np.ndarray, y: np.ndarray, dtype: torch.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The same run written the plain way, torch.nn, autograd, torch.optim: final weights, loss of each epoch."""
    modules = []
    activations = layer_activations(spec)
    for index, layer in enumerate(forward.split(spec, initial_weights(spec))):
        block = torch.from_numpy(layer)
        linear = torch.nn.Linear(layer.shape[1] - 1, len(layer), dtype=dtype)
        with torch.no_grad():
            linear.weight.copy_(block[:, :-1])
            linear.bias.copy_(block[:, -1])
        modules.append(linear)
        if index < len(spec.hidden):
            modules.append(MODULES[activations[index]]())
    net = torch.nn.Sequential(*modules)
    linears = [m for m in modules if isinstance(m, torch.nn.Linear)]
    shares = spec.l2_factors or [1] * len(linears)
    groups = [
        *({"params": [m.weight], "weight_decay": spec.l2 * share} for m, share in zip(linears, shares, strict=True)),
        {"params": [m.bias for m in linears], "weight_decay": 0.0},
    ]
    if spec.optimizer == "sgd":
        optimizer = torch.optim.SGD(groups, lr=spec.learning_rate, momentum=spec.momentum)
        moments = ["momentum_buffer"]
    else:
        betas = (spec.beta1, spec.beta2)
        optimizer = torch.optim.Adam(groups, lr=spec.learning_rate, betas=betas, eps=spec.epsilon)
        moments = ["exp_avg", "exp_avg_sq"]
    points, labels = torch.from_numpy(x).to(dtype), torch.from_numpy(y)
    losses = []
    head = linears[-1]
    head.bias.requires_grad_(spec.head_bias)
    start_of_head = [parameter.detach().clone() for parameter in head.parameters()]
    for epoch, rate in enumerate(learning_rates(spec)):
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.no_grad():
            losses.append(torch.nn.functional.cross_entropy(net(points), labels).item())
        order = (
            train.batch_order(np.array([spec.seed], np.uint32), epoch, len(y))[0] if spec.batch else np.arange(len(y))
        )
        for start in range(0, len(y), spec.batch or len(y)):
            some = torch.from_numpy(order[start : start + (spec.batch or len(y))])
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(points[some]), labels[some]).backward()
            optimizer.step()
            if epoch < spec.head_held:
                for parameter, value in zip(head.parameters(), start_of_head, strict=True):
                    parameter.data.copy_(value)
                    for moment in moments:
                        optimizer.state[parameter][moment].zero_()
    final = torch.cat([torch.cat([m.weight, m.bias[:, None]], 1).ravel() for m in linears])
    return final.detach().numpy(), np.array(losses)


def spec_of(activation: str, hidden: tuple[int, ...], epochs: int) -> RunSpec:
    return RunSpec(
        classes=3,
        activation=activation,
        seed=2,
        hidden=hidden,
        epochs=epochs,
        points_per_class=33,
        l2=1e-3,
        bias_start=0.5,
    )


def matched(spec: RunSpec) -> Run:
    """A run beside another, in double precision, which must be what the plain way gives."""
    run = train._train([replace(spec, seed=1), spec], CPU, torch.float64)[1]
    final, losses = reference(spec, run.x, run.y, torch.float64)
    np.testing.assert_allclose(run.weights[-1], final, rtol=0, atol=DOUBLE_ATOL)
    np.testing.assert_allclose(run.loss[:-1], losses, rtol=0, atol=DOUBLE_ATOL)
    return run


@pytest.mark.parametrize(
    ("hidden", "activation"), crossed(SHAPES[1], [SHAPES[0], *SHAPES[2:]], sorted(ACTIVATIONS, reverse=True))
)
@pytest.mark.usefixtures("way")
def test_matches_plain_torch_in_double_precision(activation, hidden):
    # Where a point passes the origin, the sphere's slope has no bound: double precision too lasts a few dozen steps.
    matched(spec_of(activation, hidden, epochs=30 if activation == "sphere" else 200))


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "swish"])
def test_rows_alone_match_plain_torch_and_company_changes_no_byte(activation, monkeypatch):
    """Without any tuned kernel; a row is all that a new activation needs."""
    monkeypatch.setattr(train, "TUNED", {})
    monkeypatch.setitem(ACTIVATIONS, "swish", Activation("swish", of="a * logistic(a)", room=PLANE, words="…"))
    spec = spec_of(activation, (12, 8, 2), epochs=30)
    matched(spec)
    together = train_together([replace(spec, seed=seed) for seed in range(5)])
    assert_same_bytes(train_together([replace(spec, seed=3)])[0], together[3])


@pytest.mark.parametrize(("classes", "hidden"), [(2, (5, 1)), (9, (8, 4)), (17, (6, 2))])
@pytest.mark.usefixtures("way")
def test_points_of_more_dimensions_match_plain_torch(classes, hidden):
    spec = replace(spec_of("tanh", hidden, epochs=100), classes=classes, kind="simplex", points_per_class=5)
    assert matched(spec).x.shape == (5 * classes, classes)


@pytest.mark.parametrize(("activation", "hidden"), crossed("tanh", ["relu"], SHAPES))
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.usefixtures("way")
def test_matches_plain_torch_in_single_precision(activation, hidden, device):
    spec = spec_of(activation, hidden, epochs=30)
    run = train_together([replace(spec, seed=1), spec], device)[1]
    final, losses = reference(spec, run.x, run.y, torch.float32)
    assert run.weights.dtype == run.loss.dtype == run.accuracy.dtype == np.float32
    np.testing.assert_allclose(run.weights[-1], final, rtol=0, atol=SINGLE_WEIGHT_ATOL)
    np.testing.assert_allclose(run.loss[:-1], losses, rtol=0, atol=SINGLE_LOSS_ATOL)


@pytest.mark.parametrize(
    "change",
    [
        {"head_bias": False},
        {"head_bias": False, "activation": "relu", "classes": 5},
        {"head_start": "margin", "head_held": 60},
        {"head_start": "margin-no-bias", "head_held": 200, "classes": 5},
        {"head_start": "margin", "head_held": 60, "batch": 40, "optimizer": "sgd", "momentum": 0.8},
    ],
)
def test_changed_heads_match_plain_torch(change):
    spec = replace(spec_of("tanh", (12, 2), epochs=120), **change)
    run = matched(spec)
    head = forward.split(spec, run.weights[-1])[-1]
    assert spec.head_bias or not head[:, -1].any()
    held = np.array_equal(head, forward.split(spec, run.weights[0])[-1])
    assert held == (spec.head_held >= spec.epochs)


@pytest.mark.parametrize(
    ("activation", "change"),
    crossed(
        "tanh",
        ["relu", "sphere"],
        [
            {"batch": 20},  # 99 points: four batches of 20 and one of 19
            {"optimizer": "sgd", "learning_rate": 0.1},
            {"optimizer": "sgd", "momentum": 0.9, "head_bias": False},
            {"batch": 1, "epochs": 3},
            {"batch": 98, "schedule": "constant", "hidden": (16, 5)},
            {"batch": 99, "optimizer": "sgd", "momentum": 0.9},
            {"batch": 32, "optimizer": "sgd", "momentum": 0.5, "hidden": (20, 3, 2)},
        ],
    ),
)
@pytest.mark.usefixtures("way")
def test_batches_and_sgd_match_plain_torch(change, activation):
    spec = replace(spec_of(activation, (12, 2), epochs=20), **change)
    run = matched(spec)
    assert len(run.loss) == len(run.accuracy) == spec.epochs + 1


@pytest.mark.parametrize(
    ("activation", "change"),
    crossed(
        "tanh",
        ["relu"],
        [
            {"l2_factors": (0.0, 0.0, 1.0)},
            {"l2_factors": (1.0, 0.5, 0.0), "hidden": (20, 2), "batch": 40},
            {"l2_factors": (0.0, 3.0, 0.0, 1.0), "hidden": (17, 16, 2), "optimizer": "sgd", "momentum": 0.9},
            {"init_scale": 3.0},
            {"init_scale": 1 / 3, "l2_factors": (2.0, 0.0, 1.0), "head_bias": False},
            {"data_seed": 7, "batch": 40},  # the order within batches stays the seed's
        ],
    ),
)
@pytest.mark.usefixtures("way")
def test_penalties_scales_and_seeds_apart_match_plain_torch(change, activation):
    spec = replace(spec_of(activation, (12, 2), epochs=60), l2=0.05, **change)
    run = matched(spec)
    plain = replace(spec_of(activation, (12, 2), epochs=60), l2=0.05)
    assert np.abs(train._train([plain], CPU, torch.float64)[0].loss[-1] - run.loss[-1]) > 1e-4


def test_first_weights_are_drawn_as_wide_as_is_said():
    spec = spec_of("relu", (12, 2), epochs=1)
    plain = [layer.copy() for layer in forward.split(spec, initial_weights(spec))]
    scaled = forward.split(spec, initial_weights(replace(spec, init_scale=3.0)))
    plain[1][:, -1] /= 3  # bias_start is said, and not drawn
    for ours, theirs in zip(scaled, plain, strict=True):
        np.testing.assert_allclose(ours, 3 * theirs, rtol=1e-6)


def test_data_and_first_weights_may_have_seeds_apart():
    spec = replace(spec_of("tanh", (12, 2), epochs=1), kind="rays")
    one, other = train_together([replace(spec, data_seed=5)])[0], train_together([replace(spec, seed=5)])[0]
    assert one.x.tobytes() == other.x.tobytes() and one.weights[0].tobytes() != other.weights[0].tobytes()
    assert one.weights[0].tobytes() == train_together([spec])[0].weights[0].tobytes()


def test_every_epoch_of_every_seed_meets_all_points_in_another_order():
    orders = np.stack([train.batch_order(np.array([0, 1, 2**32 - 1], np.uint32), epoch, 300) for epoch in range(40)])
    assert (np.sort(orders) == np.arange(300)).all()
    rows = orders.reshape(-1, 300)
    assert len(np.unique(rows, axis=0)) == len(rows)
    ranks = np.abs(np.corrcoef(rows) - np.eye(len(rows)))
    assert ranks.max() < 6 / np.sqrt(300)  # as far apart as orders drawn blindly
    assert abs(rows[:, :30].mean() - 149.5) < 6 * 87 / np.sqrt(rows[:, :30].size)


def test_a_head_may_start_as_a_law_has_it():
    spec = RunSpec(classes=5, activation="tanh", seed=1, head_start="margin")
    head = forward.split(spec, initial_weights(spec, packing.predicted_head("margin", 5)))[-1]
    np.testing.assert_allclose(head / train.HEAD_SIZE, packing.predicted_head("margin", 5), atol=1e-6)
    drawn = replace(spec, head_start="drawn")
    below = slice(-head.size)
    assert initial_weights(drawn)[below].tobytes() == initial_weights(spec, np.ones_like(head))[below].tobytes()


def test_accuracy_and_loss_are_those_of_the_kept_weights():
    spec = spec_of("tanh", (64, 2), epochs=50)
    run = train_together([spec])[0]
    hidden_1, hidden_2, head = (layer.astype(np.float64) for layer in forward.split(spec, run.weights[-1]))
    h = np.tanh(np.tanh(run.x @ hidden_1[:, :-1].T + hidden_1[:, -1]) @ hidden_2[:, :-1].T + hidden_2[:, -1])
    logits = h @ head[:, :-1].T + head[:, -1]
    own = logits[np.arange(len(run.y)), run.y] - np.log(np.exp(logits).sum(1))
    assert run.loss[-1] == pytest.approx(-own.mean(), abs=SINGLE_LOSS_ATOL)
    assert run.accuracy[-1] == np.float32((logits.argmax(1) == run.y).mean())


def test_a_network_that_ties_all_classes_is_right_by_chance():
    dead = RunSpec(classes=2, activation="relu", seed=1, bias_start=-10.0, epochs=400)
    run = train_together([dead, replace(dead, seed=2)])[0]
    assert run.loss[-1] == pytest.approx(np.log(2), abs=1e-6)
    assert run.accuracy[-1] == 0.5


@pytest.mark.parametrize(
    ("classes", "changed"), [(3, {"bias_start": -1.0}), (5, {"head_bias": False, "hidden": (4, 2)})]
)
def test_classes_that_tie_are_predicted_as_forward_predicts_them(classes, changed):
    """Where several classes end at one point, as dead ReLU's do, their logits become equal."""
    spec = replace(RunSpec(classes=classes, activation="relu", seed=1, epochs=400), **changed)
    specs = [replace(spec, seed=seed) for seed in range(1, 9)]
    runs = train_together(specs)
    counted = 0
    for each, run in zip(specs, runs, strict=True):
        final, right = run.weights[-1], forward.predict(each, run.weights[-1], run.x) == run.y
        assert run.accuracy[-1] == pytest.approx(right.mean(), abs=1e-6)
        own = forward.forward(each, final, run.x.astype(np.float64)).logits
        counted += (own[np.arange(len(run.y)), run.y] >= own.max(1) - 1e-6).mean() > right.mean()
    assert counted >= 2  # which were told to be better than they are
    assert_same_bytes(train_together([specs[2]])[0], runs[2])


def assert_same_bytes(run: Run, other: Run) -> None:
    for name in ("x", "y", "weights", "loss", "accuracy"):
        assert getattr(run, name).tobytes() == getattr(other, name).tobytes(), name


SIZES = [
    (5, 100, (64, 2)),
    (2, 100, (64, 2)),
    (7, 100, (64, 2)),
    (4, 33, (64, 2)),
    (3, 7, (12, 8, 4, 2)),
    (5, 100, (120, 80, 40, 2)),
    (9, 20, (33, 5)),
]


@pytest.mark.parametrize(
    ("activation", "classes", "points_per_class", "hidden"),
    [
        *((activation, *SIZES[0]) for activation in ACTIVATIONS),
        *(("tanh", *size) for size in SIZES[1:]),
        *(
            pytest.param(activation, *size, marks=pytest.mark.breadth)
            for activation in ACTIVATIONS
            for size in SIZES[1:]
            if activation != "tanh"
        ),
    ],
)
@pytest.mark.usefixtures("way")
def test_company_changes_no_byte(activation, classes, points_per_class, hidden):
    spec = RunSpec(classes, activation, seed=0, points_per_class=points_per_class, hidden=hidden, epochs=15)
    specs = [replace(spec, seed=seed) for seed in range(17)]
    together = train_together(specs)
    for company in (specs[4:5], specs[3:5], specs[3:6], specs[:8], specs[4:16]):
        assert_same_bytes(train_together(company)[company.index(specs[4])], together[4])


@pytest.mark.parametrize("hidden", [(64, 2), (33, 5), (12, 8, 4, 2)])
@pytest.mark.parametrize("change", [{"batch": 50}, {"batch": 7, "optimizer": "sgd", "momentum": 0.9}])
@pytest.mark.usefixtures("way")
def test_company_changes_no_byte_of_what_batches_train(change, hidden):
    spec = RunSpec(3, "tanh", seed=0, points_per_class=33, hidden=hidden, epochs=10, **change)
    specs = [replace(spec, seed=seed) for seed in range(9)]
    together = train_together(specs)
    for company in (specs[4:5], specs[3:6], specs[:8]):
        assert_same_bytes(train_together(company)[company.index(specs[4])], together[4])


@pytest.mark.parametrize("hidden", [(65, 2), (40, 30, 2)])
@pytest.mark.usefixtures("way")
def test_threads_change_no_byte(hidden):
    # 7 x 65 x 160 numbers a pass: enough for torch to split among threads, and at places no vector ends. OpenBLAS
    # splits products of more than 262,144 multiplications, such as 40 x 41 x 160.
    spec = RunSpec(classes=4, activation="tanh", seed=0, points_per_class=33, hidden=hidden, epochs=40)
    specs = [replace(spec, seed=seed) for seed in range(7)]
    with threadpool_limits(1):
        together = train_together(specs)
    for threads in (2, 3):
        torch.set_num_threads(threads)
        with threadpool_limits(threads, user_api="blas"):
            for run, other in zip(train_together(specs), together, strict=True):
                assert_same_bytes(run, other)
            assert torch.get_num_threads() == threads
            assert {pool["num_threads"] for pool in ThreadpoolController().info() if pool["user_api"] == "blas"} == {
                threads
            }


def test_products_are_made_on_one_thread(monkeypatch):
    seen = []

    def activation(pre, out):
        pools = ThreadpoolController().info()
        seen.append((torch.get_num_threads(), *(pool["num_threads"] for pool in pools if pool["user_api"] == "blas")))
        return train._relu(pre, out)

    monkeypatch.setitem(train.TUNED, "relu", activation)
    torch.set_num_threads(2)
    with threadpool_limits(2, user_api="blas"):
        train_together([RunSpec(classes=2, activation="relu", seed=1, hidden=(3, 2), epochs=2)])
    assert len(seen) == 2 and set(sum(seen, ())) == {1}


def test_numpy_serves_the_processors_that_it_is_fast_on(monkeypatch):
    tensor = torch.zeros(2)
    for capability in ("AVX512", "AVX2", "DEFAULT"):
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda said=capability: said)
        assert train._for_numpy(tensor) == (capability == "AVX512")
        assert not train._for_numpy(tensor.to("meta"))


@pytest.mark.parametrize("activation", sorted(train.TUNED))
def test_an_epoch_stays_on_the_device_of_its_points(activation):
    # The meta device computes nothing but objects, as a GPU does, to a tensor that lives elsewhere.
    spec = RunSpec(classes=3, activation=activation, seed=1)
    networks = train._Networks([spec, spec], torch.empty(2, 300, 2, device="meta"))
    batches = train._Batches([replace(spec, batch=40)] * 2, networks)
    for call in (*networks.forward, *networks.backward, *batches.backward):
        result = call()
        assert isinstance(result, torch.Tensor) and result.is_meta


def test_batches_fit_the_cache_and_small_networks_share_their_overhead():
    recipe = RunSpec(classes=5, activation="tanh", seed=0)
    wide, tiny = replace(recipe, hidden=(120, 80, 40, 2)), replace(recipe, points_per_class=4)
    assert 1 == batch_size(replace(recipe, points_per_class=100_000)) <= batch_size(wide)
    assert batch_size(wide) < batch_size(replace(recipe, classes=7)) < batch_size(recipe) < batch_size(tiny) <= 64
    few, many = (replace(recipe, classes=k, points_per_class=320 // k, hidden=(24, 3)) for k in (4, 32))
    assert batch_size(many) < batch_size(few)  # logits take room too


def test_checkpoints_hold_both_ends_and_rise():
    epochs = checkpoint_epochs(3000, 64)
    assert epochs[0] == 0 and epochs[-1] == 3000 and (np.diff(epochs) > 0).all() and len(epochs) <= 64


@pytest.mark.parametrize("device", DEVICES)
def test_a_diverging_run_is_named(device):
    calm = RunSpec(classes=2, activation="relu", seed=1, epochs=200, schedule="constant")
    with pytest.raises(DivergedError) as caught:
        train_together([replace(calm, learning_rate=1e30)], device)
    assert caught.value.spec.seed == 1 and 0 < caught.value.epoch <= 200


def test_what_l2_takes_to_nothing_is_nothing(monkeypatch):
    """The weights of dead units do not stay below the least normal number, where some processors are slow."""
    spec = RunSpec(2, "relu", 1, points_per_class=20, hidden=(4, 2), epochs=3)
    weights = initial_weights(spec)
    weights[:3] = 1e-42, -1e-42, -5  # the first unit's: no point wakes it
    monkeypatch.setattr(train, "initial_weights", lambda spec, head: weights)
    kept = train_together([spec])[0].weights[-1]
    assert kept[:3].tolist() == [0, 0, -5]
    assert torch.tensor(1e-42) * 1 > 0  # nobody else's numbers change
