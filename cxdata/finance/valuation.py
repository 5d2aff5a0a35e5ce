"""What a scenario is worth: the joint counterfactual of all its levers, in money, with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable

from cxdata.finance.profiles import Profiles
from cxdata.finance.results import Draws, Negative, Point, Summary, Valuation, summary
from cxdata.finance.scenario import Scenario

__all__ = ["Draws", "Negative", "Point", "Summary", "Valuation", "summary", "value"]


def value(
    scenario: Scenario,
    profiles: Profiles,
    *,
    preview: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Valuation:
    """Customers kept, margin, cost and net present value of a scenario.

    Parameters
    ----------
    scenario : Scenario
    profiles : Profiles
        From `profiles.profiles_of`.
    preview : bool
        A sample of at most 10,000 profiles and 200 draws: what a moved slider shows.
    progress : callable, optional
        Called with the share (0-1) that is done.
    """
    raise NotImplementedError
