"""What the command line shows: the progress bar, the closing table, and the list of releases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cxdata.database import current_id, read_manifest, release_ids
from cxdata.errors import ReleaseDamaged, ReleaseMissing
from cxdata.refresh.run import Outcome


def console() -> Console:
    """Standard output; wide enough for the tables where it is a file or a pipe."""
    output = Console(highlight=False)
    return output if output.is_terminal else Console(highlight=False, width=140)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error that shows the step and the share done; quiet where that is no terminal."""
    errors = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("reading the exports", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def show_outcome(output: Console, outcome: Outcome, *, examples: int) -> None:
    """The closing table: per file, records read and what became of them; then warnings and examples."""
    table = Table(title=None, show_footer=True, header_style="bold", box=None, pad_edge=False)
    accounts = outcome.accounts
    table.add_column("file", footer="all files", overflow="fold")
    for title, total in (
        ("read", sum(account.read for account in accounts)),
        ("loaded", sum(account.loaded for account in accounts)),
        ("duplicates", sum(account.duplicates for account in accounts)),
        ("quarantined", sum(account.quarantined for account in accounts)),
    ):
        table.add_column(title, justify="right", footer=f"{total:,}")
    table.add_column("reasons", overflow="fold")
    for account in accounts:
        reasons = ", ".join(f"{code} {rows:,}" for code, rows in account.by_reason.most_common())
        numbers = (account.read, account.loaded, account.duplicates, account.quarantined)
        table.add_row(Text(one_line(account.file)), *(f"{number:,}" for number in numbers), Text(reasons))
    output.print(table)
    for warning in outcome.warnings:
        output.print(Text(f"warning: {one_line(str(warning))}", style="yellow"))
    for file, record, column, value, _, rule in outcome.quarantine[:examples]:
        where = f"{one_line(file)}, record {record:,}"
        what = f", {column} = '{_short(value)}'" if column else f": {_short(value)}"
        output.print(Text(f"quarantined: {where}{what} ({rule})", style="dim"))
    if outcome.release and len(outcome.quarantine) > examples:
        output.print(
            Text("more in the page Data health and in personal.duckdb, table quarantine", style="dim")
        )
    if outcome.release:
        output.print(
            Text(
                f"published: release {outcome.release} in {outcome.manifest['seconds']:.1f} s",
                style="bold green",
            )
        )
    else:
        output.print(Text("checked: nothing was published", style="bold"))


def show_status(output: Console, folder: Path) -> None:
    """Releases of a data folder, newest first, with the current one marked.

    Raises
    ------
    ReleaseMissing
        If nothing has been published.
    """
    current = current_id(folder)
    table = Table(header_style="bold", box=None, pad_edge=False)
    for title in ("", "release", "as of", "data to", "source"):
        table.add_column(title)
    for title in ("read", "loaded", "duplicates", "quarantined", "restated months"):
        table.add_column(title, justify="right")
    for name in reversed(release_ids(folder)):
        mark = "→" if name == current else ""
        try:
            manifest = read_manifest(folder, name)
        except ReleaseDamaged:
            table.add_row(mark, name, "damaged")
            continue
        sums = [
            sum(file[key] for file in manifest["files"])
            for key in ("read", "loaded", "duplicates", "quarantined")
        ]
        table.add_row(
            mark,
            name,
            manifest["as_of"],
            manifest["data_to"] or "",
            manifest["source"] or "contract files",
            *(f"{number:,}" for number in sums),
            str(manifest["restated_months"]),
        )
    output.print(table)
    try:
        warnings = read_manifest(folder, current)["warnings"]
    except ReleaseDamaged as error:
        raise ReleaseMissing(str(error)) from error
    for warning in warnings:
        output.print(Text(f"warning: {one_line(str(warning))}", style="yellow"))


def one_line(text: str) -> str:
    """A text from an export as a terminal may show it: on one line, without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _short(value: str | None) -> str:
    text = one_line(value or "")
    return text if len(text) <= 60 else text[:57] + "…"
