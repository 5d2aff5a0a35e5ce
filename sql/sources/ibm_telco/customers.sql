-- Grain: one row per customer.
select
    "customerID" as customer_id,
    case "InternetService"
        when 'No' then 'No internet'
        else "InternetService"
    end as segment,
    "Contract" as plan,
    case
        when "SeniorCitizen" = '1' then 'Senior'
        when "Dependents" = 'Yes' then 'With dependents'
        when "Partner" = 'Yes' then 'Couple'
        when "Partner" = 'No' then 'Single'
    end as persona,
    -- As started_on in subscriptions.sql.
    case
        when "tenure" = '0' then '2019-09-29'
        when "tenure" similar to '[0-9]+'
            then cast(
                cast(date '2019-09-30' - cast("tenure" as integer) * interval '1' month as date)
                as varchar
            )
        else "tenure"
    end as acquired_on,
    _file,
    _record
from telco_classic
