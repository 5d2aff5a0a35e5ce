-- name: monthly_renewals
-- Grain: one row per cut, month in which terms came up for renewal, product and customer dimensions of the cut.
-- Cuts as in monthly_scores, and 'all': terms are few, and all customer dimensions crossed answer what needs two.
-- Values are those of decided terms. A renewed term without a following one in the exports is taken as
-- unchanged and counted in `unknown_next`; an expansion never makes up for a loss in `value_kept`.
with following_terms as (
    select
        term.month,
        term.product,
        term.profile,
        term.outcome,
        case when term.outcome <> 'open' then term.annual_value end as value_due,
        following.annual_value as following_value
    from subscriptions as term
    left join subscriptions as following
        on following.subscription_id = term.subscription_id
        and following.term = term.term + 1
), valued_terms as (
    select
        month,
        product,
        profile,
        outcome,
        value_due,
        case
            when outcome = 'churned' and value_due is not null then 0
            when outcome = 'renewed' and value_due is not null then least(value_due, coalesce(following_value, value_due))
        end as value_kept,
        case
            when outcome = 'churned' and value_due is not null then 0
            when outcome = 'renewed' and value_due is not null then coalesce(following_value, value_due)
        end as value_next,
        case
            when outcome = 'renewed' and value_due is not null and following_value is null then 1
            else 0
        end as unknown_next
    from following_terms
), profile_counts as (
    select
        month,
        product,
        profile,
        count(*) as due,
        sum(case when outcome = 'renewed' then 1 else 0 end) as renewed,
        sum(case when outcome = 'churned' then 1 else 0 end) as churned,
        sum(case when outcome = 'open' then 1 else 0 end) as open_terms,
        sum(case when value_due is null then 0 else 1 end) as valued,
        coalesce(sum(value_due), 0) as value_due,
        coalesce(sum(value_kept), 0) as value_kept,
        coalesce(sum(value_next), 0) as value_next,
        coalesce(sum(value_due * value_due), 0) as value_due_sq,
        coalesce(sum(value_kept * value_kept), 0) as value_kept_sq,
        coalesce(sum(value_next * value_next), 0) as value_next_sq,
        coalesce(sum(value_due * value_kept), 0) as value_due_kept,
        coalesce(sum(value_due * value_next), 0) as value_due_next,
        sum(unknown_next) as unknown_next
    from valued_terms
    group by month, product, profile
), described as (
    select
        profile_counts.month,
        profile_counts.product,
        profiles.segment,
        profiles.region,
        profiles.plan,
        profiles.persona,
        profile_counts.due,
        profile_counts.renewed,
        profile_counts.churned,
        profile_counts.open_terms,
        profile_counts.valued,
        profile_counts.value_due,
        profile_counts.value_kept,
        profile_counts.value_next,
        profile_counts.value_due_sq,
        profile_counts.value_kept_sq,
        profile_counts.value_next_sq,
        profile_counts.value_due_kept,
        profile_counts.value_due_next,
        profile_counts.unknown_next
    from profile_counts
    join profiles on profiles.profile = profile_counts.profile
)
select
    case grouping(segment, region, plan, persona)
        when 15 then 'none'
        when 7 then 'segment'
        when 11 then 'region'
        when 13 then 'plan'
        else 'persona'
    end as cut,
    month,
    product,
    segment,
    region,
    plan,
    persona,
    sum(due)::bigint as due,
    sum(renewed)::bigint as renewed,
    sum(churned)::bigint as churned,
    sum(open_terms)::bigint as open_terms,
    sum(valued)::bigint as valued,
    sum(value_due) as value_due,
    sum(value_kept) as value_kept,
    sum(value_next) as value_next,
    sum(value_due_sq) as value_due_sq,
    sum(value_kept_sq) as value_kept_sq,
    sum(value_next_sq) as value_next_sq,
    sum(value_due_kept) as value_due_kept,
    sum(value_due_next) as value_due_next,
    sum(unknown_next)::bigint as unknown_next
from described
group by grouping sets (
    (month, product),
    (month, product, segment),
    (month, product, region),
    (month, product, plan),
    (month, product, persona)
)
union all
-- A profile is one combination of all dimensions, so this cut needs no grouping.
select
    'all' as cut,
    month,
    product,
    segment,
    region,
    plan,
    persona,
    due::bigint as due,
    renewed::bigint as renewed,
    churned::bigint as churned,
    open_terms::bigint as open_terms,
    valued::bigint as valued,
    value_due,
    value_kept,
    value_next,
    value_due_sq,
    value_kept_sq,
    value_next_sq,
    value_due_kept,
    value_due_next,
    unknown_next::bigint as unknown_next
from described
order by cut, month
