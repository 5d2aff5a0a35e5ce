"""What a reader has to beware of in an analysis: sixteen rules, each with what it means and what to do.

Every rule takes plain numbers, so that it can be tested alone; `rules` runs those for which the numbers are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cxdata.language import format_number, format_percent, gettext, mark
from cxdata.scorecard.words import joined

NOTE, CARE, STOP = "note", "care", "stop"
"""How grave: good to know; read with care; do not act on it."""

LEVEL_LABELS = {
    NOTE: mark("Good to know"),
    CARE: mark("Read with care"),
    STOP: mark("Do not act on this yet"),
}

EVENTS_PER_PARAMETER = 10
VIF_CARE, VIF_STOP = 5.0, 10.0
FEWEST_RATED_SHARE, FEWEST_CUSTOMERS = 0.30, 100
SHORT_LEAD_DAYS = 7
LOWEST_AUC, SLOPES = 0.60, (0.8, 1.25)
SURE_TOP = 0.80
NON_LINEAR_AUC = 0.02
LARGE_SHARE = 0.05
LEVEL = 0.05
TOP = 3
MAJOR_SEGMENT = 0.10

Value = str | float | int | tuple[str, ...]

METHOD_LABELS = {
    "lmg": mark("Shapley share"),
    "logistic": mark("Logistic dominance"),
    "johnson": mark("Relative weights"),
    "tonidandel": mark("Relative weights, logistic"),
    "coefficient": mark("Size of the coefficient"),
    "permutation": mark("Loss when shuffled"),
}


@dataclass(frozen=True)
class Caution:
    """One thing to beware of.

    Parameters
    ----------
    code : str
        W1 … W16.
    level : str
        `NOTE`, `CARE` or `STOP`.
    drivers : tuple of str
        Codes of the drivers it is about; empty: the whole analysis.
    numbers : mapping
        Values of the text: fractions end in ``_share``, counts and other numbers do not.
    """

    code: str
    level: str
    drivers: tuple[str, ...] = ()
    numbers: Mapping[str, Value] = field(default_factory=dict)


MEANINGS = {
    "W1": mark("{events} decisions of the rarer outcome for {parameters} numbers that are estimated: fewer than ten "
               "for each. Effects may be exaggerated by chance."),
    "W2": mark("{drivers}: almost in step with other drivers (variance inflated {worst} times). Who of them deserves the "
               "credit cannot be told well."),
    "W3": mark("{drivers}: tells the outcomes apart almost completely, so that ordinary estimates would run away. "
               "Firth's penalised estimate and its profile interval stand in their place."),
    "W4": mark("{drivers}: alone it goes one way with the outcome, next to the other drivers the other way. The "
               "sign shown is the one next to the others."),
    "W5": mark("{drivers}: known for fewer than three in ten decisions, or for fewer than 100 customers. The "
               "rest is inferred from those who were asked."),
    "W6": mark("The look-back ends {days} days before the outcome: some of what is counted as an experience may "
               "already be part of the decision."),
    "W7": mark("On decisions that it had not seen, the model tells lost from kept with an AUC of {auc} (0.5: a coin) "
               "and a calibration slope of {slope} (1: right). It explains too little, or exaggerates."),
    "W8": mark("{drivers}: shown among the first three, but other customers of the same kind would have put "
               "it there in fewer than 80 % of draws."),
    "W9": mark("A model that may bend finds more than the straight one (AUC {boosted} against {auc}): some driver "
               "works in steps or together with another."),
    "W10": mark("{drivers}: travels with other drivers. Its share of importance is above 5 %, but next to the "
                "others its own effect is not clear of zero."),
    "W11": mark("Those who answered surveys and those who did not differ in the outcome ({respondents_share} against "
                "{others_share}). Ratings speak for those who answer."),
    "W12": mark("{drivers}: the effect changes as time goes by (test of proportional hazards, p = {p}). One number "
                "for all times is an average."),
    "W13": mark("Methods disagree on the most important driver: {drivers}."),
    "W14": mark("The outcome is itself a rating: happy customers rate everything higher (halo). That makes every "
                "driver look stronger than it would be for renewal."),
    "W15": mark("{drivers}: goes the other way in {segments}; what holds for all does not hold there."),
    "W16": mark("The estimate of what goes together where ratings are missing had not settled after {steps} steps. "
                "Too few ratings, or too few given together: {drivers}. Shares and effects may be off."),
}  # fmt: skip

ACTIONS = {
    "W1": mark("Choose fewer drivers, a longer period or fewer filters."),
    "W2": mark("Choose one of them, or read them as one theme."),
    "W3": mark("Trust the direction, not the size; check that the rating was given before the decision."),
    "W4": mark("Do not put this driver in a headline before you know why; look at what it goes with."),
    "W5": mark("Ask more customers about it before you invest in it."),
    "W6": mark("Set a longer lead time, such as 30 days, in cx.toml or on the command line."),
    "W7": mark("Use the order of the drivers as a hint only; look for what is not measured."),
    "W8": mark("Treat it and its neighbours as one group of candidates."),
    "W9": mark("Look at asymmetry below: bad and good may weigh differently."),
    "W10": mark("Do not fund it on this evidence; test it, or improve what it travels with."),
    "W11": mark("Compare with Who answers, and weigh answers or ask those who stay silent."),
    "W12": mark("Read the curves by rating band instead of the single number."),
    "W13": mark("Name both in the report; decide by effect and by cost."),
    "W14": mark("Choose renewal as the outcome where there are subscriptions."),
    "W15": mark("Decide for that segment separately."),
    "W16": mark("Leave one out, or choose a longer period or look-back, until this warning goes."),
}


def meaning(caution: Caution, names: Mapping[str, str]) -> str:
    """What it means, in the language in force; `names` says what drivers and segments are called."""
    filled = {name: _told(name, value, names) for name, value in caution.numbers.items()}
    listed = joined([names.get(code, code) for code in caution.drivers]) if caution.drivers else ""
    return gettext(MEANINGS[caution.code]).format(drivers=listed, **filled)


def action(caution: Caution) -> str:
    """What to do about it."""
    return gettext(ACTIONS[caution.code])


def _told(name: str, value: Value, names: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return joined([names.get(part, part) for part in value])
    if isinstance(value, str):
        return value
    if name.endswith("_share"):
        return format_percent(float(value))
    return format_number(value, 0 if isinstance(value, int) else 3 if name == "p" else 2)


def few_events(events: int, parameters: int) -> list[Caution]:
    """W1: fewer than ten events per parameter."""
    if events >= EVENTS_PER_PARAMETER * parameters:
        return []
    level = STOP if events < 5 * parameters else CARE
    return [Caution("W1", level, (), {"events": int(events), "parameters": int(parameters)})]


def entangled(vif: Mapping[str, float]) -> list[Caution]:
    """W2: variance inflated more than five (care) or ten times (stop), nan and infinite included."""
    hit = {code: value for code, value in vif.items() if not np.isnan(value) and value > VIF_CARE}
    if not hit:
        return []
    worst = max(hit.values())
    shown = "∞" if np.isinf(worst) else float(worst)
    return [Caution("W2", STOP if worst > VIF_STOP else CARE, tuple(hit), {"worst": shown})]


def separated(codes: Sequence[str]) -> list[Caution]:
    """W3: drivers that tell the outcomes apart completely."""
    return [Caution("W3", CARE, tuple(codes))] if codes else []


def turned(coefficients: Mapping[str, float], correlations: Mapping[str, float], rows: int) -> list[Caution]:
    """W4: sign of the coefficient against that of the correlation, where the correlation stands out from chance."""
    noise = 2.0 / np.sqrt(max(rows, 1))
    codes = tuple(
        code for code, value in coefficients.items()
        if np.isfinite(value) and abs(correlations[code]) > noise and value * correlations[code] < 0
    )  # fmt: skip
    return [Caution("W4", CARE, codes)] if codes else []


def seldom_rated(rated_share: Mapping[str, float], customers: Mapping[str, int]) -> list[Caution]:
    """W5: rated in fewer than 30 % of the decisions that met it, or by fewer than 100 customers."""
    codes = tuple(
        code for code, share in rated_share.items()
        if share < FEWEST_RATED_SHARE or customers[code] < FEWEST_CUSTOMERS
    )  # fmt: skip
    level = CARE if any(customers[code] < FEWEST_CUSTOMERS for code in codes) else NOTE
    return [Caution("W5", level, codes)] if codes else []


def short_lead(lead_days: int) -> list[Caution]:
    """W6: a lead time under a week. What is stamped after its decision is refused outright (`check_order`)."""
    return [Caution("W6", CARE, (), {"days": int(lead_days)})] if lead_days < SHORT_LEAD_DAYS else []


def weak_model(auc: float, slope: float) -> list[Caution]:
    """W7: hold-out AUC below 0.60, or a calibration slope outside 0.8 to 1.25."""
    if auc >= LOWEST_AUC and SLOPES[0] <= slope <= SLOPES[1]:
        return []
    return [Caution("W7", CARE, (), {"auc": float(auc), "slope": float(slope)})]


def shaky_top(order: Sequence[str], chance_of_top: Mapping[str, float]) -> list[Caution]:
    """W8: shown in the top three with a probability of being there below 80 %."""
    codes = tuple(code for code in order[:TOP] if chance_of_top[code] < SURE_TOP)
    return [Caution("W8", CARE, codes)] if codes and len(order) > TOP else []


def bends(boosted_auc: float, auc: float) -> list[Caution]:
    """W9: boosting beats the logit by more than 0.02 AUC on decisions that neither had seen."""
    if not boosted_auc - auc > NON_LINEAR_AUC:
        return []
    return [Caution("W9", NOTE, (), {"boosted": float(boosted_auc), "auc": float(auc)})]


def travellers(
    share: Mapping[str, float], low: Mapping[str, float], high: Mapping[str, float]
) -> list[Caution]:
    """W10: a share above 5 % with an effect whose interval covers zero."""
    codes = tuple(
        code for code, value in share.items() if value > LARGE_SHARE and low[code] <= 0 <= high[code]
    )
    return [Caution("W10", CARE, codes)] if codes else []


def silent_differ(ones: Sequence[float], sizes: Sequence[float]) -> list[Caution]:
    """W11: outcome rates of respondents (first) and others differ by more than chance and by 2 points or more."""
    if min(sizes) < 30:
        return []
    rates = [one / size for one, size in zip(ones, sizes, strict=True)]
    pooled = sum(ones) / sum(sizes)
    error = np.sqrt(max(pooled * (1 - pooled), 1e-12) * sum(1 / size for size in sizes))
    if abs(rates[0] - rates[1]) < max(1.96 * error, 0.02):
        return []
    return [Caution("W11", NOTE, (), {"respondents_share": rates[0], "others_share": rates[1]})]


def not_proportional(p_values: Mapping[str, float]) -> list[Caution]:
    """W12: proportional hazards refused at 5 %, by Bonferroni over the drivers tested."""
    tested = {code: p for code, p in p_values.items() if np.isfinite(p)}
    hit = {code: p for code, p in tested.items() if p * len(tested) < LEVEL}
    return [Caution("W12", NOTE, tuple(hit), {"p": float(min(hit.values()))})] if hit else []


def methods_disagree(tops: Mapping[str, str]) -> list[Caution]:
    """W13: the methods' most important drivers, method -> code, are not the same."""
    codes = tuple(dict.fromkeys(tops.values()))
    return [Caution("W13", CARE, codes)] if len(codes) > 1 else []


def rating_outcome(of_terms: bool) -> list[Caution]:
    """W14: the outcome is itself a rating."""
    return [] if of_terms else [Caution("W14", CARE)]


def reversed_in(driver: str, segments: Mapping[str, tuple[float, float, float]]) -> list[Caution]:
    """W15: the top driver goes the other way in a major segment.

    Parameters
    ----------
    driver : str
    segments : mapping of str to (share of decisions, estimate for all, p of the segment's own effect after BH)
        With the segment's estimate of the opposite sign; the caller passes reversals only.
    """
    hit = [name for name, (size, _all, p) in segments.items() if size >= MAJOR_SEGMENT and p < LEVEL]
    return [Caution("W15", CARE, (driver,), {"segments": tuple(hit)})] if hit else []


def unsettled(converged: bool, steps: int, drivers: Sequence[str]) -> list[Caution]:
    """W16: the EM algorithm stopped before it arrived.

    Parameters
    ----------
    converged : bool
    steps : int
        EM steps and leaps that were taken.
    drivers : sequence of str
        Ratings that the fewest decisions hold together.
    """
    return [] if converged else [Caution("W16", CARE, tuple(drivers), {"steps": int(steps)})]
