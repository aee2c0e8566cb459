"""Templates, filled in."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import jinja2
from jinja2.bccache import Bucket

from ..base import language, style
from ..base.errors import ContentError, Problem
from ..base.language import Words
from ..base.memo import Memo, digest
from ..base.overlay import Overlay
from ..base.store import Entry, File, KnownEntry, Store, content_of
from ..runs.results import Results, UnknownResult, digest_of
from . import words

Plain = TypeVar("Plain")


class Compiled(jinja2.BytecodeCache):
    """Compiled templates, kept from one build to the next."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code of a template, where it is kept."""
        kept = self.store.load("templates", bucket.key, "jinja")
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self.store.save("templates", bucket.key, "jinja", bucket.bytecode_to_string())


@functools.lru_cache(maxsize=4)  # a server that renders again and again compiles only what changed
def environment(templates: Overlay, compiled: Store | None, said: Words) -> jinja2.Environment:
    """Jinja over templates, with our filters and functions, in a language.

    compiled  keeps compiled templates
    """

    def load(name: str) -> tuple[str, str, None] | None:
        return (templates.text(name), name, None) if name in templates.contents else None  # wherever it lies

    env = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        auto_reload=False,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=Compiled(compiled) if compiled else None,
    )
    env.filters.update(words.filters(said))
    env.globals.update(
        themes=style.THEMES, markers=[marker.corners for marker in style.MARKERS], _=said, **words.FUNCTIONS
    )
    return env


class TemplateRenderer:
    """The templates of a build, filled in; what was made of the same before is taken from the memo."""

    def __init__(
        self, templates: Overlay, compiled: Store | None = None, memo: Memo | None = None, tag: str = "en"
    ) -> None:
        self.templates = templates
        self.memo = memo or Memo()
        self.store = compiled
        self.words = language.load(tag, templates, self.memo)
        self.env = environment(templates, compiled, self.words)

    def of_runs(
        self,
        results: Results,
        stage: str,
        make: Callable[[], Plain],
        *given: Any,
        holds: Callable[[Any], bool] = lambda value: True,
    ) -> Plain:
        """What is made of the templates, the results and what else is given. holds: as for Memo"""
        known = digest_of(results)
        if not known:
            return make()
        return self.memo(stage, [self.templates.digest, self.words.tag, known, *given], make, holds)

    def kept(
        self, results: Results, stage: str, name: str, make: Callable[[], Mapping[str, File]], *given: Any
    ) -> Mapping[str, File]:
        """Pages by their paths, of a stage of the memo: where there is a cache, each is a file of it, which nobody need
        read where it is as it was.

        name  of what they are, among others of the stage
        """
        store = self.store
        if store is None or not digest_of(results):
            return make()

        def save() -> dict[str, list[str]]:
            pages = {path: _kept(store, path, page) for path, page in make().items()}
            return {path: [page.sum, page.head] for path, page in pages.items()}

        def of(known: Mapping[str, Sequence[str]]) -> dict[str, KnownEntry]:
            return {path: KnownEntry(_entry(store, path).path, *each) for path, each in known.items()}

        def holds(pages: Mapping[str, KnownEntry]) -> bool:
            return all(page.is_there() for page in pages.values())

        def told() -> dict[str, KnownEntry]:
            known = self.of_runs(results, stage, save, name, *given, holds=lambda known: holds(of(known)))
            return of(known)

        asked = self.templates.digest, self.words.tag, digest_of(results), given
        return self.memo.held(stage, name, asked, told, holds)

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """A template filled in.

        raises  ContentError: the template is missing, does not parse or asks for what is not there
        """
        try:
            return self.env.get_template(name).render(context)
        except (jinja2.TemplateError, UnknownResult) as error:
            raise ContentError([self.problem(name, error)]) from error

    def compile(self, name: str) -> None:
        """Look whether a template parses.

        raises  ContentError: it does not
        """
        try:
            self.env.get_template(name)
        except jinja2.TemplateError as error:
            raise ContentError([self.problem(name, error)]) from error

    def problem(self, name: str, error: Exception) -> Problem:
        """A template's error, with the file and line it comes from."""
        if isinstance(error, jinja2.TemplateNotFound):
            return Problem(self._place(name), f'no template "{error.name}"')
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(f"{self._place(error.name or name)}:{error.lineno}", error.message or "does not parse")
        lines = [
            f"{self._place(frame.filename)}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename in self.templates.contents
        ]
        return Problem(lines[-1] if lines else self._place(name), str(error))

    def _place(self, name: str) -> str:
        return str(self.templates.place(name))


@functools.lru_cache(maxsize=10_000)  # each is asked for twice in a build, and a server builds again and again
def _entry(store: Store, path: str) -> Entry:
    """Where a page of the site is kept."""
    return store.entry("pages", digest(path), "html")


def _kept(store: Store, path: str, page: File) -> KnownEntry:
    return page if isinstance(page, KnownEntry) else store.keep("pages", digest(path), "html", content_of(page))
