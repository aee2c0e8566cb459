"""An article rendered before its networks are trained, for the mistakes that need no result to be seen.

    texts, problems = rehearse(article, plan, renderer)

The runs of the plan stand in for those to come: their recipes, pictures and
downloads are known, their measures are pending. An expression is followed as
far as what it asks for is known; at a pending measure it stops, and what
stands around that is looked at for itself. Nothing that would be right after
training is a mistake here.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..base.errors import Problem, collecting
from ..base.store import File
from ..content.experiments import Plan, Planned, Trials
from ..content.texts import Article
from ..markup.written import Markup
from ..runs.catalogue import EarlyResults
from ..runs.entries import downloads, drawn_of, entry, picture_path, runs_of
from ..runs.results import Results, Unmeasured, from_catalogue
from . import pages
from .assets import Scripts, live, page_scripts
from .explorables import known_of_runs, runs_index
from .metadata import BuildInfo
from .templates import TemplateRenderer


class PendingTable(Mapping[str, Any]):
    """A table whose values are not known yet.

    names  its keys, and whether they will have a value other than None; None: not known either
    """

    def __init__(self, names: Mapping[str, bool] | None = None) -> None:
        self.names = names

    @property
    def known(self) -> Mapping[str, bool]:
        """The names, where they are known."""
        if self.names is None:
            raise Unmeasured
        return self.names

    def __getitem__(self, key: str) -> Any:
        if self.names is None or self.names[key]:
            raise Unmeasured(key)
        return None

    def __contains__(self, key: object) -> bool:
        return key in self.known

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def __bool__(self) -> bool:
        return self.names is None or bool(self.names)


def rehearse(
    article: Article, plan: Plan, renderer: TemplateRenderer
) -> tuple[tuple[Markup, ...], tuple[Problem, ...]]:
    """The texts as far as they are known before anything is trained, and the mistakes in them and in the templates.

    There is "…" for numbers in them, and an empty frame for what is made of measures; where a mistake is, no texts.
    """
    texts: tuple[Markup, ...] = ()
    templates = renderer.templates
    problems: list[Problem] = []
    for name in templates.contents:
        if name.endswith((".html", ".xml")) or name == pages.ABOUT_DATA:
            with collecting(problems):
                renderer.compile(name)
    with collecting(problems):
        Scripts(templates, [*page_scripts(templates), *live(templates)]).in_order()
    with collecting(problems):
        texts = _texts(article, plan, renderer)
    return texts, tuple(dict.fromkeys(problems))


def _texts(article: Article, plan: Plan, renderer: TemplateRenderer) -> tuple[Markup, ...]:
    from ..measures import columns

    has_laws = bool(columns.class_counts((run.spec for run in runs_of(plan).values()), plan.models))
    return pages.render_texts(article, expected_results(plan), PendingTable, renderer, [*downloads(plan, has_laws)])


def runs_in_text_order(plan: Plan, texts: Sequence[Markup]) -> list[tuple[str, str]]:
    """The runs that figures show, by experiment and id, in the order in which the texts show their pictures."""
    shown = "".join(text.html for text in texts)

    def place(run: Planned) -> int:
        at = [shown.find(f"{picture_path(run, figure)}.") for figure in drawn_of(run)]
        return min((place for place in at if place >= 0), default=len(shown))

    places = {item: place(run) for item, run in runs_of(plan).items() if run.folder or run.shipped}
    return sorted(places, key=places.__getitem__)


def awaited_pages(
    article: Article, texts: Sequence[Markup], info: BuildInfo, renderer: TemplateRenderer, early: EarlyResults | None
) -> dict[str, File]:
    """The article's own pages and the assets, to read while the first networks train. texts: as rehearse gives them

    early  the runs that are there; where all are that travel with the page, explorables show them
    """
    there = from_catalogue(lambda: early.runs if early else [], "")
    placed = {call.name for text in texts for call in text.figures} if early and early.whole else set()

    def index() -> dict[str, Any]:
        return runs_index(there, {}, renderer.words) if placed else {}

    known = known_of_runs(there)
    return pages.Pages(article.meta, texts, there, info, renderer, placed, known, index, ()).of_texts()


def expected_results(plan: Plan) -> Results:
    """The runs of a plan as results, their measures pending, and what the author's own code gives."""
    from ..measures.expected import columns_of

    plan.lab.enter_measurements()
    planned = [
        entry(experiment, run, "", PendingTable(columns_of(run.spec)), told=False)
        for (experiment, _), run in runs_of(plan).items()
    ]
    beside: dict[str, Any] = {
        table.name: {"columns": table.columns, "source": table.source, "rows": lambda table=table: table.rows}
        for table in plan.external
    }
    beside |= {each.table: pending_table(each) for each in plan.trials}
    beside |= {name: pending_model(name, counts) for name, counts in plan.models.items()}
    expected = from_catalogue(lambda: planned, "", beside)
    expected.pictures = PendingTable(dict.fromkeys(plan.lab.of("figure"), True))
    return expected


def pending_model(name: str, counts: Sequence[int]) -> dict[str, Any]:
    """A model that is not made yet, as from_catalogue takes it."""
    from ..measures.columns import model_words

    columns = model_words(name)
    pending = PendingTable(dict.fromkeys(columns, True))
    rows = [ChainMap({"classes": count}, pending) for count in counts]  # type: ignore[arg-type]
    return {"columns": columns, "source": {}, "rows": lambda: rows}


def pending_table(trials: Trials) -> dict[str, Any]:
    """An experiment in the author's own code whose parameters are known, as from_catalogue takes it."""
    return {
        "columns": {},
        "source": {},
        "rows": lambda: [ChainMap(row, PendingTable()) for row in trials.rows],  # type: ignore[arg-type]
    }
