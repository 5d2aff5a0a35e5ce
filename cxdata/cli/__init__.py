"""The command line: what the data team types, and what a scheduler runs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from cxdata.cli import report
from cxdata.config import CONFIG_FILE, data_folder, load_config
from cxdata.errors import CxError, PublishFailed

EPILOG = """\
exit codes: 0 done · 64 wrong use · 65 the exports or a scenario break a rule · 66 not found
            74 could not be written · 75 another refresh is running · 78 cx.toml is not valid
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    Every error that a user can act on ends in one line on standard error and the code of its kind.
    """
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return 64 if stop.code else 0
    errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    try:
        command: Callable[[argparse.Namespace, Console], None] = options.command
        command(options, report.console())
    except BrokenPipeError:
        return 0
    except CxError as error:
        errors.print(f"error: {report.one_line(str(error))}")
        return error.exit_code
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        errors.print(f"error: {report.one_line(where)}{error.strerror or error}. Nothing was published.")
        return PublishFailed.exit_code
    except KeyboardInterrupt:
        errors.print("stopped; nothing was published")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cxdata",
        description="Customer experience exports in, checked and published releases out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace, Console], None], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=run)
        if name != "templates":
            command.add_argument(
                "--data",
                type=Path,
                default=data_folder(),
                metavar="DIR",
                help="data folder (default: %(default)s)",
            )
        return command

    for name, run, text in (
        ("refresh", _refresh, "Check a folder of exports and publish it as a new release."),
        ("check", _check, "Check a folder of exports and show what a refresh would do; publishes nothing."),
    ):
        command = add(name, run, text)
        command.add_argument("exports", type=Path, metavar="EXPORTS", help="folder with the exports")
        command.add_argument(
            "--source", default="", metavar="NAME", help="source in sql/sources/ that maps them"
        )
        command.add_argument("--as-of", type=_day, metavar="DATE", help="day of the data (default: today)")
        command.add_argument("--accept-changes", action="store_true",
                             help="publish although a table shrank or lost a column")  # fmt: skip
        command.add_argument(
            "--memory", type=_size, default="2GB", metavar="SIZE", help="memory limit (default: %(default)s)"
        )
    add("status", _status, "Show the releases and what the current one holds.")
    rollback = add("rollback", _rollback, "Point readers at an earlier release.")
    rollback.add_argument("release", nargs="?", metavar="RELEASE", help="release (default: the one before)")
    from cxdata.cli.drivers import options as driver_options

    driver_options(add)
    from cxdata.cli.value import options as value_options

    value_options(add)
    add("demo", _demo, "Write the exports of a fictional company and publish them.")
    templates = add(
        "templates", _templates, "Write an empty CSV file per table, a data dictionary and a cx.toml."
    )
    templates.add_argument("folder", type=Path, metavar="FOLDER", help="where to write them")
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1950 <= day.year <= 2200:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day such as 2026-11-18")
    return day


def _size(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,6}([.][0-9]+)? ?[KMGT]i?B", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not an amount of memory such as 2GB")
    return text


def _refresh(options: argparse.Namespace, console: Console) -> None:
    _run(options, console, dry_run=False)


def _check(options: argparse.Namespace, console: Console) -> None:
    _run(options, console, dry_run=True)


def _run(options: argparse.Namespace, console: Console, *, dry_run: bool) -> None:
    from cxdata.refresh.run import refresh

    config = load_config(options.data)
    with report.progress_bar() as progress:
        outcome = refresh(
            options.exports,
            options.data,
            config,
            source=options.source,
            as_of=options.as_of,
            accept_changes=options.accept_changes,
            dry_run=dry_run,
            memory_limit=options.memory,
            progress=progress,
        )
    report.show_outcome(console, outcome, examples=8 if dry_run else 3)


def _status(options: argparse.Namespace, console: Console) -> None:
    report.show_status(console, options.data)


def _rollback(options: argparse.Namespace, console: Console) -> None:
    from cxdata.refresh.publish import rollback

    console.print(f"current release: {rollback(options.data, options.release)}")


def _demo(options: argparse.Namespace, console: Console) -> None:
    from cxdata.demo import write_exports
    from cxdata.demo.settings import AS_OF, CONFIG
    from cxdata.refresh.run import refresh

    exports = options.data / "exports" / "demo"
    exports.mkdir(parents=True, exist_ok=True)
    settings = options.data / CONFIG_FILE
    if not settings.is_file():
        settings.write_text(CONFIG, encoding="utf-8")
    with report.progress_bar() as progress:
        progress("writing the exports of the demo", 0.0)
        write_exports(exports)
        outcome = refresh(
            exports,
            options.data,
            load_config(options.data),
            as_of=AS_OF,
            accept_changes=True,
            progress=progress,
        )
    report.show_outcome(console, outcome, examples=3)


def _templates(options: argparse.Namespace, console: Console) -> None:
    from cxdata.templates import write_templates

    for path in write_templates(options.folder):
        console.print(str(path))
