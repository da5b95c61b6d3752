"""Every page, found in the route list: a new route is walked by itself, or says here that it is no page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyramid.config import Configurator

NOT_PAGES = {
    "sign_in_code": "between two factors: test_second_factor walks it",
    "sign_in_code_others": "between two factors: test_forgotten walks it",
    "sign_in_code_send": "only posted to",
    "activation_channel": "of a request under way: test_activation walks it",
    "activation_code": "of a request under way: test_activation walks it",
    "activation_address": "of a request under way: test_activation walks it",
    "activation_password": "of a request under way: test_activation walks it",
    "activation_done": "of a request that ended: test_activation walks it",
    "activation_link": "of a mail: test_activation walks it",
    "invitation": "only posted to",
    "passkey_options": "for a script",
    "passkeys_options": "for a script",
    "passkey_sign_in": "only posted to",
    "step_up_passkey": "only posted to",
    "security_identity": "of a linked identity: test_oidc walks it",
    "step_up_send": "only posted to",
    "oidc": "leaves for elsewhere: test_oidc looks at it",
    "oidc_back": "a redirect",
    "password_reset_code": "of a request under way: test_forgotten walks it",
    "password_reset_link": "of a request under way: test_forgotten walks it",
    "password_reset_new": "of a request under way: test_forgotten walks it",
    "recovery_entry_password": "of a request under way: test_office walks it",
    "office_member": "of a member with an account: OTHERS has one",
    "office_activation": "of the office: test_office walks it",
    "office_activation_password": "of the office: test_office walks it",
    "office_member_message": "of a member with an account: OTHERS has one",
    "office_member_recovery": "only posted to",
    "office_answers_team": "only posted to",
    "adviser_forget": "only posted to",
    "adviser_opinion": "only posted to",
    "office_complaints_csv": "a file",
    "office_request_measure": "only posted to",
    "office_legal_hold_lift": "only posted to",
    "office_fresh": "for a script",
    "messages_fresh": "for a script",
    "address_communes": "for a script",
    "office_request_presence": "for a script",
    "office_request_next": "only posted to",
    "office_request_take": "only posted to",
    "office_request_give": "only posted to",
    "office_request_nir": "only posted to",
    "office_request_release": "only posted to",
    "office_request_reply": "only posted to",
    "office_request_note": "only posted to",
    "office_request_pieces": "only posted to",
    "office_request_decide": "only posted to",
    "office_request_hold": "only posted to",
    "office_request_duplicate": "only posted to",
    "office_request_reopen": "only posted to",
    "office_request_close": "only posted to",
    "office_recovery_decision": "only posted to",
    "office_recovery_code": "only posted to",
    "office_account_role": "only posted to",
    "office_account_skills": "only posted to",
    "office_account_team": "only posted to",
    "office_account_close": "only posted to",
    "office_account_activation": "only posted to",
    "request_care": "of a draft: OTHERS has several",
    "quote_lines": "of a draft: OTHERS has several",
    "quote_line_remove": "only posted to",
    "request_pieces": "of a draft: OTHERS has one",
    "request_words": "of a draft: OTHERS has one",
    "request_review": "of a draft: OTHERS has several",
    "request_receipt": "a file",
    "request_send": "only posted to",
    "request_forget": "only posted to",
    "request_withdraw": "only posted to",
    "request_claim": "only posted to",
    "request_provide": "only posted to",
    "request_reply": "only posted to",
    "request_rate": "only posted to",
    "request_thread_pdf": "a file",
    "documents_zip": "a file",
    "document_remove": "only posted to",
    "document_restore": "only posted to",
    "attachment": "a file",
    "attachment_preview": "a file",
    "request_file_remove": "only posted to",
    "attachment_pages": "of a piece in a draft: OTHERS has one",
    "attachment_page": "a file",
    "office_attachment": "a file",
    "office_attachment_preview": "a file",
    "sign_out": "only posted to",
    "disown": "of a mail: OTHERS has one",
    "session_prolong": "for a script",
    "access_end": "only posted to",
    "oauth_authorize": "of an application: test_oauth walks it",
    "oauth_token": "for machines",
    "oauth_revoke": "for machines",
    "oauth_introspect": "for machines",
    "oauth_server": "for machines",
    "oauth_resource": "for machines",
    "office_client_secret": "only posted to",
    "office_client_close": "only posted to",
    "office_webhook_close": "only posted to",
    "office_webhook_replay": "only posted to",
    "office_webhook_secret": "only posted to",
    "draft_keep": "for a script",
    "draft_forget": "only posted to",
    "devices_revoke_others": "only posted to",
    "device_name": "only posted to",
    "device_revoke": "only posted to",
    "bank_account_cancel": "only posted to",
    "undo_change": "of a message: OTHERS has one",
    "personal_email_code": "of a request under way: test_own_data walks it",
    "personal_mobile_code": "of a request under way: test_own_data walks it",
    "beneficiary_nir": "only posted to",
    "my_data_file": "a file",
    "my_data_readings_csv": "a file",
    "my_data_stay": "only posted to",
    "card_check": "of a card: OTHERS has one of none",
    "statement_line": "of a rank: OTHERS has one",
    "statement_pdf": "a file",
    "card_pdf": "a file",
    "card_phone": "for a script",
    "card_wallet": "a file, where a certificate is set",
    "card_phone_state": "for a script",
    "card_shell": "goes on by itself where no card is kept: test_card_phone walks it",
    "service_worker": "for the browser",
    "manifest": "for the browser",
    "card_link": "a file",
    "card_send": "of a card: OTHERS has one",
    "card_take_back": "only posted to",
    "card_shared": "of a link: OTHERS has one",
    "simulator_pdf": "a file",
    "practitioner": "of a place: test_practitioner walks it",
    "practitioner_report": "of a place: test_practitioner walks it",
    "practitioner_vcard": "a file",
    "office_directory_report": "only posted to",
    "statement_csv": "a file",
    "reimbursements_file": "a file",
    "contract_document": "a file",
    "year_summary_pdf": "a file",
    "year_summary_csv": "a file",
    "certificate_pdf": "a file",
    "allowances_calendar": "a file",
    "language": "a redirect",
    "asset": "a file",
    "demo_outbox": "for machines",
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
}
SAMPLES = (
    "contract_id",
    "person_id",
    "statement_id",
    "payment_id",
    "passkey_id",
    "recovery_id",
    "office_account_id",
    "request_id",
    "attachment_id",
    "handled_id",
    "answer_id",
    "entry",
    "breach_id",
    "legal_hold_id",
    "api_client_id",
    "webhook_id",
)
"""The placeholders that the seeded household has an id for (site.seed)."""

AFTER_STEP_UP = {
    "bank_account_new",
    "my_data_close",
    "my_data_copy",
    "passkey",
    "passkeys",
    "personal_email",
    "personal_mobile",
    "personal_token",
    "security_codes",
    "security_totp",
    "security_totp_remove",
}
"""Pages that ask for a second factor first: walked by who has just given it."""
OFFICE = {
    "office_home": "supervisor",
    "office_members": "handler",
    "office_recoveries": "supervisor",
    "office_legal_holds": "supervisor",
    "office_answers": "supervisor",
    "office_adviser": "supervisor",
    "office_directory": "handler",
    "office_answer": "supervisor",
    "office_faq": "supervisor",
    "office_faq_entry": "supervisor",
    "office_faq_new": "supervisor",
    "office_complaints": "auditor",
    "office_requests": "handler",
    "office_request": "handler",
    "office_recovery": "supervisor",
    "office_journal": "auditor",
    "office_accounts": "administrator",
    "office_clients": "administrator",
    "office_client": "administrator",
    "office_webhooks": "administrator",
    "office_webhook": "administrator",
    "office_account": "administrator",
}
"""Each page of the office, and a colleague who may see it."""

ANONYMOUS = {
    "activation",
    "activation_help",
    "certificate_check",
    "email_reminder",
    "nothing_comes",
    "oidc_refused",
    "password_reset",
    "recovery_entry",
    "sign_in",
}
THE_SAME_FOR_ALL = {"patterns", "demo_messages", "activation", "activation_help", "sign_in"}
PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]+))?\}")


@dataclass(frozen=True)
class Page:
    """`address` may hold placeholders of SAMPLES; `who` is an account of the site, or None."""

    name: str
    address: str
    who: str | None = "family"
    status: int = 200

    def __str__(self) -> str:
        return self.name


def _routes() -> Iterator[tuple[str, str]]:
    config = Configurator()
    config.include("member_space.routes")
    config.commit()
    for route in config.introspector.get_category("routes"):
        yield route["introspectable"]["name"], route["introspectable"]["pattern"]


def _of_route(name: str, pattern: str) -> Iterator[Page]:
    """One page a route; one for each word where a placeholder lists its words."""
    found = PLACEHOLDER.search(pattern)
    who = None if name in ANONYMOUS else OFFICE.get(name) or ("proved" if name in AFTER_STEP_UP else "family")
    if found and found[2]:
        for word in found[2].split("|"):
            yield Page(f"{name}:{word}", pattern.replace(found[0], word), who)
    else:
        yield Page(name, pattern, who)


FROM_ROUTES = [
    page
    for name, pattern in sorted(_routes())
    # Beneath /api/ one page alone, that of the document: the rest is for machines.
    if name not in NOT_PAGES and (name == "api_docs" or not pattern.startswith("/api/"))
    for page in _of_route(name, pattern)
]
PRACTITIONERS = "/professionnels-de-sante"
SIMULATOR = "/remboursements/simuler"
OTHERS = [
    *(Page(f"office_home of {who}", "/bureau", who) for who in ("handler", "auditor", "administrator")),
    Page("office_member", "/bureau/adherents/{member_id}", "handler"),
    Page("office_member_message", "/bureau/adherents/{member_id}/message", "handler"),
    Page("requests that nothing fits", "/bureau/demandes?genre=complaint&retard=oui", "handler"),
    Page("requests that cannot be filtered", "/bureau/demandes?genre=facture", "handler", status=422),
    Page("a request that nobody took", "/bureau/demandes/{waiting_id}", "handler"),
    Page("a journal with nothing to show", "/bureau/journal?jour=01/01/2020", "auditor"),
    Page("a journal that cannot be filtered", "/bureau/journal?jour=avant-hier", "auditor", status=422),
    Page("not found", "/une-page-qui-n-existe-pas", status=404),
    Page("wrong method", "/session/prolonger", status=405),
    Page("disown", "/ce-n-est-pas-moi/{disown_id}", None),
    Page("undo a change", "/annuler-un-changement/{undo_id}", None),
    Page("undo a change too late", "/annuler-un-changement/00000000-0000-4000-8000-000000000009", None, status=410),
    Page("a mail too old", "/ce-n-est-pas-moi/00000000-0000-4000-8000-000000000009", None, status=410),
    Page("a card to send", "/tiers-payant/{card_id}/envoyer"),
    Page("a card that was sent", "/carte-envoyee/00000000-0000-4000-8000-000000000009", None),
    Page("a code of no card", "/droits/un-code-de-rien", None),
    Page("a line explained", "/remboursements/decomptes/{statement_id}/lignes/1"),
    Page("nothing found", "/remboursements?mots=introuvable"),
    Page("a simulation", f"{SIMULATOR}?soin=Couronne+c%C3%A9ramique+%C3%A0+tarif+libre&prix=1+650,50"),
    Page("a simulation among several cares", f"{SIMULATOR}?soin=lunettes&prix=650", status=422),
    Page("a simulation of what cannot be read", f"{SIMULATOR}?soin=rien&prix=trente&le=hier&nombre=0", status=422),
    Page("the object of a message, its answers", "/messages/ecrire?objet=message.delay&pour=tous"),
    Page("an object that is none", "/messages/ecrire?objet=rien&pour=tous", status=422),
    Page("practitioners of no place", f"{PRACTITIONERS}?specialite=psy&lieu=nulle-part&rayon=-1", status=422),
    Page("no practitioner near", f"{PRACTITIONERS}?specialite=gp&lieu=97500&secteur=1"),
    Page("no message found", "/messages?mots=introuvable"),
    Page("a list of messages that cannot be filtered", "/messages?type=rien", status=422),
    Page("a filter that cannot be read", "/remboursements?du=avant-hier", status=422),
    Page("a year that is none", "/remboursements/annee?annee=jamais", status=422),
]
OTHERS += [
    *(
        Page(f"{page} of a claim", f"/demandes/{{draft_id}}/{page}")
        for page in ("soin", "pieces", "message", "verifier")
    ),
    Page("the date of a claim", "/demandes/{draft_id}/soin?date=1"),
    Page("a claim without rights", "/demandes/{rightless_id}/soin"),
    Page("the pages of a piece", "/fichiers/{piece_id}/pages?next=/demandes/{hospital_id}/pieces"),
    Page("a page just turned", "/fichiers/{piece_id}/pages?fait-ici=tourner-2"),
    Page("a line to choose", "/demandes/{line_draft_id}/soin"),
    Page("a stay in hospital", "/demandes/{hospital_id}/soin"),
    Page("somebody who joins", "/demandes/{joining_id}/soin"),
    Page("somebody who leaves", "/demandes/{leaving_id}/soin"),
    Page("a review with nothing in it", "/demandes/{leaving_id}/verifier"),
    Page("a link to switch off", "/demandes/{link_draft_id}/verifier"),
    Page("a paper is asked", "/demandes/{waiting_id}"),
    Page("a decision", "/demandes/{decided_id}"),
    Page("a complaint about it", "/demarches/reclamation?demande={decided_id}"),
]
NEWCOMER = [
    Page(f"{page.name} of a newcomer", page.address, "newcomer")
    for page in FROM_ROUTES
    if page.name not in THE_SAME_FOR_ALL | OFFICE.keys() and "{" not in page.address and ":" not in page.name
]
PAGES = FROM_ROUTES + OTHERS


def page_named(name: str) -> Page:
    return next(page for page in PAGES if page.name == name)
