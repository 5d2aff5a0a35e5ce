"""Words about why scores move and whom they stand for."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term(
        "rate_effect",
        _("Rate effect"),
        _("The part of a change that comes from groups scoring differently: mean share of the answers × change of "
          "the score."),
        "Kitagawa (1955), JASA 50(272)",
    ),
    Term(
        "mix_effect",
        _("Mix effect"),
        _("The part of a change that comes from other groups answering: change of the share × (mean score of the "
          "group − mean of the two totals)."),
        "Kitagawa (1955), JASA 50(272); Das Gupta (1993), US Bureau of the Census P23-186",
    ),
    Term(
        "process_limits",
        _("Process limits"),
        _("How far a month's score strays from the centre line by chance alone, given its number of answers: three "
          "sigma, widened where months differ by more than sampling explains."),
        "Shewhart (1931); Laney (2002), Quality Engineering 14(4)",
    ),
    Term(
        "signal",
        _("Signal"),
        _("A month beyond its process limits, two of three months close to one, or eight in a row on one side of the "
          "centre line: more than the usual wobble."),
        "Western Electric (1956); Nelson (1984), Journal of Quality Technology 16(4)",
    ),
    Term(
        "representation",
        _("Over- and under-represented"),
        _("A group's share of the answers is clearly above or below its share of the customers."),
        "Wilson (1927), JASA 22",
    ),
    Term(
        "raked",
        _("Raked score"),
        _("The score with answers weighted so that segment, region, plan and persona are mixed as among the customers."),
        "Deming & Stephan (1940), Annals of Mathematical Statistics 11(4)",
    ),
    Term(
        "silent",
        _("The silent"),
        _("Customers who were invited and did not answer; nobody knows their scores."),
        "Groves (2006), Public Opinion Quarterly 70(5)",
    ),
    Term(
        "tipping_point",
        _("Tipping point"),
        _("How different the silent would have to be from those who answered to turn a conclusion round."),
        "Rubin (1977), JASA 72(359)",
    ),
    Term(
        "answers_needed",
        _("Answers needed"),
        _("Answers in each of two periods that show a change of a given size in 80 of 100 cases."),
        "Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4",
    ),
    Term(
        "hidden",
        _("Hidden number"),
        _("A number of a small group, or one from which it could be computed with the totals."),
        "Cox (1980), JASA 75(370); Willenborg & de Waal (2001), Elements of Statistical Disclosure Control",
    ),
)  # fmt: skip
