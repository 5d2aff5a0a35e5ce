-- name: monthly_disconnections
-- Grain: one row per cut, month, touchpoint, kind of disconnection and customer dimensions of the cut. Cuts as in
-- monthly_scores.
-- Kinds: repeated_7 and repeated_30 (the customer had been in touch at the touchpoint in the days before),
-- switched_7 (on another channel within a stage), returned_7 (settled contacts after which the customer came
-- back to the touchpoint), back_7 and back_30 (any contact after which she did). The last three count only
-- contacts whose days after were over by the newest contact of the data.
-- `base` contacts and `events` among them, with sums over the customers at a touchpoint in a month of their
-- squares and product: contacts of one customer resemble each other, and an interval that ignored it would be
-- too narrow.
with newest as (
    select max(occurred_at) as last_at
    from contact_links
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
), summed as (
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
), kinds as (
    select
        month,
        touchpoint,
        profile,
        'repeated_7' as kind,
        customers_contacts as customers,
        contacts as base,
        repeated_7 as events,
        contacts_sq as base_sq,
        repeated_7_product as base_events,
        repeated_7_sq as events_sq
    from summed
    union all
    select month, touchpoint, profile, 'repeated_30', customers_contacts, contacts, repeated_30, contacts_sq, repeated_30_product, repeated_30_sq
    from summed
    union all
    select month, touchpoint, profile, 'switched_7', customers_contacts, contacts, switched_7, contacts_sq, switched_7_product, switched_7_sq
    from summed
    union all
    select month, touchpoint, profile, 'returned_7', customers_settled, settled, returned_7, settled_sq, returned_7_product, returned_7_sq
    from summed
    union all
    select month, touchpoint, profile, 'back_7', customers_followed_7, followed_7, back_7, followed_7_sq, back_7_product, back_7_sq
    from summed
    union all
    select month, touchpoint, profile, 'back_30', customers_followed_30, followed_30, back_30, followed_30_sq, back_30_product, back_30_sq
    from summed
), described as (
    select
        kinds.month,
        kinds.touchpoint,
        kinds.kind,
        profiles.segment,
        profiles.region,
        profiles.plan,
        profiles.persona,
        kinds.customers,
        kinds.base,
        kinds.events,
        kinds.base_sq,
        kinds.base_events,
        kinds.events_sq
    from kinds
    join profiles on profiles.profile = kinds.profile
    where kinds.base > 0
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
    kind,
    segment,
    region,
    plan,
    persona,
    sum(customers)::bigint as customers,
    sum(base)::bigint as base,
    sum(events)::bigint as events,
    sum(base_sq) as base_sq,
    sum(base_events) as base_events,
    sum(events_sq) as events_sq
from described
group by grouping sets (
    (month, touchpoint, kind),
    (month, touchpoint, kind, segment),
    (month, touchpoint, kind, region),
    (month, touchpoint, kind, plan),
    (month, touchpoint, kind, persona)
)
order by cut, month
