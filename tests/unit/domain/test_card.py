"""What a card says: its order, its validity, whom it names (domain.card)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.card import (
    Beneficiary,
    CardModel,
    CardNir,
    CardTerms,
    CoveredPerson,
    Domain,
    Lines,
    Moment,
    assemble,
    moment_of,
    read_conventions,
    span_of,
    write_conventions,
    years_to_show,
)
from member_space.domain.nir import key_of
from member_space.domain.period import Period

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
OPEN = Period(date(2024, 1, 1))
TODAY = date(2026, 6, 16)


def nir(number: str, owner: int | None = None) -> CardNir:
    return CardNir(number + key_of(number), owner)


MOTHER, FATHER = nir("2850275116001", 1), nir("1840588321025")


def person(n: int, born: date = date(1985, 2, 3), rank: int = 1, **values) -> Beneficiary:
    return Beneficiary(n, f"Nom{n}", f"Prénom{n}", born, rank, "child", values.pop("nirs", (MOTHER,)), **values)


def terms(period: Period = OPEN, **values) -> CardTerms:
    return CardTerms(
        **{
            "period": period,
            "plan": "Confort",
            "amc_number": "0775999998",
            "amc_name": "Mutuelle Horizon Santé",
            "amc_exchange_number": None,
            "csr": "HS01",
            "convention_type": "SP",
            "conventions": (),
            "responsible": True,
            "model": "CONFORT",
        }
        | values
    )


def model(period: Period = OPEN, *domains: Domain) -> CardModel:
    return CardModel(
        "CONFORT", "Confort", period, Lines("01 99 00 97 80"), domains or (Domain("PHAR", "Pharmacie", 1, 100),)
    )


def card(covered=None, *, span=YEAR, said=None, models=None, today=TODAY):
    return assemble(
        contract_number="C1",
        member_number="00000001",
        holder="Camille Durand",
        span=span,
        terms=said or [terms()],
        models=models or [model()],
        covered=[CoveredPerson(person(1), OPEN)] if covered is None else covered,
        today=today,
    )


def test_beneficiaries_follow_birth_dates_then_birth_ranks():
    twins = [person(4, date(2015, 5, 5), 2), person(3, date(2015, 5, 5), 1)]
    people = [*twins, person(2, date(2018, 1, 1)), person(1)]
    made = card([CoveredPerson(one, OPEN) for one in people])
    assert [one.person_id for one in made.beneficiaries] == [1, 3, 4, 2]


def test_domains_follow_their_print_rank_with_a_rate_or_pec():
    domains = (Domain("OPTI", "Optique", 9, None), Domain("PHAR", "Pharmacie", 2, 100), Domain("SPEC", "…", 5, 0))
    made = card(models=[model(OPEN, *domains)])
    assert [(one.code, one.shown) for one in made.domains] == [("PHAR", "100"), ("SPEC", "0"), ("OPTI", "PEC")]


def test_the_five_harmonised_items_stand_in_order_even_when_empty():
    made = card(said=[terms(csr=None, convention_type=None)])
    assert made.block == (
        ("validity", "Période de validité", "01/01/2026 – 31/12/2026"),
        ("amc_number", "N° AMC", "0775999998"),
        ("convention_types", "Type de convention", ""),
        ("csr", "CSR", ""),
        ("member_number", "N° adhérent", "00000001"),
    )


def test_the_amc_number_keeps_its_leading_zeros():
    assert card(said=[terms(amc_number="0060005615")]).amc_number == "0060005615"


def test_conventions_of_a_domain_stand_by_priority_and_all_types_on_the_block():
    said = terms(conventions=read_conventions("OPTI=SP:2 OPTI=IS:1"))
    made = card(said=[said], models=[model(OPEN, Domain("OPTI", "Optique", 1, None), Domain("PHAR", "Ph", 2, 100))])
    assert [one.conventions for one in made.domains] == [("IS", "SP"), ()]
    assert made.convention_types == ("SP", "IS")


@pytest.mark.parametrize("text", ["OPTI", "OPTI=IS", "opti=IS:1", "OPTIQ=IS:1", "OPTI=ISA:1", "OPTI=IS:1 OPTI=SP:1"])
def test_conventions_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match="convention"):
        read_conventions(text)


def test_conventions_are_written_in_one_order():
    assert write_conventions(read_conventions(" OPTI=SP:02  DENT=IS:1 OPTI=IS:1 ")) == "DENT=IS:1 OPTI=IS:1 OPTI=SP:2"


def test_a_card_never_goes_beyond_the_end_of_the_contract():
    span = span_of(Period(date(2024, 1, 1), date(2026, 9, 30)), 2026)
    assert card(span=span).period == Period(date(2026, 1, 1), date(2026, 9, 30))
    assert span_of(Period(date(2024, 1, 1), date(2026, 9, 30)), 2027) is None


def test_a_card_begins_with_what_it_says():
    old = terms(Period(date(2024, 1, 1), date(2026, 3, 31)), plan="Essentiel")
    new = terms(Period(date(2026, 4, 1)), plan="Confort")
    assert card(said=[old, new]).period.start == date(2026, 4, 1)
    before = card(said=[old, new], today=date(2026, 2, 1))
    assert (before.plan, before.period.end) == ("Essentiel", date(2026, 3, 31))


def test_a_model_that_ends_ends_the_card():
    models = [model(Period(date(2024, 1, 1), date(2026, 6, 30))), model(Period(date(2026, 7, 1)))]
    assert card(models=models).period.end == date(2026, 6, 30)


def test_who_leaves_before_the_end_has_his_last_day_on_the_card():
    leaving = CoveredPerson(person(2), Period(date(2024, 1, 1), date(2026, 8, 31)))
    made = card([CoveredPerson(person(1), OPEN), leaving])
    assert [one.until for one in made.beneficiaries] == [None, date(2026, 8, 31)]


def test_a_card_whose_last_beneficiary_leaves_ends_with_him():
    made = card([CoveredPerson(person(1), Period(date(2024, 1, 1), date(2026, 8, 31)))])
    assert made.period.end == date(2026, 8, 31)
    assert made.beneficiaries[0].until is None


def test_who_is_not_covered_that_day_is_not_on_the_card():
    gone = CoveredPerson(person(2), Period(date(2024, 1, 1), date(2026, 1, 31)))
    coming = CoveredPerson(person(3), Period(date(2026, 9, 1)))
    assert [one.person_id for one in card([CoveredPerson(person(1), OPEN), gone, coming]).beneficiaries] == [1]


def test_there_is_no_card_without_terms_model_or_people():
    assert card(said=[terms(model=None)]) is None
    assert card(said=[terms(model="AUTRE")]) is None
    assert card(said=[terms(Period(date(2027, 1, 1)))]) is None
    assert card([]) is None


def test_the_card_of_next_year_is_that_of_its_first_day_and_shows_from_december():
    assert years_to_show(date(2026, 11, 30)) == (2025, 2026)
    assert years_to_show(date(2026, 12, 1)) == (2025, 2026, 2027)
    said = [terms(Period(date(2024, 1, 1), date(2026, 12, 31))), terms(Period(date(2027, 1, 1)), plan="Premium")]
    made = card(span=span_of(OPEN, 2027), said=said, today=date(2026, 12, 1))
    assert (made.plan, made.period) == ("Premium", Period(date(2027, 1, 1), date(2027, 12, 31)))
    assert moment_of(made.period, date(2026, 12, 1)) is Moment.NEXT
    assert moment_of(YEAR, date(2027, 1, 1)) is Moment.PREVIOUS
    assert moment_of(YEAR, date(2026, 12, 31)) is Moment.CURRENT


def test_a_reader_sees_himself_and_no_number_of_anybody_else():
    child = person(2, date(2015, 1, 1), nirs=(MOTHER, FATHER))
    whole = card([CoveredPerson(person(1), OPEN), CoveredPerson(child, OPEN)])
    own = whole.only({2})
    assert [one.person_id for one in own.beneficiaries] == [2]
    assert [one.shown for one in own.beneficiaries[0].nirs] == ["2 85 02 •• ••• ••• ••", "1 84 05 •• ••• ••• ••"]
    # The mother's number is hers to read; that of a father outside the contract is not.
    both = whole.only({1, 2})
    assert both.beneficiaries[1].nirs[0].shown.startswith("2 85 02 75")
    assert "•" in both.beneficiaries[1].nirs[1].shown
    assert whole.only({9}) is None


def test_the_card_of_one_reader_ends_with_his_own_rights():
    leaving = CoveredPerson(person(2), Period(date(2024, 1, 1), date(2026, 8, 31)))
    whole = card([CoveredPerson(person(1), OPEN), leaving])
    assert whole.only({2}).period.end == date(2026, 8, 31)


def test_a_number_shows_in_no_representation():
    assert MOTHER.number not in repr(card())


dates = st.dates(date(2024, 1, 1), date(2028, 12, 31))
periods = st.builds(lambda start, days: Period(start, start + timedelta(days)), dates, st.integers(0, 900))


@given(contract=periods, said=periods, printed=periods, people=st.lists(periods, max_size=4), today=dates)
def test_whatever_the_dates_a_card_stays_inside_all_that_it_says(contract, said, printed, people, today):
    span = span_of(contract, today.year)
    if span is None:
        return
    covered = [CoveredPerson(person(n), period) for n, period in enumerate(people)]
    made = card(covered, span=span, said=[terms(said)], models=[model(printed)], today=today)
    if made is None:
        return
    assert all(around.covers(made.period) for around in (contract, said, printed))
    assert any(period.end >= made.last_day for period in people)
    for one in made.beneficiaries:
        assert people[one.person_id].contains(min(max(today, span.start), span.end))
        assert one.until is None or one.until < made.last_day


@given(st.permutations([person(n, date(2015, 5, 5), n % 3 + 1) for n in range(1, 7)]))
def test_the_order_of_the_rows_tells_nothing(people):
    made = card([CoveredPerson(one, OPEN) for one in people])
    assert made == card([CoveredPerson(one, OPEN) for one in sorted(people, key=lambda one: one.person_id)])
    assert replace(made) == made
