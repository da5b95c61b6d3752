"""What goes into a person's copy of everything, table by table; a guard compares this list with the models' tables.

Of each table: the rows that are the person's, the columns left out, and those decrypted. A hash, a token or a key is
nobody's data and never leaves; another adult's care never does (domain.privacy).
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.interfaces import ICipher
from member_space.services.care_line import CareLine, line_query, read_lines, values_of
from member_space.services.export_part import BATCH, Part, Row, Scope, stream, table
from member_space.services.export_requests import REQUEST_PARTS
from member_space.services.payment import every_transfer


def _own_terms(scope: Scope) -> ColumnElement[bool]:
    """The terms of the days when the person was covered, or held the contract."""
    terms, mine = m.ContractTerms, m.Coverage
    covered = and_(mine.person_id == scope.person_id, mine.contract_id == terms.contract_id)
    held = select(m.Contract.id).where(m.Contract.holder_id == scope.person_id)
    return or_(select(mine.id).where(covered, mine.period.op("&&")(terms.period)).exists(), terms.contract_id.in_(held))


_CARE = tuple(one for one in CareLine._fields if one not in ("id", "contract_id", "is_open", "payee"))


def _care(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """The lines of care of the person and of his minors, as his own pages show them."""
    query = line_query(scope.household).where(m.StatementLine.person_id.in_(scope.persons))
    query = query.order_by(m.StatementLine.care_date, m.StatementLine.id)
    found = db.execute(query, values_of(scope.household), execution_options={"yield_per": BATCH})
    for batch in found.partitions():
        for line in read_lines(scope.household, batch):
            if line.is_open:
                yield {name: getattr(line, name) for name in _CARE} | {"payee": line.payee.value}


def _transfers(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    for one in every_transfer(db, scope.household, BATCH):
        yield {
            "reference": one.reference,
            "paid_on": one.paid_on,
            "payee": one.payee.value,
            "payee_name": one.payee_name,
            "iban_last4": one.iban_last4,
            "amount": one.amount,
        }


def _answers(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """What the funds answered about the person's links; the raw line holds the NIR of whoever is insured there."""
    line, match = m.NoemieLine, m.NoemieMatch
    told = (line.movement, line.code, line.nature, line.label, line.starts_on, line.ends_on, line.answered_on)
    yield from stream(
        db,
        select(match.teletransmission_id, *told, match.rule, match.matched_at)
        .join(match, match.noemie_line_id == line.id)
        .where(match.teletransmission_id.in_(_links(scope)))
        .order_by(line.id),
    )


def _facts(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """The journal: what the person did, and what was done on his data; another one's address is not his to know."""
    event = m.Event
    by_me = event.actor_account_id == scope.account_id
    yield from stream(
        db,
        select(
            event.at,
            event.kind,
            by_me.label("by_me"),
            (event.subject_person_id == scope.person_id).label("about_me"),
            case((by_me, event.ip)).label("ip"),
            event.details,
        )
        .where(or_(by_me, event.subject_person_id.in_(scope.persons)))
        .order_by(event.id),
    )


def _readings(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    reading, account, person = m.Reading, m.Account, m.Person
    yield from stream(
        db,
        select(
            reading.at,
            reading.what,
            reading.assistant,
            reading.reason,
            func.coalesce(reading.role, account.role).label("role"),
            reading.team,
            person.first_name,
            person.last_name,
        )
        .join(account, account.id == reading.account_id)
        .outerjoin(person, person.id == account.person_id)
        .where(reading.subject_person_id.in_(scope.persons))
        .order_by(reading.id),
    )


def _breaches(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """The leaks of data that the person is told of."""
    leak, told = m.Breach, m.BreachPerson
    columns = (leak.title, leak.story, leak.began_on, leak.ended_on, leak.leaked, leak.declared_at, told.read_at)
    query = select(*columns).join(told, told.breach_id == leak.id).where(told.told_person_id == scope.person_id)
    yield from stream(db, query.order_by(told.id))


def _talks(db: Session, cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """What the person asked the virtual adviser, and what it answered but where that tells of another adult."""
    talk, turn = m.AdviserTalk, m.AdviserTurn
    columns = (turn.asked_at, turn.question, turn.answer, turn.shown, turn.useful, turn.word)
    query = select(*columns).join(talk, talk.id == turn.talk_id).where(talk.account_id == scope.account_id)
    for row in stream(db, query.order_by(turn.id)):
        mine = {int(person) for person in row["shown"]} <= scope.persons
        yield {
            "asked_at": row["asked_at"],
            "question": cipher.decrypt(row["question"]),
            "answer": json.loads(cipher.decrypt(row["answer"]))["text"] if mine else None,
            "useful": row["useful"],
            "word": cipher.decrypt(row["word"]) if row["word"] else None,
        }


def _links(scope: Scope) -> Select[Any]:
    return select(m.Teletransmission.id).where(m.Teletransmission.person_id.in_(scope.persons))


def _own_statements(scope: Scope) -> ColumnElement[bool]:
    line = m.StatementLine
    return select(line.id).where(line.statement_id == m.Statement.id, line.person_id.in_(scope.persons)).exists()


def _by_account(model: Any) -> Callable[[Scope], ColumnElement[bool]]:
    return lambda scope: model.account_id == scope.account_id


def _by_person(model: Any) -> Callable[[Scope], ColumnElement[bool]]:
    return lambda scope: model.person_id == scope.person_id


PARTS: tuple[Part, ...] = (
    table(
        "identite",
        "Identité et coordonnées",
        m.Person,
        lambda scope: m.Person.id.in_(scope.persons),
        hidden="nir_index nir_end_index",
        clear="nir_encrypted",
    ),
    table(
        "contrats",
        "Contrats",
        m.Contract,
        lambda scope: m.Contract.id.in_(scope.household.contract_ids),
        hidden="holder_id",
    ),
    table("contrats-conditions", "Conditions des contrats dans le temps", m.ContractTerms, _own_terms),
    table(
        "cartes",
        "Cartes de tiers payant émises",
        m.CardVersion,
        lambda scope: m.CardVersion.contract_id.in_(scope.household.contract_ids),
        # What they say of the person is in the other tables; they name everybody else of the contract too.
        hidden="person_ids fingerprint content check_code check_hash",
    ),
    table("cartes-envoyees", "Liens vers une carte", m.CardShare, _by_account(m.CardShare), hidden="card_id code_hash"),
    table("couvertures", "Couvertures", m.Coverage, lambda scope: m.Coverage.person_id.in_(scope.persons)),
    table(
        "attestations",
        "Attestations émises",
        m.Certificate,
        _by_person(m.Certificate),
        hidden="code_index",
        clear="code",
    ),
    table(
        "decomptes",
        "Décomptes",
        m.Statement,
        _own_statements,
        # Of a statement shared with another adult, the sum and the payee tell his care: they are in the lines.
        hidden="total payee_name payment_id fingerprint",
    ),
    Part("soins", "Lignes de soins", ("statement_line",), _care),
    Part("virements", "Virements", ("payment",), _transfers),
    table(
        "teletransmission",
        "Liens avec les caisses",
        m.Teletransmission,
        lambda scope: m.Teletransmission.person_id.in_(scope.persons),
        # A child's link bears the number of a parent, who may be another adult.
        hidden="nir_encrypted nir_index nir_end_index insured_last_name insured_first_name",
    ),
    table(
        "teletransmission-demandes",
        "Demandes envoyées aux caisses",
        m.Movement,
        lambda scope: m.Movement.teletransmission_id.in_(_links(scope)),
    ),
    Part("teletransmission-reponses", "Réponses des caisses", ("noemie_line", "noemie_match"), _answers),
    table("consentements", "Consentements, mot pour mot", m.Consent, _by_person(m.Consent)),
    table(
        "preferences", "Préférences de notification", m.NotificationPreference, _by_account(m.NotificationPreference)
    ),
    table(
        "messages",
        "Messages envoyés",
        m.Notification,
        _by_account(m.Notification),
        hidden="target secret reply_hash",
    ),
    table(
        "compte",
        "Compte",
        m.Account,
        lambda scope: m.Account.id == scope.account_id,
        hidden="password_hash totp_secret totp_last_step",
    ),
    table("appareils", "Appareils", m.Device, _by_account(m.Device), hidden="token_hash"),
    table("sessions", "Sessions ouvertes", m.WebSession, _by_account(m.WebSession), hidden="token_hash"),
    table(
        "connexions-refusees",
        "Connexions refusées",
        m.SignInFailure,
        lambda scope: m.SignInFailure.email_index == scope.email_index,
        hidden="email_index",
    ),
    table(
        "conditions-acceptees", "Conditions d’utilisation acceptées", m.TermsAcceptance, _by_account(m.TermsAcceptance)
    ),
    table(
        "cles-d-acces",
        "Clés d’accès",
        m.Passkey,
        _by_account(m.Passkey),
        hidden="credential_id public_key sign_count",
    ),
    table("codes-de-secours", "Codes de secours", m.RecoveryCode, _by_account(m.RecoveryCode), hidden="code_index"),
    table("identites-liees", "Identités liées", m.OidcLink, _by_account(m.OidcLink), hidden="subject_index"),
    table("brouillons", "Brouillons", m.Draft, _by_account(m.Draft), clear="values"),
    table(
        "codes-demandes",
        "Codes demandés",
        m.Challenge,
        lambda scope: or_(m.Challenge.account_id == scope.account_id, m.Challenge.person_id == scope.person_id),
        hidden="token_hash code_hash details",
    ),
    table("lettres-d-accueil", "Lettres d’accueil", m.WelcomeLetter, _by_person(m.WelcomeLetter), hidden="code_index"),
    table(
        "acces-retrouves",
        "Accès retrouvés avec un conseiller",
        m.AssistedRecovery,
        _by_account(m.AssistedRecovery),
        hidden="asked_by approved_by challenge_id",
    ),
    table(
        "changements",
        "Changements de coordonnées",
        m.DataChange,
        _by_person(m.DataChange),
        hidden="undo_challenge_id",
        clear="before after",
    ),
    table(
        "comptes-bancaires",
        "Comptes bancaires",
        m.BankAccount,
        _by_person(m.BankAccount),
        hidden="iban_index",
        clear="iban",
    ),
    *REQUEST_PARTS,
    Part("conseiller-virtuel", "Échanges avec le conseiller virtuel", ("adviser_talk", "adviser_turn"), _talks),
    Part("consultations", "Qui a consulté mon dossier", ("reading",), _readings),
    Part("incidents", "Fuites de données qui ont concerné la personne", ("breach", "breach_person"), _breaches),
    Part("journal", "Journal", ("event",), _facts),
    table(
        "acces-applications",
        "Accès donnés à des applications et assistants",
        m.ApiGrant,
        _by_account(m.ApiGrant),
        hidden="client_id",
    ),
    table(
        "avertissements-applications",
        "Avertissements envoyés à des applications",
        m.WebhookDelivery,
        lambda scope: m.WebhookDelivery.grant_id.in_(
            select(m.ApiGrant.id).where(m.ApiGrant.account_id == scope.account_id)
        ),
        hidden="target_id last_error",
    ),
    table("copies", "Copies demandées", m.DataExport, _by_account(m.DataExport), hidden="storage_key"),
)

LEFT_OUT: dict[str, str] = {
    "act": "nomenclature des actes, la même pour tous",
    "act_family": "familles d’actes, les mêmes pour tous",
    "api_answer": "réponses gardées un jour pour ne rien écrire deux fois ; ce qui fut écrit est dans vos demandes",
    "api_client": "applications que nous avons autorisées, les mêmes pour tous",
    "api_code": "empreintes de codes à usage unique ; les accès eux-mêmes sont dans « acces-applications »",
    "api_count": "nombre de demandes dans une minute, pour en limiter le nombre",
    "api_token": "empreintes de jetons ; les accès eux-mêmes sont dans « acces-applications »",
    "canned_answer": "réponses types de nos conseillers, les mêmes pour tous",
    "faq_entry": "questions fréquentes, les mêmes pour tous",
    "faq_version": "textes des questions fréquentes, les mêmes pour tous",
    "card_model": "façons d’imprimer les cartes, les mêmes pour tous les assurés d’un produit",
    "code_sending": "compte des envois par numéro, sous forme d’empreinte : ne désigne personne",
    "contract_document": "documents des produits, les mêmes pour tous leurs assurés",
    "demo_message": "boîte de la démonstration ; vide ailleurs",
    "webhook_target": "adresses des applications, les mêmes pour tous",
    "received_mail": "le fait qu’un e-mail est arrivé, sous forme d’empreinte : ne désigne personne",
    "geocoded_address": "où sont les adresses des professionnels de santé",
    "practice": "annuaire public des professionnels de santé, le même pour tous",
    "practice_staging": "annuaire public en cours de lecture",
    "practitioner_import": "fichiers de l’annuaire public : ne désigne personne",
    "practitioner_opposition": "professionnels de santé qui ont demandé à ne pas être montrés",
    "practitioner_refusal": "lignes de l’annuaire public qui n’ont pas été reprises : ne désigne personne",
    "directory_report": "erreurs signalées dans l’annuaire des professionnels : rien n’y dit quel adhérent a écrit",
    "erasure": "preuve des effacements : des nombres, personne n’y est désigné",
    "guarantee": "garanties du produit, les mêmes pour tous ses assurés",
    "guarantee_table": "tableaux de garanties, les mêmes pour tous leurs assurés",
    "complaint_measure": "ce que nos services changent après une réclamation : le registre est tenu pour l’autorité",
    "internal_note": "notes de travail entre conseillers ; demandez-les à notre délégué à la protection des données",
    "noemie_anomaly": "réponses de caisses que nous n’avons pu rattacher à personne",
    "noemie_file": "fichiers des caisses, qui parlent de tous les assurés à la fois",
    "regime": "régimes d’assurance maladie, les mêmes pour tous",
    "request_presence": "qui, chez nous, a une demande à l’écran ; effacé chaque jour",
    "request_words": "mots de vos messages, pour les chercher : les mêmes que dans « demandes-echanges »",
    "spent_puzzle": "casse-tête des robots, déjà résolus : ne désigne personne",
    "tariff": "tarifs, les mêmes pour tous",
    "terms_text": "texte des conditions d’utilisation, le même pour tous",
    "usual_time": "délais habituels, les mêmes pour tous",
}
"""Tables that are nobody's data, with the reason written in the copy."""
