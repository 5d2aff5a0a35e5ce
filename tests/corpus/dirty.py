"""Dirty exports, and what has to become of every record in them.

The generator knows what it wrote: how many records each file holds, which of them are clean, repeated or broken,
where each broken one stands and which rules it breaks. It shares no code with the refresh.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

Fault = tuple[str, str]
"""Column and reason."""


@dataclass
class Entry:
    """One record: its fields, or a raw line that is no record; what becomes of it, and why.

    Records with one `same` say the same thing, in whatever words.
    """

    fields: list[str]
    fate: str = "loaded"
    faults: tuple[Fault, ...] = ()
    raw: str = ""
    same: str = ""


@dataclass
class DirtyFile:
    """A file of the corpus: its header and its entries in their order."""

    header: str
    entries: list[Entry] = field(default_factory=list)

    def add(self, *fields: str, fate: str = "loaded", faults: tuple[Fault, ...] = ()) -> None:
        """Append a record; what is left out at its end is blank."""
        self.entries.append(
            Entry([*fields, *[""] * (len(self.header.split(",")) - len(fields))], fate, faults)
        )

    def bad(self, fields: str, *faults: str) -> None:
        """Append a record that breaks rules, each written `column reason`."""
        self.add(*fields.split("|"), fate="quarantined", faults=tuple(_fault(fault) for fault in faults))

    def raw(self, line: str) -> None:
        """Append a line that is no record."""
        self.entries.append(Entry([], "quarantined", (("", "malformed"),), line))

    def twice(self, fields: str, times: int = 2) -> None:
        """Append a record and its exact repetitions: the first is loaded, the others are duplicates."""
        for _ in range(times):
            self.add(*fields.split("|"))
            self.entries[-1].same = fields

    def contradict(self, *fields: str, column: str) -> None:
        """Append records of one key and different content: all of them are quarantined."""
        for text in fields:
            self.bad(text, f"{column} conflicting_key")

    def count(self, fate: str) -> int:
        """Number of entries with that fate."""
        return sum(entry.fate == fate for entry in self.entries)


def _fault(text: str) -> Fault:
    column, reason = text.split(" ")
    return column, reason


@dataclass(frozen=True)
class Corpus:
    """Dirty exports as bytes, with their accounts and their quarantine."""

    files: dict[str, bytes]
    accounts: dict[str, tuple[int, int, int, int]]
    quarantine: list[tuple[str, int, str, str]]


def corpus(seed: int, *, line_end: str = "\n", codec: str = "utf-8", blank_lines: bool = False) -> Corpus:
    """The corpus in an order and a manner of quoting that the seed decides.

    Parameters
    ----------
    seed : int
        Decides the order of the records and which values stand in quotation marks.
    line_end, codec, blank_lines
        How the text is written; `line_end` may be ``"mixed"``.
    """
    chance = random.Random(seed)
    files, accounts, quarantine = {}, {}, []
    for table, file in _files().items():
        # What is repeated stays in order, since the first of two exact copies is the one that is loaded.
        keyed = [(chance.random(), place) for place in range(len(file.entries))]
        order = [file.entries[place] for _, place in sorted(keyed)]
        order = _first_copies_first(order)
        name = f"{table}.csv"
        files[name] = _written(file, order, chance, line_end, blank_lines).encode(codec)
        accounts[name] = (len(order), *(file.count(fate) for fate in ("loaded", "quarantined", "duplicates")))
        for record, entry in enumerate(order, start=1):
            quarantine += [(name, record, column, reason) for column, reason in entry.faults]
    return Corpus(files, accounts, sorted(quarantine))


def _first_copies_first(order: list[Entry]) -> list[Entry]:
    seen: set[str] = set()
    for entry in order:
        if entry.same:
            entry.fate = "duplicates" if entry.same in seen else "loaded"
            seen.add(entry.same)
    return order


def _written(
    file: DirtyFile, order: list[Entry], chance: random.Random, line_end: str, blank_lines: bool
) -> str:
    lines = [file.header]
    for entry in order:
        lines.append(entry.raw or ",".join(_quoted(value, chance) for value in entry.fields))
        if blank_lines and chance.random() < 0.1:
            lines.append(chance.choice(["", "   "]))
    ends = ("\n", "\r\n") if line_end == "mixed" else (line_end,)
    return "".join(line + chance.choice(ends) for line in lines)


def _quoted(value: str, chance: random.Random) -> str:
    if any(mark in value for mark in ',"\n') or chance.random() < 0.2:
        return '"' + value.replace('"', '""') + '"'
    return value


def _files() -> dict[str, DirtyFile]:
    return {
        "customers": _customers(),
        "touchpoints": _touchpoints(),
        "questions": _questions(),
        "interactions": _interactions(),
        "surveys": _surveys(),
        "answers": _answers(),
        "subscriptions": _subscriptions(),
        "revenue": _revenue(),
    }


def _customers() -> DirtyFile:
    file = DirtyFile("customer_id,valid_from,name,segment,acquired_on,acquisition_cost")
    for number in range(40):
        file.add(f"C{number}", "", f"Name, {number}", "Home", "2022-01-10", f"{number}.5")
    file.twice("X1||Ana|Home|2023-01-01|5", times=3)
    file.contradict("X2||Eva|Home||1", "X2||Eva|Office||1", column="customer_id")
    file.bad("X3||A bad first copy|Home|31.12.2023|1", "acquired_on not_date")
    file.add("X3", "", "And a good second one", "Home", "2023-12-31", "1")
    file.bad("|2024-01-01|No id|Home||", "customer_id missing")
    file.bad("customer_id|valid_from|name|segment|acquired_on|acquisition_cost",
             "customer_id repeated_header", "valid_from not_date", "acquired_on not_date",
             "acquisition_cost not_number")  # fmt: skip
    file.bad("Total|||||812.5", "customer_id total_row")
    file.bad("X4|1900-01-01||||", "valid_from too_low")
    file.bad("X5|||Home|2031-01-01|-3", "acquired_on in_the_future", "acquisition_cost too_low")
    for number, cost in enumerate(("twelve", "8,5", "NaN", "inf", "1e3", "€4", "1 000", "4-")):
        file.bad(f"X6{number}||||| {cost}", "acquisition_cost not_number")
    file.raw('X7,,"never closed,Home,,')
    file.raw("X8,,short")
    file.raw("X9,,Gil, Ana,Home,,,")
    file.raw('X10,,"in the" middle,Home,,')
    return file


def _touchpoints() -> DirtyFile:
    file = DirtyFile("touchpoint,stage_order,factor,moment_of_truth")
    for name in ("shop", "web", "call"):
        file.add(name, "1", "interaction", "false")
    file.bad("fax|first|machine|perhaps", "stage_order not_integer", "factor not_allowed",
             "moment_of_truth not_boolean")  # fmt: skip
    file.bad("grand total|||", "touchpoint total_row")
    return file


def _questions() -> DirtyFile:
    file = DirtyFile("question,metric,touchpoint,scale_min,scale_max,favourable_from")
    file.add("nps", "nps", "", "0", "10")
    file.add("csat", "csat", "shop", "1", "5", "4")
    file.bad("upside_down|csat||5|1|", "scale_max scale_order")
    file.bad("nps_of_five|nps||1|5|", "scale_max nps_scale")
    file.bad("off|ces||1|7|9", "favourable_from favourable_on_scale")
    file.bad("nowhere|csat|moon|1|5|", "touchpoint unknown_reference")
    return file


def _interactions() -> DirtyFile:
    file = DirtyFile("interaction_id,customer_id,occurred_at,touchpoint,wait_minutes,resolved")
    for number in range(40):
        file.add(
            f"I{number}",
            f"C{number}",
            f"2024-03-{number % 28 + 1:02d}T10:00:00",
            "web",
            str(number / 4),
            "yes",
        )
    file.add("U1", "STRANGER", "2024-03-01", "call")
    file.bad("D1||2024-03-01|web||", "customer_id missing")
    file.bad("D2|C1||web||", "occurred_at missing")
    file.bad("D3|C1|2024-03-01|||", "touchpoint missing")
    file.bad("D4|C1|2024-02-30T10:00:00|web|-4|perhaps", "occurred_at not_timestamp", "resolved not_boolean",
             "wait_minutes too_low")  # fmt: skip
    file.bad("D5|C1|2024-03-31T02:30:00|web|10000000|", "occurred_at skipped_hour", "wait_minutes too_high")
    file.bad("D6|C1|2024-03-01|teleport||", "touchpoint unknown_reference")
    file.bad("D7|C1|2024-06-16T00:00:00|web||", "occurred_at in_the_future")
    file.bad("D8|C1|03/04/2024 10:15|web|about ten|", "occurred_at not_timestamp", "wait_minutes not_number")
    file.contradict("D9|C1|2024-03-01|web|1|", "D9|C1|2024-03-01|web|2|", "D9|C1|2024-03-01|web|3|",
                    column="interaction_id")  # fmt: skip
    return file


def _surveys() -> DirtyFile:
    file = DirtyFile("survey_id,customer_id,touchpoint,sent_at,responded_at,weight")
    for number in range(60):
        file.add(f"S{number}", f"C{number % 40}", "web", f"2024-04-{number % 30 + 1:02d}", "", "1")
    file.twice("Y1|C1|call|2024-04-01T10:00:00|2024-04-01T10:05:00|")
    # The same moment in other words is the same record.
    for moment, weight in (("2024-04-01T10:00:00", "1.0"), ("2024-04-01T08:00:00Z", " 1")):
        file.add("Y2", "C1", "call", moment, "", weight)
        file.entries[-1].same = "Y2"
    file.contradict("Y3|C1|web|2024-04-01||", "Y3|C2|web|2024-04-01||", column="survey_id")
    file.bad("Y4|C1|web|||", "sent_at no_date")
    file.bad("Y5|C1|web|2024-04-02|2024-04-01|", "responded_at responded_before_sent")
    file.bad("Y6|C1|web|1899-12-31|2025-01-01|inf", "sent_at too_low", "responded_at in_the_future",
             "weight not_number")  # fmt: skip
    file.bad("Y7|C1|moon|2024-04-01||-1", "touchpoint unknown_reference", "weight too_low")
    file.raw("Y8,C1,web,2024-04-01")
    return file


def _answers() -> DirtyFile:
    file = DirtyFile("survey_id,question,score,state,comment")
    for number in range(50):
        file.add(
            f"S{number}",
            "nps",
            str(number % 11),
            "rated",
            'said "fine", twice' if number % 5 else "two\nlines",
        )
    wrong = ("8.5", "ten", "1e1", "0x5", "1_0", "NaN", "inf", "9 - likely", "8,5", "٣", "９", "0b1")
    for number, score in enumerate(wrong):
        file.bad(f"S{number}|csat|{score}||", "score not_integer")
    for number, score in enumerate(("0", "6", "-1", "99"), start=len(wrong)):
        file.bad(f"S{number}|csat|{score}||", "score off_scale")
    for number, score in enumerate((" 4 ", "4.0", "+4", "04"), start=20):
        file.add(f"S{number}", "csat", score)
    file.bad("S30|csat||rated|", "score rated_without_score")
    file.bad("S31|csat|4|refused|", "score score_without_rating")
    file.bad("S32|csat|4|answered|", "score score_without_rating", "state not_allowed")
    file.bad("S33|nps_of_five|4||", "question unknown_reference")
    file.bad("nobody|csat|4||", "survey_id unknown_reference")
    file.bad("Y4|csat|4||its survey is in quarantine", "survey_id unknown_reference")
    file.bad("||ten|maybe|", "survey_id missing", "question missing", "score not_integer", "state not_allowed",
             "survey_id unknown_reference")  # fmt: skip
    file.contradict("S34|csat|1||", "S34|csat|5||", column="survey_id")
    file.twice("S35|csat|5||Otra vez", times=2)
    file.bad("S36|csat|five||", "score not_integer")
    file.add("S36", "csat", "5", "", "A good second copy")
    file.raw('S37,csat,5,,"never closed')
    return file


def _subscriptions() -> DirtyFile:
    file = DirtyFile(
        "subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,annual_margin"
    )
    for number in range(30):
        file.add(
            f"U{number}", "1", f"C{number}", "2023-01-01", "2024-01-01", "renewed", "2023-12-01", "100", "40"
        )
    file.bad("Z1|one|C1|2023-01-01|2024-01-01|renewed||100|", "term not_integer")
    file.bad("Z2|1|C1|2024-01-01|2023-01-01|maybe|2023-05-05|100|", "decided_on decided_before_start",
             "due_on due_before_start", "outcome not_allowed")  # fmt: skip
    file.bad("Z3|1|C1|2023-01-01|2024-01-01|churned|2024-01-01 10:30:00|100|140", "annual_margin margin_above_value",
             "decided_on not_date")  # fmt: skip
    return file


def _revenue() -> DirtyFile:
    file = DirtyFile("customer_id,month,revenue,cost_to_serve,product")
    for number in range(30):
        file.add(f"C{number}", "2024-03" if number % 2 else "2024-03-01", f"-{number}.25", "", "care")
    file.bad("C31|2024-13|1||", "month not_month")
    file.bad("C32|2024-03-15|1||", "month not_month")
    file.bad("C33|2024-03|twelve|#N/A|", "cost_to_serve not_number", "revenue not_number")
    file.bad("C34|2024-07|1||", "month in_the_future")
    file.bad("Total||4917935.11||", "month missing")
    file.contradict("C35|2024-03|1||care", "C35|2024-03-01|2||care", column="customer_id")
    return file
