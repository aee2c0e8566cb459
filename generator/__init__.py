"""Peek: a static site generator for explainable-AI articles.

    import peek_article

    runs = peek_article.load("site")      # the runs of a built site, as arrays
    run = peek_article.train({"classes": 5, "activation": "tanh"})

    from peek_article import lab          # what an article's own code says of its functions

See `api` for what runs can do, `base.lab` for own code. The import alone costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Run, Runs, load, train
    from .base import lab

__version__ = "0.1.0"
__all__ = ["Run", "Runs", "lab", "load", "train"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "lab":
        from .base import lab

        return lab
    from . import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return __all__
