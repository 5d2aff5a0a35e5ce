"""Businesses without terms: who still buys, how often she will, and what that is worth; purchases counted by month."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.finance.economics.costs import Serving
from cxdata.finance.economics.measures import NOTHING, Measure, share
from cxdata.finance.lifetimes.purchases import (
    PurchaseModel,
    alive,
    discounted_purchases,
    expected_frequencies,
    expected_purchases,
    fit_bgnbd,
)
from cxdata.finance.lifetimes.spend import Independence, expected_spend, fit_gamma_gamma, spend_independence

AHEAD = 12
"""Months for which purchases are predicted."""

HORIZON = 60
"""Months over which purchases are valued."""

MOST_SHOWN = 7
"""Repeat purchases that the check tells apart; the last one takes in all higher counts."""

DRAWS, SEED = 60, 20260901

Floats = NDArray[np.float64]
HISTORY = ["frequency", "recency", "age"]


@dataclass(frozen=True)
class Buyers:
    """Customers without terms; one purchase is a month with revenue.

    Where only one customer in `sample` was drawn, numbers of customers and purchases and the value are multiplied, so
    that they are about all; the models are fitted to the drawn ones, on whom the intervals rest.

    Parameters
    ----------
    customers : int
        Whose first purchase the exports hold.
    repeating : Measure
        Share (0-1) who bought in a second month.
    model : PurchaseModel or None
        BG/NBD, in months; None where too few bought again.
    alive : float
        Mean chance (0-1) to be a customer still, over those who bought again.
    ahead : Measure
        Purchases expected in the next `AHEAD` months, of all.
    check : DataFrame
        ``repeats``, ``counted``, ``expected``: customers by number of repeat purchases, against the model.
    held_out : Measure
        Purchases in the last months (`held_months`) expected by a fit to the months before; `part` is what was counted.
        Nothing where the exports are too short.
    held_months : int
    independence : Independence or None
        Whether how often customers buy says little about how much they spend: Gamma-Gamma rests on it.
    spend : float
        Expected revenue per month of purchase, mean over customers; nan where Gamma-Gamma cannot be fitted. Whether it
        holds is said by `independence`.
    margin_share : float
        Margin ÷ revenue from the books (0-1), of the months with a stated cost; nan where none is.
    value : float
        Present value of the purchases of the next `HORIZON` months, in sum: margin where its share is known, else
        revenue.
    sample : int
        One customer in so many was drawn.
    """

    customers: int
    repeating: Measure
    model: PurchaseModel | None
    alive: float
    ahead: Measure
    check: pd.DataFrame
    held_out: Measure
    held_months: int
    independence: Independence | None
    spend: float
    margin_share: float
    value: float
    sample: int = 1


def buyers(
    histories: pd.DataFrame,
    earlier: pd.DataFrame,
    held_months: int,
    served: Serving,
    discount_rate: float,
    sample: int = 1,
) -> Buyers:
    """What purchases by month say of customers without terms.

    Parameters
    ----------
    histories, earlier : DataFrame
        From `query.purchases`, to the last month and to `held_months` before it.
    held_months : int
        0 where the exports are too short to hold any out.
    served : Serving
        From `costs.serving`, for the share of margin.
    discount_rate : float
        Per year; assumed.
    sample : int
        One customer in so many stands in the histories.

    References
    ----------
    Fader, Hardie & Lee (2005), Marketing Science 24(2) and Journal of Marketing Research 42(4).
    """
    rows = _counted(histories)
    count = int(rows["customers"].sum())
    again = int(rows.loc[rows["frequency"] > 0, "customers"].sum())
    margin_share = 1 - served.share
    nothing = Buyers(
        sample * count, share(again, count), None, nan, NOTHING, pd.DataFrame(), NOTHING, 0, None, nan, margin_share, nan,
        sample,
    )  # fmt: skip
    model = _fitted(rows)
    if model is None:
        return nothing
    x, last, age, mass = _columns(rows)
    living = alive(model, x, last, age)
    bought = x > 0
    independence, spend, worth = _money(histories, model, discount_rate)
    return Buyers(
        customers=sample * count,
        repeating=nothing.repeating,
        model=model,
        alive=float(np.average(living[bought], weights=mass[bought])) if bought.any() else nan,
        ahead=_ahead(model, rows, float(AHEAD), sample),
        check=_check(model, rows, sample),
        held_out=_held_out(rows, earlier, held_months, sample),
        held_months=held_months,
        independence=independence,
        spend=spend,
        margin_share=margin_share,
        value=sample * worth * (margin_share if margin_share == margin_share else 1.0),
        sample=sample,
    )


def _counted(histories: pd.DataFrame) -> pd.DataFrame:
    """Customers by history, whatever they spent."""
    return pd.DataFrame(histories.groupby(HISTORY, as_index=False)[["customers"]].sum())


def _columns(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    x, last, age, mass = (rows[name].to_numpy(float) for name in (*HISTORY, "customers"))
    return x, last, age, mass


def _fitted(rows: pd.DataFrame) -> PurchaseModel | None:
    x, last, age, mass = _columns(rows[rows["age"] > 0])
    try:
        return fit_bgnbd(x, last, age, mass)
    except (TooLittleData, ValueError):
        return None


def _ahead(model: PurchaseModel, rows: pd.DataFrame, months: float, sample: int) -> Measure:
    """Purchases expected of all, with the uncertainty of the fit, of the draw and of chance."""
    x, last, age, mass = _columns(rows)
    expected = expected_purchases(model, months, x, last, age)
    value = sample * float(mass @ expected)
    if model.covariance is None:
        return Measure(value, n=int(mass.sum()))
    # Of customers drawn each with the chance 1 / sample, multiplied by it (Horvitz and Thompson).
    draw = np.sqrt(sample * (sample - 1) * float(mass @ expected**2))
    random = np.random.default_rng(SEED)
    point = np.log([model.r, model.alpha, model.a, model.b])
    values, vectors = np.linalg.eigh(np.asarray(model.covariance, dtype=float))
    steps = (random.standard_normal((DRAWS, 4)) * np.sqrt(np.clip(values, 0.0, 4.0))) @ vectors.T
    drawn = []
    for step in np.clip(steps, -3, 3):
        r, alpha, a, b = (float(one) for one in np.exp(point + step))
        with np.errstate(invalid="ignore", over="ignore"):  # at the far ends of a wide likelihood
            each = expected_purchases(PurchaseModel(r, alpha, a, b), months, x, last, age)
        drawn.append(float(mass @ each))
    # Counts vary by chance at least as Poisson numbers do.
    parts = [sample * np.nanstd(drawn), np.sqrt(max(value, 0.0)), draw]
    arm = 1.96 * float(np.linalg.norm(parts))
    return Measure(value, max(value - arm, 0.0), value + arm, int(mass.sum()))


def _check(model: PurchaseModel, rows: pd.DataFrame, sample: int) -> pd.DataFrame:
    watched = rows[rows["age"] > 0]
    expected = expected_frequencies(
        model, watched["age"].to_numpy(float), MOST_SHOWN, watched["customers"].to_numpy(float)
    )
    counted = np.bincount(
        np.minimum(watched["frequency"].to_numpy(int), MOST_SHOWN),
        weights=watched["customers"].to_numpy(float),
        minlength=MOST_SHOWN + 1,
    )
    return pd.DataFrame(
        {"repeats": range(MOST_SHOWN + 1), "counted": sample * counted, "expected": sample * expected}
    )


def _held_out(rows: pd.DataFrame, earlier: pd.DataFrame, months: int, sample: int) -> Measure:
    """Purchases of the held-out months, expected from before and counted, of the customers known before."""
    if not months or earlier.empty:
        return NOTHING
    before = _counted(earlier)
    model = _fitted(before)
    if model is None:
        return NOTHING
    known = rows[rows["age"] >= months]
    counted = sample * (_purchases(known) - _purchases(before))
    found = _ahead(model, before, float(months), sample)
    return Measure(found.value, found.low, found.high, found.n, part=counted)


def _purchases(rows: pd.DataFrame) -> float:
    x, _last, _age, mass = _columns(rows)
    return float(x @ mass)


def _money(
    histories: pd.DataFrame, model: PurchaseModel, discount_rate: float
) -> tuple[Independence | None, float, float]:
    """The check of independence, spend per purchase, and the present value of revenue to come."""
    paid = histories[(histories["frequency"] > 0) & (histories["spend"] > 0)]
    x, z, mass = (paid[name].to_numpy(float) for name in ("frequency", "spend", "customers"))
    try:
        copies = mass.astype(int)
        independence = spend_independence(np.repeat(x, copies), np.repeat(z, copies))
        fitted = fit_gamma_gamma(x, z, mass)
    except (TooLittleData, ValueError):
        return None, nan, nan
    frequency, last, age, customers = _columns(histories)
    amount = expected_spend(fitted, frequency, histories["spend"].fillna(0.0).to_numpy(float))
    ahead = discounted_purchases(model, float(HORIZON), log(1 + discount_rate) / 12, frequency, last, age)
    spend = float(np.average(amount, weights=customers))
    return independence, spend, float(customers @ (ahead * amount))
