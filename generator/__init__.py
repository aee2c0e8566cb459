"""Peek: a static site generator for explainable-AI articles."""

__version__ = "0.1.0"
