"""A metric over the months, line by line: gaps kept, scales kept apart, small bases left out by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard import query
from cxdata.scorecard.board import default_month, ignored
from cxdata.scorecard.comparisons import changes
from cxdata.scorecard.metrics import main_scale, scores
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.reasons import LASTING, why_empty
from cxdata.scorecard.words import line_text
from cxdata.selection import CUSTOMER_DIMENSIONS, DIMENSIONS, Selection
from cxdata.vocabulary import METRICS, Labels, metric

TREND_MONTHS = 36
"""Months with data that a trend goes back; months without any do not count."""

MOST_LINES = 5
"""Lines that one chart can carry readably; all of them have a panel of their own."""

MOST_PANELS = 12

TARGET_SCOPE = ("touchpoint", "segment")
"""Dimensions for whose values a target can be set."""

RULE = ["scale", "method", "favourable_from", "higher_is_better"]
"""What must be the same for two months of a line to be comparable."""


@dataclass(frozen=True)
class Trend:
    """A metric by month and line.

    Parameters
    ----------
    metric, by, unit : str
        Codes; `by` is '' for a single line; unit is points, fraction or score.
    window : int
        Months that a point covers: 1 or 3.
    month : date
        The month that the page is about.
    first, last : date
        First and last month shown.
    unfinished : date or None
        The month shown that is still running.
    min_base : int
        Smallest base; months of a line below it are in `few`, not in `points`.
    points : DataFrame
        One row per month and line: ``month`` (timestamp), ``line``, ``label``, estimate, conf_low,
        conf_high, base, the columns of `RULE`, ``months`` (with answers, of the window), ``run`` (stretch
        without a gap or a change of rule), ``alone`` (the only month of its run), ``open`` (unfinished).
    few : DataFrame
        month, line, label and base of the months with fewer answers than `min_base`.
    lines : tuple of str
        Lines with points, the largest base first.
    breaks : DataFrame
        ``month`` (first on the new rule), ``line``, ``label``, ``before``, ``after`` (scales).
    targets : DataFrame
        ``line`` ('' for the target of everything), ``start``, ``end`` (timestamps), ``target``.
    overall : DataFrame
        The points of everything together, as `points`.
    changes : DataFrame
        Every line of `month` against `since`, as `comparisons.changes` judges them together.
    since : date or None
        Month compared with: a year before, or the first month shown where a year before is empty.
    left_out : float
        Answers of the months shown that were given on a scale with fewer answers than the one shown.
    """

    metric: str
    by: str
    unit: str
    window: int
    month: date
    first: date
    last: date
    unfinished: date | None
    min_base: int
    points: pd.DataFrame = field(repr=False)
    few: pd.DataFrame = field(repr=False)
    lines: tuple[str, ...]
    breaks: pd.DataFrame = field(repr=False)
    targets: pd.DataFrame = field(repr=False)
    overall: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    since: date | None
    left_out: float

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines of the main chart: the largest ones, in the order of the dimension."""
        largest = set(self.lines[:MOST_LINES])
        return tuple(line for line in self.points["line"].unique() if line in largest)

    @property
    def scattered(self) -> bool:
        """Whether no two months shown follow one another, as with yearly surveys."""
        return bool(len(self.points)) and bool(self.points["alone"].all())

    @property
    def one_month(self) -> bool:
        """Whether there is but one month: a comparison of lines rather than a course."""
        return self.points["month"].nunique() == 1

    def labels(self) -> dict[str, str]:
        """What each line is called."""
        return dict(zip(self.points["line"], self.points["label"], strict=True))


def metric_options(release: Release, month: date) -> list[str]:
    """Metrics for which the release has any data, in the order of the vocabulary."""
    return [code for code in METRICS if why_empty(release, Selection(), code, month) not in LASTING]


def dimension_options(release: Release, code: str) -> list[str]:
    """Dimensions by which a metric falls apart into several lines, over the whole release."""
    family = metric(code).family
    known = CUSTOMER_DIMENSIONS if family == "renewals" else DIMENSIONS
    values = query.dimension_values(release)
    return [name for name in known if values.get(name) and _lines(release, code, name) > 1]


def _lines(release: Release, code: str, by: str) -> int:
    first, last, everything = date.min, release.as_of, Selection()
    family = metric(code).family
    if family == "answers":
        counts = query.score_counts(release, everything, [code], first=first, last=last, by=by)
    elif family == "invitations":
        counts = query.invitation_counts(release, everything, first=first, last=last, by=by)
    else:
        counts = query.renewal_counts(release, everything, first=first, last=last, by=by)
    return int(counts["line"].nunique())


def trend(release: Release, config: Config, selection: Selection, by: str) -> Trend:
    """A metric by month, broken down by a dimension.

    Parameters
    ----------
    release, config
        What is looked at, and the smallest base.
    selection : Selection
        Month (the last one shown, save for an unfinished one after the newest closed month), metric,
        window, weights and filters.
    by : str
        Dimension; '' for everything in one line.

    Returns
    -------
    Trend
    """
    month = selection.month or default_month(release) or release.as_of.replace(day=1)
    last = _last_month(release, month)
    known = [day for day in query.months(release)["month"] if day <= last]
    first = known[-TREND_MONTHS:][0] if known else last
    code = selection.metric
    every = scores(release, config, selection, [code], first=first, last=last, by=by)
    main = main_scale(every)
    unfinished = release.as_of.replace(day=1)
    order = query.dimension_values(release).get(by, [])
    rows = _described(main, by, order, config.labels, unfinished)
    enough = rows["base"] >= config.min_base
    points = with_runs(rows[enough])
    whole = main_scale(scores(release, config, selection, [code], first=first, last=last))
    whole = _described(whole, "", [], config.labels, unfinished)
    sizes = points[points["month"] > points["month"].max() - pd.DateOffset(months=12)]
    ranked = sizes.groupby("line")["base"].sum().sort_values(ascending=False, kind="stable").index
    lines = tuple(dict.fromkeys([*ranked, *points["line"].unique()]))
    since = _since(points, month, selection.window)
    return Trend(
        metric=code,
        by=by,
        unit=str(main["unit"].iloc[-1]) if len(main) else "score",
        window=selection.window,
        month=month,
        first=points["month"].min().date() if len(points) else first,
        last=points["month"].max().date() if len(points) else last,
        unfinished=unfinished if (points["month"] == pd.Timestamp(unfinished)).any() else None,
        min_base=config.min_base,
        points=points,
        few=rows.loc[~enough, ["month", "line", "label", "base"]].reset_index(drop=True),
        lines=lines,
        breaks=_breaks(points),
        targets=_targets(query.targets(release), selection, by, lines, first, last),
        overall=with_runs(whole[whole["base"] >= config.min_base]),
        changes=_changes(points, month, since, config.min_base),
        since=since,
        left_out=float(every["base"].sum() - main["base"].sum()) if len(every) else 0.0,
    )


def with_runs(rows: pd.DataFrame) -> pd.DataFrame:
    """Number the unbroken stretches of each line: `run`, and `alone` where it is a single month.

    A stretch ends where a month is missing and where scale or definition change: no line is drawn
    across either.

    Parameters
    ----------
    rows : DataFrame
        ``month``, ``line`` and the columns of `RULE`; one row per month and line.
    """
    found = rows.reset_index(drop=True)
    ordered = found.assign(rule=_rule(found)).sort_values(["line", "month"], kind="stable")
    place = ordered["month"].dt.year * 12 + ordered["month"].dt.month
    same = ordered[["line", "rule"]].eq(ordered[["line", "rule"]].shift()).all(axis=1)
    follows = same & (place.diff() == 1)
    run = (~follows).cumsum()
    size = run.groupby(run).transform("size")
    return found.assign(run=run.astype(int), alone=(size == 1))


def _last_month(release: Release, month: date) -> date:
    newest = default_month(release)
    return release.as_of.replace(day=1) if newest is None or month >= newest else month


def _described(
    rows: pd.DataFrame, by: str, order: list[str], labels: Labels, unfinished: date
) -> pd.DataFrame:
    """The rows in the order of the dimension's values, '' last, with labels."""
    place = {line: position for position, line in enumerate(order)}
    wanted = ["month", "line", "estimate", "conf_low", "conf_high", "std_error", "base", "effective_base"]
    rows = rows[[*wanted, *RULE, "metric", "unit", "months"]].assign(
        label=[line_text(by, line, labels) for line in rows["line"]],
        place=rows["line"].map(place).fillna(len(place)),
        open=pd.to_datetime(rows["month"]) == pd.Timestamp(unfinished),
        month=pd.to_datetime(rows["month"]),
    )
    rows = rows.sort_values(["place", "line", "month"], kind="stable").drop(columns="place")
    return rows.reset_index(drop=True)


def _breaks(points: pd.DataFrame) -> pd.DataFrame:
    rows = points.assign(rule=_rule(points))
    before = rows.groupby("line")[["scale", "rule"]].shift()
    changed = before["scale"].notna() & (before["rule"] != rows["rule"])
    found = rows.loc[changed, ["month", "line", "label", "scale"]].rename(columns={"scale": "after"})
    return found.assign(before=before.loc[changed, "scale"]).reset_index(drop=True)


def _rule(rows: pd.DataFrame) -> list[str]:
    """The columns of `RULE` as one text, in which a blank equals a blank."""
    return ["|".join(map(str, values)) for values in zip(*(rows[column] for column in RULE), strict=True)]


def _since(points: pd.DataFrame, month: date, window: int) -> date | None:
    """Month to compare with: a year before, else the first one shown that shares no month with this."""
    months = sorted(value.date() for value in points["month"].unique())
    if month not in months:
        return None
    year_before = month_before(month, 12)
    earlier = [day for day in months if day <= month_before(month, window)]
    return year_before if year_before in months else earlier[0] if earlier else None


def _changes(points: pd.DataFrame, month: date, since: date | None, min_base: int) -> pd.DataFrame:
    now = points[points["month"] == pd.Timestamp(month)]
    before = points[points["month"] == pd.Timestamp(since)] if since else points.iloc[:0]
    hidden = ["month", "run", "alone", "open"]
    return changes(
        now.drop(columns=hidden).reset_index(drop=True), before.drop(columns=hidden), ["line"], min_base=min_base
    )  # fmt: skip


def _targets(
    targets: pd.DataFrame, selection: Selection, by: str, lines: tuple[str, ...], first: date, last: date
) -> pd.DataFrame:
    """Targets over the months shown: the one set for exactly what the filters leave, and each line's own."""
    passed = ignored(selection, selection.metric)
    kept = {name: values for name, values in selection.active().items() if name not in passed}
    found: list[tuple[str, pd.Timestamp, pd.Timestamp, float]] = []
    for line in dict.fromkeys(("", *(lines if by in TARGET_SCOPE else ()))):
        scope = {**kept, by: (line,)} if line else kept
        if set(scope) - set(TARGET_SCOPE) or any(len(values) > 1 for values in scope.values()):
            continue
        wanted = {name: scope.get(name, ("",))[0] for name in TARGET_SCOPE}
        rows = targets[
            (targets["metric"] == selection.metric)
            & (targets["touchpoint"] == wanted["touchpoint"])
            & (targets["segment"] == wanted["segment"])
        ]
        rows = rows[rows["valid_from"] < month_before(last, -1)]
        starts = [pd.Timestamp(day).normalize() for day in rows["valid_from"]]
        ends = [*starts[1:], pd.Timestamp(month_before(last, -1))][: len(starts)]
        found += [
            (line, max(start, pd.Timestamp(first)), end, float(value))
            for start, end, value in zip(starts, ends, rows["target"], strict=True)
            if end > pd.Timestamp(first)
        ]
    frame = pd.DataFrame(found, columns=["line", "start", "end", "target"])
    return frame.astype({"target": float})


def as_table(trend: Trend, *, newest_first: bool = True) -> pd.DataFrame:
    """The rows behind the charts, including those with too few answers, whose numbers are withheld.

    Returns
    -------
    DataFrame
        ``month`` (date), ``line``, ``label``, ``estimate``, ``conf_low``, ``conf_high``, ``base`` (nan
        where below the smallest base), ``scale``, ``few`` (bool), ``open`` (bool).
    """
    columns = ["month", "line", "label", "estimate", "conf_low", "conf_high", "base", "scale", "open"]
    withheld = trend.few.assign(
        estimate=np.nan, conf_low=np.nan, conf_high=np.nan, base=np.nan, scale="",
        open=trend.few["month"] == pd.Timestamp(trend.unfinished) if trend.unfinished else False,
    )[columns]  # fmt: skip
    parts = [part for part in (trend.points[columns], withheld) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else trend.points[columns]
    rows = rows.assign(few=rows["base"].isna())
    place = {line: position for position, line in enumerate(trend.points["line"].unique())}
    rows = rows.assign(place=rows["line"].map(place).fillna(len(place)))
    rows = rows.sort_values(["month", "place"], ascending=[not newest_first, True], kind="stable")
    return rows.assign(month=rows["month"].dt.date).drop(columns="place").reset_index(drop=True)


def as_file(trend: Trend) -> pd.DataFrame:
    """The rows of `as_table` for other programs: codes beside labels, raw numbers, blank where withheld."""
    table = as_table(trend, newest_first=False)
    return pd.DataFrame(
        {
            "month": [f"{month:%Y-%m}" for month in table["month"]],
            "months_covered": trend.window,
            "metric": trend.metric,
            "dimension": trend.by,
            "code": table["line"],
            "label": table["label"],
            "unit": trend.unit,
            "scale": table["scale"],
            "value": table["estimate"],
            "conf_low": table["conf_low"],
            "conf_high": table["conf_high"],
            "n": table["base"],
            "fewer_than_min_base": table["few"],
            "unfinished": table["open"],
        }
    )
