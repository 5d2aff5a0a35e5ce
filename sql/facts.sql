-- Typed tables of a release, from the staged rows that broke no rule. `local_time`,
-- `local_month` and `keyed_hash` are functions of the refresh: the company's clock, the month on it, and the
-- HMAC that stands for a customer's id.

-- name: profiles
-- Grain: one row per combination of customer dimensions; 0 is the one where nothing is stated.
with stated as (
    select
        coalesce(segment, '') as segment,
        coalesce(region, '') as region,
        coalesce(plan, '') as plan,
        coalesce(persona, '') as persona
    from staged_customers
    where reasons = 0
    union
    select '', '', '', ''
)
select
    (row_number() over (order by segment, region, plan, persona) - 1)::integer as profile,
    segment,
    region,
    plan,
    persona
from stated
order by profile

-- name: customer_periods
-- Grain: one row per customer and stretch of time in which its dimensions held.
-- The first row also holds before its date: a customer has no life without a segment.
select
    staged.customer_id,
    keyed_hash(staged.customer_id) as customer,
    case
        when row_number() over periods = 1 then timestamp '0001-01-01'
        else coalesce(staged.valid_from, date '0001-01-01')::timestamp
    end as valid_from,
    coalesce(lead(staged.valid_from) over periods, date '9999-12-31')::timestamp as valid_to,
    -- Days begin on the company's clock, events are stored in UTC.
    case
        when row_number() over periods = 1 then timestamp '0001-01-01'
        else utc_time(staged.valid_from::timestamp)
    end as from_utc,
    utc_time(coalesce(lead(staged.valid_from) over periods, date '9999-12-31')::timestamp) as to_utc,
    profiles.profile,
    staged.name,
    staged.acquired_on,
    staged.acquisition_channel,
    staged.acquisition_cost,
    staged.language
from staged_customers as staged
join scorecard.profiles as profiles
    on profiles.segment = coalesce(staged.segment, '')
    and profiles.region = coalesce(staged.region, '')
    and profiles.plan = coalesce(staged.plan, '')
    and profiles.persona = coalesce(staged.persona, '')
where staged.reasons = 0
window periods as (partition by staged.customer_id order by staged.valid_from nulls first)

-- name: customers
-- Grain: one row per customer and stretch of time in which its dimensions held.
select
    customer,
    valid_from::date as valid_from,
    valid_to::date as valid_to,
    profile,
    acquired_on,
    acquisition_channel,
    acquisition_cost,
    language
from customer_periods
order by customer, valid_from

-- name: touchpoints
-- Grain: one row per touchpoint.
select
    touchpoint,
    stage,
    stage_order,
    factor,
    owner,
    moment_of_truth,
    description
from staged_touchpoints
where reasons = 0
order by stage_order, touchpoint

-- name: questions
-- Grain: one row per question and scale. `question` names the scale too: the second scale of a
-- question is another question, so that no chart can join what cannot be compared.
select
    case
        when row_number() over versions = 1 then question
        else question || '@' || valid_from
    end as question,
    question as asked_as,
    metric,
    coalesce(label, question) as label,
    touchpoint,
    scale_min,
    scale_max,
    higher_is_better,
    coalesce(favourable_from, case when higher_is_better then scale_max - 1 else scale_min + 1 end) as favourable_from,
    valid_from,
    case when row_number() over versions = 1 then date '0001-01-01' else valid_from end as holds_from,
    coalesce(lead(valid_from) over versions, date '9999-12-31') as holds_to,
    factor
from staged_questions
where reasons = 0
window versions as (partition by question order by valid_from nulls first)
order by question

-- name: interactions
-- Grain: one row per contact, sorted by time.
select
    staged.interaction_id,
    coalesce(period.customer, keyed_hash(staged.customer_id)) as customer,
    coalesce(period.profile, 0) as profile,
    staged.occurred_at,
    local_month(staged.occurred_at) as month,
    staged.touchpoint,
    coalesce(staged.channel, '') as channel,
    staged.wait_minutes,
    staged.handling_minutes,
    staged.resolved,
    staged.is_complaint,
    staged.team,
    staged.cost,
    staged._file as file,
    staged._record::integer as record
from staged_interactions as staged
left join customer_periods as period
    on period.customer_id = staged.customer_id
    and staged.occurred_at >= period.from_utc
    and staged.occurred_at < period.to_utc
where staged.reasons = 0
order by staged.occurred_at

-- name: fill_surveys
-- A survey about a contact takes over that contact's touchpoint and channel where it states none.
update staged_surveys
set
    touchpoint = coalesce(staged_surveys.touchpoint, contact.touchpoint),
    channel = coalesce(staged_surveys.channel, contact.channel)
from scorecard.interactions as contact
where contact.interaction_id = staged_surveys.interaction_id
    and (staged_surveys.touchpoint is null or staged_surveys.channel is null)

-- name: surveys
-- Grain: one row per invitation, sorted by the time of the answer, else of the invitation.
select
    staged.survey_id,
    coalesce(
        period.customer, case when staged.customer_id is not null then keyed_hash(staged.customer_id) end
    ) as customer,
    coalesce(period.profile, 0) as profile,
    staged.interaction_id,
    coalesce(staged.touchpoint, '') as touchpoint,
    coalesce(staged.channel, '') as channel,
    staged.sent_at,
    staged.responded_at,
    local_month(staged.sent_at) as sent_month,
    local_month(coalesce(staged.responded_at, staged.sent_at)) as month,
    staged.language,
    staged.weight,
    staged._file as file,
    staged._record::integer as record
from staged_surveys as staged
left join customer_periods as period
    on period.customer_id = staged.customer_id
    and coalesce(staged.responded_at, staged.sent_at) >= period.from_utc
    and coalesce(staged.responded_at, staged.sent_at) < period.to_utc
where staged.reasons = 0
order by coalesce(staged.responded_at, staged.sent_at)

-- name: resolved_answers
-- Grain: one row per staged answer, with what its survey and its question say of it.
-- Parameters: $unknown_survey, $off_scale (masks of the reasons found here).
with questions as (
    select
        question,
        asked_as,
        touchpoint,
        scale_min,
        scale_max,
        utc_time(holds_from::timestamp) as from_utc,
        utc_time(holds_to::timestamp) as to_utc
    from scorecard.questions
)
select
    staged._file,
    staged._record,
    staged.survey_id,
    staged.question,
    staged.score,
    coalesce(staged.state, case when staged.score is null then 'not_asked' else 'rated' end) as state,
    staged.comment,
    questions.question as version,
    surveys.month,
    surveys.customer,
    surveys.profile,
    coalesce(questions.touchpoint, surveys.touchpoint, '') as touchpoint,
    surveys.channel,
    surveys.weight,
    coalesce(surveys.responded_at, surveys.sent_at) as answered_at,
    staged.reasons
    | (case when surveys.survey_id is null then $unknown_survey::ubigint else 0::ubigint end)
    | (
        case
            when staged.score < questions.scale_min or staged.score > questions.scale_max then $off_scale::ubigint
            else 0::ubigint
        end
    ) as reasons,
    staged.raw_values
from staged_answers as staged
left join scorecard.surveys as surveys
    on surveys.survey_id = staged.survey_id
left join questions
    on questions.asked_as = staged.question
    and coalesce(surveys.responded_at, surveys.sent_at, timestamp '1900-01-01') >= questions.from_utc
    and coalesce(surveys.responded_at, surveys.sent_at, timestamp '1900-01-01') < questions.to_utc

-- name: answers
-- Grain: one row per answered question of a survey, sorted by time.
select
    survey_id,
    version as question,
    score,
    state,
    month,
    customer,
    profile,
    touchpoint,
    channel,
    weight,
    answered_at,
    _file as file,
    _record::integer as record
from staged_answers
where reasons = 0
order by answered_at

-- name: comments
-- Grain: one row per answer with a comment. Published in the personal file only.
select
    survey_id,
    version as question,
    comment
from staged_answers
where reasons = 0 and comment is not null

-- name: subscriptions
-- Grain: one row per term of a subscription, sorted by the day it comes up for renewal.
select
    staged.subscription_id,
    staged.term,
    coalesce(period.customer, keyed_hash(staged.customer_id)) as customer,
    coalesce(period.profile, 0) as profile,
    staged.started_on,
    staged.due_on,
    date_trunc('month', staged.due_on)::date as month,
    staged.outcome,
    staged.decided_on,
    staged.annual_value,
    staged.annual_margin,
    coalesce(staged.product, '') as product,
    staged._file as file,
    staged._record::integer as record
from staged_subscriptions as staged
left join customer_periods as period
    on period.customer_id = staged.customer_id
    and coalesce(staged.decided_on, staged.due_on) >= period.valid_from
    and coalesce(staged.decided_on, staged.due_on) < period.valid_to
where staged.reasons = 0
order by staged.due_on

-- name: revenue
-- Grain: one row per customer, month and product, sorted by month.
select
    coalesce(period.customer, keyed_hash(staged.customer_id)) as customer,
    coalesce(period.profile, 0) as profile,
    staged.month,
    staged.revenue,
    staged.cost_to_serve,
    coalesce(staged.product, '') as product,
    staged._file as file,
    staged._record::integer as record
from staged_revenue as staged
left join customer_periods as period
    on period.customer_id = staged.customer_id
    and staged.month >= period.valid_from
    and staged.month < period.valid_to
where staged.reasons = 0
order by staged.month

-- name: targets
-- Grain: one row per metric, scope and date from which the target holds.
select
    metric,
    coalesce(touchpoint, '') as touchpoint,
    coalesce(segment, '') as segment,
    valid_from,
    target
from staged_targets
where reasons = 0
order by metric, touchpoint, segment, valid_from

-- name: actions
-- Grain: one row per improvement action.
select
    action_id,
    title,
    coalesce(touchpoint, '') as touchpoint,
    coalesce(segment, '') as segment,
    owner,
    started_on,
    due_on,
    finished_on,
    status,
    cost,
    metric,
    expected_change
from staged_actions
where reasons = 0
order by started_on, action_id

-- name: employee_pulse
-- Grain: one row per team, month and question.
select
    team,
    month,
    question,
    answers,
    score_sum,
    score_sq_sum
from staged_employee_pulse
where reasons = 0
order by month, team, question

-- name: personal_customers
-- Grain: one row per customer, under the name of its newest row. Published in the personal file only.
select
    customer,
    customer_id,
    arg_max(name, valid_from) as name
from customer_periods
group by customer, customer_id
order by customer
