-- Grain: one row per customer: the one decision that the sample holds, at the end of the third quarter.
-- What is not a plain number is passed on as it is: as a date or an amount it then shows in quarantine.
select
    -- Not the customer's id, although it would do: ids of subscriptions and surveys stand in the published
    -- scorecard, where customers go by pseudonyms.
    'classic-' || cast(_record as varchar) as subscription_id,
    '1' as term,
    "customerID" as customer_id,
    case
        -- Less than a month: the day before, since a term ends after it starts.
        when "tenure" = '0' then '2019-09-29'
        when "tenure" similar to '[0-9]+'
            then cast(
                cast(date '2019-09-30' - cast("tenure" as integer) * interval '1' month as date)
                as varchar
            )
        else "tenure"
    end as started_on,
    '2019-09-30' as due_on,
    case "Churn"
        when 'Yes' then 'churned'
        when 'No' then 'renewed'
        else "Churn"
    end as outcome,
    case
        when "MonthlyCharges" similar to '[0-9]+(\.[0-9]+)?'
            then cast(12 * cast("MonthlyCharges" as decimal(18, 4)) as varchar)
        else "MonthlyCharges"
    end as annual_value,
    case
        when "PhoneService" = 'No' then 'Internet'
        when "InternetService" = 'No' then 'Phone'
        else 'Phone and internet'
    end as product,
    _file,
    _record
from telco_classic
