"""What the moments of truth come to, in sentences a board reads."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from cxdata.language import format_month, format_number, gettext, mark, ngettext
from cxdata.moments.design import HIGH
from cxdata.moments.effects import DECIDES, REVERSE, TOO_FEW, UNCLEAR, UNTOLD
from cxdata.moments.notes import no_records_text
from cxdata.moments.paths import LESS, MORE, Paths
from cxdata.moments.study import NOTHING, RENEWALS, Study
from cxdata.scorecard.words import change_interval_text, joined, line_text, size_text
from cxdata.vocabulary import Labels

VERDICT_LABELS = {
    DECIDES: mark("moment of truth"),
    UNCLEAR: mark("unclear"),
    REVERSE: mark("the other way round"),
    TOO_FEW: mark("too few bad ones"),
    UNTOLD: mark("cannot be told apart"),
}

PATH_VERDICTS = {
    MORE: mark("more common before a loss"),
    LESS: mark("less common before a loss"),
    UNCLEAR: mark("unclear"),
}

KIND_LABELS = {
    "repeated_7": mark("Came again within 7 days"),
    "repeated_30": mark("Came again within 30 days"),
    "switched": mark("Changed channel within 7 days"),
    "returned": mark("Came back although settled"),
}

KIND_MEANINGS = {
    "repeated_7": mark("per 1,000 contacts: the one before was at the same touchpoint"),
    "repeated_30": mark("per 1,000 contacts: the one before was at the same touchpoint"),
    "switched": mark("per 1,000 contacts: the one before was in the same stage on another channel"),
    "returned": mark("per 1,000 settled contacts: the next one at the touchpoint came within 7 days"),
}

CONTROL_LABELS = {
    "segment": mark("segment"),
    "tenure": mark("length of the relationship"),
    "plan": mark("plan"),
    "product": mark("product"),
}


def unit_of_study(study: Study) -> str:
    """Unit of the differences: fractions of renewals, or points of NPS."""
    return "fraction" if study.outcome == RENEWALS else "points"


def place_text(touchpoint: str, labels: Labels) -> str:
    """What a touchpoint is called; '' is all of them together."""
    return line_text("touchpoint", touchpoint, labels) if touchpoint else gettext("All rated touchpoints")


def period_text(study: Study) -> str:
    """The months that the decisions come from."""
    return gettext("{first} to {last}").format(
        first=format_month(study.window.first), last=format_month(study.window.last)
    )


def headline(study: Study, labels: Labels) -> list[str]:
    """Three sentences: which moment decides, what goes with it, how sure that is."""
    reason = _refusal(study)
    if reason:
        return [reason]
    table = study.moments.table.dropna(subset=["estimate"])
    if table.empty:
        if (study.moments.table["verdict"] == UNTOLD).any():
            return [gettext("At no touchpoint can bad experiences be told apart from all else.")]
        return [
            gettext("No touchpoint has enough bad experiences to be compared: each needs a few decisions on "
                    "either side.")
        ]  # fmt: skip
    clear = study.moments.clear
    opposite = [
        _opposite(study, row, labels) for _index, row in table[table["verdict"] == REVERSE].iterrows()
    ]
    if clear.empty:
        return [*(opposite or [_no_moment(study, table, labels)]), _sure(study, table)]
    return [_heaviest(study, clear, labels), _costliest(study, clear, labels), *opposite, _sure(study, table)]


def path_sentence(paths: Paths, labels: Labels) -> str:
    """The path that is most telling of a lost renewal."""
    if paths.table.empty:
        return gettext(
            "No sequence of {count} contacts was common enough before lost and kept renewals."
        ).format(count=format_number(paths.steps))
    telling = paths.table[paths.table["verdict"] == MORE]
    if telling.empty:
        return gettext(
            "None of the paths shown is more common before lost renewals than chance would explain."
        )
    first = telling.iloc[0]
    if first["kept"] == 0:
        return ngettext(
            "{path}: seen before {lost} lost renewal and before no kept one ({customers}).",
            "{path}: seen before {lost} lost renewals and before no kept one ({customers}).",
            int(first["lost"]),
        ).format(
            path=path_text(first["path"], labels),
            lost=format_number(first["lost"]),
            customers=customers_text(int(first["customers"])),
        )
    return gettext(
        "{path}: {ratio} times as common before a lost renewal as before a kept one ({low} to {high}; {customers})."
    ).format(
        path=path_text(first["path"], labels),
        ratio=format_number(first["ratio"], 2),
        low=format_number(first["ratio_low"], 2),
        high=format_number(first["ratio_high"], 2),
        customers=customers_text(int(first["customers"])),
    )


def path_text(path: Sequence[str], labels: Labels) -> str:
    """Touchpoints in the order in which they were met."""
    return " → ".join(place_text(touchpoint, labels) for touchpoint in path)


def ratio_text(lost: int, kept: int, ratio: float) -> str:
    """How much more common a path is before lost renewals: a number, where it was seen before both."""
    if kept == 0:
        return gettext("only before losses")
    if lost == 0:
        return gettext("only before renewals")
    return gettext("{ratio}×").format(ratio=format_number(ratio, 2))


def customers_text(count: int) -> str:
    """How many customers."""
    return ngettext("{count} customer", "{count} customers", count).format(count=format_number(count))


def per_thousand(fraction: float) -> str:
    """A rate per 1,000."""
    return "" if math.isnan(fraction) else format_number(fraction * 1000, 1)


def cost_text(value: float, study: Study, *, signed: bool = False) -> str:
    """What goes with bad experiences: renewals, or points of the overall NPS."""
    if math.isnan(value):
        return ""
    return format_number(value, 0 if study.outcome == RENEWALS else 1, signed=signed)


def held_text(study: Study) -> str:
    """What is held equal, in words."""
    names = [gettext(CONTROL_LABELS[name]) for name in study.moments.controls]
    if study.moments.together:
        names.append(gettext("the other touchpoints"))
    if not names:
        return gettext("Nothing is held equal: the data carries no more than the plain comparison.")
    return gettext("Held equal: {names}.").format(names=joined(names))


def _refusal(study: Study) -> str:
    found = study.moments
    if study.outcome == NOTHING:
        return gettext(
            "Nothing says yet which moments decide: no subscriptions were exported, and no answer to a question "
            "about the whole relationship names a customer."
        )
    if found.reason == "no_decisions" and study.window.left_out:
        return no_records_text(study.window)
    if found.reason == "no_decisions":
        return gettext("No decision was taken in {period}, or the filters leave none.").format(
            period=period_text(study)
        )
    if found.reason == "one_outcome":
        return gettext("All {count} decisions ended in the same way, so there is nothing to compare.").format(
            count=format_number(found.decisions)
        )
    if found.reason == "too_few":
        if study.outcome == RENEWALS:
            return gettext(
                "Too few decisions to say which moments decide: {lost} of {count} renewals were lost, and each "
                "comparison needs at least ten for every number it estimates. Widen the filters."
            ).format(lost=format_number(found.lost), count=format_number(found.decisions))
        return gettext(
            "Too few answers to say which moments decide: {count} in all. Widen the filters."
        ).format(count=format_number(found.decisions))
    return ""


def _heaviest(study: Study, clear: pd.DataFrame, labels: Labels) -> str:
    row = clear.sort_values("estimate").iloc[0]
    unit = unit_of_study(study)
    texts = {
        (True, True): gettext(
            "{touchpoint} weighs most on a customer: after a bad experience there, renewal is {size} lower than "
            "after a good one ({interval}; {bad} bad experiences)."
        ),
        (True, False): gettext(
            "{touchpoint} weighs most on a customer: after a bad contact there, renewal is {size} lower than "
            "after one without such a sign ({interval}; {bad} bad experiences)."
        ),
        (False, True): gettext(
            "{touchpoint} weighs most on a customer: after a bad experience there, NPS is {size} lower than "
            "after a good one ({interval}; {bad} bad experiences)."
        ),
        (False, False): gettext(
            "{touchpoint} weighs most on a customer: after a bad contact there, NPS is {size} lower than "
            "after one without such a sign ({interval}; {bad} bad experiences)."
        ),
    }
    return texts[(study.outcome == RENEWALS, row["reference"] == HIGH)].format(
        touchpoint=place_text(row["touchpoint"], labels),
        size=size_text(row["estimate"], unit),
        interval=change_interval_text(row["conf_low"], row["conf_high"], unit),
        bad=format_number(row["bad"]),
    )


def _costliest(study: Study, clear: pd.DataFrame, labels: Labels) -> str:
    ordered = clear.sort_values("cost", ascending=False)
    parts = [
        gettext("{touchpoint} about {cost} ({low} to {high})").format(
            touchpoint=place_text(row["touchpoint"], labels),
            cost=cost_text(row["cost"], study),
            low=cost_text(row["cost_low"], study),
            high=cost_text(row["cost_high"], study),
        )
        for _index, row in ordered.head(3).iterrows()
    ]
    months = study.window.months
    if study.outcome == RENEWALS:
        text = ngettext(
            "Renewals lost in {months} month that go with bad experiences: {parts}.",
            "Renewals lost in {months} months that go with bad experiences: {parts}.",
            months,
        )
    else:
        text = ngettext(
            "Points of the overall NPS that go with bad experiences over {months} month: {parts}.",
            "Points of the overall NPS that go with bad experiences over {months} months: {parts}.",
            months,
        )
    return text.format(months=format_number(months), parts=joined(parts))


def _no_moment(study: Study, table: pd.DataFrame, labels: Labels) -> str:
    row = table.sort_values("p_value").iloc[0]
    unit = unit_of_study(study)
    return gettext(
        "No clear moment of truth: the clearest difference, {size} at {touchpoint} ({interval}), is within what "
        "chance would bring among so many."
    ).format(
        size=size_text(row["estimate"], unit),
        touchpoint=place_text(row["touchpoint"], labels),
        interval=change_interval_text(row["conf_low"], row["conf_high"], unit),
    )


def _opposite(study: Study, row: pd.Series, labels: Labels) -> str:
    unit = unit_of_study(study)
    text = (
        gettext(
            "The other way round at {touchpoint}: after a bad experience there, renewal is {size} higher "
            "({interval}; {bad} bad experiences), more than chance would bring. Ask what stands behind it."
        )
        if study.outcome == RENEWALS
        else gettext(
            "The other way round at {touchpoint}: after a bad experience there, NPS is {size} higher "
            "({interval}; {bad} bad experiences), more than chance would bring. Ask what stands behind it."
        )
    )
    return text.format(
        touchpoint=place_text(row["touchpoint"], labels),
        size=size_text(row["estimate"], unit),
        interval=change_interval_text(row["conf_low"], row["conf_high"], unit),
        bad=format_number(row["bad"]),
    )


def _sure(study: Study, table: pd.DataFrame) -> str:
    found = study.moments
    text = ngettext(
        "{clear} of {count} touchpoint compared stands out from chance (at most 5 % risk of any false alarm).",
        "{clear} of {count} touchpoints compared stand out from chance (at most 5 % risk of any false alarm).",
        len(table),
    ).format(
        clear=format_number(int(table["verdict"].isin((DECIDES, REVERSE)).sum())),
        count=format_number(len(table)),
    )
    rests = (
        gettext("From {count} decisions of {customers}.")
        if study.outcome == RENEWALS
        else gettext("From {count} answers of {customers}.")
    ).format(count=format_number(found.decisions), customers=customers_text(found.customers))
    warning = gettext("This goes with bad experiences; it does not prove causes.")
    return " ".join([text, rests, held_text(study), warning])
