"""Rates, revenue and investments in the terms that accountants use: arithmetic on arrays."""
