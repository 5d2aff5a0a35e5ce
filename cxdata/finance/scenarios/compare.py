"""Scenarios side by side, on the same draws, so that their difference has an interval of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from cxdata.errors import UnknownTerm
from cxdata.finance.impact.results import Valuation, summary
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.messages import message

MOST_COMPARED = 4

SCENARIO_COLUMNS = (
    "name", "title", "npv_p5", "npv_p50", "npv_p95", "npv_mean", "npv_expected", "probability_positive",
    "probability_best", "kept_expected", "margin_pv_expected", "cost_pv_expected", "roi", "discounted_payback",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "name", "against", "npv_p5", "npv_p50", "npv_p95", "npv_mean", "probability_better", "clear", "correlation",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Scenarios on the same draws. Money: present value of margin less costs, in the company's currency.

    Parameters
    ----------
    scenarios : DataFrame
        `SCENARIO_COLUMNS`, in the order in which they were given: percentiles of the net present value;
        ``probability_best``, the share of draws in which it is the best of them; the rest at the expected values.
    differences : DataFrame
        `DIFFERENCE_COLUMNS`, a row per pair: ``name`` less ``against``, percentiles of the difference draw by draw.
        ``clear``: it lies on one side of 0 from p5 to p95. ``correlation`` of the two: what common draws gain.
    unlike : tuple of str
        Fields in which the scenarios differ though they are no part of the change: ``horizon_years``,
        ``discount_rate``, ``margin_growth``, ``tail``, ``cross_sell``, ``referral``. Say so beside the numbers.
    draws : int
    """

    scenarios: pd.DataFrame
    differences: pd.DataFrame
    unlike: tuple[str, ...]
    draws: int


def on_common_draws(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios with the seed and the number of draws of the first: value these to compare them."""
    return tuple(replace(one, seed=scenarios[0].seed, draws=scenarios[0].draws) for one in scenarios)


def compare(valuations: Sequence[Valuation]) -> Comparison:
    """Two to four valued scenarios, and each pair's difference with its interval.

    Parameters
    ----------
    valuations : sequence of Valuation
        Of `on_common_draws`, of the same base.

    Raises
    ------
    UnknownTerm
        If there are fewer than two or more than four, two have the same name, or they do not stand on the same
        customers and draws.
    """
    _comparable(valuations)
    npv = np.array([one.draws.npv for one in valuations])
    best = npv.argmax(axis=0)
    rows = []
    for place, one in enumerate(valuations):
        found, point = summary(one.draws.npv), one.point
        rows.append(
            (
                one.scenario.name, one.scenario.title, found.p5, found.p50, found.p95, found.mean,
                float(point.npv[0]), one.probability_positive, float((best == place).mean()),
                float(point.customers_kept[0, -1]), float(point.gross_pv[0]), float(point.cost_pv[0]),
                point.roi, point.discounted_payback,
            )
        )  # fmt: skip
    pairs = [_difference(valuations[a], valuations[b]) for a, b in combinations(range(len(valuations)), 2)]
    return Comparison(
        pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS)),
        pd.DataFrame(pairs, columns=list(DIFFERENCE_COLUMNS)),
        _unlike([one.scenario for one in valuations]),
        valuations[0].draws_used,
    )


def _difference(first: Valuation, second: Valuation) -> tuple[str | float | bool, ...]:
    """The second less the first, draw by draw."""
    ours, theirs = second.draws.npv, first.draws.npv
    gap = ours - theirs
    found = summary(gap)
    moving = ours.std() > 0 and theirs.std() > 0
    return (
        second.scenario.name, first.scenario.name, found.p5, found.p50, found.p95, found.mean,
        float((gap > 0).mean()), found.p5 > 0 or found.p95 < 0,
        float(np.corrcoef(ours, theirs)[0, 1]) if moving else float("nan"),
    )  # fmt: skip


def _unlike(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    names = ("horizon_years", "discount_rate", "margin_growth", "tail", "cross_sell", "referral")
    return tuple(name for name in names if len({getattr(one, name) for one in scenarios}) > 1)


def _comparable(valuations: Sequence[Valuation]) -> None:
    if not 2 <= len(valuations) <= MOST_COMPARED:
        raise UnknownTerm(
            message(
                "{n} scenarios cannot be compared. Choose 2 to {most}.", n=len(valuations), most=MOST_COMPARED
            )
        )
    first, *others = valuations
    names = [one.scenario.name for one in valuations]
    for name in names:
        if names.count(name) > 1:
            raise UnknownTerm(
                message("the scenario '{name}' is chosen twice. Choose different ones.", name=name)
            )
    for other in others:
        given = {"name": other.scenario.name, "first": first.scenario.name}
        if (other.seed, other.draws_used, other.preview) != (first.seed, first.draws_used, first.preview):
            raise UnknownTerm(
                message(
                    "'{name}' and '{first}' were not valued on the same draws: their seed or number of draws differs. "
                    "Value both anew with the same.",
                    **given,
                )
            )
        if other.base != first.base:
            raise UnknownTerm(
                message(
                    "'{name}' and '{first}' are about different customers: their release, month or assumed margin "
                    "differ. Value both anew on the same.",
                    **given,
                )
            )
