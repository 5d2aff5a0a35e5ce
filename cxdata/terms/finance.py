"""Words about money: what customers pay, bring and cost, and how long they stay."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term(
        "customer_churn",
        _("Customer churn"),
        _("Customers lost in a window ÷ customers there at its start; who was won in the window is in neither."),
    ),
    Term(
        "revenue_churn",
        _("Revenue churn"),
        _("Annual revenue of the customers lost in a window ÷ annual revenue of all at its start."),
    ),
    Term(
        "retention_of_base",
        _("Gross and net retention of the base"),
        _(
            "Annual revenue that those there at the start of a window pay at its end ÷ that at the start: without growth "
            "of any customer (gross), and with it (net); the scorecard's retention is over terms that came up."
        ),
    ),
    Term(
        "annual_margin",
        _("Annual margin"),
        _("What a term leaves a year after its direct costs, as exported; contacts may not be in it."),
    ),
    Term(
        "lifetime_value",
        _("Lifetime value"),
        _(
            "Present value of the margins that a customer brings until she leaves; the page says which payments count and "
            "which retention it takes."
        ),
        "Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1); Fader & Hardie (2012), note 024",
    ),
    Term(
        "discount_rate",
        _("Discount rate"),
        _("By how much less money in a year is worth than money now; assumed, not estimated."),
    ),
    Term(
        "payback",
        _("Payback"),
        _("Months until the margin of a customer has paid for winning her; with churn, those who leave before count, too."),
    ),
    Term(
        "whale_curve",
        _("Whale curve"),
        _("Margin summed over customers, the most profitable first: it rises, and falls with those who cost money."),
        "Kaplan & Narayanan (2001), Journal of Cost Management 15(5)",
    ),
    Term(
        "survival_curve",
        _("Survival curve"),
        _("Share of customers still there at each age; who was there before the exports begin enters at her age."),
        "Kaplan & Meier (1958), JASA 53",
    ),
    Term(
        "retention_curve",
        _("Retention curve (sBG, BdW)"),
        _(
            "A curve fitted to customers kept year by year, each with a tendency to leave of her own, which with BdW "
            "changes with age."
        ),
        "Fader & Hardie (2007), Journal of Interactive Marketing 21(1); Fader et al. (2018), ibid. 43",
    ),
    Term(
        "revenue_at_risk",
        _("Revenue at risk"),
        _("Σ chance to leave × annual revenue; with few large accounts, who happens to leave moves it far."),
    ),
    Term(
        "purchase_model",
        _("Models of purchases (BG/NBD, Gamma-Gamma)"),
        _("How often customers without a contract buy, whether they still do, and how much they spend each time."),
        "Fader, Hardie & Lee (2005), Marketing Science 24(2); Fader & Hardie (2013), note 025",
    ),
    Term(
        "difference_in_differences",
        _("Difference in differences"),
        _(
            "What changed where an action was, less what changed at the same time where it was not; it shows the action's "
            "effect if both would have gone on side by side."
        ),
        "Angrist & Pischke (2009), Mostly Harmless Econometrics, ch. 5",
    ),
    Term(
        "drift_before",
        _("Drift before an action"),
        _(
            "How the gap between those reached and the others already moved before; a clear one makes the comparison "
            "doubtful, none does not prove it."
        ),
        "Roth (2022), AER: Insights 4(3)",
    ),
    Term(
        "one_point",
        _("What a point is worth"),
        _(
            "Margin that one point less churn, one point of NPS on one path, or one point, minute or event of one driver "
            "would bring: in the next 12 months, and as a present value over the years that count."
        ),
    ),
)  # fmt: skip
