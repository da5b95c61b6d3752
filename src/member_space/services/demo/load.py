"""Loads the demo through the feeds of the trade: reference tables, households, statements, funds, accounts."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from member_space.interfaces import ICipher, IPasswordHasher, IStorage
from member_space.models import Account
from member_space.services.account import create_account
from member_space.services.card_model import load_models
from member_space.services.demo.care import History
from member_space.services.demo.families import ACCOUNTS, COLLEAGUES, PASSWORD
from member_space.services.demo.feeds import household_rows, insured_people, statement_rows, write_feed
from member_space.services.demo.funds import Funds
from member_space.services.demo.products import PRODUCTS, content_of, shipped_tables
from member_space.services.faq_file import load_faq
from member_space.services.figures import shipped_figures
from member_space.services.guarantee_import import import_guarantees
from member_space.services.household_import import import_households
from member_space.services.reference import load_reference
from member_space.services.statement_import import import_statements
from member_space.settings import NoemieParty


def load_demo(
    sessions: sessionmaker[Session],
    cipher: ICipher,
    storage: IStorage,
    hasher: IPasswordHasher,
    noemie: NoemieParty,
    folder: Path,
    today: date,
) -> None:
    """The families, two years of statements up to `today`, a télétransmission in every state, an account for each who
    has one, and a colleague of each role.

    The same day gives the same data. The files brought in stay in `folder`, as examples.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def households(name: str, *, second_attachments: bool) -> None:
        path = write_feed(folder / name, household_rows(today, second_attachments=second_attachments))
        with sessions.begin() as db:
            import_households(db, path, cipher=cipher, today=today, contract_type=noemie.contract_type)

    with sessions.begin() as db:
        load_reference(db)
        load_faq(db)
        load_models(db, Path(__file__).parent / "cards.toml")
        for product in PRODUCTS:
            import_guarantees(db, content_of(product), today)
    households("households.csv", second_attachments=False)
    figures = shipped_figures()
    history = History(insured_people(today), shipped_tables(figures), figures, today)
    path = write_feed(folder / "statements.csv", statement_rows(history.lines))
    with sessions.begin() as db:
        import_statements(db, path, today=today)
    Funds(sessions, cipher, storage, noemie, folder).play(
        today, lambda: households("households-2.csv", second_attachments=True)
    )
    with sessions.begin() as db:
        for account in ACCOUNTS:
            create_account(db, hasher, account.person, account.email, PASSWORD)
        password = hasher.hash(PASSWORD)
        for one in COLLEAGUES:
            db.add(
                Account(
                    email=one.email,
                    office_name=one.name,
                    team=one.team,
                    role=one.role.value,
                    password_hash=password,
                    totp_secret=cipher.encrypt(one.totp_secret) if one.totp_secret else None,
                    # Colleagues of some time: a new one decides nothing yet.
                    created_at=datetime.combine(today - timedelta(days=400), time(9), UTC),
                )
            )
