"""What the return codes of a 929 mean, and what can be done about them.

Meanings restate the two-digit codes seen in a real reader (docs/noemie.md). The nature letter of the file decides the
class (``domain.teletransmission.nature_of``). Text is French, as shown to members.
"""

from dataclasses import dataclass

from member_space.domain.teletransmission import Nature, nature_of


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A return code: its meaning and what the office can do (French).

    ``member``: what the member can do, where it is more than what pages say for a whole family of codes.
    """

    code: str
    meaning: str
    office: str
    member: str = ""

    @property
    def nature(self) -> Nature:
        """Its usual class, for when the file gives no letter: the domain keeps that table, states follow from it."""
        return nature_of(self.code, "")


# What the member is told, as pages write it.
_RIGHTS = (
    "Téléchargez votre attestation de droits sur votre compte ameli (ou le site de votre caisse) et "
    "envoyez-la-nous\N{NO-BREAK SPACE}: nous corrigerons la demande."
)
_CHECK_BIRTH = (
    "Vérifiez la date de naissance affichée dans votre espace\N{NO-BREAK SPACE}; si elle diffère de celle de votre "
    "attestation de droits, signalez-le-nous."
)
_CMU = (
    "Votre complémentaire santé solidaire est gérée par votre caisse\N{NO-BREAK SPACE}: adressez-vous à elle pour tout "
    "changement."
)

# What the office is told.
_O_NONE = "Rien à faire."
_O_DATA = "Corriger la donnée en cause, puis renvoyer le mouvement."
_O_NIR = "Contrôler le NIR et sa clé sur l'attestation de droits, corriger, puis renvoyer une création."
_O_BIRTH = "Contrôler date et rang de naissance tels que la caisse les connaît, corriger, puis renvoyer."
_O_FUND = (
    "Corriger régime, caisse et centre d'après l'attestation de droits, puis envoyer une création à la bonne caisse."
)
_O_ABSENT = "La caisse n'a pas cette rubrique : envoyer une création, ou clore s'il s'agissait d'une annulation."
_O_RESERVED = "Code réservé à la caisse : l'interroger si la situation dure."
_O_DEPENDANT = "Demander l'attestation de droits où figure le bénéficiaire, puis renvoyer une création."
_O_OTHER = (
    "Une autre complémentaire est connue de la caisse : inviter l'adhérent à choisir, puis renvoyer une création."
)
_O_CMU = "Contrat géré par la caisse ou une autre complémentaire : vérifier le type de contrat avant tout renvoi."
_O_UPDATE = "Reporter le changement au dossier, puis envoyer une modification si nos dates diffèrent."
_O_RULES = "Contrôler les dates et le type de contrat (85, 87, 88), corriger, puis renvoyer."

# 60 to 66 share out creation, extension, change, cancellation and renewal by the fund or the insurer: which is which
# was never seen, the fund's own wording says it.
_CMU_EVENT = "Changement d'un contrat de complémentaire santé solidaire"

_ROWS: tuple[tuple[str, ...], ...] = (
    ("01", "Date de naissance absente de la demande", _O_BIRTH),
    ("02", "Numéro de sécurité sociale erroné", _O_NIR, _RIGHTS),
    ("03", "Code mouvement erroné", _O_DATA),
    ("04", "Numéro d'organisme complémentaire erroné", _O_DATA),
    ("05", "Type de contrat erroné", _O_DATA),
    ("06", "Date de début de contrat erronée", _O_DATA),
    ("07", "Date de fin de contrat erronée", _O_DATA),
    ("08", "Dates de début et de fin incompatibles", _O_DATA),
    ("09", "Date de naissance du bénéficiaire erronée", _O_BIRTH, _CHECK_BIRTH),
    ("10", "Rang de naissance du bénéficiaire erroné", _O_BIRTH),
    ("11", "Code réservé à la caisse", _O_RESERVED),
    ("13", "Code réservé à la caisse", _O_RESERVED),
    ("14", "Annulation impossible : votre caisse ne connaît pas ce contrat", _O_ABSENT),
    ("15", "Création impossible : trop de bénéficiaires (plus de 19)", _O_RESERVED),
    ("16", "Création impossible : plus de trois complémentaires déjà connues", _O_OTHER),
    ("17", "Organisme complémentaire inconnu de la caisse", _O_DATA),
    ("18", "Assuré inconnu de la caisse", _O_FUND),
    ("19", "Code réservé à la caisse", _O_RESERVED),
    ("20", "Bénéficiaire inconnu de la caisse", _O_DEPENDANT),
    ("21", "Assuré géré par une autre caisse", _O_FUND),
    ("22", "Période de validité de l'organisme complémentaire non en cours", _O_DATA),
    ("23", "Assuré non connu comme adhérent d'une complémentaire", _O_ABSENT),
    ("24", "Bénéficiaire non connu comme adhérent d'une complémentaire", _O_ABSENT),
    ("25", "Modification impossible : votre caisse ne connaît pas ce contrat", _O_ABSENT),
    ("26", "Code réservé à la caisse", _O_RESERVED),
    ("27", "État civil différent de celui que connaît la caisse", _O_DATA, _RIGHTS),
    ("28", "Seule la rubrique du bénéficiaire est autorisée pour Vitale", _O_DATA),
    ("29", "Origine du flux différente de l'option choisie", _O_RESERVED),
    ("30", "Clé du numéro de sécurité sociale absente ou erronée", _O_NIR, _RIGHTS),
    ("31", "Jour de naissance du bénéficiaire différent de celui de la caisse", _O_BIRTH, _CHECK_BIRTH),
    ("32", "Modification acceptée par votre caisse", _O_NONE),
    ("33", "Création acceptée par votre caisse", _O_NONE),
    ("34", "Annulation acceptée par votre caisse", _O_NONE),
    ("35", "Refus de l'adhérent aux échanges", "Respecter ce choix ; ne renvoyer qu'à la demande."),
    ("36", "Situation de l'adhérent auprès d'une complémentaire non trouvée", _O_RESERVED),
    ("37", "Organisme complémentaire non trouvé", _O_DATA),
    ("38", "Changement de caisse, avec convention", _O_FUND),
    ("40", "Changement de numéro de sécurité sociale", _O_NIR, _RIGHTS),
    ("41", "Changement de date de naissance du bénéficiaire", _O_BIRTH, _CHECK_BIRTH),
    ("43", "Annulation du bénéficiaire par la caisse", _O_UPDATE),
    ("53", "Une autre complémentaire est déclarée pour la même période", _O_OTHER),
    ("55", "Contrat de complémentaire santé solidaire non modifiable", _O_CMU, _CMU),
    ("56", "Contrat de complémentaire santé solidaire déjà en cours", _O_CMU, _CMU),
    ("59", "Seul le numéro d'adhérent peut être modifié", _O_CMU),
    *((str(code), _CMU_EVENT, _O_CMU, _CMU) for code in range(60, 67)),
    ("67", "Refus : deux contrats sont déjà en cours", _O_OTHER),
    ("72", "Modification faite par la caisse", _O_UPDATE),
    ("73", "Création faite par la caisse", _O_UPDATE),
    ("74", "Annulation faite par la caisse", _O_UPDATE),
    ("75", "Changement d'identifiant de l'organisme complémentaire", _O_UPDATE),
    ("78", "Contrats 85, 87 et 88 : date de fin obligatoire", _O_RULES),
    ("80", "Contrats 85, 87 et 88 : incompatibles avec l'historique", _O_RULES),
    ("81", "Contrats 85, 87 et 88 : chevauchement", _O_RULES),
    ("82", "Contrats 85, 87 et 88 : déjà en cours", _O_RULES),
    ("84", "Changement de type de contrat", _O_UPDATE),
    ("85", "Transposition de l'organisme complémentaire non effectuée", _O_RESERVED),
)

CODES: dict[str, ReturnCode] = {row[0]: ReturnCode(*row) for row in _ROWS}
"""The known return codes, by their two digits."""


def return_code(code: str) -> ReturnCode:
    """The meaning of a code; an unknown one is named as such, never dropped."""
    return CODES.get(code) or ReturnCode(
        code,
        f"Réponse de la caisse non répertoriée (code {code or 'absent'})",
        f"Code {code or 'absent'} hors de la table : lire le libellé de la caisse et l'interroger au besoin.",
    )


SENDER_TYPES = {
    "AN": "Assemblée nationale",
    "BF": "Banque de France",
    "CC": "Cultes",
    "CE": "CRPCEN",
    "CF": "SNCF",
    "CI": "CCI Paris",
    "CM": "CNMSS (militaires)",
    "CP": "CPAM",
    "CR": "CRAM",
    "CS": "Centre de services",
    "CT": "Centre de traitement du régime général",
    "EN": "ENIM (marins)",
    "MA": "MSA",
    "MU": "Mutuelle",
    "OC": "Organisme complémentaire",
    "OT": "Organisme concentrateur technique",
    "PB": "Port de Bordeaux",
    "RM": "Mines",
    "RP": "RATP",
    "SE": "Sénat",
    "SI": "Autre émetteur",
    "SM": "Section mutualiste nationale",
    "SR": "Centre régional des indépendants",
    "TE": "Établissement",
    "TP": "Autre partenaire",
}
"""Sender and recipient types."""

_SPECIAL_CONTRACTS = {
    "85": "Sortant de la CMU complémentaire, géré par l'assurance maladie",
    "87": "Sortant de la CMU complémentaire, géré par la complémentaire",
    "88": "Aide à la mutualisation (ACS)",
    "89": "Bénéficiaire de la CMU complémentaire",
    "91": "Contrat ACS A",
    "92": "Contrat ACS B",
    "93": "Contrat ACS C",
    "99": "Éclatement par un concentrateur technique",
}
_ORDINARY = {*range(1, 85), 90, *range(94, 99)}


def contract_type(code: str) -> str:
    """French label of a contract type (two digits); unknown ones are named as such."""
    if code in _SPECIAL_CONTRACTS:
        return _SPECIAL_CONTRACTS[code]
    if code.isdecimal() and int(code) in _ORDINARY:
        return "Contrat ordinaire"
    return f"Type de contrat non répertorié ({code or 'absent'})"
