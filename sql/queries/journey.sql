-- The journey: what customers said and lived through at each touchpoint. An empty list keeps every value of its
-- dimension. `period` is 'now' from $first_month on and 'before' until then.

-- name: touchpoints
-- Grain: one row per touchpoint that is declared, in the order of the journey.
select touchpoint, coalesce(stage, '') as stage, stage_order, coalesce(factor, '') as factor, moment_of_truth
from touchpoints
order by stage_order nulls last, touchpoint

-- name: asked_touchpoints
-- Grain: one row per touchpoint with a rated answer in any month.
select distinct touchpoint
from monthly_scores
where cut = 'none' and touchpoint <> ''
order by touchpoint

-- name: question_scales
-- Grain: one row per question and scale.
select question, metric, scale_min, scale_max, favourable_from, higher_is_better
from questions
order by question

-- name: score_counts
-- Grain: one row per period, touchpoint, question and score, from the mart's cut of at most one dimension.
-- Parameters: $cut, $start_month, $first_month, $last_month and a list per dimension.
select
    case when month >= $first_month then 'now' else 'before' end as period,
    touchpoint,
    question,
    score,
    sum(answers)::bigint as answers,
    sum(weight_sum) as weight_sum,
    sum(weight_sq_sum) as weight_sq_sum
from monthly_scores
where cut = $cut::code
    and month between $start_month and $last_month
    and touchpoint <> ''
    and (len($touchpoint) = 0 or list_contains(try_cast($touchpoint as code[]), touchpoint))
    and (len($channel) = 0 or list_contains(try_cast($channel as code[]), channel))
    and (len($segment) = 0 or list_contains(try_cast($segment as code[]), segment))
    and (len($region) = 0 or list_contains(try_cast($region as code[]), region))
    and (len($plan) = 0 or list_contains(try_cast($plan as code[]), plan))
    and (len($persona) = 0 or list_contains(try_cast($persona as code[]), persona))
group by period, touchpoint, question, score
order by period, touchpoint, question, score

-- name: score_counts_of_profiles
-- Grain: as score_counts, from the answers themselves: for more than one customer dimension.
-- Parameters: as score_counts, without $cut.
select
    case when answers.month >= $first_month then 'now' else 'before' end as period,
    answers.touchpoint,
    answers.question,
    answers.score,
    count(*)::bigint as answers,
    sum(coalesce(answers.weight, 1)) as weight_sum,
    sum(coalesce(answers.weight, 1) * coalesce(answers.weight, 1)) as weight_sq_sum
from answers
join profiles on profiles.profile = answers.profile
where answers.state = 'rated'
    and answers.month between $start_month and $last_month
    and answers.touchpoint <> ''
    and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
    and (len($channel) = 0 or list_contains($channel, answers.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by period, answers.touchpoint, answers.question, answers.score
order by period, answers.touchpoint, answers.question, answers.score

-- name: contact_counts
-- Grain: one row per period and touchpoint with contacts, from the mart's cut of at most one dimension.
-- Parameters: as score_counts.
select
    case when month >= $first_month then 'now' else 'before' end as period,
    touchpoint,
    sum(contacts)::bigint as contacts,
    sum(wait_known)::bigint as wait_known,
    sum(wait_sum) as wait_sum,
    sum(wait_sq_sum) as wait_sq_sum,
    sum(resolved_known)::bigint as resolved_known,
    sum(resolved_known - resolved)::bigint as unresolved,
    sum(complaint_known)::bigint as complaint_known,
    sum(complaints)::bigint as complaints
from monthly_interactions
where cut = $cut
    and month between $start_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, touchpoint))
    and (len($channel) = 0 or list_contains($channel, channel))
    and (len($segment) = 0 or list_contains($segment, segment))
    and (len($region) = 0 or list_contains($region, region))
    and (len($plan) = 0 or list_contains($plan, plan))
    and (len($persona) = 0 or list_contains($persona, persona))
group by period, touchpoint
order by period, touchpoint

-- name: contact_counts_of_profiles
-- Grain: as contact_counts, from the contacts themselves: for more than one customer dimension.
-- Parameters: as score_counts_of_profiles.
select
    case when interactions.month >= $first_month then 'now' else 'before' end as period,
    interactions.touchpoint,
    count(*)::bigint as contacts,
    count(interactions.wait_minutes)::bigint as wait_known,
    coalesce(sum(interactions.wait_minutes), 0) as wait_sum,
    coalesce(sum(interactions.wait_minutes * interactions.wait_minutes), 0) as wait_sq_sum,
    count(interactions.resolved)::bigint as resolved_known,
    sum(case when not interactions.resolved then 1 else 0 end)::bigint as unresolved,
    count(interactions.is_complaint)::bigint as complaint_known,
    sum(case when interactions.is_complaint then 1 else 0 end)::bigint as complaints
from interactions
join profiles on profiles.profile = interactions.profile
where interactions.month between $start_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, interactions.touchpoint))
    and (len($channel) = 0 or list_contains($channel, interactions.channel))
    and (len($segment) = 0 or list_contains($segment, profiles.segment))
    and (len($region) = 0 or list_contains($region, profiles.region))
    and (len($plan) = 0 or list_contains($plan, profiles.plan))
    and (len($persona) = 0 or list_contains($persona, profiles.persona))
group by period, interactions.touchpoint
order by period, interactions.touchpoint

-- name: last_contact
-- Grain: one row: when the newest contact took place; null where there is none.
select max(occurred_at) as last_contact from interactions

-- name: repeat_counts
-- Grain: one row per period and touchpoint with contacts, from the mart's cut of at most one dimension.
-- A contact counts where its follow-up of 7 (or 30) days was over by the newest contact of the data; it is
-- repeated where the customer's next contact at the touchpoint, by any channel, lies within that follow-up.
-- The sums over customers and months of squares and products say how much contacts of one customer resemble
-- each other.
-- Parameters: as contact_counts, without $channel: the mart knows none.
select
    case when month >= $first_month then 'now' else 'before' end as period,
    touchpoint,
    coalesce(sum(case when kind = 'repeated_7' then base end), 0)::bigint as contacts,
    coalesce(sum(case when kind = 'back_7' then base end), 0)::bigint as known_seven,
    coalesce(sum(case when kind = 'back_7' then events end), 0)::bigint as repeated_seven,
    coalesce(sum(case when kind = 'back_7' then events_sq end), 0) as repeated_sq_seven,
    coalesce(sum(case when kind = 'back_7' then base_events end), 0) as product_seven,
    coalesce(sum(case when kind = 'back_7' then base_sq end), 0) as known_sq_seven,
    coalesce(sum(case when kind = 'back_7' then customers end), 0)::bigint as customers_seven,
    coalesce(sum(case when kind = 'back_30' then base end), 0)::bigint as known_thirty,
    coalesce(sum(case when kind = 'back_30' then events end), 0)::bigint as repeated_thirty,
    coalesce(sum(case when kind = 'back_30' then events_sq end), 0) as repeated_sq_thirty,
    coalesce(sum(case when kind = 'back_30' then base_events end), 0) as product_thirty,
    coalesce(sum(case when kind = 'back_30' then base_sq end), 0) as known_sq_thirty,
    coalesce(sum(case when kind = 'back_30' then customers end), 0)::bigint as customers_thirty
from monthly_disconnections
where cut = $cut
    and month between $start_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, touchpoint))
    and (len($segment) = 0 or list_contains($segment, segment))
    and (len($region) = 0 or list_contains($region, region))
    and (len($plan) = 0 or list_contains($plan, plan))
    and (len($persona) = 0 or list_contains($persona, persona))
group by period, touchpoint
order by period, touchpoint

-- name: repeat_counts_of_contacts
-- Grain: as repeat_counts, from the contacts themselves: for a channel, or more than one customer dimension.
-- Sums of squares and products are over customers.
-- Parameters: as contact_counts_of_profiles, and $follow_month (last month that a follow-up may reach into),
-- $seven_until, $thirty_until (contacts later than that have no complete follow-up).
with followed as (
    select
        interactions.customer,
        interactions.touchpoint,
        interactions.channel,
        interactions.profile,
        interactions.month,
        interactions.occurred_at,
        lead(interactions.occurred_at) over (
            partition by interactions.customer, interactions.touchpoint
            order by interactions.occurred_at, interactions.interaction_id
        ) as next_at
    from interactions
    where interactions.month between $start_month and $follow_month
        and (len($touchpoint) = 0 or list_contains($touchpoint, interactions.touchpoint))
), per_customer as (
    select
        case when followed.month >= $first_month then 'now' else 'before' end as period,
        followed.touchpoint,
        followed.customer,
        count(*) as contacts,
        sum(case when followed.occurred_at <= $seven_until then 1 else 0 end) as known_seven,
        sum(
            case
                when followed.occurred_at <= $seven_until
                    and followed.next_at <= followed.occurred_at + interval '7' day then 1
                else 0
            end
        ) as repeated_seven,
        sum(case when followed.occurred_at <= $thirty_until then 1 else 0 end) as known_thirty,
        sum(
            case
                when followed.occurred_at <= $thirty_until
                    and followed.next_at <= followed.occurred_at + interval '30' day then 1
                else 0
            end
        ) as repeated_thirty
    from followed
    join profiles on profiles.profile = followed.profile
    where followed.month <= $last_month
        and (len($channel) = 0 or list_contains($channel, followed.channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by period, followed.touchpoint, followed.customer
)
select
    period,
    touchpoint,
    sum(contacts)::bigint as contacts,
    sum(known_seven)::bigint as known_seven,
    sum(repeated_seven)::bigint as repeated_seven,
    sum(repeated_seven * repeated_seven)::double as repeated_sq_seven,
    sum(repeated_seven * known_seven)::double as product_seven,
    sum(known_seven * known_seven)::double as known_sq_seven,
    sum(case when known_seven > 0 then 1 else 0 end)::bigint as customers_seven,
    sum(known_thirty)::bigint as known_thirty,
    sum(repeated_thirty)::bigint as repeated_thirty,
    sum(repeated_thirty * repeated_thirty)::double as repeated_sq_thirty,
    sum(repeated_thirty * known_thirty)::double as product_thirty,
    sum(known_thirty * known_thirty)::double as known_sq_thirty,
    sum(case when known_thirty > 0 then 1 else 0 end)::bigint as customers_thirty
from per_customer
group by period, touchpoint
order by period, touchpoint
