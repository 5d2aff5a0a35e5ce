"""What checking costs: a refresh over the bare load of the same files, and the memory that it needs."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.exports import AS_OF, Size, csv_bytes, new_data_folder, write_exports
from benchmarks.measure import Comparison, Cost, Figure, compare, of_process

MEMORY = "2GB"


def run(size: Size, folder: Path, rounds: int) -> list[Comparison | Figure]:
    """Refresh and bare load in alternation, each a process of its own."""
    exports = write_exports(size, folder)
    scratch = Path(tempfile.mkdtemp(prefix="refresh-", dir=folder))
    try:
        result = compare(
            "refresh, every check on ÷ bare typed load in the same order",
            "≤ 1.5",
            lambda: refresh_cost(exports, scratch / "data"),
            lambda: floor_cost(exports, scratch / "floor.duckdb"),
            rounds,
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    parts = [json.loads(cost.printed.splitlines()[-1]) for cost in result.above]
    floors = [cost.cpu_seconds for cost in result.below]
    load = [(part["all"] - part["marts"]) / floor for part, floor in zip(parts, floors, strict=True)]
    marts = [(part["marts"] - part["contacts"]) / (part["all"] - part["contacts"]) for part in parts]
    contacts = [part["contacts"] / (part["all"] - part["contacts"]) for part in parts]
    size_of_exports = csv_bytes(exports)
    memory = [cost.peak_bytes / size_of_exports for cost in result.above]
    name = f"peak memory with a limit of {MEMORY} ÷ bytes of CSV ({size_of_exports / 1e6:,.0f} MB)"
    return [
        result,
        Figure("of it, the checked and typed load without marts ÷ the bare load", "≤ 1.5", load),
        Figure("of it, the other marts ÷ the refresh without marts of contacts in order", "≤ 0.2", marts),
        Figure("of it, the marts of contacts in order ÷ the rest of the refresh", "≤ 0.5", contacts),
        Figure(name, "≤ 0.6 at 10×", memory),
    ]


def refresh_cost(exports: Path, data: Path) -> Cost:
    """A first refresh into an empty data folder, which says what its parts cost."""
    shutil.rmtree(data, ignore_errors=True)
    new_data_folder(data)
    return of_process(
        [sys.executable, "-m", "benchmarks.steps", str(exports), str(data), MEMORY, AS_OF.isoformat()]
    )


def floor_cost(exports: Path, database: Path) -> Cost:
    """The bare load into an empty file."""
    database.unlink(missing_ok=True)
    return of_process([sys.executable, "-m", "benchmarks.floor", str(exports), str(database), MEMORY])
