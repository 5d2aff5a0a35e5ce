-- Grain: one row per touchpoint of a visit to the airport, in the order of the journey.
-- One touchpoint for each question asked, so that every line can be held against the airport's own report:
-- the service and the cleanliness of the AirTrain are two lines, not one average of both.
-- moment_of_truth is left out: that is for the airport's team to declare.
select touchpoint, stage, stage_order, factor, description
from (
    values
        ('getting_to_airport', 'getting_there', '1', 'product', 'The way to the airport'),
        ('road_signs', 'getting_there', '1', 'product', 'Signs and directions on the airport roadways'),
        ('parking', 'getting_there', '1', 'product', 'Parking facilities'),
        ('parking_cleanliness', 'getting_there', '1', 'product', 'Cleanliness of the parking facilities'),
        ('long_term_parking', 'getting_there', '1', 'product', 'Bus from the long-term parking'),
        ('rental_car_center', 'getting_there', '1', 'product', 'Rental car center'),
        ('rental_car_cleanliness', 'getting_there', '1', 'product', 'Cleanliness of the rental car center'),
        ('airtrain', 'getting_there', '1', 'product', 'AirTrain to terminals, parking, rental cars'),
        ('airtrain_cleanliness', 'getting_there', '1', 'product', 'Cleanliness of the AirTrain'),
        ('finding_the_way', 'finding_the_way', '2', 'product', 'Finding the way around the airport'),
        ('signs', 'finding_the_way', '2', 'product', 'Signs and directions inside the airport'),
        ('screens', 'finding_the_way', '2', 'product', 'Information on screens and monitors'),
        ('walkways', 'finding_the_way', '2', 'product', 'Escalators, elevators, moving walkways'),
        ('information_upper_level', 'finding_the_way', '2', 'interaction', 'Information booths, departures'),
        ('security_screening', 'security', '3', 'interaction', 'Passing through security and screening'),
        ('restaurants', 'waiting', '4', 'product', 'Restaurants'),
        ('restaurant_cleanliness', 'waiting', '4', 'product', 'Cleanliness of the restaurants'),
        ('shops', 'waiting', '4', 'product', 'Retail shops and concessions'),
        ('artwork', 'waiting', '4', 'product', 'Artwork and exhibitions'),
        ('wifi', 'waiting', '4', 'product', 'Getting on and using the free Wi-Fi'),
        ('restroom_cleanliness', 'waiting', '4', 'product', 'Cleanliness of the restrooms'),
        ('boarding_area_cleanliness', 'waiting', '4', 'product', 'Cleanliness of the boarding areas'),
        ('information_lower_level', 'arriving', '5', 'interaction', 'Information booths, near baggage claim'),
        ('whole_airport', 'whole_visit', '6', 'brand', 'The airport as a whole'),
        ('airport_cleanliness', 'whole_visit', '6', 'brand', 'Cleanliness of the airport as a whole'),
        ('safety', 'whole_visit', '6', 'brand', 'Feeling safe at the airport')
) as journey (touchpoint, stage, stage_order, factor, description)
