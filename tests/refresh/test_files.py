"""Files as they come: encodings, line ends, separators, quotation marks, columns, Parquet, workbooks, names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxdata.errors import InputBlocked, InputMissing
from tests.corpus import tiny
from tests.corpus.release import refreshed, with_exports

HEADER = "customer_id,name,segment\n"

READABLE: dict[str, bytes] = {
    "utf8": (HEADER + "N1,Peña Ñandú 😀,Home\nN2,李雷,\n").encode(),
    "bom": (HEADER + "B1,Peña,Home\nB2,Ñandú,\n").encode("utf-8-sig"),
    "utf16le": b"\xff\xfe" + (HEADER + "L1,Peña 😀,Home\nL2,Ñandú,\n").encode("utf-16-le"),
    "utf16be": b"\xfe\xff" + (HEADER + "E1,Peña 😀,Home\nE2,Ñandú,\n").encode("utf-16-be"),
    "crlf": (HEADER + "C11,Peña,Home\nC12,Ñandú,\n").replace("\n", "\r\n").encode(),
    "mixed": (HEADER + "M1,Peña,Home\r\nM2,Ñandú,\nM3,Gil,Home\r\n").encode(),
    "cr": (HEADER + "R1,Peña,Home\nR2,Ñandú,\n").replace("\n", "\r").encode(),
    "no_final_newline": (HEADER + "F1,Peña,Home\nF2,Ñandú,x").encode(),
    "blank_lines": ("\n" + HEADER + "\n\nK1,Peña,Home\n\n   \nK2,Ñandú,\n\n").encode(),
    "quoted": (HEADER + 'Q1,"Peña, Ana",Home\nQ2,"say ""Ñandú""",\n').encode(),
    "quoted_newlines": (HEADER + 'W1,"Peña\nAna",Home\nW2,"Ñandú\n\nEva, Ruiz",\nW3,Gil,"Home"\n').encode(),
    "inches": (HEADER + 'I1,19" screen,Home\nI2,Ñandú,\nI3,5" by 7" print,\n').encode(),
    "reordered": b"segment,customer_id,name\nHome,O1,Gil\n,O2,Ruiz\n",
    "other_case": b" Customer_ID ,NAME,Segment\nA1,Gil,Home\n",
    "quoted_header": b'"customer_id","name","segment"\n"H1","Gil","Home"\n',
    "old_customers": b"customer_id\nX1\nX2\n",
}
"""Sixteen ways of writing customers; all of them are read as they are, none needs a setting."""

NAMES = {
    "N1": "Peña Ñandú 😀", "N2": "李雷", "B1": "Peña", "L1": "Peña 😀", "E1": "Peña 😀", "E2": "Ñandú", "C12": "Ñandú",
    "M2": "Ñandú", "M3": "Gil", "R1": "Peña", "R2": "Ñandú", "F2": "Ñandú", "K1": "Peña", "K2": "Ñandú",
    "Q1": "Peña, Ana", "Q2": 'say "Ñandú"', "W1": "Peña\nAna", "W2": "Ñandú\n\nEva, Ruiz", "W3": "Gil",
    "I1": '19" screen', "I3": '5" by 7" print', "O1": "Gil", "O2": "Ruiz", "A1": "Gil", "H1": "Gil", "X1": None,
}  # fmt: skip


def test_sixteen_ways_of_writing_a_csv_are_read_to_the_letter(publish):
    """Each file is read in full: 33 records, each under the name that was written."""
    files = {f"customers_{name}.csv": content for name, content in READABLE.items()}
    release = publish({"customers.csv": None, **files})
    found = dict(release.personal("select customer_id, name from customers"))
    assert {customer: found[customer] for customer in NAMES} == NAMES
    assert len(found) == 33
    records = {name: release.counts(file)[0] for name, file in zip(READABLE, files, strict=True)}
    assert records == {name: sum(customer.startswith(initial) for customer in found) for name, initial in zip(
        READABLE, ("N", "B", "L", "E", "C", "M", "R", "F", "K", "Q", "W", "I", "O", "A", "H", "X"), strict=True
    )}  # fmt: skip
    assert all(account.read == account.loaded for account in release.outcome.accounts)
    assert release.quarantine() == []


def translated(files: dict[str, str], separator: str, encoding: str) -> dict[str, bytes]:
    return {name: text.replace(",", separator).encode(encoding) for name, text in files.items()}


def test_declared_separator_encoding_and_decimal_comma(publish):
    """A Spanish Excel export: semicolons, Latin-1, 12,50 for twelve and a half, 31/03/2024 for 31 March."""
    files = {
        **translated(dict(tiny.REQUIRED_FILES), ";", "latin-1"),
        "customers.csv": "customer_id;name;acquired_on;acquisition_cost\nC1;Peña;31/03/2024;1.012,50\nC2;Gil;;3,0\n"
        .encode("latin-1"),
    }  # fmt: skip
    release = publish(
        only=files,
        config=with_exports(separator=";", encoding="latin-1", decimal=",", date_format="%d/%m/%Y"),
    )
    assert release.personal("select customer_id, name from customers order by 1") == [
        ("C1", "Peña"),
        ("C2", "Gil"),
    ]
    assert release.rows("select acquired_on, acquisition_cost from customers order by 2") == [
        (None, 3.0),
        (date(2024, 3, 31), 1012.5),
    ]


@pytest.mark.parametrize(("separator", "encoding"), [("\t", "auto"), ("|", "cp1252"), (";", "utf-16")])
def test_other_separators_and_encodings(publish, separator, encoding):
    codec = {"auto": "utf-8"}.get(encoding, encoding)
    release = publish(
        only=translated(dict(tiny.REQUIRED_FILES), separator, codec),
        config=with_exports(separator=separator, encoding=encoding),
    )
    assert release.rows("select count(*), sum(score) from answers") == [(8, 9 + 5 + 3 + 10 + 4 + 7)]


def test_an_unclosed_quotation_mark_costs_its_own_line_only(publish):
    """Record 2 opens a quotation mark and never closes it; the five good records after it are loaded."""
    answers = 'survey_id,question,score,state,comment\nS1,nps,9,,fine\nS2,nps,3,,"too slow\n'
    answers += (
        'S3,nps,10,,"said ""well"""\nS5,nps,7,,\nS1,csat_delivery,5,,"two\nlines"\nS3,csat_delivery,4,,\n'
    )
    release = publish({"answers.csv": answers})
    assert release.counts("answers.csv") == (6, 5, 1, 0)
    assert release.quarantine("file, record, column_name, value, reason, rule") == [
        ("answers.csv", 2, "", 'S2,nps,3,,"too slow', "malformed", "a quotation mark is not closed")
    ]
    assert release.rows("select survey_id, question, score, record from answers order by record") == [
        ("S1", "nps", 9, 1), ("S3", "nps", 10, 3), ("S5", "nps", 7, 4), ("S1", "csat_delivery", 5, 5),
        ("S3", "csat_delivery", 4, 6),
    ]  # fmt: skip


def test_a_quotation_mark_that_another_line_closes_swallows_no_records(publish):
    """Record 2 opens, record 4 happens to close: the record between them is loaded all the same."""
    answers = 'survey_id,question,score,state,comment\nS1,nps,9,,\nS2,nps,3,,"too slow\nS3,nps,10,,fine\n'
    answers += 'S5,nps,7,,the "end"\nS1,csat_delivery,5,,good"\nS3,csat_delivery,4,,\n'
    release = publish({"answers.csv": answers})
    assert release.counts("answers.csv") == (6, 5, 1, 0)
    assert release.quarantine("record, value") == [(2, 'S2,nps,3,,"too slow')]
    assert release.personal("select survey_id, comment from comments order by comment") == [
        ("S3", "fine"), ("S1", 'good"'), ("S5", 'the "end"'),
    ]  # fmt: skip


def test_a_swallowing_quotation_mark_in_a_column_of_numbers_is_found_too(publish):
    """The fields fit, so the count fits as well: only the line ends inside a number give it away."""
    header = "interaction_id,customer_id,occurred_at,touchpoint,channel,wait_minutes,handling_minutes\n"
    lines = ["I1,C1,2024-03-01,web,app,1,1", 'I2,C1,2024-03-02,web,app,"2,2', "I3,C1,2024-03-03,web,app,3,3",
             'I4,C1,2024-03-04,web,app,4",4', "I5,C1,2024-03-05,web,app,5,5"]  # fmt: skip
    release = publish({"interactions.csv": header + "\n".join(lines) + "\n"})
    assert release.rows("select interaction_id from interactions order by 1") == [("I1",), ("I3",), ("I5",)]
    assert release.counts("interactions.csv") == (5, 3, 2, 0)


def test_lines_that_are_no_records_are_quarantined_as_they_stand(publish):
    """Too few fields, too many, a quotation mark in the middle, a NUL: each costs its line, with its number."""
    answers = "survey_id,question,score,state,comment\nS1,nps,9,,\nS2,nps\nS3,nps,10,,Muy bien, gracias\n"
    answers += 'S5,nps,7,,"a" b\nS1,csat_delivery,5,,\n'
    release = publish({"answers.csv": answers})
    assert release.quarantine("record, value, reason, rule") == [
        (2, "S2,nps", "malformed", "2 fields where the header has 5"),
        (3, "S3,nps,10,,Muy bien, gracias", "malformed", "6 fields where the header has 5"),
        (4, 'S5,nps,7,,"a" b', "malformed", "a quotation mark stands inside a value"),
    ]
    assert release.counts("answers.csv") == (5, 2, 3, 0)


def test_a_header_in_the_middle_and_a_row_of_totals_are_no_data(publish):
    customers = tiny.CUSTOMERS + "Customer_ID,,Name,segment,,,,,,,\nTotal,,,,,,,,,,105.5\n"
    answers = tiny.ANSWERS + "survey_id,question,score,state,comment\nTotal,,38,,\n"
    release = publish({"customers.csv": customers, "answers.csv": answers})
    assert release.quarantine() == [
        ("answers.csv", 9, "question", "question", "unknown_reference"),
        ("answers.csv", 9, "score", "score", "not_integer"),
        ("answers.csv", 9, "state", "state", "not_allowed"),
        ("answers.csv", 9, "survey_id", "survey_id", "repeated_header"),
        ("answers.csv", 9, "survey_id", "survey_id", "unknown_reference"),
        ("answers.csv", 10, "question", None, "missing"),
        ("answers.csv", 10, "survey_id", "Total", "unknown_reference"),
        ("customers.csv", 5, "customer_id", "Customer_ID", "repeated_header"),
        ("customers.csv", 6, "customer_id", "Total", "total_row"),
    ]


def test_a_new_column_an_unnamed_one_and_an_unknown_file_are_left_out_with_a_warning(publish):
    release = publish(
        {
            "customers.csv": "customer_id,,Shoe size\nC1,x,38\nC2,y,40\nC3,z,41\n",
            "notes.csv": "a,b\n1,2\n",
            "cx.toml": "min_base = 20\n",
            "~$customers.xlsx": b"lock",
            ".DS_Store": b"x",
        }
    )
    assert release.warnings == [
        "cx.toml: not read, because settings are read from the data folder; move it there",
        "notes.csv: not read, because it is not named after a contract table",
        "customers.csv: the column 'Shoe size' is not in the contract and was left out",
        "customers.csv: column 2 has no name and was left out",
    ]


def test_several_files_of_a_table_may_differ_in_their_columns(publish):
    """Reasons are named by their own column: 'x' is a bad weight in the first file, a bad time in the second.

    And the same exports are accepted again: columns are compared over all files of the table.
    """
    files = {
        "surveys.csv": None,
        "surveys/2024-01.csv": "survey_id,responded_at,weight\nS1,2024-01-05,1\nS2,2024-01-06,x\n",
        "surveys/2024-02.csv": "survey_id,customer_id,sent_at,responded_at\n"
        "S3,C1,x,2024-02-05\nS4,C2,2024-02-01,2024-01-31\n",
        "surveys_2024-03.CSV": "responded_at,survey_id\n2024-03-05,S5\n",
    }
    for _ in range(2):
        release = publish(files)
        assert release.quarantine("file, record, column_name, value, reason") == [
            ("answers.csv", 3, "survey_id", "S2", "unknown_reference"),
            ("answers.csv", 4, "survey_id", "S2", "unknown_reference"),
            ("answers.csv", 5, "survey_id", "S3", "unknown_reference"),
            ("answers.csv", 6, "survey_id", "S3", "unknown_reference"),
            ("surveys/2024-01.csv", 2, "weight", "x", "not_number"),
            ("surveys/2024-02.csv", 1, "sent_at", "x", "not_timestamp"),
            ("surveys/2024-02.csv", 2, "responded_at", "2024-01-31", "responded_before_sent"),
        ]
        assert release.rows("select survey_id from surveys order by 1") == [("S1",), ("S5",)]


def test_names_of_files_and_folders_are_names_and_nothing_else(publish):
    """Quotes, spaces, brackets, semicolons, accents, emoji: a name is no pattern, no partition and no SQL."""
    names = [
        "customers_it's.csv",
        "customers_'); drop table staged_customers; --.csv",
        "customers_[1-9]*?.csv",
        'customers_"q".csv',
        "customers_Peña 😀👩‍💻.csv",
        "customers/column0=9/a b.csv",
        "customers/customer_id=7/x.csv",
        "customers_%s {x} $run.csv",
        "customers_1.csv",
    ]
    files = {name: f"customer_id,name\nC{number},n{number}\n" for number, name in enumerate(names, start=1)}
    release = publish({"customers.csv": None, **files})
    assert release.personal("select customer_id from customers order by 1") == [
        (f"C{n}",) for n in range(1, 10)
    ]
    assert {account.file for account in release.outcome.accounts} >= set(names)


def test_values_are_values_and_nothing_else(publish):
    """SQL in an id, a segment, a score and a header does nothing but stand there."""
    poison = "'); drop table answers; --"
    release = publish(
        {
            "customers.csv": f'customer_id,segment,"{poison}"\n"{poison}","{poison}",1\nC2,$run,\nC3,%s,\n',
            "surveys.csv": f'survey_id,customer_id,responded_at\nS1,"{poison}",2024-03-01\n"{poison}",C2,2024-03-02\n',
            "answers.csv": f'survey_id,question,score\nS1,nps,9\n"{poison}",nps,3\nS1,csat_delivery,"{poison}"\n',
        }
    )
    assert release.rows(
        "select segment, score from answers join profiles using (profile) order by score"
    ) == [
        ("$run", 3),
        (poison, 9),
    ]
    assert release.quarantine() == [("answers.csv", 3, "score", poison, "not_integer")]


def parquet(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def damaged_parquet() -> bytes:
    """A footer as it should be, over pages of which every third byte is another."""
    content = bytearray(parquet(survey_id=[f"S{n}" for n in range(3000)], sent_at=["2024-01-01"] * 3000))
    for place in range(4, len(content) - 2000, 3):
        content[place] ^= 0x55
    return bytes(content)


DAMAGED_PARQUET = damaged_parquet()

BLOCKED: list[tuple[str, dict[str, str | bytes | None], list[str]]] = [
    ("empty file", {"surveys.csv": ""}, ["surveys.csv", "the file is empty", "header line"]),
    ("only blank lines", {"surveys.csv": "\n \n\n"}, ["surveys.csv", "the file is empty"]),
    ("header only", {"surveys.csv": "survey_id,sent_at\n"}, ["surveys.csv", "none of its 0 records", "Export it again"]),
    ("no usable row", {"questions.csv": "question,metric,scale_min,scale_max\nq,nps,0,9\n"},
     ["questions.csv", "none of its 1 records", "'nps_scale' (1)",
      "record 1: scale_max = '9' (NPS is asked on a scale of 0 to 10)"]),
    ("semicolon", {"surveys.csv": "survey_id;sent_at\nS1;2024-01-01\n"},
     ["surveys.csv", "'survey_id;sent_at'", "seems to be by ';'", 'Declare separator = ";"']),
    ("tab", {"surveys.csv": "survey_id\tsent_at\nS1\t2024-01-01\n"}, ["surveys.csv", 'Declare separator = "\\t"']),
    ("latin-1", {"customers.csv": "customer_id,name\nC1,Peña\n".encode("latin-1")},
     ["customers.csv", "byte 22 (0xf1) is not UTF-8", 'encoding = "latin-1"']),
    ("latin-1 at the end", {"customers.csv": "customer_id,name\nC1,Pe\xf1".encode("latin-1")}, ["byte 22 (0xf1)"]),
    ("utf-16 without mark", {"customers.csv": "customer_id\nC1\n".encode("utf-16-le")},
     ["customers.csv", "byte 1 is NUL", 'encoding = "utf-16"']),
    ("a NUL", {"customers.csv": b"customer_id\nC\x001\n"}, ["customers.csv", "byte 13 is NUL"]),
    ("half a character of utf-16", {"customers.csv": b"\xff\xfe" + "customer_id\nC1".encode("utf-16-le") + b"\x0a"},
     ["customers.csv", "utf-16", "encoding"]),
    ("column twice", {"customers.csv": "customer_id,Name,name\nC1,a,b\n"}, ["customers.csv", "'name' twice", "Rename"]),
    ("renamed column", {"questions.csv": tiny.QUESTIONS.replace("metric", "Metric Name")},
     ["questions.csv", "required column metric is missing", "expected metric, found 'Metric Name'"]),
    ("no header", {"questions.csv": "nps,rating,0,10\n"}, ["questions.csv", "required column question is missing"]),
    ("missing table", {"surveys.csv": None, "survey.csv": tiny.SURVEYS},
     ["required table surveys has no file", "Found survey.csv: rename it to surveys.csv", "python -m cxdata templates"]),
    ("another format", {"customers.csv": None, "customers.pdf": b"%PDF-1.4"},
     ["required table customers has no file (expected customers.csv, .parquet or .xlsx)", "Found customers.pdf"]),
    ("ambiguous dates", {"surveys.csv": "survey_id,sent_at\nS1,03/04/2024\nS2,05/06/2024\n"},
     ["surveys.csv", "sent_at", "'03/04/2024'", 'date_format = "%d/%m/%Y"', "not guessed"]),
    ("Excel dates", {"surveys.csv": "survey_id,sent_at\nS1,45295\nS2,45296\n"},
     ["surveys.csv", "sent_at", "'45295'", "excel_dates = true"]),
    ("not a parquet", {"customers.csv": None, "customers.parquet": b"PAR1 no PAR1"},
     ["customers.parquet", "not a readable Parquet file", "Export it again"]),
    ("damaged parquet", {"surveys.csv": None, "surveys.parquet": DAMAGED_PARQUET},
     ["surveys.parquet", "the file is damaged", "export the file again"]),
    ("empty parquet", {"customers.csv": None, "customers.parquet": b""}, ["customers.parquet", "not a readable Parquet"]),
    ("not a workbook", {"customers.csv": None, "customers.xlsx": b"customer_id\nC1\n"},
     ["customers.xlsx", "not a workbook in .xlsx format", "Save it again as .xlsx or CSV"]),
    ("mostly broken", {"answers.csv": "survey_id,question,score\n" + "S1,nps,ten\n" * 20 + "S1,nps,9\n"},
     ["answers.csv", "20 of 21 records", "'not_integer' (20)", "at most 50%",
      "record 1: score = 'ten' (score is a whole number)", "Mend the export"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "words"), [case[1:] for case in BLOCKED], ids=[case[0] for case in BLOCKED]
)
def test_a_file_that_cannot_be_published_says_what_and_what_next(publish, tmp_path, files, words):
    with pytest.raises(InputBlocked) as error:
        publish(files)
    message = str(error.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert not (tmp_path / "data" / "CURRENT").exists()
    assert list((tmp_path / "data" / "releases").glob("*")) == []


def test_a_header_only_optional_table_is_loaded_with_a_warning(publish):
    release = publish({"revenue.csv": "customer_id,month,revenue\n"})
    assert release.counts("revenue.csv") == (0, 0, 0, 0)
    assert release.warnings == ["revenue.csv: holds a header and no records"]


def test_a_folder_that_is_none_is_named(tmp_path):
    with pytest.raises(InputMissing, match=r"exports folder .*nowhere does not exist\. Name a folder"):
        refreshed(tmp_path / "nowhere", tmp_path / "data")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputBlocked, match="required table customers has no file"):
        refreshed(tmp_path / "empty", tmp_path / "data")


def test_one_impossible_day_is_quarantined_and_blocks_nothing(publish):
    """Only a column in which no value can be read, though digits stand there, needs a declaration."""
    release = publish({"customers.csv": "customer_id,acquired_on\nC1,2024-02-30\nC2,\nC3,\n"})
    assert release.quarantine() == [("customers.csv", 1, "acquired_on", "2024-02-30", "not_date")]
    release = publish({"customers.csv": "customer_id,acquired_on\nC1,unknown\nC2,\nC3,\n"})
    assert release.quarantine("value") == [("unknown",)]
    release = publish({"customers.csv": "customer_id,acquired_on\nC1,03/04/2024\nC2,2024-04-03\nC3,\n"})
    assert release.quarantine("value") == [("03/04/2024",)]


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


def workbook(rows: list[list[Any]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


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


def bomb() -> bytes:
    """A workbook of some 300 kB that unpacks to 300 MB of nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b" " * 1_000_000)
    return buffer.getvalue()


def damaged() -> bytes:
    """A workbook whose only sheet stops in the middle of a row."""
    content, buffer = workbook([["customer_id"], ["C1"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, data[: data.index(b"<row") + 60] if "sheet1" in entry.filename else data)
    return buffer.getvalue()


WORKBOOKS: list[tuple[str, Callable[[], bytes], str]] = [
    (
        "bomb",
        bomb,
        "customers.xlsx: unpacks to 300 MB, which is more than .* Export the table as CSV or Parquet",
    ),
    ("damaged", damaged, "customers.xlsx: (not a readable workbook|the workbook is damaged) .*Save it again"),
    ("other zip", lambda: parquet_zip(), "customers.xlsx: not a readable workbook .*Save it again"),
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


def parquet_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "no workbook")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "message"), [case[1:] for case in WORKBOOKS], ids=[case[0] for case in WORKBOOKS]
)
def test_a_workbook_that_is_none_or_a_trap_is_refused(publish, make, message):
    with pytest.raises(InputBlocked, match=message):
        publish({"customers.csv": None, "customers.xlsx": make()})


def test_a_stray_cell_far_out_does_not_make_a_small_sheet_a_long_one(publish):
    """One cell in row 900,000 and one in column 16,384: read as padded rows this takes hours."""

    def change(book: Any) -> None:
        book.active["A900000"] = "C9"
        book.active["XFD2"] = "far"

    content = workbook([["customer_id"], ["C1"], ["C2"]], change)
    release = publish({"customers.csv": None, "customers.xlsx": content})
    assert release.counts("customers.xlsx") == (3, 2, 1, 0)


def test_a_file_name_that_nobody_can_write_down_is_refused(publish, exports, tmp_path):
    folder = exports(only=tiny.REQUIRED_FILES, name="odd")
    try:
        (Path(folder) / "customers_\udcff.csv").write_text("customer_id\nC9\n", encoding="utf-8")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    with pytest.raises(
        InputBlocked, match=r"customers_\\udcff\.csv' holds characters that cannot be shown. Rename"
    ):
        refreshed(folder, tmp_path / "data")


def test_a_repeated_hour_is_flagged(publish):
    """On 27 October 2024 half past two stood twice on the clock of Madrid."""
    release = publish(
        {"surveys.csv": "survey_id,responded_at\nS1,2024-10-27T02:30:00\nS2,2024-10-27T04:30:00\n"},
        as_of=date(2024, 11, 1),
    )
    assert [warning for warning in release.warnings if "repeats" in warning] == [
        "surveys: 1 values of responded_at lie in an hour that the clock of Europe/Madrid repeats in autumn; where "
        "they carry no offset, they may be an hour out"
    ]
