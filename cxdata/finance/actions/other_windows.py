"""Whether one action would be judged otherwise with more or fewer months before and after it."""

from __future__ import annotations

from collections.abc import Sequence

from cxdata.config import Config
from cxdata.database import Release
from cxdata.finance.actions.judged import TOO_EARLY, Judged, judge, verdict_of, with_verdicts
from cxdata.finance.actions.query import first_month, outcomes
from cxdata.finance.actions.settings import WINDOWS, last_whole_month, windows_of
from cxdata.finance.actions.words import said_verdict, verdict_label
from cxdata.language import gettext
from cxdata.scorecard.words import joined
from cxdata.selection import Selection


def in_other_windows(
    release: Release, config: Config, selection: Selection, found: Sequence[Judged], code: str, months: int
) -> dict[int, Judged]:
    """One action with the other windows; the other actions stay as they are, in the same family of tests.

    To judge all of them anew with every window takes seconds.

    Parameters
    ----------
    release, config, selection : Release, Config, Selection
        As for `judged_actions`.
    found : sequence of Judged
        All actions as judged with `months`.
    code : str
        Of the action.
    months : int
        The window in force.

    Returns
    -------
    dict of int to Judged
        By months; empty where no whole month has passed.
    """
    one = next(item for item in found if item.action.code == code)
    first = first_month(release)
    if first is None or one.verdict == TOO_EARLY:
        return {}
    last = last_whole_month(release.as_of, selection.month)
    conventions = {"csat": config.csat, "ces": config.ces}
    others = [item for judged in found if judged.action.code != code for item in judged.measured]
    result = {}
    for other in WINDOWS:
        if other == months:
            continue
        windows = windows_of(one.action, first, last, other)
        if not (windows.months_after and windows.months_before):
            continue
        rows = outcomes(release, selection, one.action, windows, conventions)
        (alone,) = judge([(one.action, windows, rows)], config.min_base)
        own = with_verdicts([*alone.measured, *others], config.min_base)[: len(alone.measured)]
        result[other] = Judged(one.action, windows, own, verdict_of(one.action, windows, own), alone.doubtful)
    return result


def windows_sentence(one: Judged, others: dict[int, Judged]) -> str:
    """Whether another window would give another verdict; '' where there is no other."""
    if not others:
        return ""
    flips = {months: item for months, item in others.items() if said_verdict(item) != said_verdict(one)}
    if not flips:
        return gettext("With {windows} months before and after it the verdict would be the same.").format(
            windows=joined([str(months) for months in others])
        )
    labels = {months: verdict_label(item) for months, item in flips.items()}
    told = joined(
        [
            gettext("“{verdict}” with {months}").format(
                verdict=label, months=joined([str(months) for months in labels if labels[months] == label])
            )
            for label in dict.fromkeys(labels.values())
        ]
    )
    return gettext(
        "The verdict depends on the window: it would be {told} months before and after it, instead of “{verdict}”."
    ).format(told=told, verdict=verdict_label(one))
