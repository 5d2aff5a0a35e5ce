-- Grain: one row per question of the survey; the scale is the same in every year.
-- CSAT is the airport as a whole alone: the ratings of single touchpoints would water it down.
select
    question,
    metric,
    label,
    touchpoint,
    case when metric = 'nps' then '0' else '1' end as scale_min,
    case when metric = 'nps' then '10' else '5' end as scale_max,
    -- 4 and 5 of "1 unacceptable ... 5 outstanding".
    case when metric = 'nps' then null else '4' end as favourable_from
from (
    values
        ('overall', 'csat', 'Airport as a whole', 'whole_airport'),
        ('recommend', 'nps', 'Likelihood to recommend the airport', 'whole_airport'),
        ('artwork', 'rating', 'Artwork and exhibitions', 'artwork'),
        ('restaurants', 'rating', 'Restaurants', 'restaurants'),
        ('shops', 'rating', 'Shops', 'shops'),
        ('signs', 'rating', 'Signs inside the airport', 'signs'),
        ('walkways', 'rating', 'Escalators, elevators, walkways', 'walkways'),
        ('screens', 'rating', 'Screens and monitors', 'screens'),
        ('information_lower_level', 'rating', 'Information booths, arrivals', 'information_lower_level'),
        ('information_upper_level', 'rating', 'Information booths, departures', 'information_upper_level'),
        ('wifi', 'rating', 'Free Wi-Fi', 'wifi'),
        ('road_signs', 'rating', 'Signs on the airport roads', 'road_signs'),
        ('parking', 'rating', 'Parking', 'parking'),
        ('airtrain', 'rating', 'AirTrain', 'airtrain'),
        ('long_term_parking', 'rating', 'Long-term parking bus', 'long_term_parking'),
        ('rental_car_center', 'rating', 'Rental car center', 'rental_car_center'),
        ('clean_boarding_area', 'rating', 'Cleanliness: boarding areas', 'boarding_area_cleanliness'),
        ('clean_parking', 'rating', 'Cleanliness: parking', 'parking_cleanliness'),
        ('clean_airtrain', 'rating', 'Cleanliness: AirTrain', 'airtrain_cleanliness'),
        ('clean_rental_car', 'rating', 'Cleanliness: rental car center', 'rental_car_cleanliness'),
        ('clean_restaurants', 'rating', 'Cleanliness: restaurants', 'restaurant_cleanliness'),
        ('clean_restrooms', 'rating', 'Cleanliness: restrooms', 'restroom_cleanliness'),
        ('clean_overall', 'rating', 'Cleanliness: the whole airport', 'airport_cleanliness'),
        ('safety', 'rating', 'Feeling safe', 'safety'),
        ('getting_to_airport', 'rating', 'Getting to the airport', 'getting_to_airport'),
        ('finding_the_way', 'rating', 'Finding your way', 'finding_the_way'),
        ('security_screening', 'rating', 'Passing security', 'security_screening')
) as asked (question, metric, label, touchpoint)
