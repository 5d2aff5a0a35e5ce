"""Exports of a made-up company of any size, as CSV, with a known share of dirty rows.

They stand for what real systems write, not for what happens in a company: scores carry no effects (the
demo's do), but sizes, widths, repetitions and faults are those of real exports. Every value is a hash
of its row number, so that two runs write the same bytes without a stored file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

AS_OF = date(2026, 11, 18)
"""Day of the data; the exports hold 36 months up to it."""

TIME_ZONE = "Europe/Madrid"
"""Zone of the exports' times, which carry no offset."""

_FINISHED = "complete.txt"

_SETTINGS = f'time_zone = "{TIME_ZONE}"\ncurrency = "EUR"\n'

_FUNCTIONS = """
create macro share(row_number, salt) as (hash(row_number * 1009 + salt) % 1000003) / 1000003.0;
create macro pick(row_number, salt, choices) as choices[1 + (hash(row_number * 1009 + salt) % len(choices))::integer];
create macro one_in(row_number, salt, odds) as hash(row_number * 1009 + salt) % odds = 0;
create macro stamp(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S');
create macro customer_code(number) as 'C' || lpad(number::varchar, 7, '0');
"""

_TOUCHPOINTS = (
    "['onboarding', 'website', 'checkout', 'delivery', 'support_call', 'returns', 'billing', 'renewal']"
)
_CHANNELS = "['phone', 'web', 'app', 'store', 'email']"
_SEGMENTS = "['consumer', 'small_business', 'mid_market', 'enterprise', 'public_sector']"
_REGIONS = "['north', 'south', 'east', 'west', 'islands']"

# Every select reads the tables below it in this file's order; {customers}, {surveys} and
# {interactions} are the sizes asked for. A thousandth of the rows, or half of that, breaks each rule.
_TABLES = {
    "touchpoints": f"""
        select unnest({_TOUCHPOINTS}) as touchpoint, 'stage ' || generate_subscripts({_TOUCHPOINTS}, 1) as stage,
            generate_subscripts({_TOUCHPOINTS}, 1) as stage_order, 'interaction' as factor
        """,
    "questions": """
        select * from (values
            ('nps', 'nps', 'How likely are you to recommend us?', 0, 10),
            ('csat', 'csat', 'How satisfied are you?', 1, 5),
            ('ces', 'ces', 'It was easy to get done what I wanted.', 1, 7)
        ) as listed (question, metric, label, scale_min, scale_max)
        """,
    "customers": f"""
        select customer_code(number) as customer_id,
            case when moved then '2025-03-01' end as valid_from,
            'Customer ' || number as name,
            pick(number + moved::integer, 1, {_SEGMENTS}) as segment,
            pick(number, 2, {_REGIONS}) as region,
            pick(number, 3, ['basic', 'plus', 'premium']) as plan,
            pick(number, 4, ['planner', 'hunter', 'loyalist', 'newcomer']) as persona,
            pick(number, 5, ['es', 'en']) as language,
            case when one_in(number, 6, 2000) then '31/02/2024'
                else (date '2021-01-01' + (share(number, 7) * 1500)::integer)::varchar end as acquired_on,
            pick(number, 8, ['search', 'friend', 'fair', 'partner']) as acquisition_channel,
            round(20 + 100 * share(number, 9), 2) as acquisition_cost
        from (
            select range as number, unnest(case when one_in(range, 10, 10) then [false, true] else [false] end)
                as moved
            from range({{customers}})
        )
        """,
    "interactions": f"""
        select 'I' || lpad(number::varchar, 9, '0') as interaction_id,
            case when one_in(number, 1, 1000) then 'X' || number
                else customer_code((share(number, 2) * ({{customers}} - 1))::bigint) end as customer_id,
            case when one_in(number, 3, 2000) then '2026-13-45T00:00:00'
                else stamp(timestamp '2023-12-01' + to_seconds((1080 * 86400.0 * {{place}})::bigint)) end as occurred_at,
            case when one_in(number, 4, 2000) then 'chekout' else pick(number, 5, {_TOUCHPOINTS}) end as touchpoint,
            pick(number, 6, {_CHANNELS}) as channel,
            case when one_in(number, 7, 1000) then 'n/a' else round(30 * share(number, 8), 1)::varchar end
                as wait_minutes,
            case when one_in(number, 9, 2000) then '-5' else round(20 * share(number, 10), 1)::varchar end
                as handling_minutes,
            case when share(number, 11) < 0.8 then 'true' else 'false' end as resolved,
            case when share(number, 12) < 0.05 then 'true' else 'false' end as is_complaint,
            'team ' || (hash(number + 13) % 10) as team,
            round(10 * share(number, 14), 2) as cost
        from (
            select range as number from range({{interactions}})
            union all
            select range as number from range({{interactions}}) where one_in(range, 15, 1000)
        )
        """,
    "surveys": f"""
        select survey_id, customer_id, interaction_id, touchpoint, channel, stamp(sent) as sent_at,
            case when answered then stamp(sent + to_seconds(case when one_in(number, 1, 2000) then -86400
                else (3 * 86400 * share(number, 2))::bigint end)) end as responded_at,
            pick(number, 3, ['es', 'en']) as language,
            round(0.5 + share(number, 4), 3) as weight
        from (
            select number, 'S' || lpad(number::varchar, 9, '0') as survey_id,
                case when share(number, 5) < 0.95 then
                    customer_code((share(number, 6) * ({{customers}} - 1))::bigint) end as customer_id,
                case when share(number, 7) < 0.3 then
                    'I' || lpad((share(number, 8) * ({{interactions}} - 1))::bigint::varchar, 9, '0') end
                    as interaction_id,
                pick(number, 9, {_TOUCHPOINTS}) as touchpoint,
                pick(number, 10 + copied::integer, {_CHANNELS}) as channel,
                timestamp '2023-12-01' + to_seconds((1075 * 86400.0 * {{place}})::bigint) as sent,
                share(number, 12) < 0.6 as answered
            from (
                select range as number, false as copied from range({{surveys}})
                union all
                select range as number, one_in(range, 13, 3) from range({{surveys}}) where one_in(range, 14, 1000)
            )
        )
        """,
    "answers": """
        select survey_id, question,
            case when one_in(number * 3 + place, 15, 2000) then '8.5' when one_in(number * 3 + place, 16, 2000) then '99'
                when question = 'nps' then (10 * sqrt(share(number, 17)))::integer::varchar
                when question = 'csat' then (1 + 4 * sqrt(share(number, 18)))::integer::varchar
                else (1 + 6 * sqrt(share(number, 19)))::integer::varchar end as score,
            case when one_in(number + place, 20, 8) then pick(number, 21, ['Quick and friendly.',
                'Waited too long, and had to explain it all twice.', 'El pedido llegó tarde.', 'It "works" now.']) end
                as comment
        from (
            select number, case when one_in(number, 22, 2000) then 'S?' else 'S' end || lpad(number::varchar, 9, '0')
                as survey_id, unnest(['nps', 'csat', 'ces']) as question, unnest([1, 2, 3]) as place
            from (
                select range as number from range({surveys})
                union all
                select range as number from range({surveys}) where one_in(range, 23, 2000)
            )
            where share(number, 12) < 0.6
        )
        where place = 1 or (place = 2 and share(number, 24) < 0.5) or (place = 3 and share(number, 25) < 0.25)
        """,
    "subscriptions": """
        select 'T' || lpad(number::varchar, 8, '0') as subscription_id, term, customer_code(number) as customer_id,
            (first_day + to_years(term - 1))::date as started_on, (first_day + to_years(term))::date as due_on,
            case when one_in(number * 3 + term, 26, 2000) then 'renwed' when term = terms and terms = 3 then 'open'
                when term = terms then 'churned' else 'renewed' end as outcome,
            case when term < terms then (first_day + to_years(term))::date - 3 end as decided_on,
            round(100 + 900 * share(number, 27) + 10 * term, 2) as annual_value,
            round(20 + 70 * share(number, 28), 2) as annual_margin,
            pick(number, 29, ['home', 'pro']) as product
        from (
            select number, terms, unnest(range(1, terms + 1))::integer as term,
                date '2023-12-01' + (330 * share(number, 30))::integer as first_day
            from (select range as number, 1 + (hash(range + 31) % 3)::integer as terms from range({customers}))
        )
        """,
}


@dataclass(frozen=True)
class Size:
    """How large the exports are, and whether their rows stand in the order of time or in none."""

    customers: int = 100_000
    surveys: int = 1_000_000
    interactions: int = 5_000_000
    shuffled: bool = False

    def times(self, factor: int) -> Size:
        """The same company, `factor` times as large."""
        return Size(self.customers * factor, self.surveys * factor, self.interactions * factor, self.shuffled)

    def __str__(self) -> str:
        order = ", shuffled" if self.shuffled else ""
        return (
            f"{self.customers:,} customers, {self.surveys:,} surveys, {self.interactions:,} contacts{order}"
        )


def write_exports(size: Size, folder: Path) -> Path:
    """Write the CSV files of a size, or find them where an earlier run left them.

    Parameters
    ----------
    size : Size
        Rows of the large tables, dirty rows and repetitions aside.
    folder : Path
        Folder of all generated exports; each size has its own below it.

    Returns
    -------
    Path
        Folder with `customers.csv`, `surveys.csv` and so on.
    """
    order = "shuffled" if size.shuffled else "sorted"
    exports = folder / f"exports-{size.customers}-{size.surveys}-{size.interactions}-{order}"
    finished = folder / f"{exports.name}.{_FINISHED}"
    if finished.is_file():
        return exports
    import duckdb

    exports.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(_FUNCTIONS)
        for table, sql in _TABLES.items():
            rows = size.surveys if table == "surveys" else size.interactions
            place = "share(number, 30)" if size.shuffled else f"(number / {rows}.0)"
            select = sql.format(
                customers=size.customers, surveys=size.surveys, interactions=size.interactions, place=place
            )
            path = str(exports / f"{table}.csv").replace("'", "''")
            connection.execute(f"copy ({select}) to '{path}' (header true)")
    finished.write_text(f"{size}\n", encoding="utf-8")
    return exports


def csv_bytes(exports: Path) -> int:
    """Bytes of all files of an exports folder."""
    return sum(path.stat().st_size for path in exports.glob("*.csv"))


def new_data_folder(folder: Path) -> Path:
    """An empty data folder with the settings that the exports need."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cx.toml").write_text(_SETTINGS, encoding="utf-8")
    return folder
