"""How long customers stay, by the year in which they came, and what those still there are worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.finance.economics.measures import Measure
from cxdata.finance.lifetimes.lifetime import Timing, base_value, discounted_lifetime, lifetime_value
from cxdata.finance.lifetimes.retention_curves import (
    RetentionCurve,
    bootstrap_survival,
    fit_bdw,
    fit_sbg,
    likelihood_ratio,
    survival_interval,
)
from cxdata.models.survival import Curve, kaplan_meier, log_rank

LEAST_LOST = 30
"""Losses that the two or three numbers of a retention curve need."""

YOUNGEST = 1
"""Months of age at which watching must have begun for a cohort's curve: later ones lack their first losses."""

SIGNIFICANT = 0.05
UNTIL_RENEWAL = 0.5
"""Years until the next payment of today's customers: their renewals fall all over the year."""

DRAWS, SEED, WIDER = 200, 20260901, 1.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """Kaplan-Meier curves, in months since the first term.

    Parameters
    ----------
    all : Curve
    cohorts : dict of int to Curve
        By year of the first term, those with enough customers that were watched from their beginning.
    rows : dict of int to int
        Customers of each.
    suppressed : int
        Cohorts with fewer customers.
    p_value : float
        Log-rank test that all cohorts leave at the same pace; nan with one cohort.
    """

    all: Curve
    cohorts: dict[int, Curve]
    rows: dict[int, int]
    suppressed: int
    p_value: float


def survival(lifetimes: pd.DataFrame, min_base: int) -> Survival | None:
    """Survival of all customers and of each cohort, from `query.lifetimes`; None where too few were watched."""
    if lifetimes.empty or lifetimes["customers"].sum() < min_base:
        return None
    cohorts, rows, suppressed = {}, {}, 0
    for cohort, part in lifetimes.groupby("cohort"):
        count = int(part["customers"].sum())
        if count < min_base:
            suppressed += 1
            continue
        if int(part["entry"].min()) > YOUNGEST:  # in whole months
            continue
        cohorts[int(str(cohort))], rows[int(str(cohort))] = _curve(part), count
    p_value = nan
    if len(cohorts) > 1 and lifetimes["lost"].any():
        shown = lifetimes[lifetimes["cohort"].isin(list(cohorts))]
        each = shown.loc[shown.index.repeat(_thinned(shown["customers"]))]
        p_value = log_rank(
            each["age"].to_numpy(float), each["lost"].to_numpy(bool), each["cohort"].to_numpy(),
            entries=each["entry"].to_numpy(float),
        ).p_value  # fmt: skip
    return Survival(_curve(lifetimes), cohorts, rows, suppressed, p_value)


def _curve(part: pd.DataFrame) -> Curve:
    return kaplan_meier(
        part["age"].to_numpy(float),
        part["lost"].to_numpy(bool),
        entries=part["entry"].to_numpy(float),
        weights=part["customers"].to_numpy(float),
    )


def _thinned(counts: pd.Series) -> NDArray[np.int64]:
    """Customers per row, scaled down where there are very many: a test of a million rows takes seconds."""
    factor = max(1.0, float(counts.sum()) / 200_000)
    return np.maximum(np.rint(counts.to_numpy(float) / factor), 1).astype(np.int64)


@dataclass(frozen=True)
class Choice:
    """The retention curve by years that the data speak for.

    Parameters
    ----------
    curve : RetentionCurve
        sBG, or BdW where the likelihood ratio asks for its third number.
    model : str
        ``"sbg"`` or ``"bdw"``.
    p_value : float
        Of the likelihood-ratio test of sBG within BdW; nan where BdW could not be fitted.
    years : DataFrame
        ``age`` (year), ``at_risk``, ``lost``: what was fitted.
    draws : tuple of RetentionCurve
        Curves drawn from the uncertainty of the fit, for intervals.
    """

    curve: RetentionCurve
    model: str
    p_value: float
    years: pd.DataFrame = field(compare=False)
    draws: tuple[RetentionCurve, ...] = ()

    @property
    def last_age(self) -> int:
        """Last year of age that the data reach."""
        return int(self.years["age"].max())


def choose_curve(cohort_years: pd.DataFrame) -> Choice:
    """sBG or BdW by a likelihood-ratio test, on customers at risk and lost in each year of age.

    Parameters
    ----------
    cohort_years : DataFrame
        From `query.cohort_years`.

    Raises
    ------
    TooLittleData
        If fewer than two ages are known, or there are fewer than `LEAST_LOST` losses, or none who stayed.

    References
    ----------
    Fader & Hardie (2007), Journal of Interactive Marketing 21(1); Fader, Hardie, Liu, Davin & Steenburgh (2018),
    ibid. 43, on BdW.
    """
    years = cohort_years.groupby("age", as_index=False)[["at_risk", "lost"]].sum()
    lost, there = int(years["lost"].sum()), int(years["at_risk"].sum())
    if len(years) < 2 or lost < LEAST_LOST or lost == there:
        raise TooLittleData(
            f"{lost} of {there} customer years over {len(years)} ages ended with a loss; a retention curve needs "
            f"{LEAST_LOST} losses over two ages."
        )
    at_risk, gone = _padded(years, "at_risk"), _padded(years, "lost")
    simple = fit_sbg(at_risk=at_risk, lost=gone)
    curve, model, p_value = simple, "sbg", nan
    if len(years) >= 3:
        try:
            wide = fit_bdw(at_risk=at_risk, lost=gone)
            p_value = float(likelihood_ratio(simple, wide).p_value)
            if p_value < SIGNIFICANT:
                curve, model = wide, "bdw"
        except (TooLittleData, ValueError, ArithmeticError):
            p_value = nan
    return Choice(curve, model, p_value, years, drawn(curve, at_risk, gone))


def _padded(years: pd.DataFrame, column: str) -> Floats:
    """Counts by age from the first year on; 0 where a young age is never seen whole."""
    counts = np.zeros(int(years["age"].max()))
    counts[years["age"].to_numpy(int) - 1] = years[column].to_numpy(float)
    return counts


def drawn(
    curve: RetentionCurve, at_risk: Floats, lost: Floats, draws: int = DRAWS, seed: int = SEED
) -> tuple[RetentionCurve, ...]:
    """Curves drawn from the uncertainty of a fit; none where it is not known.

    Proposals from a widened normal curve of the parameters are drawn again with the weight of their likelihood: where
    customers hardly differ it is far from symmetric.

    References
    ----------
    Rubin (1988), "Using the SIR algorithm to simulate posterior distributions", Bayesian Statistics 3.
    """
    if curve.covariance is None or not np.isfinite(curve.covariance).all():
        return ()
    values, vectors = np.linalg.eigh(np.asarray(curve.covariance, dtype=float))
    # A flat ridge of the likelihood gives spreads that no curve has: they are cut where the shape no longer changes.
    spread = WIDER * np.sqrt(np.clip(values, 1e-12, 4.0))
    random = np.random.default_rng(seed)
    steps = random.standard_normal((3 * draws, values.size))
    rows = np.clip(curve.parameters[: values.size] + (steps * spread) @ vectors.T, -9.0, 9.0)
    chance, size = 1 / (1 + np.exp(-rows[:, 0])), np.exp(rows[:, 1])
    power = np.exp(rows[:, 2]) if values.size == 3 else np.full(len(rows), curve.c)
    curves = [
        RetentionCurve(float(one * many), float((1 - one) * many), float(shape))
        for one, many, shape in zip(chance, size, power, strict=True)
    ]
    ages = np.flatnonzero(at_risk > 0) + 1
    kept = np.clip(np.array([one.retention(ages) for one in curves]), 1e-12, 1 - 1e-12)
    gone, there = lost[ages - 1], at_risk[ages - 1]
    weight = np.log(kept) @ (there - gone) + np.log1p(-kept) @ gone + 0.5 * (steps**2).sum(axis=1)
    weight = np.exp(weight - weight.max())
    chosen = random.choice(len(curves), draws, p=weight / weight.sum())
    return tuple(curves[place] for place in chosen)


def fitted_interval(choice: Choice, years: NDArray[np.integer]) -> tuple[Floats, Floats]:
    """95 % interval of the fitted curve after so many years, shape (n,) each: 1 at the beginning.

    By the delta method; where customers hardly differ and it does not hold, from curves fitted to data drawn anew.
    """
    if choice.curve.covariance is not None:
        return survival_interval(choice.curve, years)
    each = bootstrap_survival(
        years,
        at_risk=_padded(choice.years, "at_risk"),
        lost=_padded(choice.years, "lost"),
        bdw=choice.model == "bdw",
        draws=DRAWS,
    )
    low, high = np.quantile(each, [0.025, 0.975], axis=0)
    return low, high


def lifetime_multiple(choice: Choice, discount_rate: float, customers: int) -> Measure:
    """Yearly margins that a new customer is worth, the first one paid now and counted (DEL), with its interval."""
    value = float(discounted_lifetime(choice.curve, discount_rate))
    once = {id(one): one for one in choice.draws}
    values = {key: float(discounted_lifetime(one, discount_rate)) for key, one in once.items()}
    each = np.array([values[id(one)] for one in choice.draws])
    low, high = _ends(each)
    return Measure(value, low, high, customers)


@dataclass(frozen=True)
class BaseWorth:
    """What customers of today still bring, by the year in which they came.

    Parameters
    ----------
    lines : DataFrame
        ``cohort``, ``customers``, ``margin`` (per year); present value of the margins to come in ``value``, ``low``,
        ``high``, and per customer in ``each``.
    total : Measure
    one_rate : float
        The same at one retention rate for all, which undervalues those who have stayed long.
    """

    lines: pd.DataFrame
    total: Measure
    one_rate: float


def base_worth(
    now: pd.DataFrame, choice: Choice, discount_rate: float, yearly_churn: float
) -> BaseWorth | None:
    """Value of the customer base by cohort, along the curve; margin, the next payment half a year away on average.

    Parameters
    ----------
    now : DataFrame
        From `query.base_now`.
    choice : Choice
    discount_rate : float
        Per year; assumed.
    yearly_churn : float
        Share (0-1) lost per year, for the comparison with one rate for all.
    """
    known = now[now["margins"] > 0]
    if known.empty:
        return None
    groups = known.groupby(["cohort", "age"], as_index=False)[["margins", "margin"]].sum()
    period = groups["age"].to_numpy(int) + 1

    count = groups["margins"].to_numpy(float)
    each_margin = groups["margin"].to_numpy(float) / count

    def valued(curve: RetentionCurve) -> Floats:
        return base_value(count, each_margin, curve, discount_rate, period, until_renewal=UNTIL_RENEWAL).value

    names = groups["cohort"].to_numpy(int)
    cohorts = np.unique(names)
    member = names[None, :] == cohorts[:, None]
    point = member @ valued(choice.curve)
    # A curve that was drawn several times is valued once.
    once = {id(one): member @ valued(one) for one in {id(one): one for one in choice.draws}.values()}
    each = np.array([once[id(one)] for one in choice.draws]).reshape(-1, cohorts.size)
    ends = [_ends(each[:, place]) for place in range(cohorts.size)]
    lines = groups.groupby("cohort", as_index=False)[["margins", "margin"]].sum()
    lines = lines.rename(columns={"margins": "customers"})
    lines["value"] = point
    lines["low"], lines["high"] = [low for low, _high in ends], [high for _low, high in ends]
    lines["each"] = lines["value"] / lines["customers"]
    low, high = _ends(each.sum(axis=1))
    kept = 1 - yearly_churn
    one_rate = nan
    if isfinite(kept):
        multiple = float(lifetime_value(1.0, kept, discount_rate, Timing.FIRST_PAYMENT_NOW))
        # The next payment is made by those who renew, and not a whole period away.
        one_rate = float(lines["margin"].sum()) * kept * multiple * (1 + discount_rate) ** -UNTIL_RENEWAL
    total = Measure(float(point.sum()), low, high, int(lines["customers"].sum()))
    return BaseWorth(lines, total, one_rate)


def _ends(each: Floats) -> tuple[float, float]:
    fine = each[np.isfinite(each)]
    if fine.size < DRAWS // 2:
        return nan, nan
    low, high = np.quantile(fine, [0.025, 0.975])
    return float(low), float(high)
