"""`python -m cxdata drivers`: a driver analysis as a model card, without the dashboard."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from cxdata.cli.months import last_closed, month_of
from cxdata.config import Config, load_config
from cxdata.database import current_id, open_release
from cxdata.drivers.settings import RENEWAL, Settings
from cxdata.errors import UnknownTerm
from cxdata.messages import message
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

Add = Callable[[str, Callable[[argparse.Namespace, Console], None], str], argparse.ArgumentParser]


def options(add: Add) -> None:
    """Declare the command and what it may be asked."""
    command = add(
        "drivers", run, "Which experiences go with renewal or churn: write the model card of an analysis."
    )
    default = Settings()
    command.add_argument(
        "--out", type=Path, action="append", required=True, metavar="FILE",
        help="where to write it, .html or .json; may be given twice",
    )  # fmt: skip
    command.add_argument(
        "--release", default="", metavar="RELEASE", help="release (default: the current one)"
    )
    command.add_argument(
        "--outcome", default=RENEWAL, metavar="OUTCOME", help="renewal, churn, or the code of a question"
    )
    command.add_argument(
        "--month", type=month_of, metavar="YYYY-MM", help="last month (default: the last closed one)"
    )
    command.add_argument(
        "--months", type=int, default=default.months, help="months of decisions (default: %(default)s)"
    )
    command.add_argument(
        "--look-back", type=int, metavar="DAYS", help="days of experience (default: as in cx.toml)"
    )
    command.add_argument(
        "--lead", type=int, metavar="DAYS", help="days before the decision (default: as in cx.toml)"
    )
    command.add_argument(
        "--driver", action="append", default=[], metavar="CODE", help="a driver; may be repeated"
    )
    command.add_argument(
        "--seed", type=int, default=default.seed, help="of all simulations (default: %(default)s)"
    )
    command.add_argument("--imputations", type=int, default=default.imputations, help="default: %(default)s")
    command.add_argument("--replicates", type=int, default=default.replicates, help="default: %(default)s")
    command.add_argument("--language", choices=("en", "es"), default="en", help="default: %(default)s")
    for name in CUSTOMER_DIMENSIONS:
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="VALUE", help=f"only this {name}"
        )


def run(asked: argparse.Namespace, console: Console) -> None:
    """Compute the analysis and write its card; prints the three sentences.

    Raises
    ------
    UnknownTerm
        If a file is neither .html nor .json.
    TooLittleData, InputBlocked
        As the analysis does.
    """
    from cxdata.cli import report
    from cxdata.drivers.card import card_html, card_json
    from cxdata.drivers.deeper import deepen
    from cxdata.drivers.prepared import prepare
    from cxdata.drivers.words import names_of, story
    from cxdata.language import set_language

    for path in asked.out:
        if path.suffix.lower() not in (".html", ".json"):
            raise UnknownTerm(
                message(
                    "{file} is neither .html nor .json. Name the file after what it shall hold.",
                    file=path.name,
                )
            )
    set_language(asked.language)
    config = load_config(asked.data)
    release = open_release(asked.data, asked.release or current_id(asked.data))
    month = asked.month or last_closed(release.as_of)
    selection = Selection(
        month,
        segment=tuple(asked.segment),
        region=tuple(asked.region),
        plan=tuple(asked.plan),
        persona=tuple(asked.persona),
    )
    with report.progress_bar() as progress:
        progress("reading what came before each decision", 0.0)
        prepared = prepare(release, config, selection, _settings(asked, config), month)
        found = deepen(prepared, lambda share: progress("intervals and checks", share))
    names = names_of(found.analysis, config.labels)
    for path in asked.out:
        html = path.suffix.lower() == ".html"
        text = card_html(found, names, config) if html else card_json(found, names)
        path.write_text(text, encoding="utf-8")
    for text in story(found.analysis, names, config.labels):
        console.print(report.one_line(text), markup=False)
    for path in asked.out:
        console.print(f"written: {path}", markup=False)


def _settings(asked: argparse.Namespace, config: Config) -> Settings:
    return Settings(
        outcome=asked.outcome,
        drivers=tuple(asked.driver),
        months=asked.months,
        look_back_days=config.look_back_days if asked.look_back is None else asked.look_back,
        lead_days=config.lead_days if asked.lead is None else asked.lead,
        imputations=asked.imputations,
        replicates=asked.replicates,
        seed=asked.seed,
    )
