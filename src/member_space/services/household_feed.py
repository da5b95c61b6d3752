"""The feed of households: one row a coverage, read into facts (docs/feeds.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from member_space.domain.birth import NoemieBirthDate
from member_space.domain.card import read_conventions, write_conventions
from member_space.domain.certificate import longest_portability
from member_space.domain.nir import Nir
from member_space.domain.period import Period
from member_space.domain.teletransmission import Desired
from member_space.services.feed import Report
from member_space.services.feed_cells import Cells

RELATIONS = ("holder", "spouse", "child", "other")
ATTACHMENTS = (1, 2)
ATTACHMENT = (
    "nir",
    "insured_last_name",
    "insured_first_name",
    "regime",
    "fund",
    "centre",
    "fund_name",
    "birth_date_raw",
    "desired",
)
REQUIRED = (
    "contract_number",
    "member_number",
    "product",
    "product_label",
    "plan_label",
    "amc_number",
    "amc_name",
    "responsible",
    "contract_start",
    "person_ref",
    "last_name",
    "first_name",
    "birth_date",
    "relation",
    "coverage_start",
)
OPTIONAL = (
    "csr",
    "convention_type",
    "amc_exchange_number",
    "conventions",
    "card_model",
    "contract_end",
    "portability_start",
    "portability_end",
    "terms_start",
    "guarantee_table",
    "birth_name",
    "birth_rank",
    "coverage_end",
    "position",
    "local_scheme",
    "email",
    "mobile",
    "landline",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "nir",
)
COLUMNS = (
    dict.fromkeys(REQUIRED, True)
    | dict.fromkeys(OPTIONAL, False)
    | {f"attachment{rank}_{name}": False for rank in ATTACHMENTS for name in ATTACHMENT}
)

_YES_NO = {"oui": True, "o": True, "1": True, "true": True, "non": False, "n": False, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What every row of a contract repeats, and that has no date of effect. Both days of a period are included.

    `portability`: the days when the cover goes on although the job ended (article L. 911-8 CSS).
    """

    member_number: str
    product: str
    product_label: str
    period: Period
    portability: Period | None


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What every row of a contract repeats, and that changes from a day on.

    ``guarantee_table``: its code; None says nothing, the one that is known is kept.
    """

    plan_label: str
    amc_number: str
    amc_name: str
    csr: str | None
    convention_type: str | None
    responsible: bool
    amc_exchange_number: str | None
    conventions: str | None
    card_model: str | None
    guarantee_table: str | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person. An empty contact (None) says nothing: what is known is kept."""

    last_name: str
    birth_name: str | None
    first_name: str
    birth_date: date
    birth_rank: int
    email: str | None
    mobile: str | None
    landline: str | None
    address_line1: str | None
    address_line2: str | None
    postcode: str | None
    city: str | None
    nir: Nir | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A NIR under which a fund knows the person. `birth_date_raw`: as the fund holds it, JJMMAA."""

    rank: int
    nir: Nir
    insured_last_name: str
    insured_first_name: str
    regime: str
    fund: str
    centre: str
    fund_name: str
    birth_date_raw: str
    desired: Desired


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One coverage, with all that its row says."""

    line: int
    contract_number: str
    contract: ContractFacts
    terms: TermsFacts
    terms_start: date | None
    person_ref: str
    person: PersonFacts
    relation: str
    period: Period
    position: int | None
    local_scheme: bool | None
    attachments: tuple[Attachment, ...]


def read_row(line: int, values: Mapping[str, str], report: Report) -> HouseholdRow | None:
    """Read a row; None when it has a refusal."""
    before = report.refused
    cells = Cells(line, values, report)
    contract_period = cells.period("contract_start", "contract_end")
    period = cells.period("coverage_start", "coverage_end")
    if period and contract_period and not contract_period.covers(period):
        cells.refuse("coverage_start", "la couverture sort de la période du contrat")
    contract_number, person_ref = cells.text("contract_number", 40), cells.text("person_ref", 40)
    relation = cells.choice("relation", RELATIONS)
    terms = _terms(cells)
    person = _person(cells)
    contract = (cells.text("member_number", 20), cells.text("product", 20), cells.text("product_label", 120))
    portability = _portability(cells, contract_period)
    terms_start = cells.day("terms_start", required=False)
    position = cells.integer("position", 1, 99)
    local_scheme = None
    if cells.value("local_scheme"):
        local_scheme = _YES_NO[cells.choice("local_scheme", tuple(_YES_NO), default="non")]
    attachments = _attachments(cells, person)
    if report.refused > before or not (period and contract_period and person):
        return None
    return HouseholdRow(
        line,
        contract_number,
        ContractFacts(*contract, contract_period, portability),
        terms,
        terms_start,
        person_ref,
        person,
        relation,
        period,
        position,
        local_scheme,
        attachments,
    )


def _portability(cells: Cells, contract: Period | None) -> Period | None:
    """Its days; None when the row tells none, or something is wrong with them."""
    given = [name for name in ("portability_start", "portability_end") if cells.value(name)]
    if not given:
        return None
    if len(given) == 1:
        cells.refuse(given[0], "la portabilité a un début et une fin : il manque l’autre")
        return None
    period = cells.period("portability_start", "portability_end")
    if period and contract and not contract.covers(period):
        cells.refuse("portability_start", "la portabilité sort de la période du contrat")
    elif period and period.end and period.end > longest_portability(period.start):
        cells.refuse("portability_end", "la portabilité dure douze mois au plus")
    return period


def _terms(cells: Cells) -> TermsFacts:
    return TermsFacts(
        plan_label=cells.text("plan_label", 120),
        amc_number=cells.digits("amc_number", 10),
        amc_name=cells.text("amc_name", 120),
        csr=cells.optional("csr", 20),
        convention_type=cells.optional("convention_type", 2),
        responsible=_YES_NO[cells.choice("responsible", tuple(_YES_NO), default="oui")],
        amc_exchange_number=cells.digits("amc_exchange_number", 10) if cells.value("amc_exchange_number") else None,
        conventions=_conventions(cells),
        card_model=cells.optional("card_model", 20),
        guarantee_table=cells.optional("guarantee_table", 20),
    )


def _conventions(cells: Cells) -> str | None:
    """Those of particular domains, in one order whatever the file's."""
    try:
        return write_conventions(read_conventions(cells.value("conventions"))) or None
    except ValueError as error:
        cells.refuse("conventions", str(error))
        return None


def _person(cells: Cells) -> PersonFacts | None:
    birth_date = cells.day("birth_date")
    facts = (cells.text("last_name", 80), cells.optional("birth_name", 80), cells.text("first_name", 80))
    rank = cells.integer("birth_rank", 1, 9) or 1
    contacts = (cells.contact("email"), cells.contact("mobile"), cells.contact("landline"))
    address = [cells.optional(name, 120) for name in ("address_line1", "address_line2")]
    place = (cells.optional("postcode", 10), cells.optional("city", 80))
    nir = cells.nir("nir")
    if birth_date is None:
        return None
    return PersonFacts(*facts, birth_date, rank, *contacts, address[0], address[1], *place, nir)


def _attachments(cells: Cells, person: PersonFacts | None) -> tuple[Attachment, ...]:
    found = [_attachment(cells, rank, person) for rank in ATTACHMENTS]
    attachments = tuple(attachment for attachment in found if attachment)
    if len({attachment.nir for attachment in attachments}) < len(attachments):
        cells.refuse("attachment2_nir", "le même NIR de rattachement deux fois")
    return attachments


def _attachment(cells: Cells, rank: int, person: PersonFacts | None) -> Attachment | None:
    """None when the link is not concerned (`desired` empty), or when something is wrong."""

    def name(column: str) -> str:
        return f"attachment{rank}_{column}"

    if not cells.value(name("desired")):
        return None
    desired = cells.choice(name("desired"), tuple(Desired))
    nir = cells.nir(name("nir"), required=True)
    insured = (cells.text(name("insured_last_name"), 27), cells.text(name("insured_first_name"), 27))
    organisation = (cells.digits(name("regime"), 2), cells.digits(name("fund"), 3), cells.digits(name("centre"), 3))
    fund_name = cells.text(name("fund_name"), 80)
    raw = cells.value(name("birth_date_raw"))
    if raw:
        raw = cells.digits(name("birth_date_raw"), 6)
    elif person:
        raw = NoemieBirthDate.from_date(person.birth_date).raw
    if nir is None or desired not in tuple(Desired):
        return None
    return Attachment(rank, nir, *insured, *organisation, fund_name, raw, Desired(desired))
