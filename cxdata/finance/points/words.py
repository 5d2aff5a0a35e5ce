"""What a point is worth, in words: its name, the answer, and claims beside the company's own numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cxdata.finance.impact.names import money, money_range, years_text
from cxdata.finance.points.points import CHURN, DRIVER, NPS, Own, Point
from cxdata.language import format_money, format_number, format_percent, gettext, mark
from cxdata.scorecard.words import sentence_case
from cxdata.vocabulary import Labels, label_of

PATH_LABELS = {
    "detractor>passive": mark("Detractor to passive"),
    "passive>promoter": mark("Passive to promoter"),
    "detractor>promoter": mark("Detractor to promoter"),
}

LESS = {
    "event:longest_wait": mark("one minute less"),
    "event:unresolved": mark("one contact less"),
    "event:repeats": mark("one contact less"),
    "event:complaint": mark("none instead of some"),
    "event:switches": mark("one switch less"),
}


def point_text(point: Point, names: Mapping[str, str], labels: Labels) -> str:
    """What the point is of."""
    if point.kind == CHURN:
        return sentence_case(label_of(point.code, labels)) if point.code else gettext("All customers")
    if point.kind == NPS:
        return gettext(PATH_LABELS[point.code])
    return names.get(point.code, point.code)


def size_text(point: Point) -> str:
    """How large the point is, in its own unit, and how much of it there is room for."""
    if point.kind == CHURN:
        return gettext("1 of 100 customers fewer lost a year")
    if point.kind == NPS:
        return gettext("{n} customers move").format(n=format_number(point.reached))
    size = gettext(LESS[point.code]) if point.code in LESS else gettext("one point more")
    if point.realised < 0.995:
        return gettext("{size}; {realised} of it on average, the scale ends").format(
            size=size, realised=format_number(point.realised, 2)
        )
    return size


def answer(
    points: Sequence[Point], names: Mapping[str, str], labels: Labels, currency: str, years: int
) -> str:
    """The largest things that one point brings, in a sentence or two."""
    found = []
    churn = next((one for one in points if one.kind == CHURN and not one.code), None)
    if churn:
        found.append(
            gettext(
                "One point of churn fewer a year is worth an estimated {horizon} of margin over {years} ({interval}, "
                "present value), {each} per customer."
            ).format(
                horizon=money(churn.horizon.p50, currency), years=years_text(years),
                interval=money_range(churn.horizon.p5, churn.horizon.p95, currency),
                each=format_money(churn.per_customer(churn.horizon), currency, 2),
            )
        )  # fmt: skip
    shares = sorted({one.attribution for one in points if one.kind == DRIVER})
    clear = [
        one for one in points if one.kind == DRIVER and one.attribution == shares[0] and one.horizon.p5 > 0
    ]
    if clear:
        best = max(clear, key=lambda one: one.horizon.p50)
        found.append(
            gettext("Of the drivers, {driver} brings most: {horizon} ({interval}, present value) for {size}, if {share} of "
                    "its association is an effect.").format(
                driver=point_text(best, names, labels), horizon=money(best.horizon.p50, currency),
                interval=money_range(best.horizon.p5, best.horizon.p95, currency), size=size_text(best).split(";")[0],
                share=format_percent(best.attribution, 0),
            )
        )  # fmt: skip
    return " ".join(found)


def negative_text(points: Sequence[Point], names: Mapping[str, str], labels: Labels, currency: str) -> str:
    """The paths of NPS on which a point costs money, at the smallest share taken for an effect; '' without any."""
    moved = [one for one in points if one.kind == NPS]
    least = min((one.attribution for one in moved), default=0.0)
    told = [
        (
            gettext("On the path “{path}” a point of NPS is worth less than nothing: {horizon} ({interval}, present "
                    "value).")
            if one.horizon.p95 < 0
            else gettext("On the path “{path}” a point of NPS comes out negative, {horizon}, yet it may as well be nothing "
                         "or positive ({interval}, present value).")
        ).format(
            path=point_text(one, names, labels), horizon=money(one.horizon.p50, currency),
            interval=money_range(one.horizon.p5, one.horizon.p95, currency),
        )
        for one in moved
        if one.attribution == least and one.horizon.p50 < 0
    ]  # fmt: skip
    if told:
        told.append(
            gettext("As estimated, the group they move to stays less or brings less in these years, alike in segment and "
                    "tenure.")
        )  # fmt: skip
    return " ".join(told)


def method_text(kind: str, years: int, discount_rate: float) -> str:
    """How the points of one kind are computed, and what is assumed in them."""
    span = gettext(
        "Margin, not revenue; present value over {years} at {rate} a year, each year's money in its middle; intervals "
        "hold 90 of 100 outcomes."
    ).format(
        years=years_text(years), rate=format_percent(discount_rate, 0)
    )  # fmt: skip
    own = {
        CHURN: gettext(
            "Everybody's log-odds of leaving shift alike until one customer in a hundred fewer is lost a year; that it "
            "happens is assumed, its value is estimated. Customers who cost more than they bring count with their loss."
        ),
        NPS: gettext(
            "So many customers as NPS needs to rise by one point keep and bring what the group they move to does, with the "
            "same segments and tenures. That they change because they recommend is assumed: groups may differ in other "
            "ways. One point is worth something else on each path."
        ),
        DRIVER: gettext(
            "Each driver alone, for everybody who meets it, next to all other drivers; points of several drivers do not "
            "simply add up. The association is estimated, how much of it is an effect is assumed."
        ),
    }
    return f"{own[kind]} {span}"


def claims(own: Own, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Claims that are often quoted, each with the company's own number; claims are no results of these data."""
    unknown = gettext("cannot be told from these data")
    five = gettext("five points less churn add {share} to what your customers bring over five years").format(
        share=format_percent(own.five_points)) if np.isfinite(own.five_points) else unknown  # fmt: skip
    money = (
        gettext("{number} % of the money that a new customer brings, along your retention curve (weighted by value)")
        if own.along_curve
        else gettext("{number} % of what your customers will still bring (weighted by value)")
    ).format(number=format_number(own.elasticity, 1))  # fmt: skip
    ratios = "; ".join(
        gettext("{driver}: {ratio}").format(driver=names.get(code, code), ratio=format_number(ratio, 1))
        for code, ratio in own.bad_against_good.items()
    )
    return [
        (
            gettext("“5 % more retention brings 25–85 % more profit” (Reichheld & Sasser 1990; a thought experiment, as "
                    "Sharp showed)"),
            five,
        ),
        (
            gettext("“1 % more retention raises value by 5 %” (Gupta, Lehmann & Stuart 2004; true near 90 % retention)"),
            money if np.isfinite(own.elasticity) else unknown,
        ),
        (
            gettext("“A bad experience weighs twice as much as a good one”"),
            gettext("effect of low ratings ÷ effect of high ones: {ratios}").format(ratios=ratios) if ratios else unknown,
        ),
    ]  # fmt: skip
