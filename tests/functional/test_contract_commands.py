"""The commands about contracts' papers, run as an operator runs them: `documents import`, `certificates revoke`."""

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from member_space.cli import member_space
from member_space.config import tools_of
from member_space.domain.certificate import CertificateKind
from member_space.models import Certificate, ContractDocument
from member_space.services.certificate import issue
from member_space.services.household import load_household
from member_space.services.tools import Origin
from tests.factories.files import pdf
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.test_feed_commands import write_ini

INDEX = """[[document]]
file = "notice.pdf"
product = "SANTE"
kind = "notice"
title = "Notice"
version = "2026"
effective = 2026-01-01
"""


@pytest.fixture
def contract(sessions):
    with sessions.begin() as db:
        person = make_person(db)
        make_account(db, person)
        return make_contract(db, person)


@pytest.fixture
def command(own_database, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))

    def run(*arguments):
        result = CliRunner().invoke(member_space, ["--ini", str(ini), *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "papers"
    found.mkdir()
    (found / "notice.pdf").write_bytes(pdf())
    (found / "documents.toml").write_text(INDEX, encoding="utf-8")
    return found


def test_documents_are_imported_once_and_counted(command, contract, folder):
    assert command("documents", "import", folder).output.startswith("1 importé(s), 0 déjà connu(s), 0 compte(s)")
    assert command("documents", "import", folder).output.startswith("0 importé(s), 1 déjà connu(s)")


def test_a_folder_that_is_wrong_says_at_which_line_and_writes_nothing(command, contract, folder, sessions):
    (folder / "documents.toml").write_text(INDEX.replace("notice.pdf", "absent.pdf"), encoding="utf-8")
    result = command("documents", "import", folder)
    assert result.exit_code == 2
    assert "documents.toml:2: file : ce fichier n’est pas dans le dossier" in result.output
    with sessions() as db:
        assert db.scalars(select(ContractDocument)).all() == []


def test_a_folder_without_index_says_so(command, tmp_path):
    result = command("documents", "import", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "documents.toml" in result.output


def test_the_certificates_of_a_contract_are_withdrawn_once(command, contract, sessions, own_database, settings):
    tools = tools_of(settings, own_database)
    with sessions.begin() as db:
        household = load_household(db, contract.holder_id, date(2026, 6, 15))
        issue(db, tools, 1, household, contract.id, CertificateKind.ADHESION, Origin())
    assert command("certificates", "revoke", contract.number).output == "1 attestation(s) retirée(s)\n"
    assert command("certificates", "revoke", contract.number).output == "0 attestation(s) retirée(s)\n"
    refused = command("certificates", "revoke", "C-NOBODY")
    assert (refused.exit_code, "C-NOBODY" in refused.output) == (2, True)
    with sessions() as db:
        assert db.scalars(select(Certificate)).one().revoked_at is not None
