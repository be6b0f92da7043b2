"""Synthetic scans of business papers, with their truth: what `python -m bench generate` makes.

facts (invoice, delivery, receipt, application) -> layouts -> sheet -> press -> inks -> scanner
-> files; `batch` holds it together.
"""

from __future__ import annotations

from bench.generator.batch import KINDS, Sample, generate, sample

__all__ = ["KINDS", "Sample", "generate", "sample"]
