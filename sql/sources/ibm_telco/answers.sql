-- Grain: one row per customer of the status table. The state follows from the score.
select
    'status-' || cast(_record as varchar) as survey_id,
    'satisfaction' as question,
    "Satisfaction Score" as score,
    _file,
    _record
from telco_status
