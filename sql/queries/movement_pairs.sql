-- What answers of the same person have in common, for the errors of the parts of a change. Conventions of filters and
-- of the overall NPS as in movement.sql.

-- name: compared_pairs
-- Grain: one row per pair of kinds of answers (period, line, across, question and score; the other's columns begin
-- with other_) that one person gave: in how many ways two different answers of the person are of these kinds. Any
-- covariance between answers of a person can be computed from these sums, so that no cut-off of a score stands
-- here, and only those who answered more than once are in them. A person is a customer, or an anonymous survey.
-- Parameters: as compared_scores, without $cut.
with relationship as (
    select count(*) as asked
    from monthly_scores
    join questions on questions.question = monthly_scores.question
    where monthly_scores.cut = 'none' and questions.metric = 'nps' and monthly_scores.touchpoint = ''
), given as (
    select
        coalesce('customer ' || answers.customer::varchar, 'survey ' || answers.survey_id) as person,
        case when answers.month >= $first_month then 'after' else 'before' end as period,
        case $by
            when 'touchpoint' then answers.touchpoint
            when 'channel' then answers.channel
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as line,
        case $across
            when 'touchpoint' then answers.touchpoint
            when 'channel' then answers.channel
            when 'segment' then profiles.segment
            when 'region' then profiles.region
            when 'plan' then profiles.plan
            when 'persona' then profiles.persona
            else ''
        end as across,
        answers.question,
        answers.score,
        coalesce(answers.weight, 1) as weight
    from answers
    join questions on questions.question = answers.question
    join profiles on profiles.profile = answers.profile
    cross join relationship
    where answers.state = 'rated'
        and answers.score is not null
        and questions.metric = $metric
        and (
            answers.month between $first_month and $last_month
            or answers.month between $before_first and $before_last
        )
        and (
            questions.metric <> 'nps'
            or answers.touchpoint = ''
            or relationship.asked = 0
            or $by = 'touchpoint'
            or $across = 'touchpoint'
            or len($touchpoint) > 0
        )
        and (len($touchpoint) = 0 or list_contains($touchpoint, answers.touchpoint))
        and (len($channel) = 0 or list_contains($channel, answers.channel))
        and (len($segment) = 0 or list_contains($segment, profiles.segment))
        and (len($region) = 0 or list_contains($region, profiles.region))
        and (len($plan) = 0 or list_contains($plan, profiles.plan))
        and (len($persona) = 0 or list_contains($persona, profiles.persona))
), repeaters as (
    select person
    from given
    group by person
    having count(*) > 1
), kept as (
    select
        given.person,
        given.period,
        given.line,
        given.across,
        given.question,
        given.score,
        count(*) as answers,
        sum(given.weight) as weight,
        sum(given.weight * given.weight) as weight_sq
    from given
    join repeaters on repeaters.person = given.person
    group by given.person, given.period, given.line, given.across, given.question, given.score
), kinds as (
    select
        period,
        line,
        across,
        question,
        score,
        row_number() over (order by period, line, across, question, score) as kind
    from (select distinct period, line, across, question, score from kept) as distinct_kinds
), numbered as (
    select kept.person, kinds.kind, kept.answers, kept.weight, kept.weight_sq
    from kept
    join kinds
        on kinds.period = kept.period
        and kinds.line = kept.line
        and kinds.across = kept.across
        and kinds.question = kept.question
        and kinds.score = kept.score
), everybody as (
    select count(distinct person) as people
    from given
), paired as (
    select
        one.kind,
        other.kind as other_kind,
        -- An answer is no pair with itself.
        sum(one.answers * other.answers - case when one.kind = other.kind then one.answers else 0 end) as pairs,
        sum(one.weight * other.weight - case when one.kind = other.kind then one.weight_sq else 0 end) as weight_pairs
    from numbered as one
    join numbered as other on other.person = one.person
    group by one.kind, other.kind
)
select
    first.period,
    first.line,
    first.across,
    first.question,
    first.score,
    second.period as other_period,
    second.line as other_line,
    second.across as other_across,
    second.question as other_question,
    second.score as other_score,
    paired.pairs::bigint as pairs,
    paired.weight_pairs::double as weight_pairs,
    everybody.people
from paired
cross join everybody
join kinds as first on first.kind = paired.kind
join kinds as second on second.kind = paired.other_kind
where paired.pairs > 0
order by paired.kind, paired.other_kind
