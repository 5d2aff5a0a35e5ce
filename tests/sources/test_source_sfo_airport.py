"""San Francisco airport passenger survey: sentinel codes, and the numbers that must come out."""

from __future__ import annotations

import pytest

INTERVIEWS = {2011: 3872, 2012: 3521, 2013: 3535, 2014: 2818, 2015: 2958, 2016: 3087, 2017: 2831}


@pytest.fixture(scope="module")
def airport(build_from_exports):
    return build_from_exports("sfo_airport")


@pytest.fixture(scope="module")
def three_records(build_from_records):
    """A record of 2017, one of codes that are no scores, one of 2016 with its own header and date."""
    return build_from_records(
        "sfo_airport",
        {
            "survey_2017": [
                {"RESPNUM": "1", "INTDATE": "5", "BAREA": "A", "Q2PURP1": "1", "Q19AGE": "3", "HOME": "1",
                 "DESTGEO": "8", "LANG": "1", "WEIGHT": "0.5", "Q7ALL": "4", "Q7ART": "6", "Q7WIFI": "0",
                 "NETPRO": "6"},
                {"RESPNUM": "2", "INTDATE": "30", "BAREA": "G", "Q2PURP1": "10", "Q19AGE": "8", "HOME": "99",
                 "DESTGEO": "1", "LANG": "3", "WEIGHT": "1.5", "Q7ALL": "Blank", "Q7ART": "7",
                 "NETPRO": "11"},
            ],
            "survey_2016": [
                {"*RESPNUM": "1", "INTDATE": "05/09/2016 12:00:00 AM", "BAREA": "F", "Q2PURP1": "2",
                 "Q19AGE": "Under 24", "HOME": "14", "DESTGEO": "4", "LANG": "2", "WEIGHT": "1",
                 "Q7ALL": "0"},
            ],
        },
    )  # fmt: skip


def test_codes_that_are_no_scores_become_states(three_records):
    """0, Blank and nothing: refused; 6: not experienced. To recommend, 6 is a score and 11 is blank."""
    answers = three_records.execute(
        "select survey_id, question, score, state, _file, _record from answers "
        "where question in ('overall', 'artwork', 'wifi', 'recommend') and survey_id like '2017%' "
        "order by survey_id, question"
    ).fetchall()
    assert answers == [
        ("2017-1", "artwork", None, "not_experienced", "survey_2017.csv", 1),
        ("2017-1", "overall", "4", "rated", "survey_2017.csv", 1),
        ("2017-1", "recommend", "6", "rated", "survey_2017.csv", 1),
        ("2017-1", "wifi", None, "refused", "survey_2017.csv", 1),
        # A 7 is on no scale of this survey: it goes on, so that quarantine shows it.
        ("2017-2", "artwork", "7", "rated", "survey_2017.csv", 2),
        ("2017-2", "overall", None, "refused", "survey_2017.csv", 2),
        ("2017-2", "recommend", None, "refused", "survey_2017.csv", 2),
        ("2017-2", "wifi", None, "refused", "survey_2017.csv", 2),
    ]


def test_a_recommendation_of_zero_is_a_score(build_from_records):
    built = build_from_records(
        "sfo_airport", {"survey_2017": [{"RESPNUM": "1", "NETPRO": "0", "Q7ALL": "0"}]}
    )
    answers = (
        "select question, score, state from answers where question in ('overall', 'recommend') order by all"
    )
    assert built.execute(answers).fetchall() == [("overall", None, "refused"), ("recommend", "0", "rated")]


def test_interviews_carry_day_area_and_weight(three_records):
    surveys = (
        "select survey_id, customer_id, channel, responded_at, language, weight from surveys order by all"
    )
    assert three_records.execute(surveys).fetchall() == [
        ("2016-1", "2016-1", "Boarding area F", "2016-05-09 12:00:00", "es", "1"),
        ("2017-1", "2017-1", "Boarding area A", "2017-05-05 12:00:00", "en", "0.5"),
        ("2017-2", "2017-2", "Boarding area G", "2017-05-30 12:00:00", "zh", "1.5"),
    ]


def test_respondents_carry_purpose_home_flight_and_age(three_records):
    """An unknown code stays a code; "no answer" is blank; "Under 24" is a filled-down "Under 18"."""
    customers = "select customer_id, segment, region, plan, persona from customers order by all"
    assert three_records.execute(customers).fetchall() == [
        ("2016-1", "Vacation", "Americas outside the US", "International flight", "Under 18"),
        ("2017-1", "Business", "Bay Area", "International flight", "25-34"),
        ("2017-2", "Purpose 10", None, "Domestic flight", None),
    ]


def test_the_gate_gives_the_boarding_area_where_the_file_names_none(build_from_records):
    """Gates 68 and 69 were part of F until E was opened in 2014; there is no gate 15."""
    gates = [("1", "12"), ("2", "20"), ("3", "69"), ("4", "91"), ("5", "15")]
    records = [{"RESPNUM": number, "GATE": gate, "INTDATE": "7"} for number, gate in gates]
    built = build_from_records("sfo_airport", {"survey_2011": records, "survey_2013": records})
    channels = built.execute("select channel from surveys order by survey_id").fetchall()
    expected = [
        ("Boarding area A",),
        ("Boarding area B",),
        ("Boarding area F",),
        ("Boarding area G",),
        (None,),
    ]
    assert channels == expected * 2


def test_no_answer_to_the_purpose_is_8_until_2013_and_a_purpose_afterwards(build_from_records):
    built = build_from_records(
        "sfo_airport",
        {
            "survey_2011": [{"RESPNUM": "1", "Q2_1": "8"}],
            "survey_2013": [{"RESPNUM": "1", "Q2PURP1": "8"}],
            "survey_2014": [{"RESPNUM": "1", "Q2PURP1": "8"}],
        },
    )
    segments = built.execute("select segment from customers order by customer_id").fetchall()
    assert segments == [(None,), (None,), ("Purpose 8",)]


@pytest.mark.real_data
@pytest.mark.parametrize("table", ["surveys", "customers"])
def test_every_record_gives_one_survey_and_one_customer(airport, table):
    key = "survey_id" if table == "surveys" else "customer_id"
    rows = airport.execute(
        f"select cast(left({key}, 4) as integer), count(*), count(distinct {key}), count(distinct _record) "
        f"from {table} group by 1 order by 1"
    ).fetchall()
    assert rows == [(year, n, n, n) for year, n in INTERVIEWS.items()]


@pytest.mark.real_data
def test_every_question_of_a_year_has_an_answer_for_every_respondent(airport):
    """Rated, not experienced and refused add up to the interviews: no code fell through."""
    rows = airport.execute(
        "select cast(left(survey_id, 4) as integer) as year, question, count(*) from answers group by all"
    ).fetchall()
    assert {(year, n) for year, _, n in rows} == set(INTERVIEWS.items())
    assert [sum(year == wanted for year, _, _ in rows) for wanted in INTERVIEWS] == [
        23,
        24,
        25,
        25,
        25,
        25,
        26,
    ]


@pytest.mark.real_data
def test_every_score_is_on_the_scale_of_its_question(airport):
    off_scale = airport.execute(
        "select answers.question, score, state, count(*) from answers join questions using (question) "
        "where (state = 'rated' and (try_cast(score as integer) is null or cast(score as integer) "
        "not between cast(scale_min as integer) and cast(scale_max as integer))) "
        "or (state <> 'rated' and score is not null) group by all"
    ).fetchall()
    assert off_scale == []


@pytest.mark.real_data
def test_mean_rating_of_the_airport_as_a_whole(airport):
    """Means of the codes 1-5 of the column "airport as a whole", computed from the raw files."""
    rows = airport.execute(
        "select cast(left(survey_id, 4) as integer), round(avg(cast(score as integer)), 3), count(score) "
        "from answers where question = 'overall' group by 1 order by 1"
    ).fetchall()
    assert rows == [
        (2011, 3.946, 3694),
        (2012, 3.998, 3348),
        (2013, 3.982, 3334),
        (2014, 3.996, 2677),
        (2015, 4.048, 2810),
        (2016, 4.038, 2919),
        (2017, 4.064, 2688),
    ]


@pytest.mark.real_data
def test_net_promoter_score_of_2017(airport):
    """(1,436 - 342) / 2,746 = 39.84 points; the code 11 counted as a promoter would give 41.61 of 2,831."""
    promoters, detractors, answers, blank = airport.execute(
        "select count(*) filter (cast(score as integer) >= 9), "
        "count(*) filter (cast(score as integer) <= 6), "
        "count(score), count(*) filter (state = 'refused') from answers where question = 'recommend'"
    ).fetchone()
    assert (promoters, detractors, answers, blank) == (1436, 342, 2746, 85)
    assert 100 * (promoters - detractors) / answers == pytest.approx(39.84, abs=0.005)
    assert 100 * (promoters + 84 - detractors) / 2831 == pytest.approx(41.61, abs=0.005)


@pytest.mark.real_data
def test_weighted_net_promoter_score_of_2017(airport):
    (points,) = airport.execute(
        "select 100 * sum(cast(weight as double) * case when cast(score as integer) >= 9 then 1 "
        "when cast(score as integer) <= 6 then -1 else 0 end) / sum(cast(weight as double)) "
        "from answers join surveys using (survey_id) where question = 'recommend' and state = 'rated'"
    ).fetchone()
    assert points == pytest.approx(40.40, abs=0.005)


@pytest.mark.real_data
def test_every_interview_is_in_may_and_has_a_boarding_area(airport):
    rows = airport.execute(
        "select distinct left(responded_at, 4) = left(survey_id, 4), substr(responded_at, 6, 2), "
        "try_cast(responded_at as timestamp) is null, channel is null from surveys"
    ).fetchall()
    assert rows == [(True, "05", False, False)]


@pytest.mark.real_data
def test_the_areas_derived_from_gates_carry_the_weights_of_2013(airport):
    """The weights of 2013 are one per boarding area; one record at a gate of G carries that of A."""
    rows = airport.execute(
        "select right(channel, 1), weight, count(*) from surveys where left(survey_id, 4) = '2013' "
        "group by channel, weight order by channel, weight desc"
    ).fetchall()
    assert rows == [
        ("A", "0.553675", 747),
        ("B", "0.892167", 630),
        ("C", "1.266708", 240),
        ("D", "1.222456", 455),
        ("F", "1.870831", 649),
        ("G", "0.595689", 813),
        ("G", "0.553675", 1),
    ]


@pytest.mark.real_data
def test_the_change_of_2015_can_be_split_by_boarding_area_and_purpose(airport):
    """4.048 - 3.996 over all: both dimensions stand beside nearly every rating of the two years."""
    rated, with_both = airport.execute(
        "select count(*), count(*) filter (channel is not null and segment is not null) from answers "
        "join surveys using (survey_id) join customers using (customer_id) "
        "where question = 'overall' and state = 'rated' and left(survey_id, 4) in ('2014', '2015')"
    ).fetchone()
    assert rated == 2677 + 2810
    assert with_both / rated > 0.97
