"""An author's own code where it runs: in workers, which are sent its files as text (content.lab reads them).

The files are modules of a package that is named by what they hold, so that a worker that has had others before runs
these. What goes wrong in a function is told at the author's line, with what the function was given.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import importlib.util
import io
import math
import random
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

from ..base import lab as decorators
from ..base import textfile
from ..base.errors import PeekError, an, short
from ..base.memo import digest
from ..content import lab
from ..content.lab import SEED, Function, Lab

PROGRAM = "peek_article"
RESULT = "a dict of numbers, texts and arrays by name"


class LabError(PeekError):
    """What went wrong in an author's own function."""


class _Files(MetaPathFinder, Loader):
    """The modules of a package whose files are texts. place: the folder that the author knows them in."""

    def __init__(self, package: str, read: Lab) -> None:
        self.package, self.read = package, read

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        package, _, stem = name.rpartition(".")
        if name == self.package or (package == self.package and f"{stem}.py" in self.read.texts):
            return importlib.util.spec_from_loader(name, self, is_package=name == self.package)
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ != self.package:
            name = module.__name__.rpartition(".")[2] + ".py"
            module.__file__ = f"{self.read.place}/{name}"
            exec(compile(self.read.texts[name], module.__file__, "exec", dont_inherit=True), vars(module))


@functools.lru_cache(maxsize=8)
def _package(place: str, texts: tuple[tuple[str, str], ...]) -> tuple[str, Lab]:
    """The package of some files, which can be imported from now on, and what was read of them."""
    package = f"lab_{digest(place, texts)[:16]}"
    read = lab.parse(dict(texts), place)
    sys.meta_path.append(_Files(package, read))
    program = sys.modules[__name__.partition(".")[0]]
    sys.modules.setdefault(PROGRAM, program)
    sys.modules[f"{PROGRAM}.lab"] = decorators
    return package, read


def enter(place: str, texts: Mapping[str, str]) -> Lab:
    """Make an author's code known here: its measurements and kinds of data are those of the registers.

    raises  ContentError: as for content.lab.parse
    """
    package, read = _package(place, tuple(sorted(texts.items())))

    def run(function: Function) -> Any:
        if function.kind == "dataset":
            return functools.partial(_points, package, function)
        return functools.partial(_measured, package, function)

    read.enter_data(run)
    read.enter_measurements(run)
    return read


def _call(package: str, function: Function, given: str, seed: int, /, *arguments: Any, **named: Any) -> Any:
    """What a function returns.

    given   its arguments in words
    seed    global generators of random numbers are set to it before: what ran here earlier decides nothing
    raises  LabError: whatever it raises
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    place, told = function.place.rpartition(":")[0], f"{function.name}({given})"
    folder = place.rpartition("/")[0]
    with _at(f"{folder}/", function.place, f"in {told}"), contextlib.redirect_stdout(sys.stderr):
        module = importlib.import_module(f"{package}.{function.file.rpartition('/')[2].removesuffix('.py')}")
        return getattr(module, function.name)(*arguments, **named)


_A_FILE = '; expected Path(__file__).parent.parent / "data/…", or a table, [results.NAME], that it needs'


@contextlib.contextmanager
def _at(folder: str, place: str, told: str) -> Iterator[None]:
    """Tells an error at the author's line where it happened; place: where it is none of the author's."""
    try:
        yield
    except (LabError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit, and what asyncio and others have beside Exception
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else place
        try:
            said = " ".join(str(error).split())
        except Exception:  # its own, too
            said = ""
        expected = _A_FILE if isinstance(error, FileNotFoundError) else ""
        raise LabError(f"{where}: {type(error).__name__}{': ' if said else ''}{said}; {told}{expected}") from None


def _told(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={short(repr(value))}" for name, value in parameters.items())


# Experiments


def perform(read: Lab, name: str, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One run of an experiment: its numbers and words, None where a number is not finite, and its arrays as .npz.

    raises  LabError: the function fails, or returns what it must not
    """
    function, told = read.functions[name], _told(parameters)
    package, _ = _package(read.place, tuple(sorted(read.texts.items())))
    given = {key: lab.as_toml(value) for key, value in parameters.items()}
    found = _call(package, function, told, int(parameters.get(SEED, 0)), **given)
    wrong = f"{function.place}: {name}({told}) returned "
    if not isinstance(found, Mapping):
        raise LabError(f"{wrong}{_kind(found)}; expected {RESULT}")
    values: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for key, value in found.items():
        if not isinstance(key, str) or not key.isidentifier():
            raise LabError(f"{wrong}the name {short(repr(key))}; expected letters, digits and _")
        if key in parameters:
            raise LabError(f'{wrong}"{key}", which is the name of a parameter; expected another name')
        if isinstance(value, str) and (odd := textfile.invisible(value)):
            raise LabError(f'{wrong}"{key}" with {odd}; expected none')
        plain = _plain(value)
        if plain is NotImplemented:
            raise LabError(f'{wrong}"{key}" as {_kind(value)}; expected {RESULT}')
        (arrays if isinstance(plain, np.ndarray) else values)[key] = plain
    return values, npz(arrays)


def _plain(value: Any) -> Any:
    """A plain value, or an array of numbers; NotImplemented: it is neither. What no float holds is inf.

    Values of an author's own class, as of an Enum, are plain ones: nobody else knows the class.
    """
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return math.inf if value > 0 else -math.inf
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, str)):
        kind = next(kind for kind in (int, float, str) if isinstance(value, kind))
        return kind.__str__(value) if kind is str else kind(value)
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    except (ValueError, TypeError, RuntimeError):
        return NotImplemented
    if array.dtype.kind not in "biufc":
        return NotImplemented
    return array if array.ndim or array.dtype.kind == "c" else array.item()


def _kind(value: Any) -> str:
    return "nothing (None)" if value is None else an(type(value).__name__)


def is_finite(value: Any) -> bool:
    """Whether a value is no number, or a finite one."""
    return not isinstance(value, float) or math.isfinite(value)


def npz(arrays: Mapping[str, Any]) -> bytes:
    """Arrays by name in one file, b"" where there are none."""
    file = io.BytesIO()
    if arrays:
        np.savez_compressed(file, **arrays)
    return file.getvalue()


def arrays_of(data: bytes) -> dict[str, Any]:
    """The arrays of a run, by name."""
    if not data:
        return {}
    with np.load(io.BytesIO(data)) as file:
        return {name: file[name] for name in file.files}


def stacked(runs: Sequence[bytes]) -> bytes:
    """The arrays of all runs in one .npz: of one shape, under their name with a run in each row; else `name.ROW`."""
    each = [arrays_of(data) for data in runs]
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for arrays in each for name in arrays):
        of_runs = [arrays.get(name) for arrays in each]
        there = {at: array for at, array in enumerate(of_runs, 1) if array is not None}
        if len(there) == len(each) and len({array.shape for array in there.values()}) == 1:
            found[name] = np.stack(list(there.values()))
        else:
            found |= {f"{name}.{at}": array for at, array in there.items()}
    return npz(found)


# Figures


def draw(read: Lab, name: str, rows: Any, themes: Mapping[str, Any]) -> dict[str, bytes]:
    """A figure as SVG on each paper: "light.svg" -> file.

    rows    of the experiment that it needs, or by name of several
    raises  LabError: the function fails, or returns what is no figure
    """
    from ..figures import own

    function = read.functions[name]
    package, _ = _package(read.place, tuple(sorted(read.texts.items())))
    drawn = {}
    with own.warnings_at(f"{function.place}: {name}"):
        for said, theme in themes.items():
            with own.styled(theme):
                given = f"rows, the {said} style"
                found = _call(package, function, given, 0, rows, theme)
                with _at(f"{read.place}/", function.place, f"as what {name}({given}) returned was drawn"):
                    try:
                        drawn[f"{said}.svg"] = own.encode(found)
                    except own.NoFigureError as error:
                        raise LabError(f"{function.place}: {name} returned {error}") from None
    return drawn


# Measurements and data


def _measured(package: str, function: Function, trained: Any) -> Any:
    """A measurement's values by column, plain."""
    spec = trained.spec
    given = f"a network of {spec.classes} classes, {spec.label}, seed {spec.seed}"
    found = _call(package, function, given, spec.seed, trained)
    values = found if isinstance(found, Mapping) else {function.name: found}
    wrong = f"{function.place}: {function.name}({given}) returned "
    if set(values) != set(function.columns):
        raise LabError(f"{wrong}{', '.join(map(str, values))}; expected {', '.join(function.columns)}")
    plain = {name: _plain(value) for name, value in values.items()}
    for name, value in plain.items():
        if value is NotImplemented or np.iscomplexobj(value):
            said = _kind(values[name]) if value is NotImplemented else "complex numbers"
            raise LabError(f'{wrong}"{name}" as {said}; expected numbers, a text, or None')
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in plain.items()}


def _points(
    package: str, function: Function, classes: int, points_per_class: int, rng: Any, inputs: float = 0, **said: Any
) -> Any:
    """Points of a kind of data: (classes, points_per_class, D) float64, in the order in which the function has them."""
    given = _told({"points_per_class": points_per_class, "classes": classes, **said})
    seed = int(copy.deepcopy(rng).integers(2**32))
    found = _call(package, function, given, seed, points_per_class, classes, rng, **said)
    wrong = f"{function.place}: {function.name}({given}) returned "
    shape = (classes * points_per_class, int(inputs))
    expected = f"expected points of the shape {shape} and their labels, {points_per_class} of each class from 0"
    try:
        x, y = (np.asarray(part) for part in found)
        x = x.astype(np.float64)
    except (TypeError, ValueError):
        raise LabError(f"{wrong}{_kind(found)}; {expected}") from None
    if x.shape != shape or y.shape != shape[:1]:
        raise LabError(f"{wrong}points of the shape {x.shape} and labels of the shape {y.shape}; {expected}")
    counts = [int((y == label).sum()) for label in range(classes)]
    if counts != [points_per_class] * classes:
        raise LabError(f"{wrong}{counts} points of the classes; {expected}")
    if not np.isfinite(x).all():
        raise LabError(f"{wrong}points that are not finite; {expected}")
    return np.stack([x[y == label] for label in range(classes)])
