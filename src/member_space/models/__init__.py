"""The aggregates, one file each. Imported whole here so that every mapper and table is known."""

from member_space.models.account import (
    Account,
    Device,
    Draft,
    OidcLink,
    Passkey,
    RecoveryCode,
    SignInFailure,
    TermsAcceptance,
    TermsText,
    WebSession,
)
from member_space.models.adviser import AdviserTalk, AdviserTurn
from member_space.models.api_access import ApiClient, ApiCode, ApiGrant, ApiToken
from member_space.models.api_use import ApiAnswer, ApiCount
from member_space.models.attachment import Attachment, AttachmentFile
from member_space.models.base import Base
from member_space.models.breach import Breach, BreachPerson
from member_space.models.card import CardModelRow, CardShare, CardVersion
from member_space.models.certificate import Certificate
from member_space.models.challenge import AssistedRecovery, Challenge, CodeSending, SpentPuzzle, WelcomeLetter
from member_space.models.consent import Consent
from member_space.models.contract import Contract, ContractTerms, Coverage
from member_space.models.contract_document import ContractDocument
from member_space.models.directory_report import DirectoryReport
from member_space.models.event import Event
from member_space.models.faq import FaqEntry, FaqVersion
from member_space.models.guarantee import Guarantee, GuaranteeTable
from member_space.models.legal_hold import LegalHold
from member_space.models.mail_reply import ReceivedMail
from member_space.models.noemie import NoemieAnomaly, NoemieFile, NoemieLine, NoemieMatch
from member_space.models.notification import DemoMessage, Notification, NotificationPreference
from member_space.models.person import Person
from member_space.models.personal_data import BankAccount, DataChange
from member_space.models.practitioner import (
    PRACTICE_STAGING,
    GeocodedAddress,
    Practice,
    PractitionerImport,
    PractitionerOpposition,
    PractitionerRefusal,
)
from member_space.models.quote import QuoteLineRow
from member_space.models.reference import Act, ActFamilyRow, Regime, Tariff
from member_space.models.request import (
    AskedPiece,
    CannedAnswer,
    ComplaintMeasure,
    DecisionLine,
    InternalNote,
    Message,
    Request,
    RequestPresence,
    RequestTransition,
    RequestWords,
    UsualTime,
)
from member_space.models.rights import DataExport, Erasure, Reading
from member_space.models.statement import Payment, Statement, StatementLine
from member_space.models.teletransmission import Movement, Teletransmission
from member_space.models.webhook import WebhookDelivery, WebhookTarget

__all__ = [
    "PRACTICE_STAGING",
    "Account",
    "Act",
    "ActFamilyRow",
    "AdviserTalk",
    "AdviserTurn",
    "ApiAnswer",
    "ApiClient",
    "ApiCode",
    "ApiCount",
    "ApiGrant",
    "ApiToken",
    "AskedPiece",
    "AssistedRecovery",
    "Attachment",
    "AttachmentFile",
    "BankAccount",
    "Base",
    "Breach",
    "BreachPerson",
    "CannedAnswer",
    "CardModelRow",
    "CardShare",
    "CardVersion",
    "Certificate",
    "Challenge",
    "CodeSending",
    "ComplaintMeasure",
    "Consent",
    "Contract",
    "ContractDocument",
    "ContractTerms",
    "Coverage",
    "DataChange",
    "DataExport",
    "DecisionLine",
    "DemoMessage",
    "Device",
    "DirectoryReport",
    "Draft",
    "Erasure",
    "Event",
    "FaqEntry",
    "FaqVersion",
    "GeocodedAddress",
    "Guarantee",
    "GuaranteeTable",
    "InternalNote",
    "LegalHold",
    "Message",
    "Movement",
    "NoemieAnomaly",
    "NoemieFile",
    "NoemieLine",
    "NoemieMatch",
    "Notification",
    "NotificationPreference",
    "OidcLink",
    "Passkey",
    "Payment",
    "Person",
    "Practice",
    "PractitionerImport",
    "PractitionerOpposition",
    "PractitionerRefusal",
    "QuoteLineRow",
    "Reading",
    "ReceivedMail",
    "RecoveryCode",
    "Regime",
    "Request",
    "RequestPresence",
    "RequestTransition",
    "RequestWords",
    "SignInFailure",
    "SpentPuzzle",
    "Statement",
    "StatementLine",
    "Tariff",
    "Teletransmission",
    "TermsAcceptance",
    "TermsText",
    "UsualTime",
    "WebSession",
    "WebhookDelivery",
    "WebhookTarget",
    "WelcomeLetter",
]
