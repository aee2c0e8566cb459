"""A run as code, beside its arrays: a page, a script, and a notebook that has the run within.

    files = as_code(run, listed(run, files, store), renderer, shared)
    files["data/grid/k5-tanh-s1.ipynb"]  # bytes

The lines are networks.listing's, in all three.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..base import store as kept_in
from ..base.language import Words
from ..base.memo import digest
from ..base.store import File, Store, content_of
from ..runs.results import Result, Results
from .policy import guarded
from .templates import TemplateRenderer
from .words import licence_url

ENDINGS = ("html", "py", "ipynb")
PLOT = """import matplotlib.pyplot as plt

def plane(points):  # two principal axes of what has more
    middle = points - points.mean(0)
    return points if points.shape[1] == 2 else middle @ torch.linalg.svd(middle, full_matrices=False)[2][:2].T

put(last)
with torch.no_grad():
    shown = {"input": plane(x), "last hidden layer": plane(net[:-1](x))}
figure, axes = plt.subplots(1, 2, figsize=(11, 5))
for axis, (title, points) in zip(axes, shown.items()):
    axis.scatter(points[:, 0], points[:, -1], c=y, cmap="tab10", s=12)
    axis.set(title=title, aspect="equal")
plt.show()
"""


def coded(results: Results) -> dict[str, list[str]]:
    """The runs that are published as code, those whose arrays are: by name the paths of page, script and notebook."""
    return {run.place: [*paths(run).values()] for run in results if "npz" in run.files}


def paths(run: Result) -> dict[str, str]:
    """Where a run's page, script and notebook are, by their endings."""
    return {ending: run.files["npz"].removesuffix("npz") + ending for ending in ENDINGS}


def listed(run: Result, files: Mapping[str, File], store: Store) -> dict[str, Any]:
    """A run's lines, and the arrays that they need as base64 of an .npz file; from the cache where it has them.

    files  of the site, by path
    """
    key = digest("listing", run.key, run.files["npz"], run.spec, kept_in.all_code())
    found: dict[str, Any] | None = store.load_json("listings", key)
    if found is None:
        found = _listed(run, content_of(files[run.files["npz"]]))
        store.save_json("listings", key, found)
    return found


def _listed(run: Result, data: bytes) -> dict[str, Any]:
    import numpy as np

    from ..networks import tables
    from ..networks.activations import carried
    from ..networks.listing import listing
    from ..networks.spec import unflat

    tables.recall(run.spec)
    lines = listing(
        unflat(carried(run.spec)), f"np.load({json.dumps(run.files['npz'].rsplit('/', 1)[-1], ensure_ascii=False)})"
    )
    packed = io.BytesIO()
    with np.load(io.BytesIO(data)) as arrays:
        np.savez_compressed(packed, x=arrays["x"], y=arrays["y"], weights=arrays["weights"][[0, -1]])
    return {**vars(lines), "arrays": base64.b64encode(packed.getvalue()).decode()}


def as_code(run: Result, told: Mapping[str, Any], renderer: TemplateRenderer, shared: Mapping[str, Any]) -> list[str]:
    """The page, the script and the notebook of a run, in the order of ENDINGS. told: what `listed` gives"""
    words, site = renderer.words, shared["site"]
    first = told["draw"] or 'first = run["weights"][0]\n'
    lines = {**told, "first": first}
    about = _about(run, shared, words)
    parts = [told["load"], *((first, told["train"]) if told["train"] else ())]
    script = "\n\n".join(part.rstrip("\n") for part in parts)
    head = "".join(f"# {line}\n" for line in about)
    here = paths(run)
    context = {"run": run, "lines": lines, "paths": here, "path": here["html"]}
    page = guarded(renderer.render("code.html", {**shared, **context}))
    said = [f"# {run.place}\n\n" + "  \n".join(about[1:]), f"```bibtex\n{site.bibtex}\n```"]
    return [page, f"{head}\n{script}\n", notebook(said, _cells(told, first, words))]


def _about(run: Result, shared: Mapping[str, Any], words: Words) -> list[str]:
    """What stands above a run's lines: its name, where it is from, the licence of the data, in lines of plain text."""
    meta, site = shared["article"], shared["site"]
    source = site.source(f"{meta.title} ({site.year})")
    lines = [run.place, f"{source} {site.url('index.html')}".strip()]
    if not meta.data_licence:
        return lines
    address = licence_url(meta.data_licence)
    said = words("The data are under {licence}.", licence=meta.data_licence)
    return [*lines, f"{said} {address}".strip() if address != meta.data_licence else said]


def _cells(told: Mapping[str, Any], first: str, words: Words) -> Iterable[tuple[str, str]]:
    """A notebook's code cells, each with what it does."""
    opened = f'packed = "{told["arrays"]}"'
    load = told["load"].split("\n")
    at = next(at for at, line in enumerate(load) if line.startswith("run = "))
    load[at : at + 1] = [opened, "run = np.load(io.BytesIO(base64.b64decode(packed)))"]
    yield words("Load it"), "import base64\nimport io\n\n" + "\n".join(load)
    yield words("Where it takes its points"), PLOT
    if told["train"]:
        yield words("Its points and first weights, of any seed") if told["draw"] else "", first
        yield words("Train it again"), told["train"]
    else:
        yield words(told["short"]), ""


def notebook(said: Sequence[str], cells: Iterable[tuple[str, str]]) -> str:
    """A Jupyter notebook, format 4.5. said: what stands first and last; cells: each heading, and its code or "" """
    written = [("markdown", said[0])]
    for heading, code in cells:
        written += [("markdown", f"## {heading}" if code else heading)] * bool(heading)
        written += [("code", code)] * bool(code)
    written.append(("markdown", said[1]))

    def cell(at: int, kind: str, text: str) -> dict[str, Any]:
        more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
        lines = text.rstrip("\n").splitlines(keepends=True)
        return {"cell_type": kind, "id": f"cell-{at}", "metadata": {}, "source": lines, **more}

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found = {
        "cells": [cell(at, *each) for at, each in enumerate(written, 1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
