"""What a driver analysis is asked for: outcome, drivers, period, windows, and the numbers of its simulations."""

from __future__ import annotations

from dataclasses import dataclass

from cxdata.errors import UnknownTerm
from cxdata.messages import message

RENEWAL, CHURN = "renewal", "churn"
"""Outcomes of a term; any other outcome is the code of a question."""

PERIODS = (12, 24, 36, 60)
"""Months of decisions that a reader may choose from."""

LOOK_BACKS = (90, 180, 365, 730)
"""Days of experience before a decision that a reader may choose from, besides the company's own."""


@dataclass(frozen=True)
class Settings:
    """Everything an analysis depends on besides the release and the filters.

    Parameters
    ----------
    outcome : str
        `RENEWAL`, `CHURN`, or the code of a question, whose score is then explained by the others.
    drivers : tuple of str
        Codes of drivers; empty: those that the release offers by itself.
    months : int
        Months of decisions, up to the one chosen.
    look_back_days, lead_days : int
        A driver counts if it lies in the look-back that ends a lead time before the decision.
    imputations : int
        Completed data sets from which effects are pooled.
    replicates : int
        Draws of the bootstrap by customer.
    seed : int
        Of every simulation.

    Raises
    ------
    UnknownTerm
        If a number is out of its range.
    """

    outcome: str = RENEWAL
    drivers: tuple[str, ...] = ()
    months: int = 36
    look_back_days: int = 365
    lead_days: int = 30
    imputations: int = 20
    replicates: int = 1000
    seed: int = 20260901

    def __post_init__(self) -> None:
        for name, low, high in (
            ("months", 1, 240), ("look_back_days", 1, 3650), ("lead_days", 0, 730),
            ("imputations", 2, 200), ("replicates", 20, 20_000), ("seed", 0, 2**31 - 1),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise UnknownTerm(
                    message(
                        "{name} = {value} is not between {low} and {high}. Choose a number in between.",
                        name=name, value=value, low=low, high=high,
                    )
                )  # fmt: skip

    @property
    def of_terms(self) -> bool:
        """Whether the outcome is a decision on a term, and not a rating."""
        return self.outcome in (RENEWAL, CHURN)
