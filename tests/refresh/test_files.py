"""Files as they come: encodings, line ends, separators, quotation marks, columns, names."""

from __future__ import annotations

from datetime import date

import pytest

from tests.corpus import tiny
from tests.corpus.release import with_exports

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


def test_a_folder_full_of_other_things_does_not_flood_the_page(publish):
    """Twenty names and a count; and of a header that is a page long, a hundred letters."""
    files = {f"photo {number:02d}.jpg": b"x" for number in range(50)}
    release = publish({**files, "customers.csv": f"customer_id,{'x' * 5000}\nC1,\nC2,\nC3,\n"})
    assert len(release.warnings) == 20 + 1 + 1
    assert release.warnings[20] == "30 more files were not read either"
    assert max(map(len, release.warnings)) < 200


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
