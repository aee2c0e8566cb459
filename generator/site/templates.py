"""Templates, filled in."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import jinja2
from jinja2.bccache import Bucket

from ..base import language, style
from ..base.errors import ContentError, Problem
from ..base.language import Words
from ..base.memo import Memo
from ..base.overlay import Overlay
from ..base.store import Store
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
        return (templates.text(name), str(templates.place(name)), None) if name in templates.contents else None

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
    env.globals.update(themes=style.THEMES, markers=[*style.MARKER_CORNERS.values()], _=said, **words.FUNCTIONS)
    return env


class TemplateRenderer:
    """The templates of a build, filled in; what was made of the same before is taken from the memo."""

    def __init__(
        self, templates: Overlay, compiled: Store | None = None, memo: Memo | None = None, tag: str = "en"
    ) -> None:
        self.templates = templates
        self.memo = memo or Memo()
        self.words = language.load(tag, templates, self.memo)
        self.env = environment(templates, compiled, self.words)

    def of_runs(self, results: Results, stage: str, make: Callable[[], Plain], *given: Any) -> Plain:
        """What is made of the templates, the results and what else is given."""
        known = digest_of(results)
        return self.memo(stage, [self.templates.digest, self.words.tag, known, *given], make) if known else make()

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
            f"{frame.filename}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith(tuple(map(str, self.templates.folders)))
        ]
        return Problem(lines[-1] if lines else self._place(name), str(error))

    def _place(self, name: str) -> str:
        return str(self.templates.place(name))
