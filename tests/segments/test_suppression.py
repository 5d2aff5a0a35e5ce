"""What is hidden of a table, and that nothing hidden follows from what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cxdata.segments.suppression import Suppression, exposed, suppress_line, suppress_table

TABLES = st.tuples(st.integers(2, 6), st.integers(2, 5)).flatmap(
    lambda shape: hnp.arrays(
        np.int64, shape, elements=st.one_of(st.just(0), st.integers(1, 14), st.integers(10, 300))
    )
)


def bounds(counts: np.ndarray, hidden: Suppression) -> list[tuple[float, float]]:
    """Smallest and largest value that each hidden number can have, by linear programming (HiGHS).

    The unknowns are the hidden cells and totals, each at least 1; the equations say that every row and
    every column adds up to its total. The matrix is that of a network, so the bounds are whole numbers.
    """
    from scipy.optimize import linprog

    rows, columns = counts.shape
    whole = np.zeros((rows + 1, columns + 1))
    whole[:-1, :-1], whole[:-1, -1], whole[-1, :-1] = counts, counts.sum(1), counts.sum(0)
    whole[-1, -1] = counts.sum()
    signs = np.ones(whole.shape)
    signs[:-1, -1] = signs[-1, :-1] = -1
    secret = np.zeros(whole.shape, bool)
    secret[:-1, :-1], secret[:-1, -1], secret[-1, :-1] = hidden.cells, hidden.rows, hidden.columns
    places = [tuple(place) for place in np.argwhere(secret)]
    equations, sums = [], []
    for axis, count in ((0, rows + 1), (1, columns + 1)):
        for line in range(count):
            inside = [place[axis] == line for place in places]
            equations.append([signs[p] * here for p, here in zip(places, inside, strict=True)])
            known = [p for p in np.ndindex(whole.shape) if p[axis] == line and not secret[p]]
            sums.append(-sum(signs[p] * whole[p] for p in known))
    found = []
    for number in range(len(places)):
        aim = np.eye(len(places))[number]
        ends = [
            linprog(sign * aim, A_eq=equations, b_eq=sums, bounds=[(1, None)] * len(places)).fun
            for sign in (1, -1)
        ]
        found.append((ends[0], -ends[1] if ends[1] is not None else np.inf))
    return found


def test_one_small_group_takes_the_smallest_other_with_it():
    """7 = 127 − 20 − 100 if it alone were hidden; with the 20 hidden only their sum, 27, is known."""
    hidden, possible = suppress_line([100, 7, 20], 10)
    assert hidden.tolist() == [False, True, True]
    assert possible


def test_two_small_groups_protect_each_other():
    hidden, _ = suppress_line([100, 7, 20, 3], 10)
    assert hidden.tolist() == [False, True, False, True]


def test_groups_of_one_do_not_protect_each_other():
    """1 + 1 = 2, and a hidden group holds at least 1: both would be known. The 20 goes, too."""
    hidden, _ = suppress_line([100, 1, 20, 1], 10)
    assert hidden.tolist() == [False, True, True, True]


def test_empty_groups_are_shown_and_protect_nobody():
    hidden, possible = suppress_line([0, 5, 0], 10)
    assert hidden.tolist() == [False, True, False]
    assert not possible


def test_nothing_is_hidden_where_nothing_is_small():
    assert not suppress_line([10, 20], 10)[0].any()
    found = suppress_table([[10, 20], [30, 40]], 10)
    assert not found.cells.any()
    assert found.possible


def test_one_small_cell_needs_three_others():
    """The published pattern: a rectangle. The cheapest one hides 12, 15 and 30 besides the 4."""
    counts = np.array([[4, 12, 90], [15, 30, 80], [70, 60, 50]])
    found = suppress_table(counts, 10)
    assert found.cells.tolist() == [[True, True, False], [True, True, False], [False, False, False]]
    assert not found.rows.any()
    assert not found.columns.any()
    assert not exposed(counts, found).any()


def test_a_single_hidden_cell_is_exposed():
    """4 = 106 − 12 − 90."""
    counts = np.array([[4, 12, 90], [15, 30, 80]])
    alone = Suppression(counts == 4, np.zeros(2, bool), np.zeros(3, bool), True)
    assert exposed(counts, alone)[0, 0]
    assert bounds(counts, alone) == [(4, 4)]


def test_a_row_of_ones_is_not_protected_by_another_row_of_ones():
    """A round of four cells that all hold 1 cannot turn: no cell could go down. Larger ones have to help."""
    counts = np.array([[1, 1, 40], [1, 1, 50], [60, 70, 80]])
    found = suppress_table(counts, 10)
    assert found.cells[:2, :2].all()
    assert found.cells.sum() > 4
    assert all(low < high for low, high in bounds(counts, found))


def test_a_hidden_total_is_not_the_sum_of_its_cells():
    """The row of 6 is hidden as a total; its cells must not be shown either, nor the next row's total."""
    counts = np.array([[3, 3, 0], [20, 15, 12], [50, 60, 70]])
    found = suppress_table(counts, 10)
    assert found.rows.tolist() == [True, True, False]
    assert found.cells[0, :2].all()
    assert found.possible
    assert not exposed(counts, found).any()
    assert all(low < high for low, high in bounds(counts, found))


def test_totals_are_hidden_as_in_the_table_of_one_dimension():
    """A second table of the same groups must not show what the first one hides."""
    counts = np.array([[3, 3, 0], [20, 15, 12], [50, 60, 70], [11, 12, 13]])
    assert suppress_table(counts, 10).rows.tolist() == suppress_line(counts.sum(axis=1), 10)[0].tolist()


@given(TABLES, st.integers(2, 12))
def test_no_small_cell_or_total_is_ever_shown(counts, min_base):
    found = suppress_table(counts, min_base)
    if found.possible:
        assert found.cells[(counts > 0) & (counts < min_base)].all()
        totals = counts.sum(axis=1)
        assert found.rows[(totals > 0) & (totals < min_base)].all()
        assert not found.cells[counts == 0].any()


@given(TABLES, st.integers(2, 12))
def test_no_hidden_number_can_be_computed(counts, min_base):
    """Linear programming, which knows nothing of the networks used here, finds room for every hidden number."""
    found = suppress_table(counts, min_base)
    if found.possible:
        assert all(high - low >= 1 - 1e-6 for low, high in bounds(counts, found))


@given(TABLES, st.integers(2, 12))
def test_the_audit_agrees_with_linear_programming_on_any_pattern(counts, min_base):
    """Primary suppression alone, which is mostly not enough."""
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    small = [(size > 0) & (size < min_base) for size in (counts, rows, columns)]
    pattern = Suppression(small[0], small[1], small[2], True)
    flags = exposed(counts, pattern)
    whole = np.zeros(flags.shape, bool)
    whole[:-1, :-1], whole[:-1, -1], whole[-1, :-1] = small
    programmed = [high - low < 1 - 1e-6 for low, high in bounds(counts, pattern)]
    assert flags[whole].tolist() == programmed


@given(TABLES, st.integers(2, 12))
def test_every_hidden_cell_is_free_in_the_equations_of_any_sum(counts, min_base):
    """Sums behind scores may be any number: a cell is safe where the null space of the equations moves it."""
    found = suppress_table(counts, min_base)
    if not found.possible or not found.cells.any():
        return
    rows, columns = counts.shape
    places = [(r, c) for r in range(rows + 1) for c in range(columns + 1)]
    secret = [
        place for place in places
        if (place[0] < rows and place[1] < columns and found.cells[place])
        or (place[0] < rows and place[1] == columns and found.rows[place[0]])
        or (place[0] == rows and place[1] < columns and found.columns[place[1]])
    ]  # fmt: skip
    lines = [[float(place[0] == row) for place in secret] for row in range(rows + 1)]
    lines += [[float(place[1] == column) for place in secret] for column in range(columns + 1)]
    signs = np.array([-1.0 if (place[0] == rows) != (place[1] == columns) else 1.0 for place in secret])
    _, values, vectors = np.linalg.svd(np.array(lines) * signs)
    null = vectors[(np.append(values, np.zeros(len(secret)))[: len(vectors)] < 1e-9)]
    assert null.size
    assert (np.abs(null).max(axis=0) > 1e-9).all()


@given(TABLES, st.integers(2, 12))
def test_nothing_is_hidden_without_need(counts, min_base):
    """Showing any one of the cells that are hidden for others' sake would expose something."""
    found = suppress_table(counts, min_base)
    if not found.possible:
        return
    for row, column in np.argwhere(found.cells & (counts >= min_base)):
        cells = found.cells.copy()
        cells[row, column] = False
        assert exposed(counts, Suppression(cells, found.rows, found.columns, True)).any()


def test_how_often_a_table_cannot_be_protected():
    """Of ordinary tables (cells of 20 on average) all can be."""
    random = np.random.default_rng(7)
    tables = [random.poisson(20, (5, 4)) for _ in range(100)]
    assert all(suppress_table(table, 10).possible for table in tables)


@pytest.mark.parametrize("counts", [[[1, -1]], [[1.5, 2]], [[np.nan, 2]]])
def test_sizes_that_are_none_are_refused(counts):
    with pytest.raises(ValueError, match="whole numbers"):
        suppress_table(counts, 10)


def test_a_line_is_no_table():
    with pytest.raises(ValueError, match="two dimensions"):
        suppress_table([1, 2, 3], 10)
