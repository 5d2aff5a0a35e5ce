"""What checking costs: a refresh over the bare load of the same files, and the memory that it needs."""

from __future__ import annotations

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
    size_of_exports = csv_bytes(exports)
    memory = [cost.peak_bytes / size_of_exports for cost in result.above]
    name = f"peak memory with a limit of {MEMORY} ÷ bytes of CSV ({size_of_exports / 1e6:,.0f} MB)"
    return [result, Figure(name, "≤ 0.6 at 10×", memory)]


def refresh_cost(exports: Path, data: Path) -> Cost:
    """A first refresh into an empty data folder, through the command line."""
    shutil.rmtree(data, ignore_errors=True)
    new_data_folder(data)
    return of_process([sys.executable, "-m", "cxdata", "refresh", str(exports), "--data", str(data),
                       "--as-of", AS_OF.isoformat(), "--memory", MEMORY])  # fmt: skip


def floor_cost(exports: Path, database: Path) -> Cost:
    """The bare load into an empty file."""
    database.unlink(missing_ok=True)
    return of_process([sys.executable, "-m", "benchmarks.floor", str(exports), str(database), MEMORY])
