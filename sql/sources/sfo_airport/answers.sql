-- Grain: one row per respondent and question. A question that a year did not ask has no rows in that year.
-- Each year lists its own headers against the common names of the questions; the codes are read once, below.
with answers_given as (
    select '2011-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2011
    cross join lateral (
        values
            ('artwork', "Q8A"),
            ('restaurants', "Q8B"),
            ('shops', "Q8C"),
            ('signs', "Q8D"),
            ('walkways', "Q8E"),
            ('screens', "Q8F"),
            ('information_lower_level', "Q8G"),
            ('information_upper_level', "Q8H"),
            ('road_signs', "Q8I"),
            ('parking', "Q8J"),
            ('airtrain', "Q8K"),
            ('long_term_parking', "Q8L"),
            ('rental_car_center', "Q8M"),
            ('overall', "Q8N"),
            ('clean_boarding_area', "Q10A"),
            ('clean_parking', "Q10B"),
            ('clean_airtrain', "Q10C"),
            ('clean_rental_car', "Q10D"),
            ('clean_restaurants', "Q10E"),
            ('clean_restrooms', "Q10F"),
            ('safety', "Q11"),
            ('finding_the_way', "Q15A"),
            ('security_screening', "Q15B")
    ) as asked (question, code)

    union all
    select '2012-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2012
    cross join lateral (
        values
            ('artwork', "Q8A_ART"),
            ('restaurants', "Q8B_FOOD"),
            ('shops', "Q8C_SHOP"),
            ('signs', "Q8D_SIGNS"),
            ('walkways', "Q8E_WALK"),
            ('screens', "Q8F_SCREENS"),
            ('information_lower_level', "Q8G_INFOARR"),
            ('information_upper_level', "Q8H_INFODEP"),
            ('road_signs', "Q8I_ROAD"),
            ('parking', "Q8J_PARK"),
            ('airtrain', "Q8K_AIRTRAIN"),
            ('long_term_parking', "Q8L_LTPARK"),
            ('rental_car_center', "Q8M_RENTAL"),
            ('overall', "Q8N_WHOLE"),
            ('clean_boarding_area', "Q10A_CLNBOARD"),
            ('clean_parking', "Q10B_CLNPARK"),
            ('clean_airtrain', "Q10C_CLNAIRTRAIN"),
            ('clean_rental_car', "Q10D_CLNRENT"),
            ('clean_restaurants', "Q10E_CLNFOOD"),
            ('clean_restrooms', "Q10F_CLNBATH"),
            ('safety', "Q11SAFE"),
            ('getting_to_airport', "Q14RATEGETTO"),
            ('finding_the_way', "Q15A_FIND"),
            ('security_screening', "Q15B_SECURITY")
    ) as asked (question, code)

    union all
    select '2013-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2013
    cross join lateral (
        values
            ('artwork', "Q7A_ART"),
            ('restaurants', "Q7B_FOOD"),
            ('shops', "Q7C_SHOPS"),
            ('signs', "Q7D_SIGNS"),
            ('walkways', "Q7E_WALK"),
            ('screens', "Q7F_SCREENS"),
            ('information_lower_level', "Q7G_INFOARR"),
            ('information_upper_level', "Q7H_INFODEP"),
            ('wifi', "Q7I_WIFI"),
            ('road_signs', "Q7J_ROAD"),
            ('parking', "Q7K_PARK"),
            ('airtrain', "Q7L_AIRTRAIN"),
            ('long_term_parking', "Q7M_LTPARK"),
            ('rental_car_center', "Q7N_RENTAL"),
            ('overall', "Q7O_WHOLE"),
            ('clean_boarding_area', "Q9A_CLNBOARD"),
            ('clean_airtrain', "Q9B_CLNAIRTRAIN"),
            ('clean_rental_car', "Q9C_CLNRENT"),
            ('clean_restaurants', "Q9D_CLNFOOD"),
            ('clean_restrooms', "Q9E_CLNBATH"),
            ('clean_overall', "Q9F_CLNWHOLE"),
            ('safety', "Q10SAFE"),
            ('getting_to_airport', "Q13_RATEGETTO"),
            ('finding_the_way', "Q14A_FIND"),
            ('security_screening', "Q14B_SECURITY")
    ) as asked (question, code)

    union all
    select '2014-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2014
    cross join lateral (
        values
            ('artwork', "Q7ART"),
            ('restaurants', "Q7FOOD"),
            ('shops', "Q7STORE"),
            ('signs', "Q7SIGN"),
            ('walkways', "Q7WALKWAYS"),
            ('screens', "Q7SCREENS"),
            ('information_lower_level', "Q7INFODOWN"),
            ('information_upper_level', "Q7INFOUP"),
            ('wifi', "Q7WIFI"),
            ('road_signs', "Q7ROADS"),
            ('parking', "Q7PARK"),
            ('airtrain', "Q7AIRTRAIN"),
            ('long_term_parking', "Q7LTPARKING"),
            ('rental_car_center', "Q7RENTAL"),
            ('overall', "Q7ALL"),
            ('clean_boarding_area', "Q9BOARDING"),
            ('clean_airtrain', "Q9AIRTRAIN"),
            ('clean_rental_car', "Q9RENTAL"),
            ('clean_restaurants', "Q9FOOD"),
            ('clean_restrooms', "Q9RESTROOM"),
            ('clean_overall', "Q9ALL"),
            ('safety', "Q10SAFE"),
            ('getting_to_airport', "Q13GETRATE"),
            ('finding_the_way', "Q14FIND"),
            ('security_screening', "Q14PASSTHRU")
    ) as asked (question, code)

    union all
    select '2015-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2015
    cross join lateral (
        values
            ('artwork', "Q7ART"),
            ('restaurants', "Q7FOOD"),
            ('shops', "Q7STORE"),
            ('signs', "Q7SIGN"),
            ('walkways', "Q7WALKWAYS"),
            ('screens', "Q7SCREENS"),
            ('information_lower_level', "Q7INFODOWN"),
            ('information_upper_level', "Q7INFOUP"),
            ('wifi', "Q7WIFI"),
            ('road_signs', "Q7ROADS"),
            ('parking', "Q7PARK"),
            ('airtrain', "Q7AIRTRAIN"),
            ('long_term_parking', "Q7LTPARKING"),
            ('rental_car_center', "Q7RENTAL"),
            ('overall', "Q7ALL"),
            ('clean_boarding_area', "Q9BOARDING"),
            ('clean_airtrain', "Q9AIRTRAIN"),
            ('clean_rental_car', "Q9RENTAL"),
            ('clean_restaurants', "Q9FOOD"),
            ('clean_restrooms', "Q9RESTROOM"),
            ('clean_overall', "Q9ALL"),
            ('safety', "Q10SAFE"),
            ('getting_to_airport', "Q13GETRATE"),
            ('finding_the_way', "Q14FIND"),
            ('security_screening', "Q14PASSTHRU")
    ) as asked (question, code)

    union all
    select '2016-' || "*RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2016
    cross join lateral (
        values
            ('artwork', "Q7ART"),
            ('restaurants', "Q7FOOD"),
            ('shops', "Q7STORE"),
            ('signs', "Q7SIGN"),
            ('walkways', "Q7WALKWAYS"),
            ('screens', "Q7SCREENS"),
            ('information_lower_level', "Q7INFODOWN"),
            ('information_upper_level', "Q7INFOUP"),
            ('wifi', "Q7WIFI"),
            ('road_signs', "Q7ROADS"),
            ('parking', "Q7PARK"),
            ('airtrain', "Q7AIRTRAIN"),
            ('long_term_parking', "Q7LTPARKING"),
            ('rental_car_center', "Q7RENTAL"),
            ('overall', "Q7ALL"),
            ('clean_boarding_area', "Q9BOARDING"),
            ('clean_airtrain', "Q9AIRTRAIN"),
            ('clean_rental_car', "Q9RENTAL"),
            ('clean_restaurants', "Q9FOOD"),
            ('clean_restrooms', "Q9RESTROOM"),
            ('clean_overall', "Q9ALL"),
            ('safety', "Q10SAFE"),
            ('getting_to_airport', "Q13GETRATE"),
            ('finding_the_way', "Q14FIND"),
            ('security_screening', "Q14PASSTHRU")
    ) as asked (question, code)

    union all
    select '2017-' || "RESPNUM" as survey_id, asked.question, asked.code, _file, _record
    from survey_2017
    cross join lateral (
        values
            ('artwork', "Q7ART"),
            ('restaurants', "Q7FOOD"),
            ('shops', "Q7STORE"),
            ('signs', "Q7SIGN"),
            ('walkways', "Q7WALKWAYS"),
            ('screens', "Q7SCREENS"),
            ('information_lower_level', "Q7INFODOWN"),
            ('information_upper_level', "Q7INFOUP"),
            ('wifi', "Q7WIFI"),
            ('road_signs', "Q7ROADS"),
            ('parking', "Q7PARK"),
            ('airtrain', "Q7AIRTRAIN"),
            ('long_term_parking', "Q7LTPARKING"),
            ('rental_car_center', "Q7RENTAL"),
            ('overall', "Q7ALL"),
            ('clean_boarding_area', "Q9BOARDING"),
            ('clean_airtrain', "Q9AIRTRAIN"),
            ('clean_rental_car', "Q9RENTAL"),
            ('clean_restaurants', "Q9FOOD"),
            ('clean_restrooms', "Q9RESTROOM"),
            ('clean_overall', "Q9ALL"),
            ('safety', "Q10SAFE"),
            ('getting_to_airport', "Q13GETRATE"),
            ('finding_the_way', "Q14FIND"),
            ('security_screening', "Q14PASSTHRU"),
            ('recommend', "NETPRO")
    ) as asked (question, code)
),

answers_with_state as (
    select survey_id, question, code, _file, _record,
        case
            when coalesce(lower(trim(code)), '') in ('', 'blank') then 'refused'
            -- On the scale of 0 to 10, 0 and 6 are scores and 11 is the blank; elsewhere 0 is the blank.
            when question = 'recommend' and code = '11' then 'refused'
            when question <> 'recommend' and code = '0' then 'refused'
            when question <> 'recommend' and code = '6' then 'not_experienced'
            -- Anything else goes on as a score, so that a code off the scale shows in quarantine.
            else 'rated'
        end as state
    from answers_given
)

select
    survey_id,
    question,
    case when state = 'rated' then code end as score,
    state,
    _file,
    _record
from answers_with_state
