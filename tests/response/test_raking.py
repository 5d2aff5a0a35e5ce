"""Raking: margins met, associations kept, groups without a voice refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.response.raking import TOLERANCE, rake, reachable
from cxdata.scorecard.estimates import effective_answers

API_CELLS = pd.DataFrame(
    {"stype": ["E", "H", "M", "E", "H", "M"], "wide": ["No", "No", "No", "Yes", "Yes", "Yes"]}
)
API_SCHOOLS = np.array([12, 3, 8, 132, 11, 17])
API_MARGINS = {"stype": {"E": 4421.0, "H": 755.0, "M": 1018.0}, "wide": {"No": 1072.0, "Yes": 5122.0}}
API_WEIGHTS = [39.838509410554, 67.1257826263303, 49.0700673992951, 29.8704638727345, 50.3301527726748,
               36.7921816646831]  # fmt: skip

COUNTS = st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=2, max_size=4)


def cells(counts: list[list[int]]) -> tuple[pd.DataFrame, np.ndarray]:
    places = [(f"a{row}", f"b{column}") for row in range(len(counts)) for column in range(len(counts[0]))]
    return pd.DataFrame(places, columns=["a", "b"]), np.array(counts, dtype=float).ravel()


def margins_of(rows: pd.DataFrame, weight: np.ndarray) -> dict[str, dict[str, float]]:
    return {name: pd.Series(weight).groupby(rows[name]).sum().to_dict() for name in rows}


def test_one_margin_is_post_stratification():
    """30 of 40 answers are from a, which is half of the customers: 20/30 and 20/10."""
    found = rake(pd.DataFrame({"g": ["a", "b"]}), [30, 10], {"g": {"a": 500, "b": 500}})
    assert found.factor == pytest.approx([2 / 3, 2.0])
    assert found.largest_gap < TOLERANCE


def test_the_school_sample_of_the_r_package_survey():
    """R survey, `rake(dclus1, list(~stype, ~sch.wide), …)` of its help page: 183 schools, weights of 33.847.

    The counts are those of the data set apiclus1, the expected weights R's own. R stops when no cell moves
    by 1 any more (4,420.96 elementary schools instead of 4,421); iterated to the end, the weights differ
    from R's by less than 0.02 %, and the margins are met.
    """
    start = np.full(6, 6194 / 183)
    found = rake(API_CELLS, start * API_SCHOOLS, API_MARGINS)
    weights = start * found.factor
    assert weights == pytest.approx(API_WEIGHTS, rel=2e-4)
    raked = pd.Series(weights * API_SCHOOLS)
    for name, sizes in API_MARGINS.items():
        assert raked.groupby(API_CELLS[name]).sum().to_dict() == pytest.approx(sizes, abs=1e-6)


def test_the_table_of_wikipedia():
    """Iterative proportional fitting, the article's 4 × 4 example: rows to 150, 300, 400, 150."""
    counts = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
    rows, weight = cells(counts)
    margins = {
        "a": dict(zip(("a0", "a1", "a2", "a3"), (150, 300, 400, 150), strict=True)),
        "b": dict(zip(("b0", "b1", "b2", "b3"), (200, 300, 400, 100), strict=True)),
    }
    fitted = (weight * rake(rows, weight, margins).factor).reshape(4, 4) / weight.sum() * 1000
    assert fitted[0] == pytest.approx([64.56, 46.23, 35.39, 3.83], abs=0.01)
    assert fitted.sum(axis=0) == pytest.approx([200, 300, 400, 100])
    assert fitted.sum(axis=1) == pytest.approx([150, 300, 400, 150])


def test_a_group_nobody_answered_for_is_refused_by_name():
    rows = pd.DataFrame({"segment": ["Home"]})
    margins = {"segment": {"Home": 10.0, "Courier": 5.0}}
    with pytest.raises(TooLittleData, match="nobody of segment 'Courier' has answered"):
        rake(rows, [20], margins)
    assert reachable(rows, [20], margins) == {"segment": ["Courier"]}


def test_margins_that_no_weights_meet_are_refused():
    """All of a are b1 and the other way round; the customers are mixed otherwise."""
    rows = pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]})
    with pytest.raises(TooLittleData, match="no weights meet the margins a, b at once"):
        rake(rows, [10, 10], {"a": {"x": 1.0, "y": 1.0}, "b": {"u": 3.0, "v": 1.0}})


def test_weights_are_cut_and_the_gap_is_told():
    """1 of 100 answers for half of the customers would weigh 50; cut at 5 it stands for 5/(94.?) of them."""
    rows = pd.DataFrame({"g": ["a", "b"]})
    margins = {"g": {"a": 1.0, "b": 1.0}}
    assert rake(rows, [99, 1], margins).factor == pytest.approx([50 / 99, 50])
    found = rake(rows, [99, 1], margins, largest_weight=5.0)
    assert found.trimmed == 1
    # Within a pass, b is cut from 50 to 5 while a stands at 50/99: 5 of 55 instead of half.
    assert found.factor[1] / found.factor[0] == pytest.approx(5 / (50 / 99))
    assert found.largest_gap == pytest.approx(0.5 - 5 / 55)
    assert (np.array([99, 1]) * found.factor).sum() == pytest.approx(100)


@pytest.mark.parametrize(
    ("weight", "margins", "largest", "words"),
    [
        ([1, -1], {"g": {"a": 1.0, "b": 1.0}}, 5.0, "negative or not finite"),
        ([1, 1], {"g": {"a": 1.0, "b": -1.0}}, 5.0, "sizes of g"),
        ([1, 1], {"g": {"a": 1.0}}, 5.0, "g 'b' is in the sample"),
        ([1, 1], {}, 5.0, "at least one margin"),
        ([1, 1], {"g": {"a": 1.0, "b": 1.0}}, 0.5, "must be 1 or more"),
        ([1], {"g": {"a": 1.0, "b": 1.0}}, 5.0, "2 rows have 1 weights"),
    ],
)
def test_what_cannot_be_meant_is_refused(weight, margins, largest, words):
    with pytest.raises(ValueError, match=words):
        rake(pd.DataFrame({"g": ["a", "b"]}), weight, margins, largest_weight=largest)


def test_no_answers_are_no_sample():
    with pytest.raises(TooLittleData, match="no answers to rake"):
        rake(pd.DataFrame({"g": ["a"]}), [0], {"g": {"a": 1.0}})


@given(COUNTS, st.data())
def test_every_margin_is_met(counts, data):
    rows, weight = cells(counts)
    sizes = {
        name: {code: float(data.draw(st.integers(1, 100))) for code in sorted(set(rows[name]))}
        for name in rows
    }
    raked = weight * rake(rows, weight, sizes).factor
    for name, wanted in sizes.items():
        total = sum(wanted.values())
        found = pd.Series(raked).groupby(rows[name]).sum() / weight.sum()
        assert found.to_dict() == pytest.approx(
            {code: size / total for code, size in wanted.items()}, abs=1e-8
        )


@given(COUNTS)
def test_a_sample_mixed_as_the_customers_are_keeps_its_weights(counts):
    rows, weight = cells(counts)
    found = rake(rows, weight, margins_of(rows, weight * 7))
    assert found.factor == pytest.approx(np.ones(len(weight)))
    assert found.sweeps == 1


@given(COUNTS, st.floats(0.01, 1000))
def test_the_unit_of_the_customers_does_not_matter(counts, scale):
    rows, weight = cells(counts)
    target = margins_of(rows, weight[::-1])
    scaled = {name: {code: size * scale for code, size in sizes.items()} for name, sizes in target.items()}
    assert rake(rows, weight, scaled).factor == pytest.approx(rake(rows, weight, target).factor, rel=1e-6)


@given(COUNTS)
def test_associations_within_the_sample_are_kept(counts):
    """The odds ratio of any four cells is that of the sample: raking changes the margins alone."""
    rows, weight = cells(counts)
    factor = rake(rows, weight, margins_of(rows, weight[::-1])).factor.reshape(len(counts), -1)
    assert factor[0, 0] * factor[1, 1] == pytest.approx(factor[0, 1] * factor[1, 0], rel=1e-6)


@given(COUNTS)
def test_a_row_of_two_answers_is_two_rows_of_one(counts):
    rows, weight = cells(counts)
    target = margins_of(rows, weight[::-1])
    halves = pd.concat([rows, rows], ignore_index=True)
    split = rake(halves, np.concatenate([weight / 2, weight / 2]), target).factor
    assert split[: len(weight)] == pytest.approx(rake(rows, weight, target).factor, rel=1e-6)


@given(COUNTS)
def test_raking_never_makes_answers_worth_more_than_they_are(counts):
    rows, weight = cells(counts)
    factor = rake(rows, weight, margins_of(rows, weight[::-1])).factor
    worth = effective_answers((weight * factor).sum(), (weight * factor**2).sum())
    assert worth[0] <= weight.sum() + 1e-6
