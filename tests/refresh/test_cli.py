"""The command line: exit codes, one line an error, never a traceback; and a first release from the templates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxdata.cli import main
from cxdata.contract import TABLES
from cxdata.database import current_id, release_ids
from tests.corpus import tiny
from tests.corpus.mutants import mutant
from tests.corpus.release import Refreshed


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the settings of the tiny company, and nothing published."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "cx.toml").write_text('time_zone = "Europe/Madrid"\n')
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_refresh_check_status_and_rollback(capsys, exports, data):
    """One story: check, refresh, refresh again, look, go back, look."""
    folder = exports({"answers.csv": tiny.ANSWERS + "S4,nps,8.5,,\nS4,nps,8.5,,\n"})
    code, out, err = run(capsys, "check", folder, "--data", data, "--as-of", "2024-06-15")
    assert (code, err) == (0, "")
    assert "checked: nothing was published" in out
    assert "quarantined: answers.csv, record 9, score = '8.5' (score is a whole number)" in out
    assert release_ids(data) == []
    for _ in range(2):
        code, out, err = run(capsys, "refresh", folder, "--data", data, "--as-of", "2024-06-15")
        assert (code, err) == (0, "")
        assert f"published: release {current_id(data)}" in out
        row = next(line for line in out.splitlines() if line.startswith("answers.csv"))
        assert row.split() == ["answers.csv", "10", "8", "0", "2", "not_integer", "2"]
    first, second = release_ids(data)
    code, out, _ = run(capsys, "status", "--data", data)
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:3]] == [["→", second], [first, "2024-06-15"]]
    code, out, _ = run(capsys, "rollback", "--data", data)
    assert (code, out) == (0, f"current release: {first}\n")
    assert run(capsys, "rollback", "--data", data)[0] == 66
    assert run(capsys, "rollback", second, "--data", data)[0] == 0


def error_cases(folder: Path) -> dict[str, tuple[list[object], int, str]]:
    """Wrong uses, each with its arguments, its exit code and words of its error."""
    a_file, nothing = folder / "a file", folder / "nothing"
    a_file.write_text("x")
    empty = folder / "empty"
    empty.mkdir()
    settings = folder / "settings"
    settings.mkdir()
    (settings / "cx.toml").write_text("min_bse = 3\n")
    garbled = folder / "garbled"
    garbled.mkdir()
    (garbled / "cx.toml").write_bytes(b"\xff\xfe = [")
    data = folder / "data"
    return {
        "no folder": (["refresh", nothing, "--data", data], 66, "exports folder"),
        "exports are a file": (["refresh", a_file, "--data", data], 66, "does not exist"),
        "empty folder": (["refresh", empty, "--data", data], 65, "the required table customers has no file"),
        "data is a file": (["refresh", empty, "--data", a_file], 74, "File exists"),
        "data below a file": (["refresh", empty, "--data", a_file / "x"], 74, "Not a directory"),
        "unknown source": (
            ["check", empty, "--source", "nobody", "--data", data],
            66,
            "there is no source 'nobody'",
        ),
        "source of a path": (
            ["check", empty, "--source", "../..", "--data", data],
            66,
            "there is no source '../..'",
        ),
        "unknown setting": (
            ["check", empty, "--data", settings],
            78,
            "unknown key 'min_bse'. Known: company",
        ),
        "garbled settings": (["check", empty, "--data", garbled], 78, "cx.toml: not valid TOML"),
        "nothing published": (["status", "--data", data], 66, "nothing has been published"),
        "nothing to go back to": (["rollback", "--data", data], 66, "there is no release before"),
        "templates in the way": (["templates", a_file], 74, "File exists"),
    }


def test_wrong_uses_end_in_one_line_and_the_code_of_their_kind(capsys, tmp_path):
    for name, (arguments, code, words) in error_cases(tmp_path).items():
        found, out, err = run(capsys, *arguments)
        assert (found, out) == (code, ""), (name, err)
        assert err.startswith("error: "), name
        assert words in err, (name, err)
        assert err.count("\n") == 1, name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["fly"], "invalid choice"),
        (["refresh"], "EXPORTS"),
        (["refresh", "x", "--as-of", "yesterday"], "'yesterday' is not a day such as 2026-11-18"),
        (["refresh", "x", "--as-of", "9999-12-31"], "'9999-12-31' is not a day"),
        (["refresh", "x", "--memory", "lots"], "'lots' is not an amount of memory such as 2GB"),
    ],
)
def test_wrong_arguments_end_with_64(capsys, arguments, words):
    code, _, err = run(capsys, *arguments)
    assert code == 64
    assert words in err


SETTINGS = [
    ('time_zone = "Mars/Olympus"', "time_zone = 'Mars/Olympus' is not an IANA zone"),
    ("min_base = 3", "min_base = 3 is out of range. Allowed: 5 to 1000"),
    ('min_base = "ten"', "min_base = 'ten' is not a whole number"),
    ('currency = "Euro"', "currency = 'Euro' is not an ISO 4217 code"),
    ("exports = 5", "exports is a section, [exports]"),
    ("[exports]\nseparator = ''", "separator = '' is not a single mark"),
    ("[exports]\nseparator = '\"'", "is not a single mark"),
    ("[exports]\nseparator = ';;'", "separator = ';;' is not a single mark"),
    ("[exports]\ndecimal = ';'", "decimal = ';' is not allowed. Choose from: . and ,"),
    ("[exports]\ndate_format = 'DD/MM/YYYY'", "date_format = 'DD/MM/YYYY' names no day, month and year"),
    ("[exports]\ntime_zone = 'Nowhere'", "[exports]: time_zone = 'Nowhere' is not an IANA zone"),
    ("[exports]\nencoding = 'klingon'", "the declared encoding 'klingon' is not known. Use utf-8"),
    ("[limits]\nvolume_low = nan", "volume_low = nan is out of range"),
    ("[limits]\nmax_quarantine_share = 7", "max_quarantine_share = 7.0 is out of range. Allowed: 0 to 1"),
    ("[access.people]\ndata = 'ana@example.com'", "data = 'ana@example.com' is not a list of addresses"),
]  # fmt: skip


def test_settings_that_cannot_be_followed_are_named(capsys, exports, tmp_path):
    folder = exports()
    for number, (text, words) in enumerate(SETTINGS):
        data = tmp_path / f"data{number}"
        data.mkdir()
        (data / "cx.toml").write_text(text + "\n")
        code, _, err = run(capsys, "check", folder, "--data", data, "--as-of", "2024-06-15")
        assert code in (65, 78), (text, err)
        assert words in err, (text, err)
        assert err.count("\n") == 1, text


def test_twenty_accidents_end_in_an_exit_code_and_at_most_one_line(capsys, tmp_path, data):
    """Bytes lost, doubled, swapped, strewn in: loaded, quarantined or refused, but never a traceback."""
    codes = set()
    for seed in range(20):
        folder = tmp_path / f"exports{seed}"
        code, _, err = run(
            capsys, "check", tiny.write(folder, mutant(seed)), "--data", data, "--as-of", "2024-06-15"
        )
        assert code in (0, 65), (seed, err)
        assert err.count("\n") == (1 if code else 0), (seed, err)
        assert not code or err.startswith("error: "), seed
        codes.add(code)
    assert codes == {0, 65}


def test_line_ends_and_colours_of_an_export_do_not_reach_the_terminal(capsys, tmp_path, data):
    """A header with a line end and an escape sequence: the error stays on one line and in one colour."""
    files = {**tiny.FILES, "questions.csv": 'question,"met\n\x1b[31mric",scale_min,scale_max\nnps,nps,0,10\n'}
    code, _, err = run(capsys, "check", tiny.write(tmp_path / "odd", files), "--data", data)
    assert code == 65
    assert err.count("\n") == 1
    assert "\x1b" not in err
    files = {
        **tiny.FILES,
        "customers.csv": "customer_id,name,acquisition_cost\nC1,[red]x,\x1b[2J\nC2,,\nC3,,\n",
    }
    code, out, _ = run(capsys, "check", tiny.write(tmp_path / "codes", files), "--data", data)
    assert code == 0
    assert "\x1b" not in out


def test_a_release_from_the_templates_with_a_row_in_each_required_file(capsys, tmp_path, data):
    """What a new user does: write the templates, add rows, refresh. Templates are never overwritten."""
    folder = tmp_path / "mine"
    code, out, _ = run(capsys, "templates", folder)
    assert code == 0
    assert len(out.splitlines()) == len(TABLES) + 2
    assert run(capsys, "check", folder, "--data", data)[0] == 65
    rows = {
        "customers": "C1,,Ana,Home,,,,,,,",
        "questions": "nps,nps,How likely?,,0,10,,,,",
        "surveys": "S1,C1,,,,2024-03-01T10:00:00,2024-03-02T10:00:00,,",
        "answers": "S1,nps,9,,Gracias",
    }
    for table, row in rows.items():
        with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(row + "\n")
    code, out, err = run(capsys, "refresh", folder, "--data", data, "--as-of", "2024-03-15")
    assert (code, err) == (0, "")
    assert "cx.toml: not read, because settings are read from the data folder; move it there" in out
    assert "DICTIONARY" not in out
    code, _, err = run(capsys, "templates", folder)
    assert code == 65
    assert "exists already and was not overwritten. Choose an empty folder." in err


def test_the_settings_template_is_valid_as_it_stands_and_with_every_line_uncommented(tmp_path):
    from cxdata.config import Config, load_config
    from cxdata.templates import CONFIG_TEMPLATE

    (tmp_path / "cx.toml").write_text(CONFIG_TEMPLATE, encoding="utf-8")
    assert load_config(tmp_path) == Config()
    lines = CONFIG_TEMPLATE.splitlines()
    filled = [line[2:] if line.startswith("# ") and ("=" in line or "[" in line) else line for line in lines]
    (tmp_path / "cx.toml").write_text("\n".join(filled), encoding="utf-8")
    assert load_config(tmp_path).min_base == 10
    assert load_config(tmp_path).exports.separator == ","


def test_as_a_program_from_elsewhere(exports, data, tmp_path):
    """A scheduler runs it from another folder, with its output in a file that knows only ASCII."""
    repository = Path(__file__).resolve().parents[2]
    folder = exports({"customers_Ñandú 😀.csv": "customer_id\nC9\n"})
    environment = {
        **os.environ,
        "PYTHONPATH": str(repository),
        "PYTHONIOENCODING": "ascii",
        "CX_DATA": str(data),
    }
    done = subprocess.run(
        [sys.executable, "-m", "cxdata", "refresh", str(folder), "--as-of", "2024-06-15"],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"published: release" in done.stdout
    assert current_id(data)


def test_status_shows_a_damaged_release_and_goes_on(capsys, publish):
    first: Refreshed = publish()
    second: Refreshed = publish()
    (first.home / "manifest.json").chmod(0o600)
    (first.home / "manifest.json").write_text("{}")
    code, out, _ = run(capsys, "status", "--data", first.folder)
    assert code == 0
    assert f"{first.outcome.release}" in out
    assert "damaged" in out
    (second.home / "manifest.json").chmod(0o600)
    (second.home / "manifest.json").write_text("{}")
    code, _, err = run(capsys, "status", "--data", first.folder)
    assert code in (66, 74)
    assert "manifest.json is missing or damaged" in err
