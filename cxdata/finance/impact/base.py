"""Who is valued: the customers there are, with what they bring a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

OPEN, KEPT = "open", "kept"
"""Customers whose term runs, or, where no export holds running terms, those who renewed last."""


@dataclass(frozen=True)
class Base:
    """Customers that a scenario is about. Money per year, in the company's currency.

    Parameters
    ----------
    customers : float
        Active customers whose margin is known or assumed.
    annual_value, annual_margin : float
        Revenue and margin of a year.
    churn : float
        Share (0-1) of them that the regression expects to lose within a year, as things are.
    negative_customers, negative_margin : float
        Those who cost more than they bring, and what they cost (below 0).
    profiles : int
        Decisions of the last year that stand for them.
    coverage : float
        Share (0-1) of the margin, without its sign, that those decisions can stand for.
    margin_known : float
        Share (0-1) of active customers whose margin is known; the others are not valued, unless a share is assumed.
    kind : str
        `OPEN` or `KEPT`.
    first, last : date
        Months of the decisions.
    segments : tuple of str
    margin_share : float or None
        Share (0-1) of revenue that is taken for margin where none is known: an assumption. None: such customers are not
        valued.
    """

    customers: float
    annual_value: float
    annual_margin: float
    churn: float
    negative_customers: float
    negative_margin: float
    profiles: int
    coverage: float = 1.0
    margin_known: float = 1.0
    kind: str = OPEN
    first: date = date(1, 1, 1)
    last: date = date(1, 1, 1)
    segments: tuple[str, ...] = ("",)
    margin_share: float | None = None
