"""Kaplan-Meier, log-rank, hazards: R's numbers, statsmodels, and arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.models.hazards import cox, hazard
from cxdata.models.logit import logit
from cxdata.models.survival import kaplan_meier, log_rank
from tests.models.golden import GOLDEN, lung, rossi

DRIVERS = ["age", "sex", "ph_ecog"]


def person_periods(durations, events, width):
    """A row for each period that each was watched: who it is, the period from 1 on, and whether it is the one of leaving."""
    last = np.ceil(np.asarray(durations) / width).astype(int)
    row = np.repeat(np.arange(last.size), last)
    period = np.concatenate([np.arange(1, periods + 1) for periods in last])
    return row, period, ((period == last[row]) & np.asarray(events, dtype=bool)[row]).astype(float)


def test_lung_gives_the_curve_of_r():
    """Median 310 [285, 363] with R's default interval (log), S(365) = .4092416."""
    data, published = lung(), GOLDEN["lung"]["km"]
    curve = kaplan_meier(data["time"], data["died"], interval="log")
    assert curve.median() == (published["median"], *published["ci"])
    times = [float(time) for time in published["S"]]
    assert curve.at(times) == pytest.approx(list(published["S"].values()), abs=5e-8)


def test_log_log_intervals_agree_with_lifelines():
    data, published = lung(), GOLDEN["lung"]["km_log_log"]
    curve = kaplan_meier(data["time"], data["died"])
    assert curve.median()[1:] == tuple(published["median"])
    place = int(np.flatnonzero(curve.times == 310)[0])
    assert [curve.conf_low[place], curve.conf_high[place]] == pytest.approx(published["at_310"], abs=1e-9)


def test_late_entry_agrees_with_lifelines():
    data, published = lung(), GOLDEN["lung"]["km_late_entry"]
    curve = kaplan_meier(data["time"], data["died"], entries=np.floor(0.3 * data["time"]))
    assert curve.at(published["times"]) == pytest.approx(published["S"], abs=1e-9)


def test_a_curve_by_hand():
    """Ends 1, 2, 2+, 3: 3/4, 3/4 · 2/3 = 1/2, then 0; Greenwood at 2: ½ √(1/(4·3) + 1/(3·2)) = .25."""
    curve = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 1])
    assert curve.survival == pytest.approx([0.75, 0.5, 0.0])
    assert curve.std_error[1] == pytest.approx(0.25)
    assert curve.at([0.5, 1, 2.5]) == pytest.approx([1, 0.75, 0.5])
    assert curve.median()[0] == 2


@given(st.integers(0, 2**32 - 1))
def test_a_weight_of_two_is_the_row_twice_and_curves_only_fall(seed):
    random = np.random.default_rng(seed)
    end, left = random.integers(1, 9, 30), random.random(30) < 0.6
    weights = random.integers(1, 3, 30)
    weighted = kaplan_meier(end, left, weights=weights)
    repeated = kaplan_meier(np.repeat(end, weights), np.repeat(left, weights))
    assert weighted.survival == pytest.approx(repeated.survival)
    assert (np.diff(weighted.survival) <= 1e-12).all()
    inside = np.isfinite(weighted.conf_low)
    assert (weighted.conf_low[inside] <= weighted.survival[inside] + 1e-12).all()


def test_nobody_left_is_a_flat_curve():
    curve = kaplan_meier([3, 4], [0, 0])
    assert curve.at([1, 10]) == pytest.approx([1, 1])
    assert curve.median()[0] == np.inf


def test_the_log_rank_test_agrees_with_r():
    data = lung()
    found = log_rank(data["time"], data["died"], data["sex"].to_numpy())
    assert found.chi_squared == pytest.approx(GOLDEN["lung"]["logrank_sex"], abs=5e-5)
    assert found.observed.sum() == pytest.approx(found.expected.sum())
    other, p_value = sm.duration.survdiff(data["time"], data["died"], data["sex"])
    assert (found.chi_squared, found.p_value) == pytest.approx((other, p_value), rel=1e-10)


def test_cox_agrees_with_r():
    data = lung().dropna()
    model = cox(data[DRIVERS].to_numpy(), data["time"].to_numpy(float), data["died"], terms=DRIVERS)
    expected = np.array([GOLDEN["lung"]["cox"][name] for name in DRIVERS])
    assert model.coefficients == pytest.approx(expected[:, 0], abs=1e-9)
    assert model.std_error == pytest.approx(expected[:, 1], abs=1e-9)
    # Ranks of ties differ: theirs count on, ours share the mean.
    assert model.proportional_p == pytest.approx(GOLDEN["lung"]["proportional_rank_p"], abs=0.002)


def test_cox_agrees_with_r_on_the_rossi_data():
    data = rossi()
    names = [name for name in GOLDEN["rossi"] if name != "source"]
    model = cox(data[names].to_numpy(), data["week"].to_numpy(float), data["arrest"], terms=names)
    assert model.coefficients == pytest.approx([GOLDEN["rossi"][name] for name in names], abs=5e-9)


def test_cox_with_late_entry_agrees_with_statsmodels():
    data = lung().dropna()
    entries = np.random.default_rng(1).uniform(0, 0.6 * data["time"].to_numpy())
    model = cox(
        data[DRIVERS].to_numpy(), data["time"].to_numpy(float), data["died"], terms=DRIVERS, entries=entries
    )
    other = sm.PHReg(data["time"], data[DRIVERS], status=data["died"], entry=entries, ties="efron").fit()
    assert model.coefficients == pytest.approx(other.params, abs=1e-8)
    assert model.std_error == pytest.approx(other.bse, abs=1e-8)


def test_hazards_that_cross_are_found_not_proportional():
    """One column doubles the pace before time 1 and halves it after; the other does the same always."""
    random = np.random.default_rng(4)
    x = random.integers(0, 2, (3000, 2)).astype(float)
    early = random.exponential(1 / (2 ** x[:, 0] * 1.5 ** x[:, 1]))
    late = 1 + random.exponential(1 / (0.5 ** x[:, 0] * 1.5 ** x[:, 1]))
    time = np.where(early < 1, early, late)
    model = cox(x, time, np.ones(3000, dtype=bool), terms=("crosses", "steady"))
    assert model.proportional_p[0] < 1e-6
    assert model.proportional_p[1] > 0.01


def test_the_hazard_per_month_agrees_with_r():
    """2,396 person-months, cloglog with time and its square; sex −.5654004 (.1677650)."""
    data, published = lung().dropna(), GOLDEN["lung"]["hazard"]
    row, period, left = person_periods(data["time"], data["died"], 30.4375)
    time = period.astype(float)
    design = np.column_stack([np.ones(time.size), time, time**2, data[DRIVERS].to_numpy()[row]])
    model = hazard(design, left, terms=("constant", "time", "time2", *DRIVERS))
    assert (model.rows, left.sum()) == (published["rows"], published["events"])
    assert model.coefficients == pytest.approx(published["coef"], abs=1e-6)
    assert model.std_error == pytest.approx(published["se"], rel=5e-6)


def test_clustered_hazards_agree_with_statsmodels():
    data = lung().dropna()
    row, _, left = person_periods(data["time"], data["died"], 91.3125)
    design = np.column_stack([np.ones(row.size), data[DRIVERS].to_numpy()[row]])
    model = hazard(design, left, terms=("constant", *DRIVERS), clusters=row, errors="clustered_plain")
    link = sm.families.Binomial(sm.families.links.CLogLog())
    settings = {"groups": row, "use_correction": False}
    glm = sm.GLM(left, design, family=link)
    other = glm.fit(tol=1e-12)
    assert model.coefficients == pytest.approx(other.params, abs=1e-7)
    assert model.log_likelihood == pytest.approx(other.llf, rel=1e-9)
    # statsmodels' sandwich takes the observed information, ours the expected: the same but for the third digit.
    robust = glm.fit(tol=1e-12, cov_type="cluster", cov_kwds=settings)
    assert model.std_error == pytest.approx(robust.bse, rel=0.01)


def test_rare_events_make_hazard_and_logit_the_same():
    random = np.random.default_rng(2)
    design = np.column_stack([np.ones(60_000), random.normal(size=60_000)])
    left = (random.random(60_000) < np.exp(-6 + 0.5 * design[:, 1])).astype(float)
    terms = ("constant", "x")
    assert hazard(design, left, terms=terms).coefficients == pytest.approx(
        logit(design, left, terms=terms).coefficients, abs=0.01
    )


def test_a_column_that_goes_with_staying_only_is_refused():
    x = np.repeat([0.0, 1.0], 30)
    left = np.where(x == 1, 0.0, np.tile([0.0, 1.0], 30))
    with pytest.raises(TooLittleData, match="did not settle"):
        hazard(np.column_stack([np.ones(60), x]), left, terms=("constant", "x"))


def test_bad_times_are_named():
    with pytest.raises(ValueError, match="durations: 1 of 2 are missing or infinite"):
        kaplan_meier([1, np.nan], [1, 0])
    with pytest.raises(ValueError, match="x: 1 of 2 values are missing"):
        cox(np.array([[1.0], [np.nan]]), np.array([1.0, 2.0]), [1, 0], terms=("x",))
    with pytest.raises(ValueError, match="1 rows end at or before their entry"):
        kaplan_meier([1, 2], [1, 0], entries=[1, 0])
