"""What an action is worth, in sentences: the money, what is assumed in it, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cxdata.finance.actions.judged import NOT_MEASURED, TOO_EARLY, TOO_FEW, Judged
from cxdata.finance.actions.settings import OTHER_SEGMENTS
from cxdata.finance.actions.words import quoted, said_verdict, title_text
from cxdata.finance.actions.worth import NOBODY, NOT_A_DRIVER, Worth
from cxdata.finance.impact.names import money, money_range, years_text
from cxdata.language import format_money, format_percent, gettext, mark, ngettext
from cxdata.scorecard.words import joined
from cxdata.vocabulary import Labels, label_of

REASONS = {
    NOT_A_DRIVER: mark(
        "{title}: what became better is not among the drivers of churn, so it has no value through retention."
    ),
    NOBODY: mark("{title}: nobody of its segment is among the customers who are valued."),
}  # fmt: skip


def nothing_text(judged: Judged, reason: str, labels: Labels) -> str:
    """Why an action that worked has no value; '' where it simply did not clearly work."""
    found = REASONS.get(reason)
    return gettext(found).format(title=quoted(title_text(judged.action, labels))) if found else ""


def costs_sentence(judged: Sequence[Judged], currency: str) -> str:
    """What the actions that could be judged cost together, and the others; '' where no cost is stated."""
    sides: tuple[list[float], list[float]] = ([], [])
    for one in judged:
        waiting = said_verdict(one) in (TOO_EARLY, TOO_FEW, NOT_MEASURED)
        if np.isfinite(one.action.cost):
            sides[waiting].append(one.action.cost)
    own, others = sides
    if not own and not others:
        return ""
    parts = []
    if own:
        parts.append(
            ngettext("The {n} action judged cost {total}.", "The {n} actions judged cost {total} together.",
                     len(own)).format(n=len(own), total=format_money(sum(own), currency))
        )  # fmt: skip
    if others:
        parts.append(
            ngettext("The {n} action not judged yet cost {total}.", "The {n} actions not judged yet cost {total} together.",
                     len(others)).format(n=len(others), total=format_money(sum(others), currency))
        )  # fmt: skip
    if len(own) + len(others) < len(judged):
        unknown = len(judged) - len(own) - len(others)
        parts.append(ngettext("{n} states no cost.", "{n} state no cost.", unknown).format(n=unknown))
    return " ".join(parts)


def brief_sentence(judged: Judged, worth: Worth | str | None, labels: Labels, currency: str) -> str:
    """Cost, worth and what is left of an action that worked, for right under the headline; '' without any of them."""
    title = quoted(title_text(judged.action, labels))
    if not isinstance(worth, Worth):
        if not np.isfinite(judged.action.cost):
            return ""
        return gettext("{title} cost {cost}; what it is worth in money is not known here.").format(
            title=title, cost=money(judged.action.cost, currency)
        )
    years = years_text(worth.valuation.scenario.horizon_years)
    value = money(worth.horizon.p50, currency)
    interval = money_range(worth.horizon.p5, worth.horizon.p95, currency)
    if not worth.cost:
        return gettext(
            "{title} is worth an estimated {worth} of margin over {years} through retention ({interval}, present value); no "
            "cost is stated for it."
        ).format(title=title, worth=value, years=years, interval=interval)
    if worth.net.p5 > 0:
        ends = gettext("it pays")
    elif worth.net.p95 < 0:
        ends = gettext("it does not pay through retention alone")
    else:
        ends = gettext("whether it pays is open")
    return gettext(
        "{title} cost {cost} and is worth an estimated {worth} of margin over {years} through retention ({interval}, "
        "present value): {net} net ({net_interval}), {ends}."
    ).format(
        title=title, cost=money(worth.cost, currency), worth=value, years=years, interval=interval,
        net=money(worth.net.p50, currency), net_interval=money_range(worth.net.p5, worth.net.p95, currency), ends=ends,
    )  # fmt: skip


def worth_sentence(judged: Judged, worth: Worth, labels: Labels, currency: str) -> str:
    """The money in one sentence, beside the cost."""
    scope = label_of(judged.action.segment, labels) if judged.action.segment else gettext("all segments")
    years = years_text(worth.valuation.scenario.horizon_years)
    first = gettext(
        "“{title}” keeps an estimated {horizon} of margin over {years} ({interval}, present value; {segment}), {year} of it "
        "in the next twelve months ({year_interval})."
    ).format(
        title=title_text(judged.action, labels), horizon=money(worth.horizon.p50, currency), years=years, segment=scope,
        interval=money_range(worth.horizon.p5, worth.horizon.p95, currency), year=money(worth.year.p50, currency),
        year_interval=money_range(worth.year.p5, worth.year.p95, currency),
    )  # fmt: skip
    if not worth.cost:
        return first + " " + gettext("No cost is stated for it.")
    cost, net = money(worth.cost, currency), money(worth.net.p50, currency)
    if worth.net.p5 > 0:
        after = gettext("It cost {cost} and pays through retention alone: {net} net ({interval}).")
    elif worth.net.p95 < 0:
        after = gettext("It cost {cost} and does not pay through retention alone: {net} net ({interval}).")
    else:
        after = gettext(
            "It cost {cost}; whether it pays through retention alone is open: {net} net ({interval})."
        )
    interval = money_range(worth.net.p5, worth.net.p95, currency)
    return f"{first} {after.format(cost=cost, net=net, interval=interval)}"


def assumed_sentence(judged: Judged, worth: Worth, names: Mapping[str, str]) -> str:
    """What is estimated, what is assumed, and what is left out."""
    drivers = joined(
        [quoted(names.get(lever.driver, lever.driver)) for lever in worth.valuation.scenario.levers]
    )
    doing = (
        gettext(
            "{doing} of the measured change is the action's doing (it has a comparison, but nobody drew lots)"
        )
        if judged.action.compared_with == OTHER_SEGMENTS
        else gettext("{doing} of the measured change is the action's doing (it has no comparison)")
    ).format(doing=format_percent(worth.doing, 0))
    parts = [
        gettext(
            "Estimated: the change, and how {drivers} goes with churn. Assumed: {doing}; {effect} of the association with "
            "churn is an effect; today's change lasts."
        ).format(drivers=drivers, doing=doing, effect=format_percent(worth.effect, 0))
    ]
    if worth.reach < 1:
        parts.append(
            gettext("Counted: {reach} of the customers who wait at all do so at this touchpoint.").format(
                reach=format_percent(worth.reach, 0)
            )
        )
    if worth.lived < 1:
        parts.append(
            gettext(
                "Counted: of what the decisions look back on, {share} lies after its start and holds the change."
            ).format(share=format_percent(worth.lived, 0))
        )
    parts.append(
        gettext("Left out: cheaper or fewer contacts, referrals, and what it does for new customers.")
    )
    return " ".join(parts)


def needed_sentence(worth: Worth, currency: str) -> str:
    """What would have to be true for it to pay; '' without a cost."""
    if not worth.cost:
        return ""
    needed = worth.valuation.break_even_attribution
    if needed is None:
        full = float(worth.valuation.point.gross_pv[0]) + worth.valuation.haircut
        return gettext(
            "Even if all of it were the action's doing and an effect, it would come to {full} only (expected value)."
        ).format(full=money(full, currency))
    return gettext(
        "It pays where at least {needed} of the change's association with churn is its effect ({held} assumed)."
    ).format(
        needed=format_percent(needed, 0), held=format_percent(worth.doing * worth.effect, 0)
    )  # fmt: skip
