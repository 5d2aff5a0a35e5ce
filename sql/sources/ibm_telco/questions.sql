-- Grain: one row, the only question of the sample.
select question, metric, label, scale_min, scale_max, favourable_from
from (
    values ('satisfaction', 'csat', 'Overall satisfaction with the company', '1', '5', '4')
) as asked (question, metric, label, scale_min, scale_max, favourable_from)
