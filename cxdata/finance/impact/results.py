"""What a valuation found: yearly figures of every draw, and those at the expected values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.finance.impact.base import Base
from cxdata.finance.impact.books import Books
from cxdata.finance.scenarios.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """A distribution in four numbers: percentiles and mean."""

    p5: float
    p50: float
    p95: float
    mean: float


def summary(draws: Floats) -> Summary:
    """Percentiles and mean of draws, shape (D,)."""
    p5, p50, p95 = np.percentile(draws, [5, 50, 95])
    return Summary(float(p5), float(p50), float(p95), float(np.mean(draws)))


@dataclass(frozen=True)
class Draws:
    """Yearly figures with the change against those without it. Money in the company's currency.

    Parameters
    ----------
    customers_kept : ndarray of float, shape (D, T)
        More customers there at the end of each year.
    revenue : ndarray of float, shape (D, T)
        Revenue of kept customers in each year.
    margin : ndarray of float, shape (D, T)
        Margin in each year, cross-sell and referral included.
    cost : ndarray of float, shape (D, T)
        Yearly cost of the change.
    referral, cross_sell : ndarray of float, shape (D, T)
        Parts of `margin`.
    one_off : ndarray of float, shape (D,)
        Cost at the start.
    discount_rate : ndarray of float, shape (D,)
        Per year, as a fraction.
    tail : ndarray of float, shape (D,)
        Present value of what kept customers bring after the horizon; 0 where the scenario leaves it out.
    """

    customers_kept: Floats
    revenue: Floats
    margin: Floats
    cost: Floats
    referral: Floats
    cross_sell: Floats
    one_off: Floats
    discount_rate: Floats
    tail: Floats

    @property
    def net(self) -> Floats:
        """Margin less yearly cost, shape (D, T)."""
        return self.margin - self.cost

    @property
    def factors(self) -> Floats:
        """Present value of one unit in the middle of each year, shape (D, T)."""
        years = np.arange(1, self.margin.shape[1] + 1) - 0.5
        return np.asarray((1.0 + self.discount_rate[:, None]) ** -years, dtype=float)

    @property
    def gross_pv(self) -> Floats:
        """Present value of the margin, the tail included, shape (D,)."""
        return np.asarray((self.margin * self.factors).sum(axis=1) + self.tail, dtype=float)

    @property
    def cost_pv(self) -> Floats:
        """Present value of all costs, shape (D,)."""
        return np.asarray(self.one_off + (self.cost * self.factors).sum(axis=1), dtype=float)

    @property
    def npv(self) -> Floats:
        """Net present value, shape (D,)."""
        return self.gross_pv - self.cost_pv

    @property
    def cumulative(self) -> Floats:
        """Undiscounted cash from the start on, without the tail, shape (D, T + 1)."""
        return np.column_stack([-self.one_off, np.cumsum(self.net, axis=1) - self.one_off[:, None]])


@dataclass(frozen=True)
class Point(Draws):
    """The same at the expected values: one draw (D = 1), and what follows from its cash flow.

    Parameters
    ----------
    irr, payback, discounted_payback, roi, bcr : float or None
        Rate per year; years; years; net present value ÷ present value of costs; margin ÷ costs. None where there is
        no cost, no single rate, or no payback within the horizon.
    """

    irr: float | None = None
    payback: float | None = None
    discounted_payback: float | None = None
    roi: float | None = None
    bcr: float | None = None


LEVER_COLUMNS = (
    "place", "driver", "kind", "asked", "realised", "customers_reached", "margin_pv", "alone_full_pv", "cost_pv",
)  # fmt: skip
SEGMENT_COLUMNS = ("segment", "customers", "kept", "margin_pv", "low", "high", "npv_share")
TORNADO_COLUMNS = ("input", "low", "high", "npv_low", "npv_high")


@dataclass(frozen=True)
class Negative:
    """Kept customers who cost more than they bring, apart.

    Parameters
    ----------
    customers : float
        In the base.
    kept : float
        More of them at the end of the horizon, at the expected values.
    margin_pv, low, high : float
        Present value of their margin over the horizon (below 0): at the expected values, p5 and p95.
    """

    customers: float = 0.0
    kept: float = 0.0
    margin_pv: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Valuation:
    """A scenario in money.

    Parameters
    ----------
    scenario : Scenario
    base : Base
    draws : Draws
    point : Point
    churn_before, churn_after : ndarray of float, shape (T,)
        Share (0-1) of those still there that is lost in each year, at the expected values.
    probability_positive : float
        Share of draws whose net present value is above 0.
    segments : DataFrame
        `SEGMENT_COLUMNS`: ``kept`` at the end of the horizon and ``margin_pv`` at the expected values, ``low`` and
        ``high`` their 5th and 95th percentile, ``npv_share`` of the whole margin.
    negative : Negative
    levers : DataFrame
        `LEVER_COLUMNS`: ``asked`` and ``realised`` in raw units of the driver (mean over those with something to
        change, before reach; ceilings taken off), ``margin_pv`` its Shapley part (``shares_near`` in `notes`: nearly so),
        which sum to ``point.gross_pv``; ``alone_full_pv`` what it would bring within the horizon without the others and
        with an attribution of 1. Empty for a change of the retention rate.
    overlap : float
        Sum of ``alone_full_pv`` less what all levers bring together with an attribution of 1, within the horizon.
    break_even_effect, break_even_attribution : float or None
        Factor on the whole effect, and the one attribution for all levers, at which the net present value is 0.
        None where no factor between 0 and 10, or no attribution between 0 and 1, does.
    tornado : DataFrame
        `TORNADO_COLUMNS`, the largest swing first. ``input`` is a code: ``attribution``, ``discount_rate``,
        ``reach``, ``amount``, ``coefficients``, ``model`` (low: straight lines, high: bands), ``tail`` (without, with),
        ``costs``, ``points``, ``cross_sell``, ``referral``; ``low`` and ``high`` the input's values (nan where it has
        none).
    haircut : float
        Present value of the margin within the horizon that attribution takes off: with an attribution of 1 less as it
        is. Sum of ``alone_full_pv`` − overlap − haircut + tail is the present value of the margin.
    seed, draws_used : int
    preview : bool
        Whether a sample of decisions and fewer draws were used.
    seconds : float
    notes : tuple of str
        Codes of what to say beside the result: ``margin_partly_known``, ``margin_assumed`` (a share of revenue stands for
        margins that are not known), ``not_covered``, ``ceiling:<place>`` of a lever, ``shares_near`` (parts of levers are
        the mean of coming first and coming last).
    books : Books or None
        What the books leave of the same customers, where whoever asks for the valuation has put it beside.
    wrong_sign : mapping of str to float
        Per driver of a lever: share of draws in which more of it goes with more churn.
    """

    scenario: Scenario
    base: Base
    draws: Draws
    point: Point
    churn_before: Floats
    churn_after: Floats
    probability_positive: float
    segments: pd.DataFrame
    negative: Negative
    levers: pd.DataFrame
    overlap: float
    break_even_effect: float | None
    break_even_attribution: float | None
    tornado: pd.DataFrame
    haircut: float
    seed: int
    draws_used: int
    preview: bool = False
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    books: Books | None = None
    wrong_sign: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
