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
with summed as (
    select
        month,
        touchpoint,
        profile,
        sum(customers_contacts) as customers_contacts,
        sum(contacts) as contacts,
        sum(contacts_sq) as contacts_sq,
        sum(customers_settled) as customers_settled,
        sum(settled) as settled,
        sum(settled_sq) as settled_sq,
        sum(customers_followed_7) as customers_followed_7,
        sum(followed_7) as followed_7,
        sum(followed_7_sq) as followed_7_sq,
        sum(customers_followed_30) as customers_followed_30,
        sum(followed_30) as followed_30,
        sum(followed_30_sq) as followed_30_sq,
        sum(repeated_7) as repeated_7,
        sum(repeated_7_sq) as repeated_7_sq,
        sum(repeated_7_product) as repeated_7_product,
        sum(repeated_30) as repeated_30,
        sum(repeated_30_sq) as repeated_30_sq,
        sum(repeated_30_product) as repeated_30_product,
        sum(switched_7) as switched_7,
        sum(switched_7_sq) as switched_7_sq,
        sum(switched_7_product) as switched_7_product,
        sum(returned_7) as returned_7,
        sum(returned_7_sq) as returned_7_sq,
        sum(returned_7_product) as returned_7_product,
        sum(back_7) as back_7,
        sum(back_7_sq) as back_7_sq,
        sum(back_7_product) as back_7_product,
        sum(back_30) as back_30,
        sum(back_30_sq) as back_30_sq,
        sum(back_30_product) as back_30_product
    from disconnection_sums
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
