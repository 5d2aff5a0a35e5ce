-- name: usual_waits
-- Grain: one row per touchpoint with waiting times: the wait that $long_wait of its contacts do not exceed. Not
-- published.
-- Parameters: $long_wait (0 to 1).
select touchpoint, percentile_cont($long_wait) within group (order by wait_minutes) as longest_usual
from interactions
where wait_minutes is not null
group by touchpoint
