"""Parquet files and workbooks: typed cells are held to the same rules as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from cxdata.errors import InputBlocked
from tests.corpus import tiny
from tests.corpus.release import with_exports
from tests.corpus.typed import bomb, damaged_workbook, other_zip, parquet, rewritten, workbook

SURVEYS_PARQUET = parquet(
    survey_id=pa.array([1, 2, 3], pa.int64()),
    customer_id=["C1", "C2", None],
    responded_at=pa.array([datetime(2024, 3, 5, 10), datetime(2024, 7, 5, 10), None], pa.timestamp("us")),
    sent_at=pa.array([datetime(2024, 3, 1), None, datetime(2024, 3, 2)], pa.timestamp("ms", tz="UTC")),
    weight=[1.0, 0.000015, 2.5],
    ignored=[[1], [2], [3]],
)
ANSWERS_PARQUET = parquet(
    survey_id=["1", "1", "2", "3"],
    question=pa.array(["nps", "csat_delivery", "nps", "nps"]).dictionary_encode(),
    score=pa.array([9.0, 4.0, 8.5, float("nan")], pa.float64()),
)


def test_typed_parquet_is_held_to_the_same_rules(publish):
    """9.0 is 9; 8.5 and NaN are quarantined; a time with a zone is that instant, one without is Madrid's."""
    release = publish(
        {
            "surveys.csv": None,
            "surveys.parquet": SURVEYS_PARQUET,
            "answers.csv": None,
            "answers.parquet": ANSWERS_PARQUET,
        },
        as_of=date(2024, 8, 1),
    )
    assert release.rows("select survey_id, sent_at, responded_at, weight from surveys order by 1") == [
        ("1", datetime(2024, 3, 1), datetime(2024, 3, 5, 9), 1.0),
        ("2", None, datetime(2024, 7, 5, 8), 0.000015),
        ("3", datetime(2024, 3, 2), None, 2.5),
    ]
    assert release.rows("select survey_id, question, score from answers order by 3") == [
        ("1", "csat_delivery", 4),
        ("1", "nps", 9),
    ]
    assert release.quarantine() == [
        ("answers.parquet", 3, "score", "8.5", "not_integer"),
        ("answers.parquet", 4, "score", "nan", "not_integer"),
    ]
    assert release.counts("answers.parquet") == (4, 2, 2, 0)


def test_numbers_of_typed_files_do_not_change_where_text_has_a_decimal_comma(publish):
    """1.234 in a Parquet column is one and a bit; read as text with a decimal comma it would be 1,234."""
    release = publish(
        {
            "customers.csv": None,
            "customers.parquet": parquet(customer_id=["C1", "C2"], acquisition_cost=[1.234, 8.5]),
            "customers_more.xlsx": workbook(
                [["customer_id", "acquisition_cost"], ["C3", 2.345], ["C4", "3,5"]]
            ),
        },
        config=with_exports(decimal=","),
    )
    assert release.rows("select acquisition_cost from customers order by 1") == [
        (1.234,),
        (2.345,),
        (3.5,),
        (8.5,),
    ]


def test_a_workbook_gives_its_dates_numbers_and_error_cells(publish):
    """Real dates, whole numbers, text and #N/A; an empty row is passed over, a cell too many is a fault."""

    def change(book: Any) -> None:
        notes = book.create_sheet("customers", 1)
        book.active.title = "read me"
        for row in book["read me"].iter_rows(values_only=True):
            notes.append(row)
        book["read me"].delete_rows(1, 99)

    content = workbook(
        [
            ["customer_id", "acquired_on", "acquisition_cost", "segment"],
            ["C1", datetime(2024, 1, 5), 40, "Home"],
            [None, None, None, None],
            ["C2", "2024-02-01", 12.5, None],
            [3, date(2024, 3, 1), "#N/A", True],
            ["C4", datetime(2024, 1, 5, 10, 30), 1e-05, ""],
            ["C5", None, 1, "Home", None, "stray"],
        ],
        change,
    )
    release = publish({"customers.csv": None, "customers.xlsx": content, "surveys.csv": tiny.SURVEYS})
    assert release.rows("select acquired_on, acquisition_cost from customers order by 1") == [
        (date(2024, 1, 5), 40.0),
        (date(2024, 2, 1), 12.5),
    ]
    assert release.quarantine() == [
        ("customers.xlsx", 3, "acquisition_cost", "#N/A", "not_number"),
        ("customers.xlsx", 4, "acquired_on", "2024-01-05 10:30:00", "not_date"),
        ("customers.xlsx", 5, "", "C5 |  | 1 | Home |  | stray", "malformed"),
    ]
    assert release.counts("customers.xlsx") == (5, 2, 3, 0)


WORKBOOKS: list[tuple[str, Callable[[], bytes], str]] = [
    (
        "bomb",
        bomb,
        "customers.xlsx: unpacks to 300 MB, which is more than .* Export the table as CSV or Parquet",
    ),
    (
        "damaged",
        damaged_workbook,
        "customers.xlsx: (not a readable workbook|the workbook is damaged) .*Save it again",
    ),
    ("other zip", other_zip, "customers.xlsx: not a readable workbook .*Save it again"),
    (
        "formulas",
        lambda: workbook([["customer_id", "acquisition_cost"], ["C1", "=1+1"]]),
        "customers.xlsx: holds formulas without their results, .* save it, or export the table as CSV",
    ),
    (
        "blank header",
        lambda: workbook([[None, None], ["C1", 1]]),
        "customers.xlsx: the first row .* is empty",
    ),
    (
        "header twice",
        lambda: workbook([["customer_id", "name", "Name"], ["C1", 1, 2]]),
        "names the column 'name' twice",
    ),
    (
        "too wide",
        lambda: workbook([["customer_id", *range(500)]]),
        "customers.xlsx: 501 columns, where 500 are the most",
    ),
]


@pytest.mark.parametrize(
    ("make", "message"), [case[1:] for case in WORKBOOKS], ids=[case[0] for case in WORKBOOKS]
)
def test_a_workbook_that_is_none_or_a_trap_is_refused(publish, make, message):
    with pytest.raises(InputBlocked, match=message):
        publish({"customers.csv": None, "customers.xlsx": make()})


def test_formulas_give_the_results_that_were_saved_with_them(publish):
    """As a spreadsheet program saves them: 40 for =8*5, and an empty text for a formula that returns one."""

    def change(book: Any) -> None:
        book.active["B2"], book.active["B3"] = "=8*5", '=IF(1=1,"","x")'

    content = workbook([["customer_id", "acquisition_cost"], ["C1", 0], ["C2", 0]], change)
    saved = rewritten(content, lambda data: re.sub(rb"8\*5</f><v.*?>(</v>)?", b"8*5</f><v>40</v>", data))
    saved = rewritten(saved, lambda data: data.replace(b'<c r="B3">', b'<c r="B3" t="str">'))
    release = publish({"customers.csv": None, "customers.xlsx": saved})
    assert release.rows("select acquisition_cost from customers order by 1") == [(40.0,), (None,)]
    assert release.quarantine("file") == []


def test_a_stray_cell_far_out_does_not_make_a_small_sheet_a_long_one(publish):
    """One cell in row 900,000 and one in column 16,384: read as padded rows this takes hours."""

    def change(book: Any) -> None:
        book.active["A900000"] = "C9"
        book.active["XFD2"] = "far"

    content = workbook([["customer_id"], ["C1"], ["C2"]], change)
    release = publish({"customers.csv": None, "customers.xlsx": content})
    assert release.counts("customers.xlsx") == (3, 2, 1, 0)
