"""The parts of the page Moments of truth: answer, ranked chart and table, bad against good, blind spots, method."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from cxdata.language import format_number, format_percent
from cxdata.language import gettext as _
from cxdata.moments.charts import forest
from cxdata.moments.design import HIGH
from cxdata.moments.notes import (
    not_compared_sentences,
    one_way_sentences,
    record_sentences,
    unheard_sentences,
)
from cxdata.moments.study import NOTHING, RENEWALS, Study
from cxdata.moments.weight_words import WEIGHT_VERDICTS, weight_sentence
from cxdata.moments.weights import CANNOT_TELL, CONTRARY
from cxdata.moments.words import (
    VERDICT_LABELS,
    cost_text,
    headline,
    period_text,
    place_text,
    unit_of_study,
)
from cxdata.scorecard.words import change_interval_text, change_text, joined
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.cache import cached, draw
from pages.parts.download import download
from pages.parts.markup import tag, wrap
from pages.parts.messages import missing_table
from pages.parts.view import View

TOUCHPOINT = DIMENSION_LABELS["touchpoint"]


def settled(view: View) -> View:
    """The same view without the choices of other pages: they must not make the study be computed anew."""
    selection = replace(view.selection, metric="nps", by="touchpoint", window=1, weighted=False)
    return replace(view, selection=selection)


def lead(view: View, found: Study) -> None:
    """Three sentences, the first one large; then what the page cannot know of this release."""
    texts = cached(view, "moments:headline", lambda: headline(found, view.config.labels))
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    for text in texts[1:]:
        st.html(wrap("div", tag("p", text), "cx-tile"))
    if found.outcome != RENEWALS:
        missing_table(view, "subscriptions", _("which experiences go with lost renewals, and how many"))
    missing_table(view, "interactions", _("paths, disconnections and bad contacts that nobody rated"))
    if not len(found.moments.table) and found.outcome != NOTHING:
        st.info(_("No contact and no rating names a touchpoint, so there is nothing to compare."))


def ranking(view: View, found: Study) -> None:
    """The ranked chart and the numbers behind it."""
    table = found.moments.table
    compared = table.dropna(subset=["estimate"])
    if compared.empty:
        return
    st.subheader(_("What goes with a bad experience"), anchor=False)
    alt_text = " ".join(headline(found, view.config.labels))
    draw(view, "moments:forest", lambda: forest(found, view.config.labels), alt_text=alt_text)
    st.html(wrap("div", tag("p", _reading(view, found)), "cx-notes"))
    columns = {
        "touchpoint": st.column_config.TextColumn(_(TOUCHPOINT), pinned=True),
        "declared": st.column_config.TextColumn(_("Declared")),
        "verdict": st.column_config.TextColumn(_("Verdict")),
        "difference": st.column_config.TextColumn(_("Bad less good"), alignment="right"),
        "interval": st.column_config.TextColumn(_("95 % interval"), alignment="right"),
        "cost": st.column_config.TextColumn(_cost_title(found), alignment="right"),
        "cost_interval": st.column_config.TextColumn(_("95 % interval"), alignment="right"),
        "bad": st.column_config.TextColumn(_("Bad"), alignment="right"),
        "rated": st.column_config.TextColumn(_("of them rated"), alignment="right"),
        "good": st.column_config.TextColumn(_("Good"), alignment="right"),
        "reach": st.column_config.TextColumn(_("Met by"), alignment="right"),
        "bad_none": st.column_config.TextColumn(_("Bad less not met"), alignment="right"),
        "good_none": st.column_config.TextColumn(_("Good less not met"), alignment="right"),
        "alone": st.column_config.TextColumn(_("Without the other touchpoints"), alignment="right"),
    }
    rows = cached(view, "moments:rows", lambda: _rows(view, found))
    st.dataframe(rows, hide_index=True, width="stretch", height="content", column_config=columns)
    period = f"{found.window.first:%Y-%m}-to-{found.window.last:%Y-%m}"
    download(
        lambda: masked(table, view.config.min_base),
        ["moments-of-truth", period, view.release.id],
        key="moments:csv",
    )


def balance(view: View, found: Study) -> None:
    """Whether a bad experience weighs more than a good one, on the company's own data."""
    if found.moments.reason:
        return
    st.subheader(_("Does a bad experience weigh more than a good one?"), anchor=False)
    texts = weight_sentence(found.weights, view.config.labels)
    for text in texts:
        st.html(wrap("div", tag("p", text), "cx-tile"))
    st.html(
        wrap("div", tag("p", _(
            "By rating only: the lowest two fifths of the scale (or a detractor) and the top fifth (or a promoter), "
            "each against what lies between. KPMG claims twice as much; the interval is Fieller's. Where the weight "
            "of good experiences is not clear of zero, no ratio can be told."
        )), "cx-notes")
    )  # fmt: skip
    if found.weights.empty:
        return
    with st.expander(_("Weights per touchpoint")):
        st.dataframe(
            _weight_rows(view, found),
            hide_index=True,
            width="stretch",
            column_config={
                "touchpoint": st.column_config.TextColumn(_(TOUCHPOINT)),
                "ratio": st.column_config.TextColumn(_("Ratio"), alignment="right"),
                "interval": st.column_config.TextColumn(_("95 % interval"), alignment="right"),
                "verdict": st.column_config.TextColumn(_("Verdict")),
                "bad": st.column_config.TextColumn(_("Weight of a bad one"), alignment="right"),
                "good": st.column_config.TextColumn(_("Weight of a good one"), alignment="right"),
                "n": st.column_config.TextColumn(_("n bad · between · good"), alignment="right"),
            },
        )


def blind_spots(view: View, found: Study) -> None:
    """Where nobody is asked."""
    if not found.heard.recorded:
        return
    st.subheader(_("Where no survey listens"), anchor=False)
    texts = unheard_sentences(found.heard, view.config.labels)
    if view.selection.touchpoint:
        texts.append(_("Not filtered by touchpoint."))
    st.html(wrap("div", tag("p", " ".join(texts)), "cx-tile"))


def method(view: View, found: Study) -> None:
    """How all of it is made, on demand."""
    look_back, lead_days = view.config.look_back_days, view.config.lead_days
    texts = [
        _("**Only what came before**: contacts and ratings of the {look_back} days that end {lead} days before "
          "the decision. Anything later would explain the decision with itself.").format(
            look_back=format_number(look_back), lead=format_number(lead_days))
        if found.outcome == RENEWALS
        else _("**Only what came before**: contacts and ratings since the customer's last answer to the same "
               "question, at most {look_back} days back. Ratings of the same survey do not count.").format(
            look_back=format_number(look_back)),
        _("**Bad**: the customer's last rating there is in the lowest two fifths of the scale and unfavourable, or "
          "a detractor. **Good**: it is favourable. Where there is no rating, a contact is bad that was not "
          "settled, was a complaint, or waited longer than nine in ten at that touchpoint. All other contacts are "
          "met, but unrated. A rating outranks the contact."),
        _("**Adjusted difference**: a logistic regression (linear for NPS) of all touchpoints together with "
          "segment, length of the relationship, plan and product; then the mean over all who met the touchpoint, "
          "had they had a bad experience, less the same had they had a good one (g-computation). The interval "
          "allows for customers who decide several times."),
        _("**Without the other touchpoints**: the same, one regression per touchpoint. It is the main number "
          "where there are fewer than ten lost decisions for each number that is estimated."),
        _("**Moment of truth**: the difference stands out from chance after Holm's procedure over all touchpoints "
          "compared, and bad experiences come with fewer renewals. Declared ones are the team's own."),
        _("**Lost renewals**: the number of bad experiences × the difference, averaged over the customers who had "
          "them. It is what goes with them, not what better service would win back: who has a bad experience may "
          "differ in ways that nobody recorded."),
        _("**All lost or all renewed**: where all decisions of a group ended in the same way, the regression is "
          "Firth's, and how sure the group's share is comes from Wilson's interval."),
    ]  # fmt: skip
    with st.expander(_("How this is computed")):
        for text in texts:
            st.markdown(text)
        st.caption("Robins (1986); Liang & Zeger (1986); Firth (1993); Holm (1979); Fieller (1954)")


def _reading(view: View, found: Study) -> str:
    texts = [
        (_("Decisions of {period}.") if found.outcome == RENEWALS else _("Answers of {period}.")).format(
            period=period_text(found)),
        *record_sentences(found.window),
        _("Filled and coloured: stands out from chance; hollow: it does not. Bar: 95 % "
          "interval. Larger point: met by more customers. {mark} declared by the team. Clear moments come first, "
          "each by what goes with it.").format(
            mark="◆"),
        _("Associations are not causes."),
    ]  # fmt: skip
    table = found.moments.table
    if (table["reference"] == "unrated").any():
        names = [place_text(name, view.config.labels)
                 for name in table.loc[table["reference"] == "unrated", "touchpoint"]]  # fmt: skip
        texts.append(
            _("Compared with contacts without a bad sign, because too few are rated well: {names}.").format(
                names=joined(names)
            )
        )
    texts += one_way_sentences(table, view.config.labels)
    texts += not_compared_sentences(table, view.config.labels)
    if found.window.sample > 1:
        texts.append(
            _(
                "From one customer in {sample}, drawn at random; counts of lost renewals are scaled up."
            ).format(sample=format_number(found.window.sample))
        )
    if view.selection.channel:
        texts.append(_("Not filtered by channel: an experience may have had several."))
    return " ".join(texts)


def masked(table: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """The table for a file: counts that the page withholds are empty there too."""
    hidden = ["bad", "bad_rated", "bad_lost", "good"]
    numbers = table[hidden].astype(float)
    shown = table.copy()
    shown[hidden] = numbers.mask((numbers > 0) & (numbers < min_base))
    return shown


def _rows(view: View, found: Study) -> pd.DataFrame:
    """The table in the reader's words; what rests on too little is withheld."""
    table, unit = found.moments.table, unit_of_study(found)
    declared = set(found.declared)
    recorded = set(found.touchpoints.loc[found.touchpoints["contacts"] > 0, "touchpoint"])
    few = _("fewer than {count}").format(count=format_number(view.config.min_base))

    def count(value: float) -> str:
        return few if 0 < value < view.config.min_base else format_number(value)

    def change(name: str) -> list[str]:
        ends = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
        return [
            "" if pd.isna(value) else f"{change_text(value, unit)} ({change_interval_text(low, high, unit)})"
            for value, low, high in ends
        ]

    return pd.DataFrame(
        {
            "touchpoint": [place_text(name, view.config.labels) for name in table["touchpoint"]],
            "declared": ["◆" if name in declared else "" for name in table["touchpoint"]],
            "verdict": [_(VERDICT_LABELS[verdict]) for verdict in table["verdict"]],
            "difference": ["" if pd.isna(value) else change_text(value, unit) for value in table["estimate"]],
            "interval": [
                change_interval_text(low, high, unit)
                for low, high in zip(table["conf_low"], table["conf_high"], strict=True)
            ],
            "cost": [cost_text(value, found) for value in table["cost"]],
            "cost_interval": [
                "" if pd.isna(low) else _("{low} to {high}").format(
                    low=cost_text(low, found), high=cost_text(high, found))
                for low, high in zip(table["cost_low"], table["cost_high"], strict=True)
            ],
            "bad": [count(value) for value in table["bad"]],
            "rated": [count(value) for value in table["bad_rated"]],
            "good": [
                count(value) if name == HIGH or value else ""
                for value, name in zip(table["good"], table["reference"], strict=True)
            ],
            "reach": [
                format_percent(value) if name in recorded and not pd.isna(value) else _("not recorded")
                for name, value in zip(table["touchpoint"], table["reach"], strict=True)
            ],
            "bad_none": change("bad_none"),
            "good_none": change("good_none"),
            "alone": change("alone"),
        }
    )  # fmt: skip


def _weight_rows(view: View, found: Study) -> pd.DataFrame:
    def number(value: float) -> str:
        return "" if pd.isna(value) else format_number(value, 2)

    def span(low: float, high: float) -> str:
        return "" if pd.isna(low) else _("{low} to {high}").format(low=number(low), high=number(high))

    rows = []
    for _index, row in found.weights.iterrows():
        verdict = row["verdict"]
        told = verdict not in (CANNOT_TELL, CONTRARY)
        rows.append(
            {
                "touchpoint": place_text(row["touchpoint"], view.config.labels),
                "ratio": number(row["ratio"]) if told else "",
                "interval": span(row["ratio_low"], row["ratio_high"]) if told else "",
                "verdict": _(WEIGHT_VERDICTS[verdict]),
                "bad": f"{number(row['bad_weight'])} ({span(row['bad_weight_low'], row['bad_weight_high'])})",
                "good": f"{number(row['good_weight'])} ({span(row['good_weight_low'], row['good_weight_high'])})",
                "n": " · ".join(format_number(row[name]) for name in ("bad", "middle", "good")),
            }
        )
    return pd.DataFrame(rows)


def _cost_title(found: Study) -> str:
    return _("Lost renewals") if found.outcome == RENEWALS else _("Points of the overall NPS")
