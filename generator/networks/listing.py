"""A run as plain torch: some lines that load its network, draw what it began with, and train it again.

    lines = listing(spec, 'np.load("k5-tanh-s1.npz")')
    exec(lines.load + lines.train)

They are made from the recipe alone and need torch and numpy, nothing of ours. What takes more than some lines is left
out, and `short` says what it is.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from typing import Any

from . import datasets, tables
from .activations import ACTIVATIONS, Activation
from .calculus import SAME
from .forward import LEAST_SQUARE
from .recipe import RunSpec
from .spec import layer_activations, layer_shapes

MODULES = {"tanh": "nn.Tanh()", "relu": "nn.ReLU()", "softplus": "nn.Softplus()"}  # those that torch has
CALLS = {  # what an activation's expression calls
    **{name: f"torch.{name}" for name in SAME},
    "Abs": "torch.abs",
    "logistic": "torch.sigmoid",
    "softplus": "nn.functional.softplus",
}
EXTREMES = {"Max": ("min", "torch.maximum"), "Min": ("max", "torch.minimum")}
SHORT = {  # what is not trained again here, and why; each is said to readers
    "batch": "It was trained on batches in an order of Peek’s own, so these lines load it and do not train it again.",
    "head_held": "Its output layer was held while it trained, so these lines load it and do not train it again.",
}


@dataclass(frozen=True)
class Listing:
    """Lines of Python, "" where there are none.

    load   read the run, make the network `net` with its last weights, and tell its accuracy
    draw   after `load`: the points `x` and the first weights of any `seed`
    train  after `load`: from the first weights to the last, and tell the accuracy
    short  why nothing trains it again, a row of SHORT
    """

    load: str
    draw: str
    train: str
    short: str = ""


def listing(spec: RunSpec, run: str) -> Listing:
    """A run's lines. run: an expression of its arrays x, y and weights, of the first and last checkpoint at least"""
    short = "batch" if spec.batch else "head_held" if spec.head_held else ""
    return Listing(
        load=_load(spec, run),
        draw="" if short else _draw(spec),
        train="" if short else _train(spec),
        short=SHORT.get(short, ""),
    )


def _load(spec: RunSpec, run: str) -> str:
    modules, own = list[str](), ""
    for (out, inputs), name in zip(layer_shapes(spec), layer_activations(spec), strict=False):
        own = own or ("" if name in MODULES else _module(ACTIVATIONS[name]))
        modules.append(f"nn.Linear({inputs}, {out}), {MODULES.get(name, 'Activation()')}")
    out, inputs = layer_shapes(spec)[-1]
    whole = "".join(f"    {module},\n" for module in [*modules, f"nn.Linear({inputs}, {out})"])
    parts = [
        "import numpy as np\nimport torch\nfrom torch import nn\n",
        f"run = {run}",
        'x, y = torch.tensor(run["x"]), torch.tensor(run["y"])',
        own,
        f"net = nn.Sequential(\n{whole})",
        """
def put(weights):
    for layer in net[::2]:
        rows, columns = layer.out_features, layer.in_features + 1
        block, weights = np.split(weights, [rows * columns])
        block = torch.tensor(block.reshape(rows, columns))
        layer.weight.data, layer.bias.data = block[:, :-1].clone(), block[:, -1].clone()

def accuracy():
    return (net(x).argmax(1) == y).float().mean().item()

first, last = run["weights"][[0, -1]]
put(last)
print("accuracy", accuracy())""",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _module(row: Activation) -> str:
    """A module of an activation that torch has none of."""
    from . import calculus

    variable, value, _ = calculus.expressions(row)
    said = ast.unparse(_InTorch().visit(ast.parse(str(value), mode="eval")))
    if not value.has(variable):
        said = f"torch.full_like({variable}, {said})"
    length = f"        r = (a.square().sum(1, keepdim=True) + {LEAST_SQUARE}).sqrt()\n" if row.is_vector else ""
    return (
        "\nclass Activation(nn.Module):\n    def forward(self, a):\n"
        f"{length}        return {f'a * ({said})' if row.is_vector else said}\n"
    )


class _InTorch(ast.NodeTransformer):
    """An expression as sympy prints it, with torch's names."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = node.func.id  # type: ignore[attr-defined]
        if name not in EXTREMES:
            return _parsed(f"{CALLS[name]}({ast.unparse(node.args[0])})")
        bound, of_two = EXTREMES[name]
        numbers = [each for each in node.args if not any(isinstance(part, ast.Name) for part in ast.walk(each))]
        said, *others = (ast.unparse(each) for each in node.args if each not in numbers)
        for other in others:
            said = f"{of_two}({said}, {other})"
        for number in numbers:
            said = f"torch.clamp({said}, {bound}={ast.unparse(number)})"
        return _parsed(said)


def _parsed(said: str) -> ast.expr:
    return ast.parse(said, mode="eval").body


def _draw(spec: RunSpec) -> str:
    """The points and first weights of any seed; "" where either is not drawn by some lines."""
    kind = datasets.load()[spec.kind]
    if spec.head_start != "drawn" or kind.name not in tables.built_in():
        return ""
    plain = _Plain()
    tree = plain.visit(ast.parse(textwrap.dedent(inspect.getsource(kind.draw))))
    shared = inspect.getclosurevars(kind.draw).globals
    if not all(isinstance(value, (int, float)) for value in shared.values()):
        return ""
    given = {**kind.defaults, **dict(spec.dataset_options)}
    said = ", ".join(f"{name}={value!r}" for name, value in given.items())
    scale = f"{spec.init_scale!r} / layer.in_features**0.5"
    lines = [
        *(f"{name} = {value!r}" for name, value in shared.items()),
        ast.unparse(tree) + "\n",
        f"seed = {spec.seed}",
        f"rng = np.random.default_rng([{'seed' if spec.data_seed is None else spec.data_seed}, 0])",
        f"drawn = draw({spec.classes}, {spec.points_per_class}, rng, {said})",
        "x = torch.tensor(drawn.reshape(len(y), -1), dtype=torch.float32)",
        "rng, first = np.random.default_rng([seed, 1]), []",
        "for layer in net[::2]:",
        f"    bound = {scale}",
        "    first.append(rng.uniform(-bound, bound, (layer.out_features, layer.in_features + 1)))",
        f"first[-2][:, -1] = {spec.bias_start!r}" if spec.bias_start is not None else "",
        "" if spec.head_bias else "first[-1][:, -1] = 0",
        "first = np.concatenate([each.ravel() for each in first]).astype(np.float32)",
    ]
    return "\n".join(filter(None, lines)) + "\n"


class _Plain(ast.NodeTransformer):
    """A function without docstring, annotations and the import of numpy."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        if ast.get_docstring(node) is not None:
            del node.body[0]
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Import(self, node: ast.Import) -> None:
        return None


def _train(spec: RunSpec) -> str:
    factors = spec.l2_factors or (1.0,) * (len(spec.hidden) + 1)
    penalties = [spec.l2 * factor for factor in factors]
    lines = []
    if len(set(penalties)) == 1:
        every = "[layer.weight for layer in net[::2]]"
        lines.append(f'weights = [{{"params": {every}, "weight_decay": {penalties[0]!r}}}]')
    else:
        lines.append(f"penalties = {penalties!r}")
        pairs = "for layer, penalty in zip(net[::2], penalties)"
        lines.append(f'weights = [{{"params": [layer.weight], "weight_decay": penalty}} {pairs}]')
    biased = "net[::2]" if spec.head_bias else "net[:-1:2]"
    lines.append(f'biases = {{"params": [layer.bias for layer in {biased}]}}')
    rate = f"lr={spec.learning_rate!r}"
    if spec.optimizer == "adam":
        more = f"betas=({spec.beta1!r}, {spec.beta2!r}), eps={spec.epsilon!r}"
        lines.append(f"optimizer = torch.optim.Adam([*weights, biases], {rate}, {more})")
    else:
        lines.append(f"optimizer = torch.optim.SGD([*weights, biases], {rate}, momentum={spec.momentum!r})")
    if falls := spec.schedule == "cosine":
        lines += [
            f"share = lambda epoch: 0.5 * (1 + np.cos(np.pi * epoch / {spec.epochs}))",
            "schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)",
        ]
    lines += [
        "put(first)",
        f"for epoch in range({spec.epochs}):",
        "    optimizer.zero_grad()",
        "    nn.functional.cross_entropy(net(x), y).backward()",
        "    optimizer.step()",
        *(["    schedule.step()"] if falls else []),
        'print("accuracy", accuracy())',
    ]
    return "\n".join(lines) + "\n"
