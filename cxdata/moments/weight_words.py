"""Whether a bad experience weighs more than a good one, in sentences."""

from __future__ import annotations

import pandas as pd

from cxdata.language import format_number, gettext, mark
from cxdata.moments.weights import CANNOT_TELL, CLAIM, CONTRARY, EVEN, HEAVIER, LIGHTER, POOLED
from cxdata.moments.words import place_text
from cxdata.vocabulary import Labels

WEIGHT_VERDICTS = {
    HEAVIER: mark("the bad one weighs more"),
    LIGHTER: mark("the good one weighs more"),
    EVEN: mark("unclear which weighs more"),
    CANNOT_TELL: mark("cannot tell"),
    CONTRARY: mark("good ones go with a worse outcome"),
}


def weight_sentence(ratio: pd.DataFrame, labels: Labels) -> list[str]:
    """Whether bad experiences weigh more than good ones: pooled, then where it can be told."""
    if ratio.empty:
        return [
            gettext(
                "Bad experiences cannot be weighed against good ones: too few ratings at either end of a scale, or "
                "all of one end were followed by the same outcome."
            )
        ]
    texts = []
    if (ratio["touchpoint"] == POOLED).any():
        texts.append(_weighed(ratio[ratio["touchpoint"] == POOLED].iloc[0], labels))
    told = ratio[(ratio["touchpoint"] != POOLED) & ratio["verdict"].isin((HEAVIER, LIGHTER, CONTRARY))]
    texts += [_weighed(row, labels) for _index, row in told.iterrows()]
    return texts or [
        gettext(
            "At no touchpoint is the weight of good experiences clear enough to compare bad ones with it."
        )
    ]


def _weighed(row: pd.Series, labels: Labels) -> str:
    name, word = place_text(row["touchpoint"], labels), WEIGHT_VERDICTS[row["verdict"]]
    if row["verdict"] == CANNOT_TELL:
        return gettext(
            "{touchpoint}: cannot tell how much more a bad experience weighs, because the weight of a good one is "
            "not clear of zero."
        ).format(touchpoint=name)
    if row["verdict"] == CONTRARY:
        return gettext(
            "{touchpoint}: good experiences go with a worse outcome than those in between, so no ratio of weights can "
            "be told. Ask what stands behind it."
        ).format(touchpoint=name)
    claim = (
        gettext("twice as much lies within the interval")
        if row["ratio_low"] <= CLAIM <= row["ratio_high"]
        else gettext("twice as much lies outside the interval")
    )
    return gettext(
        "{touchpoint}: a bad experience weighs {ratio} times as much as a good one ({low} to {high}): {verdict}; "
        "{claim}."
    ).format(
        touchpoint=name,
        ratio=format_number(row["ratio"], 1),
        low=format_number(row["ratio_low"], 1),
        high=format_number(row["ratio_high"], 1),
        verdict=gettext(word),
        claim=claim,
    )
