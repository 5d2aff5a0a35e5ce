"""Words about scores, their precision and the months that they belong to."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term("score", _("Score"), _("The value of an answer, a whole number on the question's scale.")),
    Term(
        "promoter",
        _("Promoters, passives, detractors"),
        _("Answers of 9–10, of 7–8 and of 0–6 to the question whether one would recommend."),
    ),
    Term(
        "favourable",
        _("Favourable answer"),
        _("An answer at or above the question's favourable mark; at or below it where a lower score is better."),
    ),
    Term("interval", _("95 % interval"), _("Range that covers the true value in 95 of 100 samples like this one.")),
    Term("base", _("Base (n)"), _("Answers, invitations or decided terms that a number rests on.")),
    Term("weight", _("Weight"), _("How much an answer counts, where the exports say so; 1 otherwise.")),
    Term(
        "effective_base",
        _("Effective base"),
        _("Equally weighted answers that would be as precise as the weighted ones."),
        "Kish (1965), Survey Sampling",
    ),
    Term(
        "verdict",
        _("Up, down, unclear"),
        _("A change is called up or down when it stands out from chance with at most 5 % false alarms among all "
          "changes shown together; otherwise it is unclear."),
        "Benjamini & Hochberg (1995), JRSS B 57(1)",
    ),
    Term("pp", _("Percentage points (pp)"), _("Difference of two percentages: from 80 % to 84 % is 4 pp.")),
    Term("min_base", _("Smallest base"), _("Below this many answers no score, colour or arrow is shown.")),
    Term(
        "new_scale",
        _("New scale"),
        _("The question is asked on another scale or with another favourable mark than before; the scores "
          "cannot be compared."),
    ),
    Term("month", _("Month"), _("From its first to its last day on the company's clock.")),
    Term("unfinished", _("Unfinished month"), _("The month of the last refresh: its numbers will still change.")),
    Term("restated", _("Restated month"), _("A closed month whose counts the last refresh changed.")),
    Term("rolling", _("Rolling three months"), _("The answers of a month and the two before it, counted together.")),
    Term(
        "target",
        _("Target"),
        _("What the company wants a metric to reach, from the month in which it takes effect."),
    ),
)  # fmt: skip
