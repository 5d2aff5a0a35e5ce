-- name: monthly_scores
-- Grain: one row per cut, month, question, touchpoint, channel, customer dimensions of the cut and score.
-- A cut holds one customer dimension or none; the dimensions it leaves out are null. All of them crossed are
-- nearly as long as the answers, and dearer to read than these: what needs two is counted in the facts.
-- Texts are of the type `code` (see codes.sql).
with profile_scores as (
    select
        month,
        question::code as question,
        touchpoint::code as touchpoint,
        channel::code as channel,
        profile,
        score,
        count(*) as answers,
        sum(coalesce(weight, 1)) as weight_sum,
        sum(coalesce(weight, 1) * coalesce(weight, 1)) as weight_sq_sum
    from answers
    where state = 'rated'
    group by month, answers.question, answers.touchpoint, answers.channel, profile, score
), described as (
    select
        profile_scores.month,
        profile_scores.question,
        profile_scores.touchpoint,
        profile_scores.channel,
        profiles.segment::code as segment,
        profiles.region::code as region,
        profiles.plan::code as plan,
        profiles.persona::code as persona,
        profile_scores.score,
        profile_scores.answers,
        profile_scores.weight_sum,
        profile_scores.weight_sq_sum
    from profile_scores
    join profiles on profiles.profile = profile_scores.profile
)
select
    case grouping(segment, region, plan, persona)
        when 15 then 'none'::code
        when 7 then 'segment'::code
        when 11 then 'region'::code
        when 13 then 'plan'::code
        else 'persona'::code
    end as cut,
    month,
    question,
    touchpoint,
    channel,
    segment,
    region,
    plan,
    persona,
    score,
    sum(answers)::bigint as answers,
    sum(weight_sum) as weight_sum,
    sum(weight_sq_sum) as weight_sq_sum
from described
group by grouping sets (
    (month, question, touchpoint, channel, score),
    (month, question, touchpoint, channel, score, segment),
    (month, question, touchpoint, channel, score, region),
    (month, question, touchpoint, channel, score, plan),
    (month, question, touchpoint, channel, score, persona)
)
order by cut, question, month
