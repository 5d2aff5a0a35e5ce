-- name: monthly_invitations
-- Grain: one row per cut, month of sending, touchpoint, channel and customer dimensions of the cut.
-- Cuts as in monthly_scores.
with profile_counts as (
    select
        sent_month as month,
        touchpoint,
        channel,
        profile,
        count(*) as invited,
        count(responded_at) as responded
    from surveys
    where sent_at is not null
    group by sent_month, touchpoint, channel, profile
), described as (
    select
        profile_counts.month,
        profile_counts.touchpoint,
        profile_counts.channel,
        profiles.segment,
        profiles.region,
        profiles.plan,
        profiles.persona,
        profile_counts.invited,
        profile_counts.responded
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
    sum(invited)::bigint as invited,
    sum(responded)::bigint as responded
from described
group by grouping sets (
    (month, touchpoint, channel),
    (month, touchpoint, channel, segment),
    (month, touchpoint, channel, region),
    (month, touchpoint, channel, plan),
    (month, touchpoint, channel, persona)
)
order by cut, month
