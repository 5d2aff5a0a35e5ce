"""Exports that cannot be published: the message says what is wrong, where, and what to do next."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cxdata.errors import InputBlocked, InputMissing
from tests.corpus import tiny
from tests.corpus.release import refreshed
from tests.corpus.typed import damaged_parquet

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
    ("damaged parquet", {"surveys.csv": None, "surveys.parquet": damaged_parquet()},
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
