"""What a reader has chosen to look at: one frozen value that every page and query receives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cxdata.errors import UnknownTerm
from cxdata.messages import message

DIMENSIONS = ("touchpoint", "channel", "segment", "region", "plan", "persona")
"""The scorecard's dimensions, in the order in which menus and tables show them."""

CUSTOMER_DIMENSIONS = ("segment", "region", "plan", "persona")
"""The dimensions that belong to the customer; the marts keep one cut for each of them."""

WINDOWS = (1, 3)
"""Months that a point of a trend may cover."""


@dataclass(frozen=True)
class Selection:
    """The month, the metric and the filters in force.

    Parameters
    ----------
    month : date or None
        First day of the month that the page is about; None means the newest closed month.
    metric : str
        Code of a metric, as in `vocabulary.METRICS`.
    by : str
        Dimension that a chart or table is broken down by.
    window : int
        1 for single months, 3 for rolling three months.
    weighted : bool
        Use the response weights of the surveys where the release has them.
    touchpoint, channel, segment, region, plan, persona : tuple of str
        Values kept, in the release's own codes; an empty tuple keeps everything.

    Raises
    ------
    UnknownTerm
        If `by` is not a dimension or `window` is not one of `WINDOWS`.
    """

    month: date | None = None
    metric: str = "nps"
    by: str = "touchpoint"
    window: int = 1
    weighted: bool = False
    touchpoint: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    persona: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.by not in DIMENSIONS:
            raise UnknownTerm(
                message(
                    "dimension '{name}' does not exist. Choose from: {known}.",
                    name=self.by,
                    known=", ".join(DIMENSIONS),
                )
            )
        if self.window not in WINDOWS:
            raise UnknownTerm(
                message(
                    "window {window} is not offered. Choose from: {known} months.",
                    window=self.window,
                    known=str(WINDOWS),
                )
            )

    def filters(self) -> dict[str, tuple[str, ...]]:
        """Values kept per dimension, including the dimensions that are not filtered (empty tuples)."""
        return {dimension: getattr(self, dimension) for dimension in DIMENSIONS}

    def active(self) -> dict[str, tuple[str, ...]]:
        """Only the dimensions that are filtered."""
        return {dimension: values for dimension, values in self.filters().items() if values}

    def without_filters(self) -> Selection:
        """The same month, metric and break-down over everything."""
        return Selection(self.month, self.metric, self.by, self.window, self.weighted)

    def cut(self, *also: str) -> str:
        """Code of the coarsest cut of the marts that can answer this selection; ``all`` where one dimension is not
        enough, which the marts of renewals hold and the facts answer for everything else.

        Parameters
        ----------
        also : str
            Dimensions that the answer is grouped by besides the filters.
        """
        needed = [name for name in CUSTOMER_DIMENSIONS if getattr(self, name) or name in also]
        return needed[0] if len(needed) == 1 else "all" if needed else "none"
