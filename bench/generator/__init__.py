"""Synthetic scans of business papers, with their truth: what `python -m bench generate` makes.

facts (invoice, delivery, receipt, application) -> layouts -> sheet -> press -> inks -> scanner
-> files; `batch` holds it together. `grammar` draws whole families of layouts.
"""

from __future__ import annotations

from bench.generator.batch import KINDS, Sample, generate, sample
from bench.generator.grammar.batch import GRAMMAR_KINDS, generate_family

__all__ = ["GRAMMAR_KINDS", "KINDS", "Sample", "generate", "generate_family", "sample"]
