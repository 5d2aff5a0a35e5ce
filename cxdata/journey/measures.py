"""What happened at the touchpoints besides the scores: waiting, what stayed unsolved, who came back, complaints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxdata.language import mark as _
from cxdata.scorecard.estimates import Estimate, Floats, checked_sums, nan_if_zero
from cxdata.scorecard.scores import mean_estimate, share_estimate


@dataclass(frozen=True)
class Measure:
    """A number about contacts: code, label and meaning (translatable), unit minutes or fraction."""

    code: str
    label: str
    meaning: str
    unit: str


MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            "wait",
            _("Mean waiting"),
            _("Mean of the minutes that customers waited, over contacts with a known wait; interval: t."),
            "minutes",
        ),
        Measure(
            "unresolved",
            _("Unresolved"),
            _("Share of the contacts whose matter was not settled, where that is known; interval: Wilson."),
            "fraction",
        ),
        Measure(
            "repeat_seven",
            _("Back within 7 days"),
            _("Share of the contacts whose customer is back at the same touchpoint, by any channel, within "
              "7 days; interval: Wilson, with contacts of one customer counted as going together."),
            "fraction",
        ),
        Measure(
            "repeat_thirty",
            _("Back within 30 days"),
            _("The same within 30 days. Contacts whose follow-up was not over when the data ends are left out."),
            "fraction",
        ),
        Measure(
            "complaints",
            _("Complaints"),
            _("Share of the contacts in which the customer complained, where that is known; interval: Wilson."),
            "fraction",
        ),
    )
}  # fmt: skip
"""In the order in which tables show them; for all of them less is better."""

_NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "base", "effective_base")


def clustered_base(
    part: ArrayLike,
    part_sq: ArrayLike,
    product: ArrayLike,
    whole: ArrayLike,
    whole_sq: ArrayLike,
    clusters: ArrayLike,
) -> Floats:
    """Independent cases that a share of clustered ones is worth.

    Contacts of one customer resemble each other, the more so whether they are repeated. The variance of the
    share, as a ratio of sums over customers, is compared with that of independent contacts.

    Parameters
    ----------
    part, whole : array_like, shape (n,)
        Sums over clusters of events and of cases.
    part_sq, product, whole_sq : array_like, shape (n,)
        Sums over clusters of squared events, of events × cases and of squared cases.
    clusters : array_like, shape (n,)
        Number of clusters with cases.

    Returns
    -------
    ndarray of float, shape (n,)
        Between 1 and the cases; the number of clusters where the share is 0 or 1, or where there are fewer
        than two of them. 0 where there are no cases.

    Raises
    ------
    ValueError
        If a sum is negative or not finite.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 9A (cluster sampling, ratio to size); Kish (1965), Survey
    Sampling, section 8.2 (design effect).
    """
    events, events_sq, both, cases, cases_sq, count = checked_sums(
        part=part, part_sq=part_sq, product=product, whole=whole, whole_sq=whole_sq, clusters=clusters
    )
    share = events / nan_if_zero(cases)
    squares = np.maximum(events_sq - 2 * share * both + share**2 * cases_sq, 0)
    variance = squares / nan_if_zero(cases) ** 2 * count / nan_if_zero(np.maximum(count - 1, 0))
    spread = share * (1 - share)
    worth = np.where((spread > 0) & (variance > 0), spread / nan_if_zero(variance), np.minimum(count, cases))
    return np.where(cases > 0, np.clip(worth, 1, np.maximum(cases, 1)), 0.0)


def contact_measures(contacts: pd.DataFrame, repeats: pd.DataFrame) -> pd.DataFrame:
    """Measures per period and touchpoint, shaped like the scores of `histograms.scores_from_histogram`.

    Parameters
    ----------
    contacts, repeats : DataFrame
        From `query.contact_counts` and `query.repeat_counts`.

    Returns
    -------
    DataFrame
        ``period``, ``touchpoint``, ``metric`` (a code of `MEASURES`), ``method``, ``unit``, the numbers and
        what `comparisons.changes` asks for; only where the measure is known.
    """
    parts = []
    if len(contacts):
        waited = contacts[contacts["wait_known"] > 0]
        wait = mean_estimate(waited["wait_known"], waited["wait_sum"], waited["wait_sq_sum"], scale_min=0.0)
        parts.append(_rows(waited, "wait", wait))
        for code, part, whole in (
            ("unresolved", "unresolved", "resolved_known"),
            ("complaints", "complaints", "complaint_known"),
        ):
            known = contacts[contacts[whole] > 0]
            parts.append(_rows(known, code, share_estimate(known[part], known[whole])))
    if len(repeats):
        parts += [_repeats(repeats, size) for size in ("seven", "thirty")]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else _rows(contacts.iloc[:0], "wait", None)


def _repeats(repeats: pd.DataFrame, size: str) -> pd.DataFrame:
    known = repeats[repeats[f"known_{size}"] > 0]
    worth = clustered_base(
        known[f"repeated_{size}"], known[f"repeated_sq_{size}"], known[f"product_{size}"],
        known[f"known_{size}"], known[f"known_sq_{size}"], known[f"customers_{size}"],
    )  # fmt: skip
    share = share_estimate(known[f"repeated_{size}"], known[f"known_{size}"], effective_base=worth)
    return _rows(known, f"repeat_{size}", share)


def _rows(counts: pd.DataFrame, code: str, estimate: Estimate | None) -> pd.DataFrame:
    numbers = {name: getattr(estimate, name) if estimate else [] for name in _NUMBERS}
    method: Any = estimate.method if estimate else []
    return pd.DataFrame(
        {
            "period": counts["period"].to_numpy() if len(counts) else [],
            "touchpoint": counts["touchpoint"].to_numpy() if len(counts) else [],
            "metric": code,
            "method": method,
            "unit": MEASURES[code].unit,
            "scale": "",
            "favourable_from": np.nan,
            "higher_is_better": False,
            **numbers,
        }
    )
