"""How often process charts cry wolf, and how soon they see a change: python -m benchmarks.coverage_signals.

Prints the tables "Signals" and "Parts of a change" of docs/coverage.md. Every population is known. The
tests of `movement` run the same functions, shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cxdata.movement.effects import Groups, rate_and_mix
from cxdata.movement.signals import BASELINE_MONTHS, BELOW, RULES, process_limits, signals
from cxdata.scorecard.estimates import Floats

CHARTS = 4_000
MONTHS = BASELINE_MONTHS + 36
ANSWERS = (20, 60, 200)
SHARES = (0.75, 0.93, 0.99)


@dataclass(frozen=True)
class FalseSignals:
    """Signals per 100 months of charts on which nothing happened.

    `inside` the months that gave the limits, `after` them, and after them `by_rule` that spoke.
    """

    inside: float
    after: float
    by_rule: dict[str, float]


@dataclass(frozen=True)
class Detection:
    """Share of shifts found within a year (0-1), and the median months until then among those found."""

    found: float
    median_months: float


def draw_months(
    share: float,
    answers: int,
    months: int,
    random: Generator,
    *,
    shift: float = 0.0,
    restless: float = 0.0,
) -> tuple[Floats, Floats]:
    """Favourable shares by month and their answers; bases vary from month to month by up to 40 %.

    Parameters
    ----------
    share : float
        Of favourable answers.
    answers : int
        Mean number a month.
    months : int
    random : Generator
    shift : float
        Fall from month `BASELINE_MONTHS` on, in standard errors of a month with `answers` answers.
    restless : float
        Standard deviation of the true share between months.
    """
    bases = np.maximum(10, random.poisson(answers * random.uniform(0.6, 1.4, months)))
    true = np.full(months, share) + restless * random.normal(size=months)
    true[BASELINE_MONTHS:] -= shift * np.sqrt(share * (1 - share) / answers)
    return random.binomial(bases, np.clip(true, 0, 1)) / bases, bases.astype(float)


def false_signals(
    share: float, answers: int, charts: int, random: Generator, *, restless: float = 0.0
) -> FalseSignals:
    """Signals on charts of a share that does not change (or only wobbles, by `restless`)."""
    counted, inside = dict.fromkeys(RULES, 0), 0
    for _ in range(charts):
        value, bases = draw_months(share, answers, MONTHS, random, restless=restless)
        for signal in signals(process_limits(value, value, bases).distance):
            if signal.raised < BASELINE_MONTHS:
                inside += 1
            else:
                counted[signal.rule] += 1
    later = charts * (MONTHS - BASELINE_MONTHS)
    rates = {rule: 100 * count / later for rule, count in counted.items()}
    return FalseSignals(100 * inside / (charts * BASELINE_MONTHS), sum(rates.values()), rates)


def detection(share: float, answers: int, shift: float, charts: int, random: Generator) -> Detection:
    """How many falls by `shift` standard errors are signalled within twelve months, and when."""
    waits = []
    for _ in range(charts):
        value, bases = draw_months(share, answers, BASELINE_MONTHS + 12, random, shift=shift)
        later = [
            signal.raised - BASELINE_MONTHS + 1
            for signal in signals(process_limits(value, value, bases).distance)
            if signal.raised >= BASELINE_MONTHS and signal.side == BELOW
        ]
        waits += later[:1]
    return Detection(len(waits) / charts, float(np.median(waits)) if waits else float("nan"))


@dataclass(frozen=True)
class PartCoverage:
    """Share of 95 % intervals that contain the true part (0-1): of the groups, and of their sums."""

    rate: float
    mix: float
    total_rate: float
    total_mix: float


def part_coverage(
    shares: tuple[Sequence[float], Sequence[float]],
    scores: tuple[Sequence[float], Sequence[float]],
    answers: tuple[int, int],
    samples: int,
    random: Generator,
) -> PartCoverage:
    """Intervals of rate and mix for favourable shares of groups, both periods sampled.

    Parameters
    ----------
    shares, scores : pair of sequence of float
        Before and after: shares of the groups among the answers, and their favourable shares.
    answers : pair of int
        Before and after.
    """
    truth = rate_and_mix(*(_exact(np.array(s), np.array(p)) for s, p in zip(shares, scores, strict=True)))
    inside, inside_total = [], []
    for _ in range(samples):
        sides = []
        for share, score, count in zip(shares, scores, answers, strict=True):
            bases = np.maximum(random.multinomial(count, share), 1).astype(float)
            favourable = random.binomial(bases.astype(int), score)
            careful = (favourable + 2) / (bases + 4)
            error = np.sqrt(careful * (1 - careful) / (bases + 4))
            sides.append(Groups(bases, bases, favourable / bases, error))
        found = rate_and_mix(sides[0], sides[1])
        inside.append(np.abs(found.estimate - truth.estimate)[:, :2] <= 1.96 * found.std_error[:, :2])
        for part in ("rate", "mix"):
            total, error = found.pooled(part)
            inside_total.append(abs(total - truth.pooled(part)[0]) <= 1.96 * error)
    groups, totals = np.mean(inside, axis=(0, 1)), np.mean(np.reshape(inside_total, (-1, 2)), axis=0)
    return PartCoverage(float(groups[0]), float(groups[1]), float(totals[0]), float(totals[1]))


def _exact(share: Floats, score: Floats) -> Groups:
    return Groups(share, share, score, np.zeros(share.size))


PART_POPULATIONS = {
    "nothing moved": (((0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1)), ((0.8, 0.7, 0.6, 0.3), (0.8, 0.7, 0.6, 0.3))),
    "other groups answer": (
        ((0.4, 0.3, 0.2, 0.1), (0.3, 0.25, 0.15, 0.3)), ((0.8, 0.7, 0.6, 0.3), (0.8, 0.7, 0.6, 0.3)),
    ),
    "one group scores lower": (
        ((0.4, 0.3, 0.2, 0.1), (0.4, 0.3, 0.2, 0.1)), ((0.8, 0.7, 0.6, 0.3), (0.6, 0.7, 0.6, 0.3)),
    ),
    "both": (((0.4, 0.3, 0.2, 0.1), (0.3, 0.25, 0.15, 0.3)), ((0.8, 0.7, 0.6, 0.3), (0.6, 0.75, 0.5, 0.4))),
    # At 300 answers the change of shares and the distance of the scores are both about 1.75 of their standard errors.
    "hardly more than chance": (((0.535, 0.465), (0.465, 0.535)), ((0.73, 0.666), (0.73, 0.666))),
}  # fmt: skip


def main() -> None:
    """Print both sections of docs/coverage.md."""
    random = np.random.default_rng(20261122)
    print("### Signals on stable data, per 100 months of a chart\n")
    print(
        "| share | answers a month | in the baseline | after it | beyond 3 sigma | 2 of 3 beyond 2 sigma | 8 in a row |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for share in SHARES:
        for answers in ANSWERS:
            found = false_signals(share, answers, CHARTS, random)
            rules = " | ".join(f"{found.by_rule[rule]:.2f}" for rule in RULES)
            print(f"| {share:.0%} | {answers} | {found.inside:.2f} | {found.after:.2f} | {rules} |")
    found = false_signals(0.75, 60, CHARTS, random, restless=0.05)
    rules = " | ".join(f"{found.by_rule[rule]:.2f}" for rule in RULES)
    print(f"| 75%, restless by 5 pp | 60 | {found.inside:.2f} | {found.after:.2f} | {rules} |")
    print("\n### Falls that are signalled within twelve months\n")
    print("| fall in standard errors of a month | found | median months |")
    print("|---:|---:|---:|")
    for shift in (0.5, 1.0, 1.5, 2.0, 3.0):
        seen = detection(0.75, 60, shift, CHARTS, random)
        print(f"| {shift:g} | {seen.found:.0%} | {seen.median_months:.0f} |")
    print("\n### Parts of a change, delta method\n")
    print("| | answers | rate | mix | all rate | all mix |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (shares, scores) in PART_POPULATIONS.items():
        for count in (100, 300, 1000):
            part = part_coverage(shares, scores, (count, count), CHARTS, random)
            numbers = (part.rate, part.mix, part.total_rate, part.total_mix)
            print(f"| {name} | {count} | " + " | ".join(f"{100 * number:.1f}" for number in numbers) + " |")


if __name__ == "__main__":
    main()
