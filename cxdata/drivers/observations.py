"""Every driver of every decision: its value, higher being better, and whether it was rated at all.

Four states: rated; not experienced (the customer met nothing to rate); not asked; asked and refused. What was not
experienced has no value, and no value is invented for what was not asked or refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.drivers.kinds import (
    COUNT,
    FACT,
    FLAG,
    NOT_ASKED,
    NOT_EXPERIENCED,
    RATED,
    RATING,
    RECENCY,
    STATE_NAMES,
    Driver,
    Floats,
)
from cxdata.drivers.offered import by_default, place_of
from cxdata.drivers.query import Rows
from cxdata.drivers.settings import Settings
from cxdata.errors import InputBlocked, TooLittleData
from cxdata.messages import message

EVENTS: Mapping[str, tuple[str, str]] = {
    "longest_wait": (COUNT, "longest_wait"),
    "unresolved": (COUNT, "unresolved"),
    "repeats": (COUNT, "repeats"),
    "complaint": (FLAG, "complaints"),
    "switches": (COUNT, "switches"),
    "since_bad": (RECENCY, "last_bad_at"),
}
"""Drivers from contacts: kind, and the column of the contacts that they come from."""

FACTS = ("segment", "plan", "product", "tenure", "value")
"""Facts about the customer: held equal unless they are chosen as drivers."""


@dataclass(frozen=True)
class Observations:
    """Decisions that take part, with every driver that the release knows.

    Parameters
    ----------
    decisions : DataFrame
        Those with an outcome and a customer, in order.
    drivers : tuple of Driver
    values : mapping of str to ndarray of float, shape (n,)
        Per driver's code: the score, the count, days; nan where the state is not `RATED`. Facts hold the level's
        number, or the number itself. Higher is better for ratings; events count what went wrong.
    states : mapping of str to ndarray of int8, shape (n,)
    default : tuple of str
        Codes that the release offers by itself.
    rows_in : int
    left_out : mapping of str to int
        Why rows do not take part: ``rows_in = len(decisions) + sum(left_out.values())``.
    """

    decisions: pd.DataFrame
    drivers: tuple[Driver, ...]
    values: Mapping[str, Floats]
    states: Mapping[str, NDArray[np.int8]]
    default: tuple[str, ...]
    rows_in: int
    left_out: Mapping[str, int]

    def driver(self, code: str) -> Driver:
        """The driver of that code."""
        return next(driver for driver in self.drivers if driver.code == code)


def observe(rows: Rows, settings: Settings) -> Observations:
    """What was known before each decision, as drivers.

    Raises
    ------
    TooLittleData
        If no decision can be analysed.
    InputBlocked
        If anything is stamped after its decision, or a decision belongs to a subscription that was lost before.
    """
    check_order(rows.contacts, rows.decisions, "last_at", "contacts")
    check_order(rows.ratings, rows.decisions, "answered_at", "ratings")
    left_out = {str(why): int(n) for why, n in rows.decisions["left_out"].value_counts().items() if why}
    decisions = rows.decisions[rows.decisions["left_out"] == ""].reset_index(drop=True)
    if decisions.empty:
        raise TooLittleData(
            message(
                "none of the {rows:,} decisions found has an outcome and a known customer; at least 10 of each outcome "
                "are needed. Choose a longer period or fewer filters.",
                rows=len(rows.decisions),
            )
        )
    place = pd.Series(np.arange(len(decisions)), index=decisions["decision"].to_numpy())
    contacts = rows.contacts[rows.contacts["decision"].isin(place.index)]
    ratings = rows.ratings[rows.ratings["decision"].isin(place.index)]
    found = _Found({}, {}, [])
    recorded = set(rows.touchpoints.loc[rows.touchpoints["contacts"] > 0, "touchpoint"])
    _events(found, contacts, place, decisions, bool(recorded))
    _ratings(found, ratings, contacts, place, rows.questions, recorded)
    _facts(found, decisions, settings)
    return Observations(
        decisions,
        tuple(found.drivers),
        found.values,
        found.states,
        by_default(found.drivers, found.values, found.states, place_of(rows.questions, settings.outcome)),
        len(rows.decisions),
        left_out,
    )


def check_order(rows: pd.DataFrame, decisions: pd.DataFrame, column: str, name: str) -> None:
    """Refuse what is stamped after its decision: it would explain the outcome with itself.

    Parameters
    ----------
    rows : DataFrame
        ``decision`` and the time in `column`.
    decisions : DataFrame
        ``decision``, ``known_to``, ``left_out``.
    column, name : str
        For the message.

    Raises
    ------
    InputBlocked
        Naming the column and how many rows break the rule.
    """
    late = 0
    if len(rows):
        known_to = rows["decision"].map(decisions.set_index("decision")["known_to"])
        late = int((rows[column] >= known_to).sum())
    if late:
        raise InputBlocked(
            message(
                "{name}.{column}: {n:,} rows are stamped after what could be known of their decision. A driver has to "
                "come before the outcome. Check the dates of the export, or choose a shorter lead time.",
                name=name, column=column, n=late,
            )
        )  # fmt: skip
    if "subscription_id" in decisions and "term" in decisions and "lost" in decisions:
        ordered = decisions.sort_values(["subscription_id", "term"])
        lost = ordered.groupby("subscription_id")["lost"].transform(lambda part: part.cumsum() - part)
        again = int((lost > 0).sum())
        if again:
            raise InputBlocked(
                message(
                    "subscriptions.outcome: {n:,} decisions belong to subscriptions that were lost before. Nobody can "
                    "be lost twice. Check the terms of the export.",
                    n=again,
                )
            )


@dataclass
class _Found:
    values: dict[str, Floats]
    states: dict[str, NDArray[np.int8]]
    drivers: list[Driver]

    def add(self, driver: Driver, values: Floats, states: NDArray[np.int8] | None = None) -> None:
        self.drivers.append(driver)
        self.values[driver.code] = values
        self.states[driver.code] = np.zeros(len(values), np.int8) if states is None else states


def _events(
    found: _Found, contacts: pd.DataFrame, place: pd.Series, decisions: pd.DataFrame, recorded: bool
) -> None:
    if not recorded:
        return
    n = len(decisions)
    at = place.loc[contacts["decision"]].to_numpy(int) if len(contacts) else np.array([], int)
    for name, (kind, column) in EVENTS.items():
        driver = Driver(f"event:{name}", kind, name)
        if kind == RECENCY:
            last = np.full(n, np.datetime64("NaT"), "datetime64[us]")
            stamped = contacts[column].to_numpy("datetime64[us]")
            known = ~np.isnat(stamped)
            latest = pd.Series(stamped[known]).groupby(at[known]).max()
            last[latest.index.to_numpy(int)] = latest.to_numpy("datetime64[us]")
            days = (decisions["known_to"].to_numpy("datetime64[us]") - last) / np.timedelta64(1, "D")
            never = np.isnat(last)
            found.add(
                driver, np.where(never, np.nan, days), np.where(never, NOT_EXPERIENCED, RATED).astype(np.int8)
            )
            continue
        values = np.zeros(n)
        numbers = np.nan_to_num(contacts[column].to_numpy(float), nan=0.0)
        np.maximum.at(values, at, numbers) if name == "longest_wait" else np.add.at(values, at, numbers)
        found.add(driver, np.minimum(values, 1.0) if kind == FLAG else values)


def _ratings(
    found: _Found,
    ratings: pd.DataFrame,
    contacts: pd.DataFrame,
    place: pd.Series,
    questions: pd.DataFrame,
    recorded: set[str],
) -> None:
    n = len(place)
    asked: dict[str, Any] = {str(row["question"]): row for row in questions.to_dict("records")}
    for (question, touchpoint), rows in _by_driver(ratings, asked):
        about = asked[question]
        low, high = float(about["scale_min"]), float(about["scale_max"])
        # The last rating speaks; where there is none, the last state.
        ordered = rows.assign(rated=rows["state"] == "rated").sort_values(
            ["decision", "rated", "answered_at"]
        )
        last = ordered.drop_duplicates("decision", keep="last")
        at = place.loc[last["decision"]].to_numpy(int)
        states = np.full(n, NOT_ASKED, np.int8)
        if touchpoint in recorded:
            met = np.zeros(n, bool)
            there = contacts.loc[contacts["touchpoint"] == touchpoint, "decision"]
            met[place.loc[there].to_numpy(int)] = True
            states[~met] = NOT_EXPERIENCED
        said = last["state"].map({name: code for code, name in enumerate(STATE_NAMES)}).to_numpy(np.int8)
        # Who met it and says so by answering is not "not experienced", whatever the contacts hold.
        states[at] = said
        values = np.full(n, np.nan)
        score = last["score"].to_numpy(float)
        score = score if bool(about["higher_is_better"]) else low + high - score
        values[at] = np.where(said == RATED, score, np.nan)
        driver = Driver(
            f"rating:{question}:{touchpoint}", RATING, question, touchpoint, str(about["metric"]),
            str(about["label"] or ""), low, high, touchpoint in recorded,
        )  # fmt: skip
        found.add(driver, values, states)


def _by_driver(
    ratings: pd.DataFrame, asked: Mapping[str, Mapping[str, Any]]
) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Ratings per question, and per touchpoint too where one question is asked about several."""
    drivers = []
    for code, rows in ratings.groupby("question", sort=True):
        question = str(code)
        if question not in asked:
            continue
        named = sorted(set(rows["touchpoint"]) - {""})
        own = str(asked[question]["touchpoint"])
        if own or len(named) < 2:
            drivers.append(((question, own), rows))
        else:
            drivers += [((question, str(name)), part) for name, part in rows.groupby("touchpoint", sort=True)]
    return drivers


def _facts(found: _Found, decisions: pd.DataFrame, settings: Settings) -> None:
    for name in ("segment", "plan", "product"):
        levels = decisions[name].fillna("").astype(str)
        if levels.nunique() > 1:
            names = tuple(sorted(levels.unique()))
            codes = pd.Categorical(levels, categories=list(names)).codes
            found.add(Driver(f"fact:{name}", FACT, name, levels=names), np.asarray(codes, dtype=float))
    for name, column in (("tenure", "tenure_days"), ("value", "annual_value")):
        numbers = decisions[column].to_numpy(float)
        if np.isfinite(numbers).any() and np.nanmin(numbers) < np.nanmax(numbers):
            states = np.where(np.isfinite(numbers), RATED, NOT_ASKED).astype(np.int8)
            found.add(Driver(f"fact:{name}", FACT, name), numbers, states)
