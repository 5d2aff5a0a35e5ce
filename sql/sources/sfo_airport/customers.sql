-- Grain: one row per respondent. The passengers are anonymous; this is what each of them said about
-- the trip, in the columns that the scorecard cuts by (see the README).
with respondents as (
    -- Until 2013 the code 8 is the questionnaire's "no answer"; from 2014 on that is 0.
    select '2011-' || "RESPNUM" as customer_id, nullif("Q2_1", '8') as purpose, "Q19" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2011

    union all
    select '2012-' || "RESPNUM" as customer_id, nullif("Q2PURP1", '8') as purpose, "Q19_AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2012

    union all
    select '2013-' || "RESPNUM" as customer_id, nullif("Q2PURP1", '8') as purpose, "Q18_AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2013

    union all
    select '2014-' || "RESPNUM" as customer_id, "Q2PURP1" as purpose, "Q18AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2014

    union all
    select '2015-' || "RESPNUM" as customer_id, "Q2PURP1" as purpose, "Q18AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2015

    union all
    select '2016-' || "*RESPNUM" as customer_id, "Q2PURP1" as purpose, "Q19AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2016

    union all
    select '2017-' || "RESPNUM" as customer_id, "Q2PURP1" as purpose, "Q19AGE" as age,
        "HOME" as home, "DESTGEO" as destination, _file, _record
    from survey_2017
)

select
    customer_id,
    case purpose
        when '1' then 'Business'
        when '2' then 'Vacation'
        when '3' then 'Visiting friends or family'
        when '4' then 'School'
        when '5' then 'Conference'
        when '6' then 'Wedding or funeral'
        when '0' then null
        -- From 7 on the code lists of the years differ; the code says what we know.
        else 'Purpose ' || purpose
    end as segment,
    case
        when home in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '90') then 'Bay Area'
        when home in ('10', '91') then 'US West'
        when home = '11' then 'US Central'
        when home = '12' then 'US East'
        -- Mexico moves from 13 to 14 in 2013 and 2014: only together do the two mean the same every year.
        when home in ('13', '14') then 'Americas outside the US'
        when home = '15' then 'Europe'
        when home = '16' then 'Asia'
        when home in ('17', '18') then 'Middle East and Africa'
        when home = '19' then 'Oceania'
        when home in ('0', '99') then null
        else 'Home ' || home
    end as region,
    case
        when destination in ('1', '2', '3') then 'Domestic flight'
        when destination in ('4', '5', '6', '7', '8', '9') then 'International flight'
        else 'Destination ' || destination
    end as plan,
    case
        -- 2016 carries labels; "Under 19" to "Under 32" are "Under 18" filled down in a spreadsheet.
        when age = '1' or age like 'Under %' then 'Under 18'
        when age in ('2', '18-24') then '18-24'
        when age in ('3', '25-34') then '25-34'
        when age in ('4', '35-44') then '35-44'
        when age in ('5', '45-54') then '45-54'
        when age in ('6', '55-64') then '55-64'
        when age in ('7', '65-Over') then '65 and over'
        when age in ('0', '8', 'Don''t Know or Refused') then null
        else 'Age ' || age
    end as persona,
    _file,
    _record
from respondents
