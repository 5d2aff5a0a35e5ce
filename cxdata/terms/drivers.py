"""Words about drivers: what goes with renewal or churn."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term(
        "driver_analysis",
        _("Driver analysis"),
        _("What goes with an outcome among many things at once, and how sure that is; associations, not causes."),
    ),
    Term(
        "importance_share",
        _("Share of importance"),
        _(
            "What a driver adds to the explained differences, averaged over all orders in which drivers could enter "
            "(LMG, Shapley)."
        ),
        "Lindeman, Merenda & Gold (1980); Budescu (1993), Psychological Bulletin 114(3)",
    ),
    Term(
        "driver_effect",
        _("Effect of a driver"),
        _("What one more point, or one event less, goes with on average, next to all other drivers and what is held equal."),
        "Bartus (2005), Stata Journal 5(3)",
    ),
    Term(
        "e_value",
        _("E-value"),
        _("How strongly something unmeasured would have to go with driver and outcome to explain the association away."),
        "VanderWeele & Ding (2017), Annals of Internal Medicine 167(4)",
    ),
)  # fmt: skip
