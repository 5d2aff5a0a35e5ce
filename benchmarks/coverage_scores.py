"""How often 95 % intervals contain the truth, by simulation: python -m benchmarks.coverage_scores.

Prints the tables of docs/coverage.md. Every population is known, so the share of intervals that contain
its value is the coverage. `tests/scorecard/test_coverage_small.py` runs the same functions, shorter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cxdata.scorecard.comparisons import benjamini_hochberg, difference
from cxdata.scorecard.differences import Difference
from cxdata.scorecard.estimates import Estimate, Floats, effective_answers
from cxdata.scorecard.retention import gross_retention_estimate, net_retention_estimate
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate

SIZES = (10, 30, 100, 300)
SAMPLES = 100_000

NPS_POPULATIONS = {
    "35 % promoters, 30 % detractors": (0.35, 0.30),
    "50 % promoters, 20 % detractors": (0.50, 0.20),
    "70 % promoters, 10 % detractors": (0.70, 0.10),
    "15 % promoters, 60 % detractors": (0.15, 0.60),
}
EXTREME_NPS = {"95 % promoters, 1 % detractors": (0.95, 0.01)}

RATINGS = {
    "spread evenly over 1-5": (0.20, 0.20, 0.20, 0.20, 0.20),
    "mostly 4 and 5": (0.03, 0.05, 0.12, 0.40, 0.40),
    "unhappy": (0.30, 0.25, 0.20, 0.15, 0.10),
}
SKEWED_RATINGS = {
    "eight in ten give 5": (0.03, 0.02, 0.03, 0.12, 0.80),
    "nine in ten give 5": (0.02, 0.01, 0.02, 0.05, 0.90),
    "all give 5 but 1 % who give 1": (0.01, 0.00, 0.00, 0.00, 0.99),
}


@dataclass(frozen=True)
class Coverage:
    """Share of intervals that contain the truth (0-1) and their mean width in the estimate's unit."""

    share: float
    width: float


def covered(result: Estimate | Difference, truth: float) -> Coverage:
    inside = (result.conf_low <= truth) & (truth <= result.conf_high)
    return Coverage(float(inside.mean()), float((result.conf_high - result.conf_low).mean()))


def draw_nps(shares: tuple[float, float], answers: int, samples: int, random: Generator) -> Estimate:
    promoter, detractor = shares
    counts = random.multinomial(answers, [promoter, 1 - promoter - detractor, detractor], samples)
    return nps_estimate(counts[:, 0], counts[:, 2], answers)


def nps_coverage(shares: tuple[float, float], answers: int, samples: int, random: Generator) -> Coverage:
    return covered(draw_nps(shares, answers, samples, random), 100 * (shares[0] - shares[1]))


def weighted_nps_coverage(
    shares: tuple[float, float], answers: int, samples: int, random: Generator, spread: float = 0.5
) -> Coverage:
    """Weights are lognormal with the given standard deviation of the log, unrelated to the answers."""
    kind = random.random((samples, answers))
    weight = random.lognormal(0, spread, (samples, answers))
    promoter, detractor = kind < shares[0], kind > 1 - shares[1]
    return covered(_weighted_nps(promoter, detractor, weight), 100 * (shares[0] - shares[1]))


def stratified_nps_coverage(answers: int, samples: int, random: Generator) -> Coverage:
    """A fifth of the customers answers half of the surveys: weights go with the answers.

    Stratum A (20 % of customers, 50 % of answers, weight 0.4): NPS 60; B (weight 1.6): NPS 0. Truth 12.
    """
    often = random.random((samples, answers)) < 0.5
    kind = random.random((samples, answers))
    promoter = kind < np.where(often, 0.70, 0.35)
    detractor = kind > 1 - np.where(often, 0.10, 0.35)
    return covered(_weighted_nps(promoter, detractor, np.where(often, 0.4, 1.6)), 0.2 * 60 + 0.8 * 0)


def _weighted_nps(promoter: np.ndarray, detractor: np.ndarray, weight: Floats) -> Estimate:
    total = weight.sum(axis=1)
    worth = effective_answers(total, (weight**2).sum(axis=1))
    base = np.full(total.shape, weight.shape[1])
    promoters, detractors = (weight * promoter).sum(axis=1), (weight * detractor).sum(axis=1)
    return nps_estimate(promoters, detractors, total, base=base, effective_base=worth)


def share_coverage(share: float, answers: int) -> float:
    """Exact: the binomial probability of all counts whose interval contains the share."""
    from scipy.stats import binom

    counts = np.arange(answers + 1)
    interval = share_estimate(counts, answers)
    inside = (interval.conf_low <= share) & (share <= interval.conf_high)
    return float(binom.pmf(counts, answers, share)[inside].sum())


def draw_mean(shares: tuple[float, ...], answers: int, samples: int, random: Generator) -> Estimate:
    scale = np.arange(1, len(shares) + 1)
    counts = random.multinomial(answers, shares, samples)
    return mean_estimate(
        np.full(samples, answers), counts @ scale, counts @ scale**2, scale_min=1, scale_max=len(shares)
    )


def mean_coverage(shares: tuple[float, ...], answers: int, samples: int, random: Generator) -> Coverage:
    truth = float(np.dot(shares, np.arange(1, len(shares) + 1)))
    return covered(draw_mean(shares, answers, samples, random), truth)


def retention_coverage(
    terms: int, lost: float, spread: float, samples: int, random: Generator
) -> tuple[Coverage, Coverage]:
    """Gross and net retention of contracts whose value is lognormal with the given spread.

    A share `lost` goes; of the rest, 15 % renew up to 30 % cheaper (15 % on average) and 30 % grow by 20 %
    on average. Gross truth: (1 - lost)(1 - 0.15 * 0.15); net adds 0.85 * 0.30 * 0.20.
    """
    due = random.lognormal(0, spread, (samples, terms))
    change = np.where(random.random(due.shape) < 0.30, random.exponential(0.20, due.shape), 0.0)
    cheaper = random.random(due.shape) < 0.15
    change = np.where(cheaper, -0.30 * random.random(due.shape), change)
    following = np.where(random.random(due.shape) < lost, 0.0, due * (1 + change))
    results = []
    for estimator, got, truth in (
        (gross_retention_estimate, np.minimum(due, following), (1 - lost) * (1 - 0.15 * 0.15)),
        (net_retention_estimate, following, (1 - lost) * (1 - 0.15 * 0.15 + 0.85 * 0.30 * 0.20)),
    ):
        sums = (part.sum(axis=1) for part in (due, got, due**2, got**2, due * got))
        results.append(covered(estimator(*sums, terms), truth))
    return results[0], results[1]


def false_alarms(
    lines: int, moved: int, answers: int, pages: int, random: Generator
) -> tuple[float, float, float]:
    """Lines of NPS, `moved` of them by 20 points: share of false calls, of moves found, of noisy pages.

    A noisy page has at least one false call when every line is judged by its own 95 % interval.
    """
    shape = (pages, lines)
    before = draw_nps((0.45, 0.25), answers, pages * lines, random)
    after = draw_nps((0.45, 0.25), answers, pages * lines, random)
    higher = draw_nps((0.55, 0.15), answers, pages * lines, random)
    is_moved = np.broadcast_to(np.arange(lines) < moved, shape).ravel()
    p_value = np.where(is_moved, difference(higher, before).p_value, difference(after, before).p_value)
    p_value, is_moved = p_value.reshape(shape), is_moved.reshape(shape)
    called = np.array([benjamini_hochberg(page) for page in p_value]) <= 0.05
    false = (called & ~is_moved).sum(axis=1) / np.maximum(called.sum(axis=1), 1)
    found = (called & is_moved).sum() / max(is_moved.sum(), 1)
    noisy = ((p_value <= 0.05) & ~is_moved).any(axis=1).mean()
    return float(false.mean()), float(found), float(noisy)


def nps_table(random: Generator) -> str:
    rows = {
        name: [nps_coverage(shares, size, SAMPLES, random).share for size in SIZES]
        for name, shares in (NPS_POPULATIONS | EXTREME_NPS).items()
    }
    return table("NPS, adjusted Wald", rows)


def weighted_table(random: Generator) -> str:
    shares = (0.35, 0.30)
    rows = {
        f"weights unrelated to answers, sd of log {spread}": [
            weighted_nps_coverage(shares, size, SAMPLES // 5, random, spread).share for size in SIZES
        ]
        for spread in (0.3, 0.5, 1.0)
    }
    rows["a fifth of the customers gives half of the answers"] = [
        stratified_nps_coverage(size, SAMPLES // 5, random).share for size in SIZES
    ]
    return table("Weighted NPS, effective answers", rows)


def share_table() -> str:
    grid = np.arange(5, 96, 5) / 100
    exact = {size: [share_coverage(float(share), size) for share in grid] for size in SIZES}
    rows = {
        "mean over shares 5 %, 10 % … 95 %": [float(np.mean(exact[size])) for size in SIZES],
        "lowest of them": [min(exact[size]) for size in SIZES],
        "highest of them": [max(exact[size]) for size in SIZES],
        "share 1 %": [share_coverage(0.01, size) for size in SIZES],
    }
    return table("Shares, Wilson (exact, not simulated)", rows)


def mean_table(random: Generator) -> str:
    rows = {
        name: [mean_coverage(shares, size, SAMPLES, random).share for size in SIZES]
        for name, shares in (RATINGS | SKEWED_RATINGS).items()
    }
    return table("Means of ratings 1-5, t with a floor", rows)


def retention_tables(random: Generator) -> str:
    gross: dict[str, list[float]] = {}
    net: dict[str, list[float]] = {}
    for lost in (0.05, 0.10, 0.25):
        for spread, values in ((0.3, "similar"), (1.0, "very unequal")):
            both = [retention_coverage(size, lost, spread, SAMPLES // 10, random) for size in SIZES]
            name = f"{lost:.0%} lost, values {values}"
            gross[name], net[name] = [pair[0].share for pair in both], [pair[1].share for pair in both]
    return "\n".join(
        (
            table("Gross revenue retention, Wilson on effective terms", gross, "terms"),
            table("Net revenue retention, linearised with a floor", net, "terms"),
        )
    )


def difference_table(random: Generator) -> str:
    rows = {}
    for now, before in ((35, 30), (30, 35)), ((50, 20), (35, 30)), ((70, 10), (70, 10)):
        name = f"NPS {before[0] - before[1]} to {now[0] - now[1]}"
        truth = now[0] - now[1] - before[0] + before[1]
        rows[name] = [
            covered(difference(_nps(now, size, random), _nps(before, 3 * size, random)), truth).share
            for size in SIZES
        ]
    for now_share, before_share in (0.80, 0.80), (0.90, 0.75), (0.97, 0.97):
        rows[f"share {before_share:.0%} to {now_share:.0%}"] = [
            covered(
                difference(_share(now_share, size, random), _share(before_share, 3 * size, random)),
                now_share - before_share,
            ).share
            for size in SIZES
        ]
    happy, unhappy = RATINGS["mostly 4 and 5"], RATINGS["unhappy"]
    for name, base in ("mean, same population", happy), ("mean, unhappy to happy", unhappy):
        truth = float(np.dot(np.subtract(happy, base), np.arange(1, 6)))
        rows[name] = [
            covered(
                difference(
                    draw_mean(happy, size, SAMPLES, random), draw_mean(base, 3 * size, SAMPLES, random)
                ),
                truth,
            ).share
            for size in SIZES
        ]
    return table("Differences; the previous period has three times the answers", rows)


def _nps(percent: tuple[int, int], answers: int, random: Generator) -> Estimate:
    return draw_nps((percent[0] / 100, percent[1] / 100), answers, SAMPLES, random)


def _share(share: float, answers: int, random: Generator) -> Estimate:
    return share_estimate(random.binomial(answers, share, SAMPLES), answers)


def verdict_table(random: Generator) -> str:
    lines = ["### Verdicts on 40 NPS lines of 100 answers each", ""]
    lines.append(
        "| lines that moved by 20 points | false among called | moves found | noisy pages, unadjusted |"
    )
    lines.append("|---:|---:|---:|---:|")
    for moved in (0, 5, 20):
        false, found, noisy = false_alarms(40, moved, 100, SAMPLES // 50, random)
        shown = f"{100 * found:.1f}" if moved else "–"
        lines.append(f"| {moved} | {100 * false:.1f} | {shown} | {100 * noisy:.1f} |")
    return "\n".join(lines)


def table(title: str, rows: dict[str, list[float]], unit: str = "answers") -> str:
    """A markdown table of coverage in per cent, one column per sample size."""
    lines = [f"### {title}", "", f"| | {' | '.join(f'{size} {unit}' for size in SIZES)} |"]
    lines.append("|---|" + "---:|" * len(SIZES))
    lines += [
        f"| {name} | {' | '.join(f'{100 * value:.1f}' for value in row)} |" for name, row in rows.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    random = np.random.default_rng(20261118)
    print(nps_table(random))
    print(weighted_table(random))
    print(share_table())
    print(mean_table(random))
    print(retention_tables(random))
    print(difference_table(random))
    print(verdict_table(random))


if __name__ == "__main__":
    main()
