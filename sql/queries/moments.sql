-- What customers lived through before a decision, per touchpoint. Only what happened from known_from until
-- before known_to counts. An empty list keeps every value of its dimension. `customer` is a keyed hash, so
-- that one customer in $sample is a random draw; 1 keeps all.

-- name: records_begin
-- Grain: one row: the day of the first contact of a known customer; without contacts that of the first answer.
-- What was met before it nobody knows.
select coalesce(
    (select min(occurred_at) from interactions where customer is not null),
    (select min(answered_at) from answers where customer is not null)
)::date as first_day

-- name: decision_counts
-- Grain: one row per part of the window that is recorded ('whole', 'part' or 'none'): decisions in the months and
-- groups chosen, those that were lost, and the first and the last of their months.
-- Parameters: $first_month, $last_month, $records_begin (dates) and a list per customer dimension.
select
    case
        when observation.known_from >= $records_begin then 'whole'
        when observation.known_to > $records_begin then 'part'
        else 'none'
    end as recorded,
    count(*)::bigint as decisions,
    sum(case when observation.outcome = 'churned' then 1 else 0 end)::bigint as lost,
    min(observation.month) as first_month,
    max(observation.month) as last_month
from renewal_observations as observation
join profiles on profiles.profile = observation.profile
where observation.month between $first_month and $last_month
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by recorded
order by recorded

-- name: decisions
-- Grain: one row per renewal decision, numbered by the day it came up; outcome is 1 where it was renewed.
-- Parameters: as decision_counts, without $records_begin, and $sample (one customer in so many), $begun_from (the first
-- day of a window is this or later) and $ended_after (its end is later), dates.
select
    row_number() over (order by observation.due_on, observation.subscription_id, observation.term) as decision,
    observation.customer,
    profiles.segment,
    profiles.plan,
    observation.product,
    observation.tenure_days,
    case when observation.outcome = 'renewed' then 1.0 else 0.0 end as outcome
from renewal_observations as observation
join profiles on profiles.profile = observation.profile
where observation.month between $first_month and $last_month
    and observation.customer % $sample::bigint = 0
    and observation.known_from >= $begun_from
    and observation.known_to > $ended_after
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
order by decision

-- name: contacts_before
-- Grain: one row per decision and touchpoint met in its window, with the signs of a bad contact there.
-- Parameters: as decisions.
with chosen as (
    select
        row_number() over (order by observation.due_on, observation.subscription_id, observation.term) as decision,
        observation.subscription_id,
        observation.term
    from renewal_observations as observation
    join profiles on profiles.profile = observation.profile
    where observation.month between $first_month and $last_month
        and observation.customer % $sample::bigint = 0
        and observation.known_from >= $begun_from
        and observation.known_to > $ended_after
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
)
select
    chosen.decision,
    contacts.touchpoint,
    contacts.contacts,
    (case when contacts.unresolved + contacts.complaints + contacts.long_waits > 0 then 1 else 0 end)::integer as bad_sign
from chosen
join renewal_contacts as contacts
    on contacts.subscription_id = chosen.subscription_id and contacts.term = chosen.term
order by chosen.decision, contacts.touchpoint

-- name: ratings_before
-- Grain: one row per decision and touchpoint rated in its window: the last rating. Of several given on one
-- day, satisfaction goes before recommendation, effort and other ratings; expectations are no experience.
-- Ratings of the company as a whole belong to no touchpoint and are left out.
-- Parameters: as decisions.
with chosen as (
    select
        row_number() over (order by observation.due_on, observation.subscription_id, observation.term) as decision,
        observation.subscription_id,
        observation.term
    from renewal_observations as observation
    join profiles on profiles.profile = observation.profile
    where observation.month between $first_month and $last_month
        and observation.customer % $sample::bigint = 0
        and observation.known_from >= $begun_from
        and observation.known_to > $ended_after
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), placed as (
    select
        chosen.decision,
        ratings.touchpoint,
        ratings.question,
        ratings.score,
        row_number() over (
            partition by chosen.decision, ratings.touchpoint
            order by
                ratings.answered_on desc,
                case questions.metric when 'csat' then 1 when 'nps' then 2 when 'ces' then 3 else 4 end,
                ratings.question
        ) as place
    from chosen
    join renewal_ratings as ratings
        on ratings.subscription_id = chosen.subscription_id and ratings.term = chosen.term
    join questions on questions.question = ratings.question
    where ratings.state = 'rated'
        and questions.metric in ('csat', 'nps', 'ces', 'rating')
        and ratings.touchpoint <> ''
)
select decision, touchpoint, question, score
from placed
where place = 1
order by decision, touchpoint, question

-- name: questions
-- Grain: one row per question and scale.
select question, asked_as, metric, label, coalesce(touchpoint, '') as touchpoint, scale_min, scale_max,
    favourable_from, higher_is_better, factor
from questions
order by question

-- name: touchpoints
-- Grain: one row per touchpoint that is declared or occurs, in the order of the journey: who declared it a
-- moment of truth, whether contacts are recorded there, and whether any survey listens there.
with seen as (
    select touchpoint from touchpoints
    union
    select touchpoint from monthly_interactions where cut = 'none' and touchpoint <> ''
    union
    select touchpoint from monthly_scores where cut = 'none' and touchpoint <> ''
), recorded as (
    select touchpoint, sum(contacts) as contacts
    from monthly_interactions
    where cut = 'none'
    group by touchpoint
), heard as (
    select monthly_scores.touchpoint, sum(monthly_scores.answers) as answers
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric in ('csat', 'nps', 'ces', 'rating')
    group by monthly_scores.touchpoint
)
select
    seen.touchpoint,
    coalesce(touchpoints.stage, '') as stage,
    coalesce(touchpoints.moment_of_truth, false) as declared,
    coalesce(recorded.contacts, 0)::bigint as contacts,
    coalesce(heard.answers, 0)::bigint as answers
from seen
left join touchpoints on touchpoints.touchpoint = seen.touchpoint
left join recorded on recorded.touchpoint = seen.touchpoint
left join heard on heard.touchpoint = seen.touchpoint
order by touchpoints.stage_order nulls last, seen.touchpoint
