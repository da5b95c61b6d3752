"""Files of the feeds, as the claims engine would write them."""

from collections.abc import Iterable
from pathlib import Path

LINE = {
    "statement_ref": "D1",
    "contract_number": "C1",
    "issued_on": "2026-03-18",
    "payee": "insured",
    "payee_name": "Camille Durand",
    "payment_ref": "VIR1",
    "paid_on": "2026-03-20",
    "iban_last4": "0189",
    "statement_total": "9,00",
    "person_ref": "P1",
    "care_date": "12/03/2026",
    "act_code": "G",
    "label": "",
    "practitioner": "Dr Anne Lemaître",
    "quantity": "1",
    "fee": "30,00",
    "base": "30,00",
    "amo_rate": "70",
    "amo_gross": "21,00",
    "participation": "2,00",
    "franchise": "0",
    "deferred": "",
    "amo_net": "19,00",
    "other_insurer": "",
    "our_share": "9,00",
    "member_share": "2,00",
    "zero_reason": "",
    "noemie_ref": "",
}
"""A consultation of a general practitioner that closes."""


def csv_text(rows: Iterable[dict[str, str]], columns: Iterable[str]) -> str:
    """A header and its rows, quoted where a value needs it."""
    columns = list(columns)
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join(";".join(map(_quoted, values)) for values in lines) + "\n"


def _quoted(value: str) -> str:
    return f'"{value.replace(chr(34), chr(34) * 2)}"' if set(value) & {";", '"'} else value


def write_statements(path: Path, rows: Iterable[dict[str, str]], encoding: str = "utf-8") -> Path:
    """A feed of these lines, each given by what differs from LINE."""
    path.write_bytes(csv_text([LINE | row for row in rows], LINE).encode(encoding))
    return path


COVERAGE = {
    "contract_number": "C100",
    "member_number": "00000100",
    "product": "SANTE",
    "product_label": "Complémentaire santé",
    "plan_label": "Confort",
    "amc_number": "0775999998",
    "amc_name": "Mutuelle Horizon Santé",
    "csr": "CSR01",
    "convention_type": "SP",
    "amc_exchange_number": "",
    "conventions": "",
    "card_model": "",
    "responsible": "oui",
    "contract_start": "2024-01-01",
    "contract_end": "",
    "portability_start": "",
    "portability_end": "",
    "terms_start": "",
    "guarantee_table": "",
    "person_ref": "P100",
    "last_name": "Durand",
    "birth_name": "",
    "first_name": "Camille",
    "birth_date": "1984-05-17",
    "birth_rank": "1",
    "relation": "holder",
    "coverage_start": "2024-01-01",
    "coverage_end": "",
    "local_scheme": "",
    "email": "camille.durand@example.org",
    "mobile": "06 12 34 56 78",
    "landline": "",
    "address_line1": "3 rue du Four",
    "address_line2": "",
    "postcode": "75006",
    "city": "Paris",
    "nir": "2 84 05 88 321 025 32",
    "attachment1_nir": "2840588321025",
    "attachment1_insured_last_name": "DURAND",
    "attachment1_insured_first_name": "CAMILLE",
    "attachment1_regime": "01",
    "attachment1_fund": "751",
    "attachment1_centre": "000",
    "attachment1_fund_name": "CPAM de Paris",
    "attachment1_birth_date_raw": "",
    "attachment1_desired": "on",
    "attachment2_nir": "",
    "attachment2_insured_last_name": "",
    "attachment2_insured_first_name": "",
    "attachment2_regime": "",
    "attachment2_fund": "",
    "attachment2_centre": "",
    "attachment2_fund_name": "",
    "attachment2_birth_date_raw": "",
    "attachment2_desired": "",
}
"""A holder alone, known to one fund."""


def write_households(path: Path, rows: Iterable[dict[str, str]], encoding: str = "utf-8") -> Path:
    """A feed of these coverages, each given by what differs from COVERAGE."""
    path.write_bytes(csv_text([COVERAGE | row for row in rows], COVERAGE).encode(encoding))
    return path
