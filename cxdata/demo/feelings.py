"""How customers see the bicycle and the price, asked or not."""

from __future__ import annotations

import numpy as np

from .experience import on_scale
from .records import Codes, Customers, Numbers

PRODUCT_LEVEL = 4.10
BRAND_LEVEL = 3.85


def product_rating(random: np.random.Generator, customers: Customers, who: Codes) -> Codes:
    """Score of 1-5 for bicycles and services which a customer would give if asked now."""
    return on_scale(PRODUCT_LEVEL + customers.quality[who] + _coloured(random, customers, who), 1, 5)


def brand_rating(random: np.random.Generator, customers: Customers, who: Codes) -> Codes:
    """Score of 1-5 for value for money which a customer would give if asked now."""
    return on_scale(BRAND_LEVEL + customers.value[who] + _coloured(random, customers, who), 1, 5)


def _coloured(random: np.random.Generator, customers: Customers, who: Codes) -> Numbers:
    return 0.30 * customers.mood[who] + random.normal(0, 0.5, len(who))
