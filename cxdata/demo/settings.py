"""The demo company's day and its `cx.toml`."""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 11, 18)
"""Day on which the demo's exports were made; November 2026 is its unfinished month."""

CONFIG = """\
# Settings of the demo: Rueda, a fictional shop for bicycles with a service subscription.
# All settings with their defaults: python -m cxdata templates FOLDER

company = "Rueda"
time_zone = "Europe/Madrid"
currency = "EUR"

[labels]
product_use = "Riding the bicycle"
app = "App"
web = "Web"
"""
