-- Where no subscriptions are exported: the relationship NPS that follows an experience. Every answer to the
-- question about no touchpoint is a decision; what was gone through since the customer's last such answer,
-- and at most $look_back_days before, counts. The answers of one survey bear one time: none explains another.

-- name: decision_counts
-- Grain: one row per part of the time before an answer that is recorded ('whole', 'part' or 'none'): answers to the
-- relationship question in the months and groups chosen, and the first and the last of their months.
-- Parameters: $first_month, $last_month, $records_begin (dates), $look_back_days and a list per customer dimension.
with asked as (
    select
        answers.survey_id, answers.customer, answers.profile, answers.month, answers.score, answers.answered_at,
        greatest(
            coalesce(
                lag(answers.answered_at) over (
                    partition by answers.customer order by answers.answered_at, answers.survey_id
                ),
                timestamp '1900-01-01'
            ),
            answers.answered_at - $look_back_days::integer * interval 1 day
        ) as known_from
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
        and answers.customer is not null
)
select
    case
        when asked.known_from >= $records_begin then 'whole'
        when asked.answered_at > $records_begin then 'part'
        else 'none'
    end as recorded,
    count(*)::bigint as decisions,
    min(asked.month) as first_month,
    max(asked.month) as last_month
from asked
join profiles on profiles.profile = asked.profile
where asked.month between $first_month and $last_month
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by recorded
order by recorded

-- name: decisions
-- Grain: one row per answer to the relationship question; outcome is 100, 0 or -100.
-- Parameters: as decision_counts, without $records_begin, and $sample, $begun_from (what counts begins on this day or
-- later) and $ended_after (the answer came later), dates.
with asked as (
    select
        answers.survey_id, answers.customer, answers.profile, answers.month, answers.score, answers.answered_at,
        greatest(
            coalesce(
                lag(answers.answered_at) over (
                    partition by answers.customer order by answers.answered_at, answers.survey_id
                ),
                timestamp '1900-01-01'
            ),
            answers.answered_at - $look_back_days::integer * interval 1 day
        ) as known_from
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
        and answers.customer is not null and answers.customer % $sample::bigint = 0
), acquired as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
)
select
    row_number() over (order by asked.answered_at, asked.survey_id) as decision,
    asked.customer,
    profiles.segment,
    profiles.plan,
    '' as product,
    (asked.answered_at::date - acquired.acquired_on)::integer as tenure_days,
    case when asked.score >= 9 then 100.0 when asked.score <= 6 then -100.0 else 0.0 end as outcome
from asked
join profiles on profiles.profile = asked.profile
left join acquired on acquired.customer = asked.customer
where asked.month between $first_month and $last_month
    and asked.known_from >= $begun_from
    and asked.answered_at > $ended_after
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
order by decision

-- name: contacts_before
-- Grain: one row per answer and touchpoint met before it, with the signs of a bad contact there.
-- Parameters: as decisions, and $long_wait (0-1).
with asked as (
    select
        answers.survey_id, answers.customer, answers.profile, answers.month, answers.answered_at,
        lag(answers.answered_at) over (
            partition by answers.customer order by answers.answered_at, answers.survey_id
        ) as previous_at
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
        and answers.customer is not null and answers.customer % $sample::bigint = 0
), chosen as (
    select
        row_number() over (order by asked.answered_at, asked.survey_id) as decision,
        asked.customer,
        greatest(
            coalesce(asked.previous_at, timestamp '1900-01-01'),
            asked.answered_at - $look_back_days::integer * interval 1 day
        ) as known_from,
        asked.answered_at as known_to
    from asked
    join profiles on profiles.profile = asked.profile
    where asked.month between $first_month and $last_month
        and greatest(
            coalesce(asked.previous_at, timestamp '1900-01-01'),
            asked.answered_at - $look_back_days::integer * interval 1 day
        ) >= $begun_from
        and asked.answered_at > $ended_after
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), span as (
    select min(known_from) as first_at, max(known_to) as last_at
    from chosen
), contacts as (
    select interactions.customer, interactions.occurred_at, interactions.touchpoint,
        interactions.wait_minutes, interactions.resolved, interactions.is_complaint
    from interactions
    cross join span
    where interactions.occurred_at >= span.first_at and interactions.occurred_at < span.last_at
        and interactions.customer % $sample::bigint = 0
), usual as (
    select touchpoint, percentile_cont($long_wait) within group (order by wait_minutes) as longest_usual
    from contacts
    where wait_minutes is not null
    group by touchpoint
)
select
    chosen.decision,
    contacts.touchpoint,
    count(*)::integer as contacts,
    max(
        case
            when contacts.resolved = false or contacts.is_complaint then 1
            when contacts.wait_minutes > usual.longest_usual then 1
            else 0
        end
    )::integer as bad_sign
from chosen
join contacts
    on contacts.customer = chosen.customer
    and contacts.occurred_at >= chosen.known_from
    and contacts.occurred_at < chosen.known_to
left join usual on usual.touchpoint = contacts.touchpoint
group by chosen.decision, contacts.touchpoint
order by chosen.decision, contacts.touchpoint

-- name: ratings_before
-- Grain: one row per answer and touchpoint rated before it, in other surveys: the last rating there.
-- Parameters: as contacts_before, without $long_wait.
with asked as (
    select
        answers.survey_id, answers.customer, answers.profile, answers.month, answers.answered_at,
        lag(answers.answered_at) over (
            partition by answers.customer order by answers.answered_at, answers.survey_id
        ) as previous_at
    from answers
    join questions on questions.question = answers.question
    where questions.metric = 'nps' and answers.touchpoint = '' and answers.state = 'rated'
        and answers.customer is not null and answers.customer % $sample::bigint = 0
), chosen as (
    select
        row_number() over (order by asked.answered_at, asked.survey_id) as decision,
        asked.survey_id,
        asked.customer,
        greatest(
            coalesce(asked.previous_at, timestamp '1900-01-01'),
            asked.answered_at - $look_back_days::integer * interval 1 day
        ) as known_from,
        asked.answered_at as known_to
    from asked
    join profiles on profiles.profile = asked.profile
    where asked.month between $first_month and $last_month
        and greatest(
            coalesce(asked.previous_at, timestamp '1900-01-01'),
            asked.answered_at - $look_back_days::integer * interval 1 day
        ) >= $begun_from
        and asked.answered_at > $ended_after
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), placed as (
    select
        chosen.decision,
        answers.touchpoint,
        answers.question,
        answers.score,
        row_number() over (
            partition by chosen.decision, answers.touchpoint
            order by
                answers.answered_at desc,
                case questions.metric when 'csat' then 1 when 'nps' then 2 when 'ces' then 3 else 4 end,
                answers.question,
                answers.survey_id
        ) as place
    from chosen
    join answers
        on answers.customer = chosen.customer
        -- What came with the answer before belongs to that one.
        and answers.answered_at > chosen.known_from
        and answers.answered_at < chosen.known_to
        and answers.survey_id <> chosen.survey_id
    join questions on questions.question = answers.question
    where answers.state = 'rated' and answers.touchpoint <> ''
        and questions.metric in ('csat', 'nps', 'ces', 'rating')
)
select decision, touchpoint, question, score::integer as score
from placed
where place = 1
order by decision, touchpoint, question
