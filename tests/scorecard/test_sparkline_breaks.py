"""A tile's line breaks where the number behind it begins to be made of other questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxdata.database import current_id, open_release
from cxdata.scorecard.charts import sparkline
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company
from tests.corpus.release import refreshed
from tests.corpus.sheets import tile_of

COMPANY = Company(
    answers=[
        *(Answers(month, "csat_delivery", {5: 30, 2: 10}) for month in ("2025-11", "2025-12", "2026-01", "2026-02")),
        *(Answers(month, "csat_call", {5: 10, 2: 5}) for month in ("2025-11", "2025-12")),
        *(Answers(month, "csat_call_7", {7: 10, 2: 5}) for month in ("2026-01", "2026-02")),
        *(Answers(month, "nps", {10: 12, 3: 4}) for month in ("2025-12", "2026-01", "2026-02")),
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("sparkline")
    refreshed(
        tiny.write(folder / "exports", COMPANY.files()), folder / "data", counted.CONFIG, as_of=counted.AS_OF
    )
    return open_release(folder / "data", current_id(folder / "data"))


def drawn(tile) -> list[tuple[str, int]]:
    """Month and stretch of every point of a tile's line."""
    found = sparkline(tile.series, tile.unit).to_dict()
    rows = max((rows for rows in found["datasets"].values() if rows and "run" in rows[0]), key=len)
    return sorted({(str(row["x"])[:7], row["run"]) for row in rows})


def test_the_line_breaks_where_a_question_changes_its_scale(release):
    """From January the call is asked on 1–7 and leaves the CSAT on 1–5, which the delivery still answers."""
    tile = tile_of(release, "csat")
    assert list(tile.series["stretch"].tail(4)) == [0, 0, 1, 1]
    assert len({run for _, run in drawn(tile)}) == 2


def test_a_number_on_one_scale_is_one_line(release):
    tile = tile_of(release, "nps")
    assert set(tile.series["stretch"]) == {0}
    assert len({run for _, run in drawn(tile)}) == 1
