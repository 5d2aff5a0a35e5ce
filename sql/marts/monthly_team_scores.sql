-- name: monthly_team_scores
-- Grain: one row per cut, team, month of the contact, question, touchpoint, channel and customer dimensions of the cut.
-- Rated answers to surveys about a contact, at the contact's own touchpoint, for teams whose employees were asked.
-- Cuts as in monthly_scores.
with asked_teams as (
    select team
    from employee_pulse
    where answers > 0
    group by team
), team_answers as (
    select
        interactions.team,
        interactions.month,
        answers.question,
        answers.touchpoint,
        answers.channel,
        answers.profile,
        count(*) as answers,
        sum(answers.score) as score_sum
    from interactions
    join asked_teams on asked_teams.team = interactions.team
    join surveys on surveys.interaction_id = interactions.interaction_id
    join answers on answers.survey_id = surveys.survey_id and answers.touchpoint = interactions.touchpoint
    where answers.state = 'rated'
    group by
        interactions.team, interactions.month, answers.question, answers.touchpoint, answers.channel, answers.profile
), described as (
    select
        team_answers.team,
        team_answers.month,
        team_answers.question,
        team_answers.touchpoint,
        team_answers.channel,
        profiles.segment,
        profiles.region,
        profiles.plan,
        profiles.persona,
        team_answers.answers,
        team_answers.score_sum
    from team_answers
    join profiles on profiles.profile = team_answers.profile
)
select
    case grouping(segment, region, plan, persona)
        when 15 then 'none'
        when 7 then 'segment'
        when 11 then 'region'
        when 13 then 'plan'
        else 'persona'
    end as cut,
    team,
    month,
    question,
    touchpoint,
    channel,
    segment,
    region,
    plan,
    persona,
    sum(answers)::bigint as answers,
    sum(score_sum)::double as score_sum
from described
group by grouping sets (
    (team, month, question, touchpoint, channel),
    (team, month, question, touchpoint, channel, segment),
    (team, month, question, touchpoint, channel, region),
    (team, month, question, touchpoint, channel, plan),
    (team, month, question, touchpoint, channel, persona)
)
order by cut, month
