-- Grain: one row per customer, for the last month of the quarter: the charge of that month.
-- TotalCharges is no month's revenue but all that was ever billed, and blank for the 11 customers who have
-- not been billed yet. Their revenue is blank, not 0: these rows go to quarantine, where they can be seen.
select
    "customerID" as customer_id,
    '2019-09' as month,
    case when trim("TotalCharges") <> '' then "MonthlyCharges" end as revenue,
    _file,
    _record
from telco_classic
