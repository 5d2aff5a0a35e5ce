-- What a release holds, for the data dictionary.

-- name: published_columns
-- Grain: one row per column of the published tables and marts, in their order.
select
    table_name,
    column_name,
    lower(data_type) as data_type
from information_schema.columns
where table_schema = 'main'
order by table_name, ordinal_position
