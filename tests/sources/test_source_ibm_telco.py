"""IBM telecom churn sample: blanks that are no zeros, and the numbers that must come out."""

from __future__ import annotations

import pytest

CUSTOMERS = 7043


@pytest.fixture(scope="module")
def telco(build_from_exports):
    return build_from_exports("ibm_telco")


@pytest.fixture(scope="module")
def two_records(build_from_records):
    """A customer who left and was asked, and a new one who has not been billed yet."""
    return build_from_records(
        "ibm_telco",
        {
            "telco_classic": [
                {"customerID": "A", "tenure": "7", "Contract": "One year", "MonthlyCharges": "29.85",
                 "TotalCharges": "208.95", "Churn": "Yes", "PhoneService": "Yes", "InternetService": "DSL",
                 "SeniorCitizen": "0", "Partner": "Yes", "Dependents": "Yes"},
                {"customerID": "B", "tenure": "0", "Contract": "Two year", "MonthlyCharges": "20.0",
                 "TotalCharges": " ", "Churn": "No", "PhoneService": "Yes", "InternetService": "No",
                 "SeniorCitizen": "1", "Partner": "Yes", "Dependents": "No"},
            ],
            "telco_status": [{"Customer ID": "A", "Satisfaction Score": "2"}],
        },
    )  # fmt: skip


def test_a_term_runs_from_the_tenure_to_the_end_of_the_quarter(two_records):
    """7 months before 30 September is 28 February; with a tenure of 0 the term is one day long."""
    terms = two_records.execute(
        "select customer_id, started_on, due_on, outcome, cast(annual_value as double), product "
        "from subscriptions order by customer_id"
    ).fetchall()
    assert terms == [
        ("A", "2019-02-28", "2019-09-30", "churned", pytest.approx(12 * 29.85), "Phone and internet"),
        ("B", "2019-09-29", "2019-09-30", "renewed", pytest.approx(240), "Phone"),
    ]


def test_a_customer_who_was_not_billed_has_blank_revenue_not_zero(two_records):
    revenue = "select customer_id, month, revenue, _file, _record from revenue order by customer_id"
    assert two_records.execute(revenue).fetchall() == [
        ("A", "2019-09", "29.85", "telco_classic.csv", 1),
        ("B", "2019-09", None, "telco_classic.csv", 2),
    ]


def test_customers_carry_contract_internet_and_household(two_records):
    customers = "select customer_id, segment, plan, persona, acquired_on from customers order by customer_id"
    assert two_records.execute(customers).fetchall() == [
        ("A", "DSL", "One year", "With dependents", "2019-02-28"),
        ("B", "No internet", "Two year", "Senior", "2019-09-29"),
    ]


def test_the_customer_id_stands_only_where_it_is_replaced_by_a_pseudonym(two_records):
    """Ids of subscriptions and surveys are published as they are."""
    for table, key in (
        ("subscriptions", "subscription_id"),
        ("surveys", "survey_id"),
        ("answers", "survey_id"),
    ):
        published = [value for (value,) in two_records.execute(f"select {key} from {table}").fetchall()]
        assert published
        assert not any(customer in value for value in published for customer in ("A", "B")), table


def test_text_that_is_no_number_is_passed_on_for_quarantine(build_from_records):
    """A cast would round 8.5 months to 9 and turn an amount in words into a blank, "not stated"."""
    built = build_from_records(
        "ibm_telco",
        {
            "telco_classic": [
                {"customerID": "C", "tenure": "8.5", "MonthlyCharges": "thirty", "Churn": "Maybe"}
            ]
        },
    )
    term = built.execute("select started_on, annual_value, outcome from subscriptions").fetchone()
    assert term == ("8.5", "thirty", "Maybe")


@pytest.mark.real_data
@pytest.mark.parametrize("table", ["customers", "subscriptions", "surveys", "answers", "revenue"])
def test_every_customer_is_there_once(telco, table):
    """The ids of the two files are the same 7,043."""
    key = "survey_id" if table in ("surveys", "answers") else "customer_id"
    rows, different = telco.execute(f"select count(*), count(distinct {key}) from {table}").fetchone()
    assert (rows, different) == (CUSTOMERS, CUSTOMERS)


@pytest.mark.real_data
def test_the_two_files_agree_on_the_customers_and_on_who_left(telco):
    """`customerID` in one, `Customer ID` in the other."""
    matched, agreeing = telco.execute(
        'select count(*), count(*) filter (status."Churn Label" = classic."Churn") from telco_classic as classic '
        'join telco_status as status on status."Customer ID" = classic."customerID"'
    ).fetchone()
    assert (matched, agreeing) == (CUSTOMERS, CUSTOMERS)


@pytest.mark.real_data
def test_churn_and_churn_by_contract(telco):
    rows = telco.execute(
        "select plan, count(*) filter (outcome = 'churned'), count(*) from subscriptions "
        "join customers using (customer_id) group by plan order by plan"
    ).fetchall()
    assert rows == [("Month-to-month", 1655, 3875), ("One year", 166, 1473), ("Two year", 48, 1695)]
    rates = [round(100 * churned / due, 2) for _, churned, due in rows]
    assert rates == [42.71, 11.27, 2.83]
    assert sum(churned for _, churned, _ in rows) == 1869
    assert round(100 * 1869 / CUSTOMERS, 2) == 26.54


@pytest.mark.real_data
def test_share_of_the_monthly_charges_on_customers_who_left(telco):
    """139,130.85 of 456,116.60 a month."""
    lost, due = telco.execute(
        "select sum(cast(annual_value as double)) filter (outcome = 'churned') / 12, "
        "sum(cast(annual_value as double)) / 12 from subscriptions"
    ).fetchone()
    assert (lost, due) == (pytest.approx(139130.85), pytest.approx(456116.60))
    assert 100 * lost / due == pytest.approx(30.50, abs=0.005)


@pytest.mark.real_data
def test_mean_satisfaction_separates_who_left(telco):
    """Scores 1 and 2 always left, 4 and 5 never: a plain logit on the score has no finite solution."""
    rows = telco.execute(
        "select cast(score as integer), count(*) filter (outcome = 'churned'), count(*) from answers "
        "join surveys using (survey_id) join subscriptions using (customer_id) group by 1 order by 1"
    ).fetchall()
    assert rows == [(1, 922, 922), (2, 518, 518), (3, 429, 2665), (4, 0, 1789), (5, 0, 1149)]
    assert sum(score * n for score, _, n in rows) / CUSTOMERS == pytest.approx(3.2449, abs=0.00005)


@pytest.mark.real_data
def test_the_eleven_blank_totals_are_blank_revenue(telco):
    """Blank in the export, blank here, and 0 nowhere; all of them have a tenure of 0 months."""
    rows = telco.execute(
        'select count(*), sum(cast("tenure" as integer)) from revenue join telco_classic '
        'on "customerID" = customer_id where revenue is null and trim("TotalCharges") = \'\''
    ).fetchone()
    assert rows == (11, 0)
    assert telco.execute("select count(*) from revenue where revenue is null").fetchone() == (11,)
    assert telco.execute("select count(*) from revenue where cast(revenue as double) = 0").fetchone() == (0,)


@pytest.mark.real_data
def test_months_between_start_and_decision_are_the_tenure(telco):
    different = telco.execute(
        'select customer_id from subscriptions join telco_classic on "customerID" = customer_id '
        "where date_diff('month', cast(started_on as date), cast(due_on as date)) "
        '<> cast("tenure" as integer) or cast(started_on as date) >= cast(due_on as date)'
    ).fetchall()
    assert different == []


@pytest.mark.real_data
def test_the_later_table_disagrees_on_the_contract_only_for_customers_who_stayed(telco, real_data):
    """Why the contract is taken from the classic table: 265 differ, and the known rates are its own."""
    services = real_data / "telco_services.parquet"
    if not services.is_file():
        pytest.skip(f"no file {services.name} in {real_data}")
    rows = telco.execute(
        'select classic."Contract", classic."Churn", count(*) from telco_classic as classic '
        f'join read_parquet(\'{services}\') as services on services."Customer ID" = classic."customerID" '
        'where lower(services."Contract") <> lower(classic."Contract") group by all'
    ).fetchall()
    assert rows == [("Month-to-month", "No", 265)]
