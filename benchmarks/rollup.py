"""What the marts save: the pages' queries against the same answers from the facts, and against more data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.exports import AS_OF, Size, new_data_folder, write_exports
from benchmarks.measure import Comparison, Cost, compare, of_calls
from cxdata.config import load_config
from cxdata.database import Release, open_release
from cxdata.selection import CUSTOMER_DIMENSIONS, DIMENSIONS, Selection

if TYPE_CHECKING:
    import pandas as pd

RAW = "../benchmarks/raw"
"""The statements over the facts, as `cxdata.sql_files` finds them from the folder `sql/`."""

PAGE = "queries/scorecard"
CALLS = 5


@dataclass(frozen=True)
class Question:
    """One query of a page: its statement over the marts and the one over the facts."""

    title: str
    mart: tuple[str, str]
    raw: str
    by: str = ""
    across: str = ""
    questions: tuple[str, ...] = ("nps",)
    selection: Selection = field(default_factory=lambda: Selection(month=None))

    def parameters(self) -> dict[str, Any]:
        """Values for the parameters of both statements."""
        grouped = [name for name in (self.by, self.across) if name in CUSTOMER_DIMENSIONS]
        lists = {name: list(getattr(self.selection, name)) for name in DIMENSIONS}
        return {
            "cut": self.selection.cut(*grouped),
            "first_month": date(2023, 12, 1),
            "last_month": AS_OF,
            "questions": list(self.questions),
            "overall_questions": [],
            "by": self.by,
            "across": self.across,
            **lists,
        }


QUESTIONS = (
    Question("NPS by touchpoint, 36 months", (PAGE, "score_counts"), "score_counts", "touchpoint"),
    Question("CSAT by segment and touchpoint", (PAGE, "score_counts"), "score_counts", "segment", "touchpoint",
             ("csat",)),
    Question("NPS of one segment by touchpoint", (PAGE, "score_counts"), "score_counts", "touchpoint",
             selection=Selection(month=None, segment=("enterprise",))),
    # Two customer dimensions are counted in the facts; here the way that the pages ask for it.
    Question("NPS, filters on segment, region and channel", (PAGE, "score_counts_of_answers"), "score_counts",
             selection=Selection(month=None, segment=("enterprise",), region=("north", "south"),
                                 channel=("phone",))),
    Question("response rate by touchpoint", (PAGE, "invitation_counts"), "invitation_counts", "touchpoint"),
    Question("months with data, all tables", (PAGE, "months"), "months"),
    Question("contacts by channel", (RAW, "contact_counts_from_mart"), "contact_counts"),
)  # fmt: skip


def run(size: Size, folder: Path, rounds: int) -> list[Comparison]:
    """Each question from the facts and from the marts, after a look whether the answers are equal."""
    with new_release(size, folder) as release:
        for question in QUESTIONS:
            same_answer(release, question)
        on_marts = [question for question in QUESTIONS if question.parameters()["cut"] != "all"]
        return [
            compare(
                f"facts ÷ marts: {question.title}",
                "≥ 20",
                partial(of_calls, partial(from_facts, release, question), CALLS),
                partial(of_calls, partial(from_marts, release, question), 4 * CALLS),
                rounds,
            )
            for question in on_marts
        ]


def run_pair(size: Size, folder: Path, rounds: int) -> list[Comparison]:
    """The same queries of the pages with ten times the customers, surveys and contacts."""
    small = Size(size.customers // 10, size.surveys // 10, size.interactions // 10, size.shuffled)
    with new_release(size, folder) as large_release, new_release(small, folder) as small_release:

        def cost(release: Release, questions: tuple[Question, ...]) -> Cost:
            return of_calls(lambda: [from_marts(release, question) for question in questions], 4 * CALLS)

        coarse = tuple(question for question in QUESTIONS if question.parameters()["cut"] != "all")
        return [
            compare(
                f"ten times the data ÷ {small}: {len(questions)} page queries, {title}",
                "≤ 1.3",
                partial(cost, large_release, questions),
                partial(cost, small_release, questions),
                rounds,
            )
            for title, questions in (
                ("at most one customer dimension", coarse),
                ("several customer dimensions", tuple(q for q in QUESTIONS if q not in coarse)),
            )
        ]


def from_facts(release: Release, question: Question) -> pd.DataFrame:
    """The answer from the facts."""
    return release.query(RAW, question.raw, **question.parameters())


def from_marts(release: Release, question: Question) -> pd.DataFrame:
    """The answer from the marts, as a page asks for it."""
    return release.query(*question.mart, **question.parameters())


def same_answer(release: Release, question: Question) -> None:
    """Hold the two answers to each other.

    Raises
    ------
    RuntimeError
        If they differ: the ratio would compare two different things.
    """
    raw = from_facts(release, question)
    mart = from_marts(release, question)[list(raw.columns)]
    numbers = raw.select_dtypes("number").columns
    others = [column for column in raw.columns if column not in numbers]
    equal = len(raw) == len(mart) and (raw[others].to_numpy() == mart[others].to_numpy()).all()
    if not equal or ((raw[numbers] - mart[numbers]).abs() > 1e-6 * raw[numbers].abs() + 1e-6).any(axis=None):
        raise RuntimeError(f"{question.title}: the facts and the marts give different answers.")


@contextmanager
def new_release(size: Size, folder: Path) -> Iterator[Release]:
    """A release of generated exports, made by the code as it stands and removed afterwards."""
    from cxdata.refresh.run import refresh

    exports = write_exports(size, folder)
    data = new_data_folder(Path(tempfile.mkdtemp(prefix="release-", dir=folder)))
    try:
        outcome = refresh(exports, data, load_config(data), as_of=AS_OF)
        yield open_release(data, outcome.release)
    finally:
        shutil.rmtree(data, ignore_errors=True)
