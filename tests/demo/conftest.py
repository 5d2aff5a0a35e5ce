"""The demo company, written once for all tests of this folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxdata.demo import write_exports


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_exports(folder)
    return folder


@pytest.fixture(scope="session")
def truth(demo_folder: Path) -> dict[str, Any]:
    return json.loads((demo_folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def records(demo_folder: Path):
    """Records of an export by its table's name, as lists of fields without the header; each file is read once."""
    read: dict[str, list[list[str]]] = {}

    def of(table: str) -> list[list[str]]:
        if table not in read:
            with (demo_folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                read[table] = list(csv.reader(file))[1:]
        return read[table]

    return of


@pytest.fixture(scope="session")
def clean(demo_folder: Path, records, truth):
    """Clean records of an export by its table's name, as a frame of text; each frame is made once."""
    frames: dict[str, pd.DataFrame] = {}

    def of(table: str) -> pd.DataFrame:
        if table not in frames:
            with (demo_folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            dirty = {dirt["record"] for dirt in truth["dirty_records"] if dirt["table"] == table}
            kept = [row for number, row in enumerate(records(table), start=1) if number not in dirty]
            frames[table] = pd.DataFrame(kept, columns=header, dtype=object)
        return frames[table].copy(deep=False)

    return of
