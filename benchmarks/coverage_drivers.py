"""How often the intervals of driver effects contain what was planted: python -m benchmarks.coverage_drivers.

Prints the tables "Drivers" of docs/coverage.md. Each company is drawn anew: customers who decide one to four times, whose
ratings move together, and whose decisions hang together beyond what is measured. Effects are those planted in the demo.
The tests of `drivers` run the same functions, shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cxdata.demo.planted import RENEWAL_DRIVERS, RENEWAL_INTERCEPT
from cxdata.drivers.asymmetry import asymmetry
from cxdata.drivers.effects import Effects, effects
from cxdata.drivers.missing import impute
from cxdata.models.fits import Fit, Floats, expit
from cxdata.models.predictions import average_slopes

COMPANIES = 200
CUSTOMERS = 1_200
IMPUTATIONS = 10
TERMS = tuple(RENEWAL_DRIVERS)
PLANTED = np.array([RENEWAL_DRIVERS[term] for term in TERMS])
DISCRETE = np.array([term in ("delivery_bad", "delivery_good", "any_complaint") for term in TERMS])
RATINGS = tuple(TERMS.index(f"{name}_rating") for name in ("product", "brand", "app"))
CONTROL = 0.30  # log-odds of the one control, a segment
DEPENDENCE = 0.6  # correlation of the unmeasured part of two decisions of one customer
SEED = 20261122


@dataclass(frozen=True)
class Company:
    """Decisions of one generated company: drivers (n, k), outcome, customers and the control (n, 1)."""

    drivers: Floats
    outcome: Floats
    customers: np.ndarray
    control: Floats


@dataclass(frozen=True)
class Coverage:
    """Share of companies whose 95 % interval contains the truth (0-1), per term, and the mean error of the estimate.

    `bias` is in units of the mean standard error.
    """

    coefficient: Floats
    effect: Floats
    bias: Floats


def draw(customers: int, random: Generator) -> Company:
    """A company with the demo's planted coefficients.

    The unmeasured part of a decision is logistic, as a logit assumes, and shared by the decisions of a customer to
    some degree: the planted coefficients stay true for each decision, and rows are not independent.
    """
    owner = np.repeat(np.arange(customers), random.integers(1, 5, customers))
    rows, mood = owner.size, random.normal(size=customers)
    segment = (random.random(customers) < 0.35).astype(float)[owner]
    lasting = 0.45 * mood[:, None] + 0.6 * random.normal(size=(customers, 4))
    felt = 3.6 + lasting[owner] + 0.3 * segment[:, None] + 0.65 * random.normal(size=(rows, 4))
    ratings = np.clip(np.rint(felt), 1, 5)
    wait = random.gamma(2.0, 5.0, rows)
    unresolved = random.poisson(0.35, rows)
    drivers = {
        "delivery_bad": ratings[:, 3] <= 2,
        "delivery_good": ratings[:, 3] >= 5,
        "longest_wait_minutes": wait,
        "unresolved_contacts": unresolved,
        "repeat_contacts": random.poisson(0.2 + 0.4 * (unresolved > 0)),
        "any_complaint": random.random(rows) < expit(-2.2 + 0.8 * unresolved - 0.4 * mood[owner]),
        "product_rating": ratings[:, 0] - 4,
        "brand_rating": ratings[:, 1] - 4,
        "app_rating": ratings[:, 2] - 4,
    }
    columns = np.column_stack([drivers[term] for term in TERMS]).astype(float)
    linear = RENEWAL_INTERCEPT + columns @ PLANTED + CONTROL * segment
    outcome = (_dependent_uniform(owner, customers, random) < expit(linear)).astype(float)
    return Company(columns, outcome, owner, segment[:, None])


def truth(random: Generator, customers: int = 150_000) -> Floats:
    """Average effects of the planted coefficients in the population that companies are drawn from, shape (k,)."""
    company = draw(customers, random)
    design = np.column_stack([np.ones(company.outcome.size), company.drivers, company.control])
    coefficients = np.concatenate([[RENEWAL_INTERCEPT], PLANTED, [CONTROL]])
    model = Fit(
        "logistic", ("constant", *TERMS, "control"), coefficients, np.zeros((coefficients.size,) * 2),
        np.arange(coefficients.size), company.outcome.size, customers,
    )  # fmt: skip
    return average_slopes(model, design, range(1, len(TERMS) + 1), discrete=DISCRETE).estimates


def with_gaps(company: Company, random: Generator) -> Company:
    """The same company, but half of the ratings not asked for: in the segment more, after complaints less."""
    drivers = company.drivers.copy()
    complained = drivers[:, TERMS.index("any_complaint")]
    for column in RATINGS[:2]:
        asked = random.random(drivers.shape[0]) < expit(0.2 - 0.6 * company.control[:, 0] + 0.5 * complained)
        drivers[~asked, column] = np.nan
    return Company(drivers, company.outcome, company.customers, company.control)


def effects_of(company: Company, seed: int = 0, imputations: int = IMPUTATIONS) -> Effects:
    """Effects as the product computes them: imputed where ratings are missing."""
    settings = {"terms": TERMS, "controls": company.control, "discrete": DISCRETE}
    if not np.isnan(company.drivers).any():
        return effects(company.drivers, company.outcome, company.customers, **settings)
    return effects(_completed(company, seed, imputations), company.outcome, company.customers, **settings)


def coverage(
    companies: int, customers: int, random: Generator, *, gaps: bool = False, as_if_independent: bool = False
) -> Coverage:
    """Draw companies, and count the intervals that contain the truth.

    Parameters
    ----------
    companies, customers : int
    random : Generator
    gaps : bool
        Whether ratings are missing and imputed.
    as_if_independent : bool
        Whether each decision counts as a customer of its own, for comparison.
    """
    planted, average = PLANTED, truth(random)
    inside = np.zeros((companies, 2, len(TERMS)))
    errors, spread = np.zeros((companies, len(TERMS))), np.zeros((companies, len(TERMS)))
    for number in range(companies):
        company = draw(customers, random)
        if as_if_independent:
            company = Company(
                company.drivers, company.outcome, np.arange(company.outcome.size), company.control
            )
        found = effects_of(with_gaps(company, random) if gaps else company, seed=number)
        inside[number, 0] = np.abs(found.coefficient - planted) <= 1.96 * found.coefficient_error
        inside[number, 1] = (found.conf_low <= average) & (average <= found.conf_high)
        errors[number], spread[number] = found.coefficient - planted, found.coefficient_error
    share = inside.mean(axis=0)
    return Coverage(share[0], share[1], errors.mean(axis=0) / spread.mean(axis=0))


def ratio_coverage(companies: int, customers: int, random: Generator) -> tuple[float, float]:
    """Share of Fieller's intervals that contain "bad counts twice as much", and of companies that have one."""
    kept, inside = 0, 0
    low, high = TERMS.index("delivery_bad"), TERMS.index("delivery_good")
    for _ in range(companies):
        company = draw(customers, random)
        others = np.delete(company.drivers, [low, high], axis=1)
        found = asymmetry(
            (company.drivers[:, [low]] > 0, company.drivers[:, [high]] > 0), company.outcome, company.customers,
            terms=("delivery",), controls=np.column_stack([others, company.control]),
        )  # fmt: skip
        if np.isfinite(found.ratio_low[0]):
            kept += 1
            inside += int(found.ratio_low[0] <= 2.0 <= found.ratio_high[0])
    return inside / max(kept, 1), kept / companies


def _completed(company: Company, seed: int, imputations: int) -> Iterator[Floats]:
    everything = np.column_stack([company.drivers, company.control])
    for filled in impute(everything, company.outcome, company.customers, imputations=imputations, seed=seed):
        yield filled[:, : len(TERMS)]


def _dependent_uniform(owner: np.ndarray, customers: int, random: Generator) -> Floats:
    """Uniform numbers that hang together within a customer: a Gaussian copula."""
    from scipy.special import ndtr

    shared = np.sqrt(DEPENDENCE) * random.normal(size=customers)[owner]
    return np.asarray(ndtr(shared + np.sqrt(1 - DEPENDENCE) * random.normal(size=owner.size)), dtype=float)


def main() -> None:
    """Print the section of docs/coverage.md."""
    random = np.random.default_rng(SEED)
    runs = {
        "complete": coverage(COMPANIES, CUSTOMERS, random),
        "half not asked, imputed": coverage(COMPANIES, CUSTOMERS, random, gaps=True),
        "decisions as if independent": coverage(COMPANIES, CUSTOMERS, random, as_if_independent=True),
    }
    print(f"## Drivers: planted effects in {COMPANIES} companies of {CUSTOMERS:,} customers\n")
    print(f"| | planted | {' | '.join(f'{name}: log-odds | effect' for name in runs)} |")
    print("|---|---:|" + "---:|---:|" * len(runs))
    for place, term in enumerate(TERMS):
        cells = [
            f"{100 * run.coefficient[place]:.1f} | {100 * run.effect[place]:.1f}" for run in runs.values()
        ]
        print(f"| {term.replace('_', ' ')} | {PLANTED[place]:g} | {' | '.join(cells)} |")
    cells = [f"{100 * run.coefficient.mean():.1f} | {100 * run.effect.mean():.1f}" for run in runs.values()]
    print(f"| **all** | | {' | '.join(cells)} |")
    worst = {name: float(np.abs(run.bias).max()) for name, run in runs.items()}
    print(
        f"\nLargest bias, in standard errors: {', '.join(f'{name} {value:.2f}' for name, value in worst.items())}."
    )
    inside, kept = ratio_coverage(COMPANIES, CUSTOMERS, random)
    print(
        f"\nRatio of penalty to reward, planted 2: {100 * inside:.1f} % of the {100 * kept:.0f} % that have ends."
    )


if __name__ == "__main__":
    main()
