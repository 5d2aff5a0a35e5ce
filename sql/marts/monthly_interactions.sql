-- name: monthly_interactions
-- Grain: one row per cut, month, touchpoint, channel and customer dimensions of the cut.
-- Cuts as in monthly_scores.
with profile_counts as (
    select
        month,
        touchpoint,
        channel,
        profile,
        count(*) as contacts,
        count(is_complaint) as complaint_known,
        sum(case when is_complaint then 1 else 0 end) as complaints,
        count(resolved) as resolved_known,
        sum(case when resolved then 1 else 0 end) as resolved,
        count(wait_minutes) as wait_known,
        coalesce(sum(wait_minutes), 0) as wait_sum,
        coalesce(sum(wait_minutes * wait_minutes), 0) as wait_sq_sum,
        count(handling_minutes) as handling_known,
        coalesce(sum(handling_minutes), 0) as handling_sum,
        count(cost) as cost_known,
        coalesce(sum(cost), 0) as cost_sum
    from interactions
    group by month, touchpoint, channel, profile
), described as (
    select
        profile_counts.month,
        profile_counts.touchpoint,
        profile_counts.channel,
        profiles.segment,
        profiles.region,
        profiles.plan,
        profiles.persona,
        profile_counts.contacts,
        profile_counts.complaint_known,
        profile_counts.complaints,
        profile_counts.resolved_known,
        profile_counts.resolved,
        profile_counts.wait_known,
        profile_counts.wait_sum,
        profile_counts.wait_sq_sum,
        profile_counts.handling_known,
        profile_counts.handling_sum,
        profile_counts.cost_known,
        profile_counts.cost_sum
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
    touchpoint,
    channel,
    segment,
    region,
    plan,
    persona,
    sum(contacts)::bigint as contacts,
    sum(complaint_known)::bigint as complaint_known,
    sum(complaints)::bigint as complaints,
    sum(resolved_known)::bigint as resolved_known,
    sum(resolved)::bigint as resolved,
    sum(wait_known)::bigint as wait_known,
    sum(wait_sum) as wait_sum,
    sum(wait_sq_sum) as wait_sq_sum,
    sum(handling_known)::bigint as handling_known,
    sum(handling_sum) as handling_sum,
    sum(cost_known)::bigint as cost_known,
    sum(cost_sum) as cost_sum
from described
group by grouping sets (
    (month, touchpoint, channel),
    (month, touchpoint, channel, segment),
    (month, touchpoint, channel, region),
    (month, touchpoint, channel, plan),
    (month, touchpoint, channel, persona)
)
order by cut, month
