"""`python -m cxdata value`: a scenario in money, without the dashboard."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from cxdata import __version__
from cxdata.cli.months import last_closed, month_of
from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.errors import PublishFailed, UnknownTerm
from cxdata.messages import message
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

if TYPE_CHECKING:
    from cxdata.database import Release
    from cxdata.finance.impact.profiles import Profiles
    from cxdata.finance.impact.results import Valuation
    from cxdata.finance.scenarios.report import Stamp
    from cxdata.finance.scenarios.scenario import Scenario

Add = Callable[[str, Callable[[argparse.Namespace, Console], None], str], argparse.ArgumentParser]

SUFFIXES = (".json", ".csv", ".xlsx")
DRAWS = (100, 10_000)


def options(add: Add) -> None:
    """Declare the command and what it may be asked."""
    command = add("value", run, "What a change in retention is worth: value a scenario, as JSON.")
    command.add_argument(
        "--scenario", type=Path, required=True, metavar="FILE",
        help="TOML file of the scenario, or the name of a saved one",
    )  # fmt: skip
    command.add_argument(
        "--release", default="", metavar="RELEASE", help="release (default: the current one)"
    )
    command.add_argument(
        "--month", type=month_of, metavar="YYYY-MM", help="last month (default: the last closed one)"
    )
    command.add_argument(
        "--draws", type=_draws, metavar="N", help="draws of the simulation (default: as in the scenario)"
    )
    command.add_argument(
        "--language", choices=("en", "es"), default="en", help="of the workbook (default: %(default)s)"
    )
    for name in CUSTOMER_DIMENSIONS:
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="VALUE", help=f"only this {name}"
        )
    command.add_argument(
        "--out", type=Path, action="append", default=[], metavar="FILE",
        help="where to write it, .json, .csv (by year) or .xlsx (with live formulas); may be given several times; "
        "without it, JSON goes to standard output",
    )  # fmt: skip


def run(asked: argparse.Namespace, console: Console) -> None:
    """Value the scenario and write what was asked for.

    Raises
    ------
    UnknownTerm
        If a file to write is neither .json, .csv nor .xlsx, or a filter names what no customer has.
    InputMissing, ScenarioInvalid
        If the scenario does not exist or cannot be valued.
    TooLittleData, InputBlocked
        As the valuation does.
    PublishFailed
        If a file cannot be written.
    """
    from cxdata.finance.scenarios.file import parse_scenario, read_bytes, sha256_of
    from cxdata.finance.scenarios.refusals import ScenarioInvalid, in_file

    _check_places(asked.out)
    file = _file_of(asked.data, asked.scenario)
    content = read_bytes(file)
    scenario = parse_scenario(content, file.name)
    if asked.draws:
        scenario = replace(scenario, draws=asked.draws)
    try:
        _value(asked, console, scenario, file, sha256_of(content))
    except ScenarioInvalid as error:
        raise in_file(error, file.name) from error


def _value(asked: argparse.Namespace, console: Console, scenario: Scenario, file: Path, digest: str) -> None:
    from cxdata.cli import report as shown
    from cxdata.drivers.churn import churn_regression
    from cxdata.drivers.prepared import prepare
    from cxdata.drivers.settings import CHURN, Settings
    from cxdata.drivers.words import offered_names
    from cxdata.finance.impact.books import books_beside
    from cxdata.finance.impact.profiles import profiles_of
    from cxdata.finance.impact.valuation import value
    from cxdata.finance.query import active_terms
    from cxdata.finance.scenarios.checks import check_currency
    from cxdata.finance.scenarios.report import Stamp, command_of, data_sha256, report_json
    from cxdata.language import set_language

    set_language(asked.language)
    config = load_config(asked.data)
    check_currency(scenario, config.currency)
    release = open_release(asked.data, asked.release or current_id(asked.data))
    month = asked.month or last_closed(release.as_of)
    settings = Settings(outcome=CHURN, look_back_days=config.look_back_days, lead_days=config.lead_days)
    selection = Selection(
        month,
        segment=tuple(asked.segment),
        region=tuple(asked.region),
        plan=tuple(asked.plan),
        persona=tuple(asked.persona),
    )
    _check_filters(selection, release)
    with shown.progress_bar() as progress:
        progress("reading what came before each decision", 0.0)
        prepared = prepare(release, config, selection, settings, month)
        progress("churn regression", 0.1)
        regression = churn_regression(prepared)
        active = active_terms(release, selection)
        profiles = profiles_of(regression, active, margin_share=scenario.margin_share)
        found = value(scenario, profiles, progress=lambda share: progress("simulation", 0.3 + 0.7 * share))
        found = replace(found, books=books_beside(release, selection, month, profiles, config.min_base))
    stamp = Stamp(
        release.id, data_sha256(release.manifest), digest, __version__, config.currency, month,
        command_of(file.name, release.id, month, scenario.draws, selection.active()), selection.active(),
    )  # fmt: skip
    names = offered_names(prepared.observations.drivers, config.labels)
    if scenario.locked and scenario.release not in ("", release.id):
        errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        errors.print(
            shown.one_line(f"note: locked on release {scenario.release}, but valued on {release.id}")
        )
    if not asked.out:
        sys.stdout.write(report_json(found, stamp, only_ascii=True))
    for path in asked.out:
        _write(path, found, profiles, stamp, names)
        console.print(shown.one_line(f"written: {path}"), markup=False)


def _write(path: Path, found: Valuation, profiles: Profiles, stamp: Stamp, names: dict[str, str]) -> None:
    from cxdata.finance.scenarios import report

    kind = path.suffix.lower()
    if kind == ".xlsx":
        from cxdata.finance.scenarios.workbook import workbook_bytes

        content = workbook_bytes(found, profiles, stamp, names)
    elif kind == ".csv":
        content = report.years_csv(found, stamp)
    else:
        content = report.report_json(found, stamp).encode("utf-8")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PublishFailed(
            message(
                "{file} could not be written ({error}).",
                file=str(path),
                error=error.strerror or str(error),
            )
        ) from error


def _check_filters(selection: Selection, release: Release) -> None:
    """Refuse a value that no customer has: a misspelt one would be told as too little data."""
    from cxdata.scorecard.query import dimension_values

    known = dimension_values(release)
    for name, values in selection.active().items():
        for value in values:
            if value not in known.get(name, []):
                raise UnknownTerm(
                    message(
                        "--{name} '{value}' does not occur in release {release}. Choose from: {known}.",
                        name=name,
                        value=value,
                        release=release.id,
                        known=", ".join(known.get(name, [])) or "–",
                    )
                )


def _check_places(places: list[Path]) -> None:
    """Before the simulation, which takes a while."""
    for path in places:
        if path.suffix.lower() not in SUFFIXES:
            raise UnknownTerm(
                message(
                    "{file} ends in none of {known}. Name the file after what it shall hold.",
                    file=path.name,
                    known=", ".join(SUFFIXES),
                )
            )
        if path.is_dir():
            raise PublishFailed(
                message("{file} is a folder. Name a file to write.", file=str(path)),
            )
        if not path.parent.is_dir():
            raise PublishFailed(
                message(
                    "{file} could not be written: {folder} is not a folder. Create it first.",
                    file=path.name,
                    folder=str(path.parent),
                )
            )


def _file_of(data: Path, asked: Path) -> Path:
    """The file that is meant: a path, or the name of a saved scenario."""
    from cxdata.finance.scenarios.refusals import NAME
    from cxdata.finance.scenarios.store import path_of

    if NAME.fullmatch(str(asked)) and not asked.exists():
        saved = path_of(data, asked.name)
        return saved if saved.is_file() else asked
    return asked


def _draws(text: str) -> int:
    low, high = DRAWS
    if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {low} to {high:,}")
    return int(text)
