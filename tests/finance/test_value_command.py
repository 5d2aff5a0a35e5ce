"""`python -m cxdata value`, as a newcomer and a scheduler use it."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cxdata.cli import main
from cxdata.finance.scenarios.file import sha256_of
from cxdata.finance.scenarios.scenario import Lever, Scenario
from cxdata.finance.scenarios.store import save
from tests.finance.formulas import Sheets

LEVER = '[[levers]]\ndriver = "event:longest_wait"\n'
FASTER = f"""
title = "Shorter waits"
locked = true
release = "an earlier one"
currency = "EUR"
draws = 100
{LEVER}
amount = 5
reach = 0.7
one_off_cost = 2000
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["value", *(str(argument) for argument in arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def faster(tmp_path: Path) -> Path:
    file = tmp_path / "faster.toml"
    file.write_text(FASTER, encoding="utf-8")
    return file


def test_json_csv_and_workbook_of_one_scenario_agree(capsys, demo_folder, faster, tmp_path):
    """The demo's waits go with loss: fewer of them keep customers. All three files tell the same."""
    code, out, err = run(capsys, "--scenario", faster, "--data", demo_folder)
    release = (demo_folder / "CURRENT").read_text().strip()
    note = f"note: locked on release an earlier one, but valued on {release}\n"
    assert (code, err) == (0, note)
    found = json.loads(out)
    result = found["result"]
    assert result["customers_kept"]["p5"] > 0
    assert result["npv"]["p5"] < result["npv"]["p50"] < result["npv"]["p95"]
    assert found["stamp"]["scenario_sha256"] == sha256_of(faster.read_bytes())
    assert found["stamp"]["release"] == release
    assert out.isascii()

    places = [tmp_path / f"case{suffix}" for suffix in (".json", ".csv", ".xlsx")]
    again = shlex.split(found["stamp"]["command"])[4:]
    again[again.index("--scenario") + 1] = str(faster)
    code, out, err = run(
        capsys, *again, "--data", demo_folder, *(part for place in places for part in ("--out", place))
    )
    assert (code, err) == (0, note)
    assert out.splitlines() == [f"written: {place}" for place in places]
    assert json.loads(places[0].read_text(encoding="utf-8")) == found
    lines = places[1].read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + 1 + 3
    assert f",{found['stamp']['release']}," in lines[-1]

    book = load_workbook(io.BytesIO(places[2].read_bytes()))
    sheets = Sheets(book)
    rows = {sheets.cell("Result", row, 1): row for row in range(1, 30)}
    live, banded, each = (
        sheets.cell("Result", rows[name], 2)
        for name in (
            "Net present value", "Net present value, customers in bands", "Net present value, customer by customer",
        )
    )  # fmt: skip
    assert live == pytest.approx(banded, rel=1e-9)
    assert each == pytest.approx(result["npv"]["expected"])
    assert live == pytest.approx(each, abs=0.01 * result["margin_pv"]["expected"])


def test_a_saved_scenario_is_found_by_its_name(capsys, tmp_path):
    """Once it is there, the next thing that is missing is a release."""
    code, _, err = run(capsys, "--scenario", "faster", "--data", tmp_path)
    assert (code, err) == (66, "error: faster does not exist. Name the TOML file of a scenario.\n")
    save(tmp_path, Scenario("faster", levers=(Lever("event:longest_wait"),)))
    code, _, err = run(capsys, "--scenario", "faster", "--data", tmp_path)
    assert code == 66
    assert "nothing has been published in" in err


def test_a_filter_that_names_nobody_is_refused_with_the_known_values(capsys, demo_folder, faster):
    """It was told as too little data, after a minute."""
    code, out, err = run(capsys, "--scenario", faster, "--segment=Familia", "--data", demo_folder)
    assert (code, out) == (64, ""), err
    assert "--segment 'Familia' does not occur in release" in err
    assert "Choose from: Commuter, Courier, Family, Sport, Student." in err
    assert err.count("\n") == 1


WRONG = {
    "not TOML": ("levers = [", "not valid TOML (Invalid value (at end of document)). Mend the line"),
    "unknown key": (LEVER + "reech = 1", "unknown key 'levers.1.reech'. Known: driver, kind, amount,"),
    "reach": (LEVER + "reach = 1.2", "levers.1.reach = 1.2 is out of range. Allowed: 0 to 1"),
    "discount": ("discount_rate = -1\n" + LEVER, "discount_rate = -1.0 is out of range. Allowed: 0 to 1"),
    "horizon": ("horizon_years = 0\n" + LEVER, "horizon_years = 0 is out of range. Allowed: 1 to 10."),
    "currency": ('currency = "USD"\n' + LEVER, "currency = 'USD', but the data are in EUR and there is no table of rates"),
    "seven levers": (LEVER * 7, "7 levers are too many. Allowed: up to 6"),
    "nan": (LEVER + "reach = nan", "levers.1.reach = nan is out of range"),
    "huge": (LEVER + "one_off_cost = 1e300", "levers.1.one_off_cost = 1e+300 is out of range"),
    "order": (LEVER + "reach = {low = 0.9, mode = 0.5, high = 0.2}", "are not in order. Write low ≤ mode ≤ high."),
    "text": (LEVER + 'reach = "half"', "levers.1.reach = 'half' is not a number."),
    "nothing": ("", "nothing would change."),
    "bytes": ("\x00\x01", "not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_ends_with_65_and_one_line(capsys, tiny_release, tmp_path, name):
    text, words = WRONG[name]
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, "--scenario", file, "--data", tiny_release.folder)
    assert (code, out) == (65, ""), err
    assert err.startswith("error: mine.toml: ")
    assert words in err
    assert err.count("\n") == 1


def test_what_does_not_fit_the_data_is_said_of_the_file_too(capsys, demo_folder, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[[levers]]\ndriver = "event:moon"', encoding="utf-8")
    code, out, err = run(capsys, "--scenario", file, "--data", demo_folder)
    assert (code, out) == (65, ""), err
    assert err.startswith(
        "error: mine.toml: levers.1.driver = 'event:moon' is not a driver of the churn regression."
    )
    assert "Choose from: event:" in err
    assert err.count("\n") == 1


def test_what_cannot_be_read_or_written_is_said_before_anything_is_computed(
    capsys, tiny_release, faster, tmp_path
):
    folder = tmp_path / "folder.json"
    folder.mkdir()
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\x89PNG\xff\xfe")
    cases: list[tuple[list[object], int, str]] = [
        (["--scenario", tmp_path / "none.toml"], 66, "none.toml does not exist. Name the TOML file of a scenario."),
        (["--scenario", tmp_path], 65, "is a folder. Name the TOML file of a scenario."),
        (["--scenario", binary], 65, "binary.toml: not text in UTF-8."),
        (["--scenario", faster, "--out", "case.pdf"], 64, "case.pdf ends in none of .json, .csv, .xlsx."),
        (["--scenario", faster, "--out", folder], 74, "is a folder. Name a file to write."),
        (["--scenario", faster, "--out", tmp_path / "no" / "case.json"], 74, "is not a folder. Create it first."),
        (["--scenario", faster, "--release", "never"], 74, "release never: manifest.json is missing or damaged"),
    ]  # fmt: skip
    for arguments, expected, words in cases:
        code, out, err = run(capsys, *arguments, "--data", tiny_release.folder)
        assert (code, out) == (expected, ""), err
        assert words in err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--scenario"),
        (["--scenario", "x", "--draws", "5"], "'5' is not a whole number from 100 to 10,000"),
        (["--scenario", "x", "--draws", "many"], "'many' is not a whole number"),
        (["--scenario", "x", "--month", "soon"], "'soon' is not a month such as 2026-09"),
    ],
)
def test_wrong_use_ends_with_64(capsys, arguments, words):
    code, _, err = run(capsys, *arguments)
    assert code == 64
    assert words in err
