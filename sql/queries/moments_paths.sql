-- Contacts in their order: the last ones before a decision, disconnections a month, and all that one customer
-- went through. An empty list keeps every value of its dimension; one customer in $sample is kept.

-- name: last_contacts
-- Grain: one row per decision with a contact in its window: the touchpoints of its last four contacts, the
-- last one first.
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
select chosen.decision, paths.last_1, paths.last_2, paths.last_3, paths.last_4
from chosen
join renewal_paths as paths on paths.subscription_id = chosen.subscription_id and paths.term = chosen.term
order by chosen.decision

-- name: contact_span
-- Grain: one row: the first and the last contact of a known customer, and how many name no customer.
select
    min(case when customer is not null then occurred_at end) as first_at,
    max(case when customer is not null then occurred_at end) as last_at,
    sum(case when customer is null then 1 else 0 end)::bigint as unknown
from interactions

-- name: disconnections
-- Grain: one row per month and kind of disconnection, with sums over the customers at a touchpoint from which a
-- rate and its interval follow, from the mart's cut of at most one dimension.
-- Parameters: $cut, $first_month, $last_month and a list per dimension, without $channel: the mart knows none.
select
    month,
    case kind when 'switched_7' then 'switched' when 'returned_7' then 'returned' else kind end as kind,
    sum(customers)::bigint as customers,
    sum(base)::bigint as base,
    sum(events)::bigint as events,
    sum(base_sq) as base_sq,
    sum(base_events) as base_events,
    sum(events_sq) as events_sq
from monthly_disconnections
where cut = $cut
    and kind in ('repeated_7', 'repeated_30', 'switched_7', 'returned_7')
    and month between $first_month and $last_month
    and (len($touchpoint) = 0 or list_contains($touchpoint, touchpoint))
    and (len($segment) = 0 or list_contains($segment, segment))
    and (len($region) = 0 or list_contains($region, region))
    and (len($plan) = 0 or list_contains($plan, plan))
    and (len($persona) = 0 or list_contains($persona, persona))
group by month, kind
order by month, kind

-- name: disconnections_of_contacts
-- Grain: as disconnections, from the contacts themselves: for a channel, or more than one customer dimension.
-- A contact counts as repeated by the one before it at the same touchpoint; as a switch by the one right before
-- it in the same stage of the journey on another channel (from one stage to the next a change is no break: what
-- is ordered on the web comes by courier); a settled contact as a return by the next one at the same
-- touchpoint. The contact before may have another profile or channel than those kept: filters come after the order.
-- Settled contacts younger than the days in which a return counts are left out: nobody knows yet.
-- Parameters: $first_month, $last_month, $from_at (a month earlier), $until_at, $followed_to (timestamps), and
-- a list per dimension.
with ordered as (
    select
        interactions.customer,
        interactions.profile,
        interactions.occurred_at,
        interactions.month,
        interactions.touchpoint,
        interactions.channel,
        interactions.resolved,
        lag(interactions.occurred_at) over there as previous_there_at,
        lead(interactions.occurred_at) over there as next_there_at,
        coalesce(touchpoints.stage, interactions.touchpoint) as stage,
        lag(interactions.occurred_at) over earlier as previous_at,
        lag(interactions.channel) over earlier as previous_channel,
        lag(coalesce(touchpoints.stage, interactions.touchpoint)) over earlier as previous_stage
    from interactions
    left join touchpoints on touchpoints.touchpoint = interactions.touchpoint
    where interactions.customer is not null
        and interactions.occurred_at >= $from_at
        and interactions.occurred_at < $until_at
    window
        there as (
            partition by interactions.customer, interactions.touchpoint
            order by interactions.occurred_at, interactions.interaction_id
        ),
        earlier as (
            partition by interactions.customer order by interactions.occurred_at, interactions.interaction_id
        )
), customers_months as (
    select
        customer,
        ordered.profile,
        month,
        touchpoint,
        count(*) as contacts,
        sum(case when occurred_at <= previous_there_at + interval 7 day then 1 else 0 end) as repeated_7,
        sum(case when occurred_at <= previous_there_at + interval 30 day then 1 else 0 end) as repeated_30,
        sum(
            case
                when stage = previous_stage and channel <> previous_channel and channel <> '' and previous_channel <> ''
                    and occurred_at <= previous_at + interval 7 day then 1
                else 0
            end
        ) as switched,
        sum(case when resolved and occurred_at <= $followed_to then 1 else 0 end) as settled,
        sum(
            case
                when resolved and occurred_at <= $followed_to
                    and next_there_at <= occurred_at + interval 7 day then 1
                else 0
            end
        ) as returned
    from ordered
    join profiles on profiles.profile = ordered.profile
    where month between $first_month and $last_month
        and (len($touchpoint) = 0 or list_contains($touchpoint, touchpoint))
        and (len($channel) = 0 or list_contains($channel, channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
    group by customer, ordered.profile, month, touchpoint
), kinds as (
    select month, 'repeated_7' as kind, contacts as base, repeated_7 as events from customers_months
    union all
    select month, 'repeated_30' as kind, contacts as base, repeated_30 as events from customers_months
    union all
    select month, 'switched' as kind, contacts as base, switched as events from customers_months
    union all
    select month, 'returned' as kind, settled as base, returned as events from customers_months where settled > 0
)
select
    month,
    kind,
    count(*)::bigint as customers,
    sum(base)::bigint as base,
    sum(events)::bigint as events,
    sum(base * base)::double as base_sq,
    sum(base * events)::double as base_events,
    sum(events * events)::double as events_sq
from kinds
group by month, kind
order by month, kind

-- name: person
-- Grain: one row per customer of that id (one at most). Asks the personal file.
-- Parameters: $customer_id (text).
select customer, name
from customers
where customer_id = $customer_id

-- name: person_comments
-- Grain: one row per comment in the answers to some surveys. Asks the personal file.
-- Parameters: $surveys (list of text).
select survey_id, question, comment
from comments
where list_contains($surveys, survey_id)

-- name: person_events
-- Grain: one row per contact, answer and decided or running term of one customer, in the order of time.
-- Parameters: $customer (the keyed hash).
with contacts as (
    select
        occurred_at as happened_at, 1 as place, 'contact' as kind, touchpoint, channel, wait_minutes, resolved,
        is_complaint, '' as survey_id, '' as question, '' as asked_as, '' as label, null::integer as score, '' as state,
        null::integer as scale_min, null::integer as scale_max, '' as outcome, '' as product, null::integer as term
    from interactions
    where customer = $customer::ubigint
), given as (
    select
        answers.answered_at as happened_at, 2 as place, 'answer' as kind, answers.touchpoint, answers.channel,
        null::double as wait_minutes, null::boolean as resolved, null::boolean as is_complaint,
        answers.survey_id, answers.question, questions.asked_as, questions.label, answers.score::integer as score, answers.state,
        questions.scale_min, questions.scale_max, '' as outcome, '' as product, null::integer as term
    from answers
    join questions on questions.question = answers.question
    where answers.customer = $customer::ubigint and answers.state = 'rated'
), terms as (
    select
        (case when outcome = 'open' then started_on else coalesce(decided_on, due_on) end)::timestamp as happened_at,
        3 as place, 'term' as kind, '' as touchpoint, '' as channel, null::double as wait_minutes,
        null::boolean as resolved, null::boolean as is_complaint, '' as survey_id, '' as question, '' as asked_as, '' as label,
        null::integer as score, '' as state, null::integer as scale_min, null::integer as scale_max, outcome,
        product, term::integer as term
    from subscriptions
    where customer = $customer::ubigint
)
select happened_at, place, kind, touchpoint, channel, wait_minutes, resolved, is_complaint, survey_id, question,
    asked_as, label, score, state, scale_min, scale_max, outcome, product, term
from contacts
union all
select happened_at, place, kind, touchpoint, channel, wait_minutes, resolved, is_complaint, survey_id, question,
    asked_as, label, score, state, scale_min, scale_max, outcome, product, term
from given
union all
select happened_at, place, kind, touchpoint, channel, wait_minutes, resolved, is_complaint, survey_id, question,
    asked_as, label, score, state, scale_min, scale_max, outcome, product, term
from terms
order by happened_at, place, survey_id, question
