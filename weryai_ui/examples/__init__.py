"""Twelve examples with assets of our own, and a recorded sandbox run of each."""

from weryai_ui.examples.catalog import EXAMPLES, Example, Result, Run

__all__ = ["EXAMPLES", "Example", "Result", "Run"]
