"""Peek: a static site generator for explainable-AI articles.

    import peek_article

    runs = peek_article.load("site")      # the runs of a built site, as arrays
    run = peek_article.train({"classes": 5, "activation": "tanh"})

See `api` for what runs can do. The import alone costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Run, Runs, load, train

__version__ = "0.1.0"
__all__ = ["Run", "Runs", "load", "train"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import api

    return getattr(api, name)
