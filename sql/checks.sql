-- Each statement returns the rows that break a promise of the release; no rows means that it holds.

-- name: cuts_of_scores_agree
-- Every cut of monthly_scores adds up to the same answers per month and question.
with totals as (
    select cut, month, question, sum(answers) as answers, sum(weight_sum) as weight_sum
    from monthly_scores group by cut, month, question
)
select totals.cut, totals.month, totals.question, totals.answers, whole.answers as expected
from totals
join totals as whole
    on whole.cut = 'none' and whole.month = totals.month and whole.question = totals.question
where totals.answers <> whole.answers or abs(totals.weight_sum - whole.weight_sum) > 1e-6 * whole.weight_sum + 1e-9

-- name: scores_match_answers
-- The mart holds every rated answer once.
with mart as (
    select sum(answers) as answers from monthly_scores where cut = 'none'
), facts as (
    select count(*) as answers from answers where state = 'rated'
)
select mart.answers, facts.answers as expected
from mart cross join facts
where coalesce(mart.answers, 0) <> facts.answers

-- name: scores_on_scale
-- No score lies off the scale of its question.
select monthly_scores.question, monthly_scores.score, questions.scale_min, questions.scale_max
from monthly_scores
left join questions on questions.question = monthly_scores.question
where questions.question is null
    or monthly_scores.score < questions.scale_min
    or monthly_scores.score > questions.scale_max

-- name: cuts_of_invitations_agree
-- Every cut of monthly_invitations adds up to the invitations sent, and no more answers than invitations.
with totals as (
    select cut, sum(invited) as invited, sum(responded) as responded
    from monthly_invitations group by cut
), facts as (
    select count(sent_at) as invited from surveys
)
select totals.cut, totals.invited, facts.invited as expected
from totals cross join facts
where totals.invited <> facts.invited or totals.responded > totals.invited

-- name: cuts_of_interactions_agree
-- Every cut of monthly_interactions adds up to the contacts.
with totals as (
    select cut, sum(contacts) as contacts from monthly_interactions group by cut
), facts as (
    select count(*) as contacts from interactions
)
select totals.cut, totals.contacts, facts.contacts as expected
from totals cross join facts
where totals.contacts <> facts.contacts

-- name: cuts_of_renewals_agree
-- Every cut of monthly_renewals adds up to the terms, and each term has one outcome.
with totals as (
    select cut, sum(due) as due, sum(renewed) + sum(churned) + sum(open_terms) as outcomes
    from monthly_renewals group by cut
), facts as (
    select count(*) as due from subscriptions
)
select totals.cut, totals.due, totals.outcomes, facts.due as expected
from totals cross join facts
where totals.due <> facts.due or totals.outcomes <> facts.due

-- name: retention_is_bounded
-- What is kept never exceeds what was due: gross retention is at most 1.
select month, product, value_due, value_kept
from monthly_renewals
where value_kept > value_due * (1 + 1e-9) + 1e-6 or value_kept < 0

-- name: no_nan_in_sums
-- Sums are numbers.
select 'monthly_interactions' as mart, month from monthly_interactions
where isnan(wait_sum) or isinf(wait_sum) or isnan(cost_sum) or isinf(cost_sum)
union all
select 'monthly_renewals', month from monthly_renewals
where isnan(value_due) or isinf(value_due) or isnan(value_next) or isinf(value_next)
union all
select 'monthly_scores', month from monthly_scores
where isnan(weight_sum) or isinf(weight_sum)

-- name: one_row_per_customer_and_day
-- Customer periods do not overlap.
select customer, valid_from, count(*) as rows_found
from customers
group by customer, valid_from
having count(*) > 1

-- name: observations_match_decisions
-- One observation per decided term, known before its decision.
with facts as (
    select count(*) as decided from subscriptions where outcome <> 'open'
), observed as (
    select
        count(*) as decided,
        sum(case when known_to > due_on or last_contact_on > known_to then 1 else 0 end) as too_late
    from renewal_observations
)
select facts.decided, observed.decided as found, observed.too_late
from facts cross join observed
where facts.decided <> observed.decided or coalesce(observed.too_late, 0) > 0

-- name: contacts_match_observations
-- What was met before a decision, by touchpoint, adds up to what renewal_observations says.
with by_touchpoint as (
    select subscription_id, term, sum(contacts) as contacts
    from renewal_contacts
    group by subscription_id, term
)
select renewal_observations.subscription_id, renewal_observations.term, by_touchpoint.contacts
from renewal_observations
left join by_touchpoint
    on by_touchpoint.subscription_id = renewal_observations.subscription_id
    and by_touchpoint.term = renewal_observations.term
where renewal_observations.contacts <> coalesce(by_touchpoint.contacts, 0)

-- name: cuts_of_disconnections_agree
-- Every cut of monthly_disconnections adds up to the same contacts and events.
with totals as (
    select cut, kind, sum(base) as base, sum(events) as events
    from monthly_disconnections
    group by cut, kind
)
select totals.cut, totals.kind, totals.base, totals.events
from totals
join totals as whole on whole.cut = 'none' and whole.kind = totals.kind
where totals.base <> whole.base or totals.events <> whole.events or totals.events > totals.base

-- name: cuts_of_team_scores_agree
-- Every cut of monthly_team_scores adds up to the same answers and scores.
with totals as (
    select cut, sum(answers) as answers, sum(score_sum) as score_sum
    from monthly_team_scores
    group by cut
)
select totals.cut, totals.answers, totals.score_sum
from totals
join totals as whole on whole.cut = 'none'
where totals.answers <> whole.answers or totals.score_sum <> whole.score_sum
