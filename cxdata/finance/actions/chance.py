"""Changes that one test alone would call clear and many together do not, and those of which nothing can be said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxdata.finance.actions.judged import Judged, Measured
from cxdata.scorecard.comparisons import BAD, GOOD, NEUTRAL


def tests_of(judged: Sequence[Judged]) -> int:
    """How many changes are judged together."""
    return sum(bool(np.isfinite(one.p_adjusted)) for action in judged for one in action.measured)


def too_thin(measured: Measured) -> bool:
    """Whether a side has too few customers for anything to be said, or drawn."""
    return measured.verdict in ("too_few", "no_data")


def alone(measured: Measured) -> str:
    """Where the interval excludes zero and the change is unclear all the same: ``good`` or ``bad``, else ''."""
    low, high = measured.found.conf_low, measured.found.conf_high
    if too_thin(measured) or measured.judgement != NEUTRAL or not (low > 0 or high < 0):
        return ""
    return GOOD if (low > 0) == measured.higher_is_better else BAD
