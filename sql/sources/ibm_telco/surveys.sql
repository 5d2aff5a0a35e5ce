-- Grain: one row per customer of the status table; each of them gave one satisfaction score.
select
    'status-' || cast(_record as varchar) as survey_id,
    "Customer ID" as customer_id,
    -- The sample gives no date. The middle of the quarter stands in, before the decision at its end.
    '2019-08-15 12:00:00' as responded_at,
    _file,
    _record
from telco_status
