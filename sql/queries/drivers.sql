-- Decisions and what went before them, from the facts: the windows are a reader's choice. A decision is a term
-- of a subscription or, where $outcome is the code of a question, an answer to it. Nothing after known_to takes
-- part. An empty list keeps every value of its dimension; one customer in $sample is kept.

-- name: decision_counts
-- Grain: one row: decisions in the months, before one customer in several is drawn.
-- Parameters: $outcome, $first_month, $last_month.
select
    case
        when $outcome in ('renewal', 'churn') then (
            select count(*)
            from subscriptions
            where outcome <> 'open' and month between $first_month and $last_month
        )
        else (
            select count(*)
            from answers
            where question = $outcome and state = 'rated' and month between $first_month and $last_month
        )
    end::bigint as decisions

-- name: decisions
-- Grain: one row per term, or answer to the question, in the months: also those that cannot be analysed, with
-- why: `open` (not decided yet), `lost_before` (a term after the subscription was lost), `unrated`, `anonymous`.
-- Parameters: $outcome, $first_month, $last_month, $sample, $lead_days, $look_back_days and a list per dimension.
with terms as (
    select
        subscription_id,
        term,
        customer,
        profile,
        month,
        started_on,
        due_on,
        outcome,
        annual_value,
        annual_margin,
        product,
        least(due_on, coalesce(decided_on, due_on)) as decided_on,
        sum(case when outcome = 'churned' then 1 else 0 end) over (
            partition by subscription_id order by term rows between unbounded preceding and 1 preceding
        ) as lost_before
    from subscriptions
), first_terms as (
    select customer, min(started_on) as first_started_on
    from subscriptions
    group by customer
), joined as (
    select customer, min(acquired_on) as acquired_on
    from customers
    group by customer
), candidates as (
    select
        terms.subscription_id || '#' || terms.term as record,
        terms.customer,
        terms.profile,
        terms.month,
        (terms.decided_on - $lead_days::integer)::timestamp as known_to,
        terms.decided_on,
        case
            when terms.outcome = 'open' then 'open'
            when terms.lost_before > 0 then 'lost_before'
            else ''
        end as left_out,
        case when terms.outcome = 'churned' then 1.0 else 0.0 end as lost,
        null::double as score,
        null::double as weight,
        terms.annual_value::double as annual_value,
        terms.annual_margin::double as annual_margin,
        terms.product,
        (terms.due_on - terms.started_on)::integer as term_days,
        (terms.due_on - first_terms.first_started_on)::integer as tenure_days,
        (terms.started_on - first_terms.first_started_on)::integer as entered_days
    from terms
    join first_terms on first_terms.customer = terms.customer
    where $outcome in ('renewal', 'churn') and terms.month between $first_month and $last_month
    union all
    select
        answers.survey_id as record,
        answers.customer,
        answers.profile,
        answers.month,
        -- The other answers of the same survey are given at the same moment; they may take part.
        answers.answered_at + interval 1 microsecond as known_to,
        answers.answered_at::date as decided_on,
        case
            when answers.state <> 'rated' or answers.score is null then 'unrated'
            when answers.customer is null then 'anonymous'
            else ''
        end as left_out,
        null::double as lost,
        answers.score::double as score,
        answers.weight::double as weight,
        null::double as annual_value,
        null::double as annual_margin,
        '' as product,
        null::integer as term_days,
        (answers.answered_at::date - joined.acquired_on)::integer as tenure_days,
        null::integer as entered_days
    from answers
    left join joined on joined.customer = answers.customer
    where answers.question = $outcome and answers.month between $first_month and $last_month
)
select
    row_number() over (order by candidates.known_to, candidates.record)::integer as decision,
    candidates.record,
    candidates.customer,
    candidates.month,
    candidates.known_to,
    candidates.known_to - $look_back_days::integer * interval 1 day as known_from,
    candidates.decided_on,
    candidates.left_out,
    candidates.lost,
    candidates.score,
    candidates.weight,
    candidates.annual_value,
    candidates.annual_margin,
    candidates.product,
    candidates.term_days,
    candidates.tenure_days,
    candidates.entered_days,
    profiles.segment,
    profiles.region,
    profiles.plan,
    profiles.persona
from candidates
join profiles on profiles.profile = candidates.profile
where (candidates.customer is null or candidates.customer % $sample::bigint = 0)
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
order by decision

-- name: contacts_before
-- Grain: one row per decision and touchpoint that its customer met in the window.
-- Parameters: as decisions, and $long_wait (0 to 1).
with windows as (
    select
        customer,
        (least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer)::timestamp as known_to,
        subscription_id || '#' || term as record
    from subscriptions
    where $outcome in ('renewal', 'churn') and month between $first_month and $last_month
        and customer % $sample::bigint = 0
    union all
    select customer, answered_at + interval 1 microsecond as known_to, survey_id as record
    from answers
    where question = $outcome and month between $first_month and $last_month
        and customer is not null and customer % $sample::bigint = 0
), span as (
    select min(known_to) - $look_back_days::integer * interval 1 day as first_at, max(known_to) as last_at
    from windows
), linked as (
    select
        interactions.customer,
        interactions.occurred_at,
        interactions.touchpoint,
        interactions.channel,
        interactions.wait_minutes,
        interactions.resolved,
        interactions.is_complaint,
        coalesce(touchpoints.stage, interactions.touchpoint) as stage,
        lag(interactions.occurred_at) over earlier as previous_at,
        lag(interactions.touchpoint) over earlier as previous_touchpoint,
        lag(interactions.channel) over earlier as previous_channel,
        lag(coalesce(touchpoints.stage, interactions.touchpoint)) over earlier as previous_stage
    from interactions
    cross join span
    left join touchpoints on touchpoints.touchpoint = interactions.touchpoint
    where interactions.customer is not null and interactions.customer % $sample::bigint = 0
        and interactions.occurred_at >= span.first_at - interval 8 day
        and interactions.occurred_at < span.last_at
    window earlier as (
        partition by interactions.customer
        order by interactions.occurred_at, interactions.file, interactions.record
    )
), usual as (
    select touchpoint, percentile_cont($long_wait) within group (order by wait_minutes) as longest_usual
    from linked
    where wait_minutes is not null
    group by touchpoint
)
select
    windows.record,
    windows.known_to,
    linked.touchpoint,
    count(*)::integer as contacts,
    sum(case when linked.is_complaint then 1 else 0 end)::integer as complaints,
    sum(case when linked.resolved = false then 1 else 0 end)::integer as unresolved,
    sum(
        case
            when linked.previous_touchpoint = linked.touchpoint
                and linked.occurred_at <= linked.previous_at + interval 7 day then 1
            else 0
        end
    )::integer as repeats,
    sum(
        case
            when linked.previous_stage = linked.stage and linked.previous_channel <> linked.channel
                and linked.previous_channel <> '' and linked.channel <> ''
                and linked.occurred_at <= linked.previous_at + interval 7 day then 1
            else 0
        end
    )::integer as switches,
    max(linked.wait_minutes)::double as longest_wait,
    max(linked.occurred_at) as last_at,
    max(
        case
            when linked.is_complaint or linked.resolved = false or linked.wait_minutes > usual.longest_usual
                then linked.occurred_at
        end
    ) as last_bad_at
from windows
join linked
    on linked.customer = windows.customer
    and linked.occurred_at >= windows.known_to - $look_back_days::integer * interval 1 day
    and linked.occurred_at < windows.known_to
left join usual on usual.touchpoint = linked.touchpoint
group by windows.record, windows.known_to, linked.touchpoint
order by windows.known_to, windows.record, linked.touchpoint

-- name: ratings_before
-- Grain: one row per decision, question and touchpoint asked about in the window, other than the outcome's own
-- question: the last rating, and the last state where there is none.
-- Parameters: as decisions.
with windows as (
    select
        customer,
        (least(due_on, coalesce(decided_on, due_on)) - $lead_days::integer)::timestamp as known_to,
        subscription_id || '#' || term as record
    from subscriptions
    where $outcome in ('renewal', 'churn') and month between $first_month and $last_month
        and customer % $sample::bigint = 0
    union all
    select customer, answered_at + interval 1 microsecond as known_to, survey_id as record
    from answers
    where question = $outcome and month between $first_month and $last_month
        and customer is not null and customer % $sample::bigint = 0
), asked as (
    select
        windows.record,
        windows.known_to,
        answers.question,
        answers.touchpoint,
        answers.state,
        answers.score,
        answers.answered_at,
        row_number() over (
            partition by windows.record, answers.question, answers.touchpoint
            order by case when answers.state = 'rated' then 0 else 1 end, answers.answered_at desc, answers.survey_id
        ) as place
    from windows
    join answers
        on answers.customer = windows.customer
        and answers.answered_at >= windows.known_to - $look_back_days::integer * interval 1 day
        and answers.answered_at < windows.known_to
    join questions on questions.question = answers.question
    where answers.question <> $outcome and questions.metric in ('nps', 'csat', 'ces', 'rating')
)
select record, known_to, question, touchpoint, state, score::double as score, answered_at
from asked
where place = 1
order by known_to, record, question, touchpoint

-- name: touchpoints
-- Grain: one row per touchpoint, in the order of the journey, with whether its contacts are recorded.
with met as (
    select touchpoint, count(*) as contacts
    from interactions
    group by touchpoint
)
select touchpoints.touchpoint, touchpoints.stage, coalesce(met.contacts, 0)::bigint as contacts
from touchpoints
left join met on met.touchpoint = touchpoints.touchpoint
union all
select met.touchpoint, '' as stage, met.contacts
from met
where met.touchpoint not in (select touchpoint from touchpoints)

-- name: questions
-- Grain: one row per question and scale that customers answer.
select question, asked_as, metric, label, coalesce(touchpoint, '') as touchpoint, scale_min, scale_max, higher_is_better,
    favourable_from
from questions
where metric in ('nps', 'csat', 'ces', 'rating')
order by question

-- name: outcome_questions
-- Grain: one row per question whose score may be explained by the others: rated, by known customers.
select answers.question, count(*)::bigint as rated
from answers
join questions on questions.question = answers.question
where questions.metric in ('nps', 'csat', 'rating') and answers.state = 'rated' and answers.customer is not null
group by answers.question
order by rated desc, answers.question

-- name: segments
-- Grain: one row per segment that customers have.
select distinct segment
from profiles
where segment <> ''
order by segment
