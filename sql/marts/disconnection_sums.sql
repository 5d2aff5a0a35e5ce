-- name: disconnection_sums
-- Grain: one row per month, touchpoint and profile, of the customers of one part. Not published: the sums of all
-- parts make monthly_disconnections, where they are explained.
with newest as (
    select max(occurred_at) as last_at
    from interactions
), followed as (
    select
        month,
        touchpoint,
        profile,
        customer,
        repeated_7,
        repeated_30,
        switched_7,
        back_7,
        back_30,
        resolved,
        occurred_at <= newest.last_at - interval 7 day as known_7,
        occurred_at <= newest.last_at - interval 30 day as known_30
    from contact_links
    cross join newest
), counted as (
    select
        month,
        touchpoint,
        profile,
        customer,
        count(*)::integer as contacts,
        count(case when repeated_7 then 1 end)::integer as repeated_7,
        count(case when repeated_30 then 1 end)::integer as repeated_30,
        count(case when switched_7 then 1 end)::integer as switched_7,
        count(case when known_7 then 1 end)::integer as followed_7,
        count(case when known_7 and back_7 then 1 end)::integer as back_7,
        count(case when known_7 and resolved then 1 end)::integer as settled,
        count(case when known_7 and resolved and back_7 then 1 end)::integer as returned_7,
        count(case when known_30 then 1 end)::integer as followed_30,
        count(case when known_30 and back_30 then 1 end)::integer as back_30
    from followed
    group by month, touchpoint, profile, customer
)
select
    month,
    touchpoint,
    profile,
    sum(case when contacts > 0 then 1 else 0 end) as customers_contacts,
    sum(contacts) as contacts,
    sum(contacts::double * contacts) as contacts_sq,
    sum(case when settled > 0 then 1 else 0 end) as customers_settled,
    sum(settled) as settled,
    sum(settled::double * settled) as settled_sq,
    sum(case when followed_7 > 0 then 1 else 0 end) as customers_followed_7,
    sum(followed_7) as followed_7,
    sum(followed_7::double * followed_7) as followed_7_sq,
    sum(case when followed_30 > 0 then 1 else 0 end) as customers_followed_30,
    sum(followed_30) as followed_30,
    sum(followed_30::double * followed_30) as followed_30_sq,
    sum(repeated_7) as repeated_7,
    sum(repeated_7::double * repeated_7) as repeated_7_sq,
    sum(repeated_7::double * contacts) as repeated_7_product,
    sum(repeated_30) as repeated_30,
    sum(repeated_30::double * repeated_30) as repeated_30_sq,
    sum(repeated_30::double * contacts) as repeated_30_product,
    sum(switched_7) as switched_7,
    sum(switched_7::double * switched_7) as switched_7_sq,
    sum(switched_7::double * contacts) as switched_7_product,
    sum(returned_7) as returned_7,
    sum(returned_7::double * returned_7) as returned_7_sq,
    sum(returned_7::double * settled) as returned_7_product,
    sum(back_7) as back_7,
    sum(back_7::double * back_7) as back_7_sq,
    sum(back_7::double * followed_7) as back_7_product,
    sum(back_30) as back_30,
    sum(back_30::double * back_30) as back_30_sq,
    sum(back_30::double * followed_30) as back_30_product
from counted
group by month, touchpoint, profile
