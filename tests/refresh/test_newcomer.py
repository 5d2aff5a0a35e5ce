"""The first thing a newcomer does: fill some of the generated templates and leave the others as they are."""

from __future__ import annotations

from cxdata.config import Config
from cxdata.refresh.run import refresh
from cxdata.templates import write_templates


def test_templates_that_were_left_empty_hold_no_row_back(tmp_path):
    """A header-only touchpoints.csv must not make every touchpoint unknown."""
    folder = tmp_path / "exports"
    write_templates(folder)
    rows = {
        "customers.csv": "C1,,,,,,,,,,\n",
        "questions.csv": "sat,csat,Satisfaction,support,1,5,,,,\n",
        "surveys.csv": "S1,C1,,,,2026-03-01,2026-03-02T10:00:00,,\n",
        "answers.csv": "S1,sat,4,,\n",
    }
    for name, row in rows.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(row)
    outcome = refresh(folder, tmp_path / "data", Config())
    assert sum(account.quarantined for account in outcome.accounts) == 0
    assert sum(account.loaded for account in outcome.accounts) == 4
    assert set(outcome.manifest["columns"]) == {"customers", "questions", "surveys", "answers"}
