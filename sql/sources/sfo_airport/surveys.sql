-- Grain: one row per interview. Nobody is invited beforehand, so sent_at stays blank.
with interviews as (
    -- 2011 and 2013 name only the gate; the boarding area follows from it in the next step.
    select '2011-' || "RESPNUM" as survey_id, '2011-05' as year_month, "INTDATE" as day_of_month,
        "GATE" as gate, null as boarding_area, "LANG" as language, null as weight, _file, _record
    from survey_2011

    union all
    select '2012-' || "RESPNUM" as survey_id, '2012-05' as year_month, "INTDATE" as day_of_month,
        null as gate, "BAREA" as boarding_area, "LANG" as language, null as weight, _file, _record
    from survey_2012

    union all
    select '2013-' || "RESPNUM" as survey_id, '2013-05' as year_month, "INTDATE" as day_of_month,
        "GATE" as gate, null as boarding_area, "LANG" as language, "WEIGHT" as weight, _file, _record
    from survey_2013

    union all
    select '2014-' || "RESPNUM" as survey_id, '2014-05' as year_month, "INTDATE" as day_of_month,
        null as gate, "AREA" as boarding_area, "LANG" as language, "WEIGHT" as weight, _file, _record
    from survey_2014

    union all
    select '2015-' || "RESPNUM" as survey_id, '2015-05' as year_month, "INTDATE" as day_of_month,
        null as gate, "BAREA" as boarding_area, "LANG" as language, "WEIGHT" as weight, _file, _record
    from survey_2015

    union all
    -- 05/09/2016 12:00:00 AM; every other year gives the day of the month only.
    select '2016-' || "*RESPNUM" as survey_id,
        substr(split_part("INTDATE", '/', 3), 1, 4) || '-' || split_part("INTDATE", '/', 1) as year_month,
        split_part("INTDATE", '/', 2) as day_of_month,
        null as gate, "BAREA" as boarding_area, "LANG" as language, "WEIGHT" as weight, _file, _record
    from survey_2016

    union all
    select '2017-' || "RESPNUM" as survey_id, '2017-05' as year_month, "INTDATE" as day_of_month,
        null as gate, "BAREA" as boarding_area, "LANG" as language, "WEIGHT" as weight, _file, _record
    from survey_2017
),

interviews_by_area as (
    select survey_id, year_month, day_of_month, language, weight, _file, _record,
        coalesce(
            boarding_area,
            case
                when try_cast(gate as integer) between 1 and 12 then 'A'
                when try_cast(gate as integer) between 20 and 39 then 'B'
                when try_cast(gate as integer) between 40 and 48 then 'C'
                when try_cast(gate as integer) between 50 and 59 then 'D'
                -- Nobody was interviewed in area E before 2014; the file of 2012 counts gates 68 and 69 to F.
                when try_cast(gate as integer) between 68 and 90 then 'F'
                when try_cast(gate as integer) between 91 and 102 then 'G'
            end
        ) as boarding_area
    from interviews
)

select
    survey_id,
    survey_id as customer_id,
    'Boarding area ' || boarding_area as channel,
    -- The hour is not known; noon in San Francisco is the same month in every time zone.
    year_month || '-' || case when length(day_of_month) = 1 then '0' else '' end || day_of_month
        || ' 12:00:00' as responded_at,
    case language
        when '1' then 'en'
        when '2' then 'es'
        when '3' then 'zh'
        when '4' then 'ja'
        else language
    end as language,
    weight,
    _file,
    _record
from interviews_by_area
