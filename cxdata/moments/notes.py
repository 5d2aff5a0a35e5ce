"""What the moments of truth rest on, in words: what is left out, where nobody is asked, what ended one way."""

from __future__ import annotations

import pandas as pd

from cxdata.language import format_day, format_number, format_percent, gettext, ngettext
from cxdata.moments.effects import TOO_FEW, UNTOLD
from cxdata.moments.query import Window
from cxdata.moments.study import Heard
from cxdata.scorecard.words import joined, line_text
from cxdata.vocabulary import Labels


def no_records_text(months: Window) -> str:
    """Why nothing is said of decisions before which nothing was recorded; '' where that cannot be."""
    if months.records_begin is None:
        return ""
    return ngettext(
        "Contacts and answers are recorded from {day} on: too late for the {count} decision of these months.",
        "Contacts and answers are recorded from {day} on: too late for the {count} decisions of these months.",
        months.left_out,
    ).format(day=format_day(months.records_begin), count=format_number(months.left_out))


def record_sentences(months: Window) -> list[str]:
    """Which decisions take no part, because nobody knows what their customers met."""
    if months.records_begin is None:
        return []
    texts = []
    if not months.whole:
        texts.append(
            gettext(
                "Contacts and answers are recorded from {day} on. That is too short to keep to those whose whole "
                "look-back is recorded: here, what was met before that day counts as not met."
            )
        )
        if months.left_out:
            texts.append(gettext("Left out: {count}, before which nothing is recorded."))
    elif months.left_out:
        texts.append(
            ngettext(
                "Left out: {count} earlier one, whose look-back begins before contacts and answers are recorded "
                "({day}), so that nobody knows what this customer met.",
                "Left out: {count} earlier ones, whose look-back begins before contacts and answers are recorded "
                "({day}), so that nobody knows what these customers met.",
                months.left_out,
            )
        )
    values = {"day": format_day(months.records_begin), "count": format_number(months.left_out)}
    return [text.format(**values) for text in texts]


def one_way_sentences(table: pd.DataFrame, labels: Labels) -> list[str]:
    """Touchpoints after whose bad experiences every customer left, or none did."""
    texts = []
    for _index, row in table[table["estimate"].notna()].iterrows():
        bad, lost = float(row["bad"]), float(row["bad_lost"])
        if lost == bad:
            text = gettext("{touchpoint}: all {count} renewals after a bad experience were lost.")
        elif lost == 0:
            text = gettext("{touchpoint}: none of the {count} renewals after a bad experience was lost.")
        else:
            continue
        texts.append(
            text.format(
                touchpoint=line_text("touchpoint", row["touchpoint"], labels), count=format_number(bad)
            )
        )
    return texts


def not_compared_sentences(table: pd.DataFrame, labels: Labels) -> list[str]:
    """Touchpoints without a difference, by what they lack."""
    missing = table[table["estimate"].isna()]
    reasons = {
        TOO_FEW: gettext("Not compared, too few bad experiences: {names}."),
        UNTOLD: gettext(
            "Not compared, because their bad experiences cannot be told apart from all else: {names}."
        ),
    }
    texts = []
    for verdict, text in reasons.items():
        names = [
            line_text("touchpoint", name, labels)
            for name in missing.loc[missing["verdict"] == verdict, "touchpoint"]
        ]
        if names:
            texts.append(text.format(names=joined(names)))
    return texts


def unheard_sentences(heard: Heard, labels: Labels) -> list[str]:
    """Touchpoints at which nobody is asked, those of which nothing is known, and the one least heard."""
    texts = []
    if heard.silent:
        texts.append(
            gettext("No survey listens at {names}: candidates for a short survey after the contact.").format(
                names=_places(heard.silent, labels)
            )
        )
    else:
        texts.append(gettext("A survey listens at every touchpoint that records contacts."))
    if heard.unknown:
        texts.append(
            gettext("Declared, but without any contact or answer: {names}.").format(
                names=_places(heard.unknown, labels)
            )
        )
    if heard.least:
        texts.append(
            gettext("Least heard is {touchpoint}: {share} of those who met it rated it.").format(
                touchpoint=_places((heard.least,), labels), share=format_percent(heard.least_share)
            )
        )
    return texts


def _places(names: tuple[str, ...], labels: Labels) -> str:
    return joined([line_text("touchpoint", name, labels) for name in names])
