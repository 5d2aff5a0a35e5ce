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

-- name: last_month_of_answers
-- Grain: one row: the last finished month with rated answers, else the last month with any; null where
-- nothing was answered.
-- Parameters: $as_of_month (first day of the unfinished month).
select coalesce(max(case when month < $as_of_month then month end), max(month)) as month
from answers
where state = 'rated'

-- name: repeated_answers
-- Grain: one row per question, or per metric and scale where $by_question is false.
-- A person is a customer; of an anonymous survey nobody knows who answered it, so each is a person of its own.
-- As in the scorecard, the overall NPS is that of the question about no touchpoint, where it is asked.
-- Parameters: $first, $last (first days of months), $by_question.
with relationship as (
    select count(*) as asked
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
),
counted as (
    select
        case when $by_question then questions.question else '' end as question,
        questions.metric,
        questions.scale_min,
        questions.scale_max,
        questions.favourable_from,
        questions.higher_is_better,
        coalesce('customer ' || answers.customer::varchar, 'survey ' || answers.survey_id) as person,
        answers.customer,
        answers.answered_at
    from answers
    join questions on questions.question = answers.question
    cross join relationship
    where answers.state = 'rated'
        and answers.month between $first and $last
        and ($by_question or questions.metric <> 'nps' or answers.touchpoint = '' or relationship.asked = 0)
),
followed as (
    select
        counted.*,
        lag(answered_at) over (
            partition by question, metric, scale_min, scale_max, favourable_from, higher_is_better, person
            order by answered_at
        ) as answered_before
    from counted
),
people as (
    select
        question,
        metric,
        scale_min,
        scale_max,
        favourable_from,
        higher_is_better,
        person,
        count(*) as answers,
        count(customer) as known_answers,
        max(case when answered_at <= answered_before + interval 30 day then 1 else 0 end) as within_30_days,
        max(case when answered_at <= answered_before + interval 90 day then 1 else 0 end) as within_90_days
    from followed
    group by question, metric, scale_min, scale_max, favourable_from, higher_is_better, person
)
select
    question,
    metric,
    scale_min,
    scale_max,
    favourable_from,
    higher_is_better,
    sum(answers)::bigint as answers,
    sum(known_answers)::bigint as known_answers,
    count(*) as people,
    sum(case when answers > 1 then 1 else 0 end)::bigint as repeaters,
    sum(case when answers > 1 then answers else 0 end)::bigint as repeated_answers,
    sum(within_30_days)::bigint as within_30_days,
    sum(within_90_days)::bigint as within_90_days
from people
group by question, metric, scale_min, scale_max, favourable_from, higher_is_better
order by metric, question, scale_min, scale_max

-- name: paired_scores
-- Grain: one row per question (or metric and scale, as above) and pair of scores: in how many ways two answers
-- of one person, or an answer with itself, give these two scores. Any variance that knows who answered can
-- be computed from these sums, so that no cut-off of a score stands here.
-- Parameters: as repeated_answers.
with relationship as (
    select count(*) as asked
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
),
people as (
    select
        case when $by_question then questions.question else '' end as question,
        questions.metric,
        questions.scale_min,
        questions.scale_max,
        questions.favourable_from,
        questions.higher_is_better,
        coalesce('customer ' || answers.customer::varchar, 'survey ' || answers.survey_id) as person,
        answers.score,
        count(*) as answers
    from answers
    join questions on questions.question = answers.question
    cross join relationship
    where answers.state = 'rated'
        and answers.month between $first and $last
        and ($by_question or questions.metric <> 'nps' or answers.touchpoint = '' or relationship.asked = 0)
    group by
        case when $by_question then questions.question else '' end, questions.metric, questions.scale_min,
        questions.scale_max, questions.favourable_from, questions.higher_is_better,
        coalesce('customer ' || answers.customer::varchar, 'survey ' || answers.survey_id), answers.score
)
select
    one.question,
    one.metric,
    one.scale_min,
    one.scale_max,
    one.favourable_from,
    one.higher_is_better,
    one.score,
    other.score as other_score,
    sum(one.answers * other.answers)::bigint as pairs,
    sum(case when one.score = other.score then one.answers else 0 end)::bigint as answers
from people as one
join people as other
    on other.person = one.person
    and other.question = one.question
    and other.metric = one.metric
    and other.scale_min = one.scale_min
    and other.scale_max = one.scale_max
    and other.favourable_from = one.favourable_from
    and other.higher_is_better = one.higher_is_better
group by
    one.question, one.metric, one.scale_min, one.scale_max, one.favourable_from, one.higher_is_better,
    one.score, other.score
order by one.metric, one.question, one.scale_min, one.scale_max, one.score, other.score
