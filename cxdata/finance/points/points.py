"""What one point is worth: of churn, of NPS by path, and of every driver, each alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.economics.measures import Z
from cxdata.finance.economics.nps_value import NpsGroups
from cxdata.finance.impact.counterfactual import FARTHEST
from cxdata.finance.impact.levers import move_of, moves
from cxdata.finance.impact.populations import tenure_growth
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import Summary, summary
from cxdata.finance.impact.valuation import draws_only
from cxdata.finance.lifetimes.elasticity import elasticities, elasticity_of_value
from cxdata.finance.lifetimes.lifetime import Timing, lifetime_value
from cxdata.finance.lifetimes.retention_curves import RetentionCurve
from cxdata.finance.scenarios.scenario import SHIFT, Lever, Range, RetentionChange, Scenario

Floats = NDArray[np.float64]

CHURN, NPS, DRIVER = "churn", "nps", "driver"
"""What a point is of."""

PATHS = (("detractor", "passive"), ("passive", "promoter"), ("detractor", "promoter"))
"""Ways in which NPS rises; the last one moves it by two points for each one in a hundred customers."""

ONE = 0.01
MIDDLE = 0.5
"""Years from the middle of a year to its end: a year's money comes in all over it."""

HORIZON_YEARS = 3
DRAWS = 400
"""Draws per point: a table holds dozens of them."""


@dataclass(frozen=True)
class Point:
    """What one point is worth. Margin, in the company's currency; p5, p50, p95 and mean of draws.

    Parameters
    ----------
    kind : str
        `CHURN`, `NPS` or `DRIVER`.
    code : str
        Segment ('' for all), path such as ``detractor>passive``, or driver.
    customers : float
        Customers that the point is about: those in scope, or the base.
    reached : float
        Those among them whom it moves.
    realised : float
        How much of the point they get, ceilings taken off; 1 where nothing stands in the way.
    attribution : float
        Share (0-1) of the association that is taken for an effect.
    year : Summary
        Margin of the next twelve months, not discounted.
    horizon : Summary
        Present value of the margin over the horizon.
    """

    kind: str
    code: str
    customers: float
    reached: float
    realised: float
    attribution: float
    year: Summary
    horizon: Summary

    def per_customer(self, of: Summary) -> float:
        """The median of an amount for each customer that the point is about."""
        return of.p50 / self.customers if self.customers else float("nan")


def churn_points(
    profiles: Profiles, *, horizon_years: int = HORIZON_YEARS, draws: int = DRAWS
) -> Iterator[Point]:
    """One point of churn fewer a year: for all, then for each segment.

    A segment that loses no more than a point of its customers a year has none.

    Parameters
    ----------
    profiles : Profiles
    horizon_years, draws : int
    """
    from cxdata.finance.scenarios.refusals import ScenarioInvalid

    segments = profiles.base.segments if len(profiles.base.segments) > 1 else ()
    for segment in ("", *segments):
        change = RetentionChange(segments=(segment,) if segment else ())
        scenario = Scenario(name="churn-point", retention=change, horizon_years=horizon_years)
        rows = profiles.segment == profiles.base.segments.index(segment) if segment else slice(None)
        customers = float(profiles.customers[rows].sum())
        if not customers:
            continue
        try:
            found = draws_only(scenario, profiles, draws=draws)
        except ScenarioInvalid:
            continue
        yield Point(
            CHURN,
            segment,
            customers,
            customers,
            1.0,
            1.0,
            summary(found.margin[:, 0]),
            summary(found.gross_pv),
        )


def driver_points(
    profiles: Profiles, *, attribution: float, horizon_years: int = HORIZON_YEARS, draws: int = DRAWS,
    codes: tuple[str, ...] | None = None,
) -> Iterator[Point]:  # fmt: skip
    """One point more, or one minute or event less, of each driver alone, for everybody who meets it.

    Parameters
    ----------
    profiles : Profiles
    attribution : float
        Share (0-1) of the association that is taken for an effect.
    horizon_years, draws : int
    codes : tuple of str, optional
        Only these drivers.
    """
    for driver in profiles.regression.drivers:
        if not moves(driver) or (codes is not None and driver.code not in codes):
            continue
        lever = Lever(driver.code, SHIFT, Range.exactly(1.0), attribution=attribution, ramp=(1.0,))
        scenario = Scenario(name="driver-point", levers=(lever,), horizon_years=horizon_years)
        found = draws_only(scenario, profiles, draws=draws)
        reached, realised = _realised(profiles, lever)
        yield Point(
            DRIVER, driver.code, profiles.base.customers, reached, realised, attribution, summary(found.margin[:, 0]),
            summary(found.gross_pv),
        )  # fmt: skip


def _realised(profiles: Profiles, lever: Lever) -> tuple[float, float]:
    """Customers with something to change, and how much of a point they get on average."""
    rows = np.arange(len(profiles.rows))
    counts, sizes = [], []
    for place in range(profiles.regression.sets):
        change = move_of(profiles, lever, place, rows, np.float64).change(np.array([lever.amount.mode]))[:, 0]
        moved = profiles.customers[change > 0]
        counts.append(float(moved.sum()))
        sizes.append(float(np.average(change[change > 0], weights=moved)) if moved.sum() else 0.0)
    return float(np.mean(counts)), float(np.mean(sizes))


def nps_points(
    groups: NpsGroups, customers: float, *, attribution: float = 1.0, horizon_years: int | None = HORIZON_YEARS,
    draws: int = 4000, seed: int = 20260901,
) -> tuple[Point, ...]:  # fmt: skip
    """One NPS point by path: so many customers of one group become like those of another.

    Parameters
    ----------
    groups : NpsGroups
        Retention and margin by group, alike in segment and tenure.
    customers : float
        In the base.
    attribution : float
        Share (0-1) of the difference between groups that is taken for an effect; held fixed.
    horizon_years : int or None
        Renewals counted; None: all of them, the lifetime. As in the other points, the money of a year counts in its
        middle.
    draws, seed : int
        Draws of the groups' retention (log-odds) and margin, independent of one another.

    Returns
    -------
    tuple of Point
        Of the paths whose groups are both known; `reached` are the customers who move.
    """
    place = {name: at for at, name in enumerate(groups.group)}
    known = [
        path
        for path in PATHS
        if all(name in place and np.isfinite(groups.margin[place[name]]) for name in path)
    ]
    generator = np.random.default_rng(seed)
    logits = _drawn(
        generator,
        _logit(groups.retention),
        _logit(groups.retention_low),
        _logit(groups.retention_high),
        draws,
    )
    retention = 1.0 / (1.0 + np.exp(-logits))
    margin = _drawn(generator, groups.margin, groups.margin_low, groups.margin_high, draws)
    year = attribution * margin * retention
    worth = lifetime_value(
        margin, retention, groups.discount_rate, Timing.RENEWALS_ONLY, periods=horizon_years
    )  # each at the end of its year
    horizon = attribution * worth * (1.0 + groups.discount_rate) ** MIDDLE
    found = []
    for start, end in known:
        moved = customers * share_moved(start, end)
        gain = [moved * (part[:, place[end]] - part[:, place[start]]) for part in (year, horizon)]
        found.append(
            Point(
                NPS, f"{start}>{end}", customers, moved, 1.0, attribution, summary(gain[0]), summary(gain[1])
            )
        )
    return tuple(found)


def share_moved(start: str, end: str) -> float:
    """Share (0-1) of the customers who have to move for one NPS point: 1 %, or half of it from end to end."""
    return ONE / 2 if (start, end) == ("detractor", "promoter") else ONE


def _logit(share: Floats) -> Floats:
    inside = np.clip(share, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)), dtype=float)


def _drawn(generator: np.random.Generator, centre: Floats, low: Floats, high: Floats, draws: int) -> Floats:
    """Normal draws, shape (D, g), whose 95 % interval is the one given; the centre where there is none."""
    spread = np.nan_to_num((high - low) / (2 * Z))
    return np.asarray(centre + spread * generator.standard_normal((draws, centre.size)), dtype=float)


@dataclass(frozen=True)
class Own:
    """The company's own numbers beside claims that are often quoted; nan where they cannot be computed.

    Parameters
    ----------
    five_points : float
        Present value over the horizon that five points less churn add, as a share (0-1) of what the same customers bring
        without them, each with her own chance to leave.
    elasticity : float
        Per cent of the money to come for one per cent more retention, weighted by value: of new customers along the
        fitted curve, or of today's where there is none.
    along_curve : bool
        Which of the two.
    bad_against_good : mapping of str to float
        Per rating: effect of a low rating ÷ effect of a high one, without sign.
    """

    five_points: float
    elasticity: float
    along_curve: bool
    bad_against_good: dict[str, float]


def own_numbers(
    profiles: Profiles, curve: RetentionCurve | None = None, *, discount_rate: float = 0.10, horizon_years: int = 5,
    draws: int = DRAWS,
) -> Own:  # fmt: skip
    """What the claims would be for this company.

    Parameters
    ----------
    profiles : Profiles
    curve : RetentionCurve, optional
        By years; without one the elasticity is that of the regression, everybody's chance to leave staying as it is.
    discount_rate : float
        Per year.
    horizon_years, draws : int

    References
    ----------
    Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41(1); Fader & Hardie (2010), Marketing Science 29(1),
    on why the elasticity of mean retention says too little.
    """
    base = profiles.base
    five, there = float("nan"), staying(profiles, horizon_years)
    if base.churn > 0.05 and base.annual_margin > 0:
        change = RetentionChange(points=Range.exactly(0.05))
        gain = draws_only(
            Scenario(name="five-points", retention=change, horizon_years=horizon_years,
                     discount_rate=Range.exactly(discount_rate)), profiles, draws=draws,
        )  # fmt: skip
        factors = (1 + discount_rate) ** -(np.arange(1, horizon_years + 1) - MIDDLE)
        as_is = float(factors @ (there @ profiles.margin))
        five = summary(gain.gross_pv).p50 / as_is if as_is > 0 else five
    steps = profiles.regression.banded.steps if profiles.regression.banded else {}
    ratios = {code: abs(step.low / step.high) for code, step in steps.items() if step.high < 0 < step.low}
    elasticity = (
        elasticity_of_value(profiles.margin, there[0], discount_rate) if curve is None
        else elasticities(curve, discount_rate).value_weighted
    )  # fmt: skip
    return Own(five, elasticity, curve is not None, ratios)


def staying(profiles: Profiles, years: int) -> Floats:
    """Share (0-1) of the customers of each row still there after each year as things are, shape (T, n).

    At the mean coefficients, over all completed sets, tenure growing: the run without a change that scenarios are
    compared with.
    """
    found, theta = profiles.regression, profiles.regression.pooled
    growth = tenure_growth(*profiles.tenure, years)
    slope = theta[found.tenure_column] if found.tenure_column >= 0 else 0.0
    there = np.zeros((years, len(profiles.rows)))
    for rows in found.x:
        log_odds = rows[profiles.rows] @ theta
        kept = np.full(len(profiles.rows), 1.0 / found.sets)
        for year in range(years):
            now = log_odds + slope * growth[year]
            kept = kept * (1.0 + np.exp(np.clip(now, -FARTHEST, FARTHEST))) ** -profiles.terms_per_year
            there[year] += kept
    return there


def points(
    profiles: Profiles, groups: NpsGroups | None, *, attribution: float, horizon_years: int = HORIZON_YEARS,
    draws: int = DRAWS, progress: Callable[[float], None] | None = None,
) -> tuple[Point, ...]:  # fmt: skip
    """All points: of churn, of NPS and of the drivers, each with the whole association and with a share of it.

    Parameters
    ----------
    profiles : Profiles
    groups : NpsGroups or None
        None where nobody is asked, or too few are.
    attribution : float
        The share (0-1); an attribution of 1 stands beside it.
    horizon_years, draws : int
    progress : callable, optional
        Called with the share (0-1) that is done.
    """
    shares = tuple(dict.fromkeys((1.0, attribution)))
    size = len(profiles.base.segments) + 1 + len(shares) * len(profiles.regression.drivers)
    found: list[Point] = []

    def take(some: Iterator[Point]) -> None:
        for one in some:
            found.append(one)
            if progress is not None:
                progress(min(1.0, len(found) / size))

    take(churn_points(profiles, horizon_years=horizon_years, draws=draws))
    for share in shares:
        take(driver_points(profiles, attribution=share, horizon_years=horizon_years, draws=draws))
    for share in shares:
        if groups is not None:
            found += nps_points(
                groups, profiles.base.customers, attribution=share, horizon_years=horizon_years
            )
    return tuple(found)
