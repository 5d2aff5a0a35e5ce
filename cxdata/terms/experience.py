"""Words about where customers and company meet, and what comes of it."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term("touchpoint", _("Touchpoint"), _("Where customer and company meet, such as delivery or a support call.")),
    Term("channel", _("Channel"), _("How customer and company met, such as phone, chat or shop.")),
    Term("stage", _("Stage"), _("Part of the journey that touchpoints belong to.")),
    Term(
        "moment_of_truth",
        _("Moment of truth"),
        _("A touchpoint that the team expects to decide whether customers stay."),
    ),
    Term(
        "segment",
        _("Segment, region, plan"),
        _("Groups of customers, as they were at the time of the answer, contact or decision."),
    ),
    Term("persona", _("Persona"), _("A type of customer that the team designs for.")),
    Term(
        "renewal_decision",
        _("Renewal decision"),
        _("A term of a subscription that came up and was renewed or lost."),
    ),
    Term(
        "not_stated",
        _("Not stated"),
        _("The exports give no value; such rows count in totals and form a line of their own."),
    ),
    Term(
        "adjusted_difference",
        _("Adjusted difference"),
        _("How much renewal (or NPS) after a bad experience differs from that after a good one, among customers "
          "alike in segment, length of the relationship, plan, product and other experiences."),
        "Robins (1986), Mathematical Modelling 7; Liang & Zeger (1986), Biometrika 73(1)",
    ),
    Term(
        "experience",
        _("Bad and good experience"),
        _("Bad: the last rating before the decision lies at the low end of the scale, or an unrated contact was "
          "not settled, a complaint, or had an unusually long wait. Good: a favourable rating."),
    ),
    Term(
        "bad_against_good",
        _("Weight of bad against good"),
        _("How many times as much a rating at the low end lowers the log-odds of renewal as one at the top raises "
          "them, both against the middle."),
        "Fieller (1954), JRSS B 16(2)",
    ),
    Term(
        "path",
        _("Path (sequence of contacts)"),
        _("The last two to four contacts before a decision, in their order."),
    ),
    Term(
        "disconnection",
        _("Disconnection"),
        _("A contact that should not have been needed: about the same matter within days, on another channel of "
          "the same stage, or after it counted as settled."),
    ),
    Term(
        "repeat_contact",
        _("Repeat contact"),
        _("A contact whose customer is back at the same touchpoint within 7 or 30 days; counted only once that "
          "time is over."),
    ),
    Term(
        "weak_point",
        _("Weak point, strong point"),
        _("A touchpoint clearly below or above the mean of the touchpoints shown, each counting once."),
        "Zou & Donner (2008), Statistics in Medicine 27(10)",
    ),
    Term(
        "expectation_gap",
        _("Gap to the expectation"),
        _("Experienced less expected, within the same survey; negative falls short."),
        "Parasuraman, Zeithaml & Berry (1988), Journal of Retailing 64(1)",
    ),
    Term(
        "team_month",
        _("Team-month"),
        _("A team in a month: what its employees and the customers it served say, against the team's own mean."),
    ),
    Term(
        "cost_to_serve",
        _("Cost to serve"),
        _("What serving a customer costs in a year; the margin is the revenue less this cost."),
    ),
)  # fmt: skip
