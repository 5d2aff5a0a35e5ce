"""How actions were judged, in sentences: what comparisons can show, how changes were computed, and what chance does."""

from __future__ import annotations

from collections.abc import Sequence

from cxdata.finance.actions.chance import alone, tests_of
from cxdata.finance.actions.judged import Judged, Measured
from cxdata.finance.actions.words import quoted, title_text
from cxdata.language import format_number, gettext
from cxdata.scorecard.comparisons import BAD
from cxdata.scorecard.words import joined
from cxdata.vocabulary import Labels


def limits_text() -> str:
    """What comparisons of this kind can and cannot show."""
    return gettext(
        "Nobody drew lots for who gets an action. For one segment, the other segments at the same touchpoint show what "
        "would have happened anyway, if both would have gone on side by side; that cannot be proven, only made more or "
        "less believable by how they ran before. An action for all segments is compared with its own past only, which "
        "is weaker: whatever else changed at the same time counts as its doing."
    )


def method_text(judged: Sequence[Judged], months: int) -> str:
    """How the changes were computed."""
    return gettext(
        "Up to {months} whole months before the start and after the end of the introduction. The change is a coefficient "
        "of a regression with a level for each segment, question and month; 95 % intervals allow for several rows of one "
        "customer and for months that wobble more than their answers explain. {tested} changes are judged together "
        "(Benjamini–Hochberg, 5 % false alarms)."
    ).format(months=months, tested=format_number(tests_of(judged)))


def alone_label(measured: Measured) -> str:
    """The remark in the row; '' where there is none."""
    code = alone(measured)
    if not code:
        return ""
    return gettext("leans to the worse (*)") if code == BAD else gettext("leans to the better (*)")


def alone_sentence(judged: Sequence[Judged], labels: Labels) -> str:
    """Why rows whose interval excludes zero are called unclear, those that lean to the worse by name; '' without any."""
    found = [(one, alone(item)) for one in judged for item in one.measured]
    if not any(code for _, code in found):
        return ""
    text = gettext(
        "(*) The interval alone excludes zero, but among {tests} tests that happens by chance, so it is not called clear."
    ).format(tests=format_number(tests_of(judged)))
    worse = list(dict.fromkeys(quoted(title_text(one.action, labels)) for one, code in found if code == BAD))
    if worse:
        text += " " + gettext("To be watched, since it leans to the worse: {names}.").format(
            names=joined(worse)
        )
    return text
