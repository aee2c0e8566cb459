"""What an article's own code says of its functions, as `from peek_article.lab import experiment` has it: `base.lab`."""

from .base.lab import dataset, experiment, figure, measurement

__all__ = ["dataset", "experiment", "figure", "measurement"]
