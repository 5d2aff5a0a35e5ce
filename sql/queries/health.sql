-- What a release holds and what was kept out of it.

-- name: newest_rows
-- Grain: one row per dated table that has rows: how many, and its newest event. Times are UTC; the
-- other tables know days or months only.
select
    table_name,
    records,
    newest_at,
    newest_on
from (
    select
        'surveys' as table_name,
        count(*) as records,
        max(coalesce(responded_at, sent_at)) as newest_at,
        null::date as newest_on
    from surveys
    union all
    select 'answers', count(*), max(answered_at), null from answers
    union all
    select 'interactions', count(*), max(occurred_at), null from interactions
    union all
    select 'subscriptions', count(*), null, max(decided_on) from subscriptions
    union all
    select 'revenue', count(*), null, max(month) from revenue
    union all
    select 'employee_pulse', count(*), null, max(month) from employee_pulse
) as newest
where records > 0

-- name: quarantine_examples
-- Grain: one row per record and broken rule, at most $per_rule for each table, column and rule.
-- Reads personal.duckdb: callers check the role first.
-- Parameters: $per_rule, $most (rows).
with numbered as (
    select
        file,
        record,
        table_name,
        column_name,
        value,
        reason,
        row_number() over (partition by table_name, column_name, reason order by file, record) as place
    from quarantine
)
select
    file,
    record,
    table_name,
    column_name,
    value,
    reason
from numbered
where place <= $per_rule
order by file, record, column_name, reason
limit $most
