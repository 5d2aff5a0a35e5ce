"""The words of the product around its metrics, by subject, in the order of the page Definitions."""

from __future__ import annotations

from cxdata.terms import answers, data, drivers, experience, finance, scores
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    *scores.TERMS,
    *experience.TERMS,
    *drivers.TERMS,
    *finance.TERMS,
    *answers.TERMS,
    *data.TERMS,
)

__all__ = ["TERMS", "Term"]
