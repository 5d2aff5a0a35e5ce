"""What stands below the page Economics in sentences: how long customers stay, and what of their revenue is at risk."""

from __future__ import annotations

from math import isfinite

from cxdata.finance.economics.standing import Standing
from cxdata.finance.economics.window import LEAST_MONTHS_WATCHED
from cxdata.finance.economics.words import money, percent, span
from cxdata.language import format_number, gettext, ngettext
from cxdata.language import mark as _

MODEL_LABELS = {"sbg": _("sBG"), "bdw": _("BdW")}


def curve_text(found: Standing) -> str:
    """Which retention curve was chosen and why, or why there is none."""
    choice = found.choice
    if choice is None:
        if found.curve_reason == "short":
            return gettext(
                "Decisions of fewer than {count} months are exported: too few for a curve of survival by age."
            ).format(count=LEAST_MONTHS_WATCHED)
        if found.curve_reason == "few":
            return gettext(
                "There are too few losses at different ages to fit a curve beyond what was counted."
            )
        return ""
    name = gettext(MODEL_LABELS[choice.model])
    if not isfinite(choice.p_value):
        return gettext("Fitted by years: {model}; too few ages to test it against BdW.").format(model=name)
    p = gettext("under 0.001") if choice.p_value < 0.001 else format_number(choice.p_value, 3)
    if choice.model == "bdw":
        return gettext("Fitted by years: BdW, which fits better than sBG (likelihood ratio, p {p}).").format(
            p=p
        )
    return gettext("Fitted by years: sBG; BdW fits no better (likelihood ratio, p {p}).").format(p=p)


def survival_text(found: Standing) -> str:
    """Survival after one and more years in words."""
    lives = found.survival
    if lives is None:
        return ""
    last = float(lives.all.times[-1]) if lives.all.times.size else 0.0
    years = [year for year in (1, 2, 3, 5) if 12 * year <= last]
    if not years:
        return gettext("Nobody has been seen to leave.")
    shares = [
        gettext("{share} after {years}").format(
            share=percent(float(lives.all.at(12 * year))),
            years=ngettext("{n} year", "{n} years", year).format(n=year),
        )
        for year in years
    ]
    text = gettext("Of all customers who come, there are still: {shares}.").format(shares="; ".join(shares))
    if isfinite(lives.p_value):
        text += " " + (
            gettext("Cohorts leave at different paces (log-rank, p {p}).")
            if lives.p_value < 0.05
            else gettext("That cohorts leave at different paces is not clear (log-rank, p {p}).")
        ).format(p=gettext("under 0.001") if lives.p_value < 0.001 else format_number(lives.p_value, 3))
    return text


def risk_text(found: Standing, currency: str) -> list[str]:
    """Revenue at risk, and whether a few large accounts decide it."""
    risk = found.at_risk
    if risk is None:
        return []
    period = (
        gettext("in the next 12 months")
        if found.window.yearly
        else gettext("in a time as long as the window")
    )
    return [
        gettext(
            "If customers leave as they did in the window, by segment and product, {amount} of annual revenue ({share} of "
            "{total}) is expected to be lost {period}; 95 % interval {interval} (revenue, estimated)."
        ).format(
            amount=money(risk.risk.expected, currency),
            share=percent(risk.risk.share),
            total=money(found.base.value, currency),
            period=period,
            interval=span(lambda one: money(one, currency), risk.low, risk.high),
        ),
        gettext(
            "Chance alone, that is who happens to leave, moves it by {deviation} (standard deviation, {share} of it): the "
            "{accounts} customers weigh like {effective} of equal size, and the ten largest hold {top} of the revenue."
        ).format(
            deviation=money(risk.risk.std_deviation, currency),
            share=percent(risk.risk.std_deviation / risk.risk.expected if risk.risk.expected else 0.0),
            accounts=format_number(risk.risk.accounts),
            effective=format_number(risk.risk.effective_accounts),
            top=percent(risk.largest_share),
        ),
    ]
