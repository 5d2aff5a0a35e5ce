"""The CX scorecard as a library: exports in, checked releases out, numbers with their uncertainty.

`contract` says what may come in, `refresh` checks and publishes it, and one package per capability
(`scorecard` and its later siblings) turns a published release into numbers and charts. Nothing here
imports Streamlit: the dashboard is one reader of this library, a notebook or a job is another.
"""

__version__ = "0.1.0"
