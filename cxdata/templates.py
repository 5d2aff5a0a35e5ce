"""Starting points generated from the contract: empty CSV files, the data dictionary, a commented cx.toml."""

from __future__ import annotations

from pathlib import Path

from cxdata.config import CONFIG_FILE
from cxdata.contract import TABLES
from cxdata.errors import InputBlocked
from cxdata.language import gettext
from cxdata.schema import Column

CONFIG_TEMPLATE = """\
# Settings of the CX scorecard. Every line is optional; what is commented out shows the default.

# company = "Your company"
# language = "en"            # en or es; readers can switch
# region = ""                # country for number and date forms, for instance "MX" with language = "es"
# time_zone = "UTC"          # IANA name; months are cut on this clock
# currency = "EUR"           # ISO 4217
# min_base = 10              # fewer answers are not shown as a score (5 to 1000)
# csat = "share"             # share of favourable answers, or "mean"
# ces = "mean"               # mean effort score, or "share"
# headline = "renewal_rate"  # or "churn_rate"
# lead_days = 30             # what is known of a customer this long before a renewal decision …
# look_back_days = 365       # … and how far back it is looked at
# keep_releases = 8          # besides the last release of each of 24 months

[labels]                     # your own words for codes of the data
# smb = "Small business"
# support_call = "Phone support"

# [labels.es]                # words that hold in one language only; under a question's code, its wording
# support_call = "Atención telefónica"

[exports]                    # how the text of your exports reads
# encoding = "auto"          # UTF-8, or what a byte order mark says; else "latin-1", "cp1252", "utf-16"
# separator = ","
# decimal = "."
# date_format = ""           # strptime form of dates that are not ISO 8601, for instance "%d/%m/%Y"
# null_values = []           # texts that stand for blank, for instance ["NULL", "n/a"]
# excel_dates = false        # whether dates may be serial numbers such as 45750

[limits]
# max_age_days = 45          # older data is marked
# volume_low = 0.7           # a table below this share of the last release's records blocks the refresh
# volume_high = 1.5          # above: a warning
# max_quarantine_share = 0.5 # a file with more broken records than this blocks the refresh

[access]
# sign_in = false            # true asks for OpenID Connect sign-in (set up in .streamlit/secrets.toml)
# default_role = "data"      # role of everybody who is not listed below
# personal = ["data"]        # roles that see names, comments and quarantined values

# [access.people]
# data = ["ana@example.com"]
# leadership = ["luis@example.com"]
"""


def write_templates(folder: Path) -> list[Path]:
    """Write one CSV file with a header per contract table, `DICTIONARY.md` and `cx.toml`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputBlocked
        If one of the files is there already: nothing is overwritten.
    """
    contents = {
        f"{table.name}.csv": ",".join(column.name for column in table.columns) + "\n" for table in TABLES
    }
    contents["DICTIONARY.md"] = dictionary()
    contents[CONFIG_FILE] = CONFIG_TEMPLATE
    folder.mkdir(parents=True, exist_ok=True)
    for name in contents:
        if (folder / name).exists():
            raise InputBlocked(
                f"{folder / name} exists already and was not overwritten. Choose an empty folder."
            )
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in contents]


def dictionary() -> str:
    """The data dictionary as Markdown, in the language in force."""
    parts = ["# Data dictionary", "", "Only the tables and columns marked * are required."]
    for table in TABLES:
        parts += ["", f"## {table.name}{' *' if table.required else ''}", "", gettext(table.grain), ""]
        parts += ["| column | kind | allowed | meaning |", "|---|---|---|---|"]
        for column in table.columns:
            mark = " *" if column.required else ""
            key = " (key)" if column.key else ""
            parts.append(
                f"| {column.name}{mark}{key} | {column.kind} | {allowed(column)} | {gettext(column.meaning)} |"
            )
        parts += ["", *(f"- {gettext(rule.meaning)}" for rule in table.rules)] if table.rules else []
    return "\n".join(parts) + "\n"


def allowed(column: Column) -> str:
    """The values that a column may hold, in short; empty where its kind says it all."""
    if column.choices:
        return " · ".join(column.choices)
    if column.references:
        return f"→ {column.references}"
    low = "" if column.minimum is None or isinstance(column.minimum, str) else f"≥ {column.minimum:,.15g}"
    high = "" if column.maximum is None or isinstance(column.maximum, str) else f"≤ {column.maximum:,.15g}"
    if column.maximum == "as_of":
        high = "not in the future"
    unit = f" {column.unit}" if column.unit and (low or high) else ""
    return ", ".join(part for part in (low, high) if part) + unit
