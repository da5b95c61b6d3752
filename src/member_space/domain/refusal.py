"""What the adviser never answers itself: emergencies, and questions for a doctor or a pharmacist.

Looked for before anything else, by rules that can be read and whose every case is tested: no ranking decides here. Who
is in danger is sent to the 15, 112, 114 or 3114 even where the words are those of an insurer; a symptom told with a
refund is a question about the refund.
"""

import re
from enum import StrEnum
from functools import lru_cache

from member_space.domain.text import fold, slips


class Refusal(StrEnum):
    """Why there is no answer; each has its own words."""

    EMERGENCY = "emergency"
    MEDICAL = "medical"


def refusal_of(question: str) -> Refusal | None:
    """Whether a question is one of those; typed in any way, with slips in the words that tell."""
    said = " ".join(_meant(word) for word in _WORD.findall(fold(question)))
    administrative = bool(_ADMINISTRATIVE.search(said))
    if _IN_DANGER.search(said) or (_EVENT.search(said) and not administrative):
        return Refusal.EMERGENCY
    if _DOSE.search(said) or (_HEALTH.search(said) and not administrative):
        return Refusal.MEDICAL
    return None


_WORD = re.compile(r"[^\W_]+")
_TELLING = frozenset(
    """
    suicide suicider mourir frappe respire respirer etouffe poitrine infarctus connaissance inconscient convulsions
    hemorragie malaise overdose scarifie saigner fenetre etrangle secours douleur douleurs medicament medicaments
    antibiotique antibiotiques antidepresseur doliprane ibuprofene paracetamol aspirine posologie symptome symptomes
    migraine fievre vomissements diarrhee effets secondaires soigner guerir traitement remboursement remboursements
    rembourser rembourse mutuelle facture contrat garantie attestation
    """.split()  # noqa: SIM905 - read as a text
)
"""Words that are read through a slip of the finger."""
_SHORTEST, _LONG = 6, 9
"""Letters from which one slip is forgiven, and two: a shorter word is another word (« toux », « tout »)."""


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    """The telling word that was meant, else the word as it is."""
    if word in _TELLING or len(word) < _SHORTEST:
        return word
    most = 2 if len(word) >= _LONG else 1
    near = ((slips(word, one, most), one) for one in _TELLING if abs(len(one) - len(word)) <= most)
    distance, found = min(near, default=(most + 1, word))
    return found if distance <= most else word


def _any(*patterns: str) -> re.Pattern[str]:
    """Whole words; « … » stands for at most five words between."""
    gap = r"(?: \w+){0,5}? "
    return re.compile(r"\b(?:" + "|".join(patterns).replace(" … ", gap) + r")\b")


_KIN = r"mari|femme|conjointe?|compagnon|compagne|copain|copine|pere|mere|papa|maman|fils|fille|frere|soeur|enfant|bebe"
_BODY = (
    r"tete|crane|yeux|oeil|oreilles?|visage|peau|dents?|gorge|cou|epaules?|bras|poignet|dos|seins?|aisselle|ventre|"
    r"estomac|reins?|coeur|poumons?|hanche|jambes?|genoux?|cheville|pieds?|corps"
)
_DRUG = (
    r"doliprane|ibuprofene|paracetamol|aspirine|antibio\w*|antidepresseurs?|anxiolytiques?|somniferes?|amoxicilline|"
    r"cortisone|advil|spasfon|insuline|levothyrox|xanax|morphine|tramadol|codeine|ventoline|smecta|antihistaminiques?|"
    r"anti ?inflammatoires?|statines?|medicaments?"
)
_SIGN = (
    r"fievre|toux|tousse\w*|vomis?|vomit|vomissements?|nausees?|diarrhees?|constip\w*|eczema|psoriasis|demangeaisons?|"
    r"migraines?|vertiges?|angine|grippe|covid|rhume|gastro|otite|sinusite|bronchite|cystite|entorse|tendinite|"
    r"insomnies?|allergi\w*|hypertension|diabete|cholesterol|ferritine|glycemie|globules|symptomes?|douleurs?|"
    r"douloureu\w*|contagieu\w*"
)
_WISH = r"j?(?:envie|veux|veut|veu|vais|voudrais|prefere|idee|besoin)(?: de| d)?"
_IN_DANGER = _any(
    # Who wants to die, or harms himself.
    r"suicid\w*",
    _WISH + r" (?:mourir|crever|disparaitre|d?en finir(?! avec (?:vous|ce|cet|cette)\b))",
    r"en finir (?:ce soir|avec la vie|avec tout|pour de bon)",
    r"(?:me|m|se|s) (?:tuer|pendre|immoler|noyer|scarifie\w*|mutile\w*|faire du mal|foutre en l ?air)",
    r"(?:automutil|scarifi)\w*",
    r"(?:plus|pas) (?:envie|le gout|la force) (?:de|d|a) (?:vivre|la vie)",
    r"plus … raison de vivre|mieux sans moi|(?:ouvrir|ouvert) les veines|s est pendue?",
    r"je (?:ne )?sers (?:plus )?a rien|idees noires",
    r"fin a (?:mes|ses|tes) jours|me supprimer|pense a la mort|fatiguee? de vivre|(?:marre|assez) de (?:vivre|la vie)",
    r"(?:peux|veux|envie) (?:plus|pas) (?:de )?(?:vivre|etre la|exister)|plus la force de continuer|(?:se|me) pend",
    r"(?:sauter|jeter|jette) (?:par|du|de|d|sous) (?:la |le |l |un |une )?"
    r"(?:fenetre|pont|toit|balcon|train|metro|etage)",
    r"(?:vie|vivre) (?:ne )?vaut (?:plus|pas) la peine|a quoi bon vivre|je meurs(?! de? )|(?:vais|veux) sauter$",
    r"vais faire une betise$|^a l aide$|^sos$|pour mourir|plus etre la|s arrete pour toujours|me regrettera",
    # Violence.
    r"(?:" + _KIN + r"|ex|il|elle) (?:\w+ ){0,2}?(?:me|nous|m|la|le) "
    r"(?:frappe|frapper|bat|tape|cogne|etrangle|viole|tabasse|menace de mort)",
    r"(?:il|elle|"
    + _KIN
    + r"|ex) (?:m a|nous a|l a|ma) (?:frappee?|battue?|tapee?|cognee?|violee?|etranglee?|menacee?)"
    r"(?! de (?!mort|me |nous ))",
    r"(?:il|elle|" + _KIN + r"|ex) (?:veut|va|menace de) (?:me|nous|la|le) (?:tuer|frapper|taper|battre)",
    r"me sequestre|attouchements?|inceste|femme battue|enfants? (?:battue?s?|maltraitee?s?)",
    r"(?:a|avec|tient) (?:un|une) (?:couteau|arme|fusil|pistolet|machette|hache)",
    r"(?:ete|etre|suis|fait) (?:violee?|frappee?|battue?|tabassee?)",
    r"violences? (?:conjugales?|familiales?|sexuelles?)",
    r"(?:mari|conjoint|compagnon|copain|pere) (?:est |devient )?violent",
    r"(?:" + _KIN + r"|oncle|entraineur|professeur) me (?:touche|caresse|viole)",
    r"bat (?:sa|son|ses) (?:femme|mari|compagne|conjointe?|enfants?|fille|fils|mere|pere)",
    r"peur (?:de mon|de ma|pour ma) (?:mari|conjoint|compagnon|copain|ex|vie)",
    # Who may die within minutes.
    r"tout bleu|toute bleue|se reveille (?:plus|pas)|(?:arrive|arrivons) (?:plus|pas) a (?:le|la) reveiller",
    r"avale de travers|intoxication|monoxyde|fracture ouverte|sang partout|en sang",
    r"en train (?:de|d) (?:mourir|accoucher)",
    r"respire (?:plus?|pas|a peine|presque plus|tres mal)|se noie|numeros? (?:du samu|des pompiers)",
    r"(?:arr?ives?|peut|peux|parvient) (?:plus|pas|a peine) (?:a )?respirer",
    r"(?:" + _KIN + r"|malaise) … (?:repond|reagit|bouge) (?:plus|pas)",
    r"(?:s |m |t )?(?:etouffe|suffoque|asphyxie)\w*",
    r"(?:mal|douleurs?|serrement|oppression|serre|poids) … (?:poitrine|thorax|torse)|douleurs? … bras gauche",
    r"(?:poitrine|thorax) … (?:serre\w*|oppress\w*|fait mal)|mal (?:\w+ ){0,4}?bras gauche",
    r"(?:bu|avale|ingere|mange|croque) … (?:javel|detergent|lessive|poison|antigel|piles?|produit|mort aux rats)",
    r"(?:pris|avale|prend) (?:toute|toutes|tous|trop|plein|une boite|deux boites|[1-9]\d+) "
    r"(?:\w+ ){0,5}?(?:medicaments?|cachets?|comprimes?|boites?|somniferes?|anxiolytiques?|dolipranes?|xanax)",
    r"(?:visage|gorge|langue) (?:qui )?(?:gonfle|enfle)\w*|(?:gonfle|enfle)\w* … (?:visage|gorge|langue)",
    r"(?:perd|perds|perdu|pisse) … (?:beaucoup|enormement|plein) de sang",
    r"saigne\w* (?:beaucoup|enormement|abondamment|sans arret|sans s arreter)|arrete\w* (?:plus|pas) de saigner",
    r"(?:vide|vident) de (?:mon|son|leur) sang|(?:crach|vomi|touss)\w* du sang",
    r"(?:bouche|visage) (?:est |sont )?(?:tordue?|de travers|paralysee?)",
    r"(?:appele|appelez|envoyez) (?:vite )?(?:le |les |une |un )?(?:samu|pompiers|ambulance|secours)|au secours",
    # The same in English, in which the space is read too.
    r"kill(?:ing)? (?:myself|himself|herself)|want(?:s)? to die|(?:end|take) (?:my|his|her) (?:own )?life",
    r"(?:hurt|harm|cut)(?:ting|ing)? myself|(?:no|not) (?:want to live|reason to live)",
    r"(?:not|isn t|stopped|stops|can t|cannot|hardly|barely) (?:be )?breath\w*|(?:is|am|m|s) (?:choking|suffocating)",
    r"pains? in (?:my|his|her|the) chest|chest (?:pains?|hurts|tight\w*)|bleeding (?:a lot|heavily|badly|out)",
    r"stop bleeding|(?:call|send) (?:me )?(?:an )?(?:ambulance|police|for help)|raped me",
    r"(?:been|was|got|am being) raped|(?:i am|i m|he s|she s|is) dying",
    r"(?:took|taken|swallowed) (?:too many|all) … (?:pills|tablets|medicines?)|(?:drank|swallowed) … bleach",
    r"(?:husband|wife|partner|boyfriend|father|mother|ex|he|she) (?:is )?(?:hit|beat|hurt)(?:s|ting|ing)? me",
)
_EVENT = _any(
    r"infarctus|crise cardiaque|arret cardiaque|avc|overdose|surdose|choc anaphylactique",
    r"coma|arret respiratoire|allergie grave|brulee? (?:gravement|au)",
    r"(?:tombee?|chute) … (?:toit|escaliers?|etage|tete)",
    r"hemorragies?|convuls\w*|crise d epilepsie|inconscient\w*|evanoui\w*|noyade|electrocut\w*|malaise",
    r"(?:perdu|perd|perte de) connaissance|(?:perdu|perd|perds) les eaux",
    r"urgence vitale|en danger de mort|entre la vie et la mort",
    r"(?:il|elle) (?:\w+ )?(?:repond|reagit|bouge) plus(?! (?:au|aux|a|votre) )",
    r"(?:il|elle) … (?:arrive|peut) (?:plus|pas) (?:a )?(?:parler|bouger|se lever)(?! (?:a|avec) )",
    r"se releve (?:plus|pas)|(?:bebe|nourrisson) … tombee?(?! malade)|parle (?:plus normalement|bizarre\w*|de travers)",
    r"(?:sens|sent) (?:plus|pas) (?:mon|ma|son|sa|le|la) (?:bras|jambe|main|visage)|(?:moitie|cote) … paralysee?",
    r"(?:perd|perds) (?:du|mon|son) sang|sens (?:tres|vraiment) mal|sens partir|respire mal",
    r"(?:m|l|nous|les) (?:a|ont) (?:\w+ ){0,2}(?:agresse|frappe|viole|poignarde|tabasse)\w*|coups? de couteau",
    r"(?:fait|faire|ete|viens d etre|vient d etre) (?:agress|poignard)\w*|(?:mordue?|morsure) … (?:serpent|vipere)",
    r"(?:on|ex|mari|conjoint|compagnon) (?:me|nous) (?:menace|suit|agresse)",
    r"y a le feu|au feu(?! (?:rouge|vert|orange))|incendie|prend feu|(?:fuite de|sent le) gaz",
    r"(?:maison|appartement|appart|immeuble|cuisine|voiture) (?:est en feu|en feu|brule)",
    r"(?:femme|elle|j) accouche$|^(?:le |mon |notre )?bebe arrive$",
    r"accident(?: \w+){0,8} (?:bless|coinc)\w*|accident (?:tres )?grave|grave accident",
    # Who asks for the number, in so many words.
    r"^(?:c est )?(?:une |l )?urgences?(?: medicales?| vitales?| absolue)?$",
    r"(?:c est|j ai) une (?:vraie )?urgence(?! dentaire)",
    r"numeros? (?:d |des )?urgences?|(?:appele\w*|contacter) … (?:d urgence|samu|pompiers)",
    r"appele\w* (?:vite )?le (?:15|18|112|114)",
    r"heart attack|cardiac arrest|(?:a|having|had) (?:a )?stroke|overdos\w*|unconscious|passed out|collapsed|seizures?",
    r"drown(?:ing|ed)|anaphyla\w*|been (?:attacked|assaulted|stabbed|shot)|(?:gas leak|house is on fire)",
    r"(?:he|she|baby|son|daughter|husband|wife|mum|mom|dad|mother|father) … (?:not|won t|isn t) (?:respond|wak|mov)\w*",
    r"emergency number|need (?:an )?ambulance|(?:it is|it s|this is) an emergency|^(?:an )?emergency$",
)
"""What is an emergency unless it is told with an insurer's words: it is then over, and about its costs."""
_ADMINISTRATIVE = _any(
    r"rembours\w*|mutuelles?|(?:pris\w*|prend\w*|prenez) (?:\w+ )?en charge|pec|forfaits?|factures?|carte|devis",
    r"couvert\w*|couvr\w*|garanti\w*|attestations?|contrats?|franchises?|tiers payant|decomptes?|dossier|cotis\w*",
    r"tarifs?|combien (?:ca |cela )?(?:coute|me coute|je paie|rembours)\w*|reste a charge|secu|ameli|cpam|caisse",
    r"annuaire|pres de chez|(?:trouver|cherche|chercher|connaitre|adresse d) (?:un|une|des|le|la)",
    r"quels? papiers?|justificatifs?|pieces?|teletransmission|noemie|depassements?|secteur|honoraires|moderateur",
    r"retenues?|assurance maladie|medecin traitant|messages?|espace|site|application|payer|paye|paie|frais|prix|cher",
    r"100 sante|hospitalise\w*|euros?|ald|longue duree|capital|deces|decede\w*|morte? d|assurances?|assistance",
    r"reimburs\w*|refund\w*|cover(?:ed|age|s)?|claims?|invoices?|bills?|quotes?|cards?|contracts?|insur\w*|paid|pay",
)
_DOSE = _any(
    r"posologie|surdosage|effets? (?:secondaires?|indesirables?)|contre ?indications?|contre ?indique\w*",
    r"quelle dose|bonne dose|dose (?:maximale|max|par jour)|combien de (?:cachets?|comprimes?|gouttes?|mg|cuilleres?)",
    r"combien de fois par jour",
)
_HEALTH = _any(
    _DRUG,
    _SIGN,
    r"mal (?:a|au|aux|dans) (?:la |le |les |l )?(?:" + _BODY + ")",
    r"(?:boule|bosse|tache|plaque|boutons?) (?:a|dans|sur|sous|au) (?:le |la |les |l )?(?:" + _BODY + ")",
    r"(?:boutons|plaques) (?:rouges|partout)|ca (?:me )?(?:gratte|brule|lance|demange)|saigne\w* du nez",
    r"(?:mal|maux|brulures?|crampes?) (?:de|d) (?:" + _BODY + ")|(?:pied|bras|doigt|cheville|genou|visage) gonflee?",
    r"regles en retard|retard de regles|pilule oubliee|oublie … pilule|test de grossesse",
    r"(?:inquieter|inquietant|dangereu\w*|risques?) (?:de l operation|pour (?:le|mon|ma|la) (?:bebe|sante|grossesse))",
    r"(?:dois je|faut il) (?:m |s )?inquieter|c est inquietant|je (?:ne )?dors (?:plus|pas)|crises? d angoisse",
    r"(?:quelle|bonne) creme|mycose|verrues?|piqures?|morsure|courbatures?|asthme|cancer|depression",
    r"tension (?:est |a |de )+\d\w*|ma tension",
    r"tres fatiguee?|tout le temps fatiguee?|perdu … (?:kilos?|kg)",
    r"soigner|guerir|guerison|automedication|diagnosti\w*",
    r"(?:quel|quels|meilleur) (?:traitement|remede)s?|arreter (?:mon|le|son|ma|la) (?:traitement|pilule|medicament)",
    r"(?:dois|doit|devrais|devrait|faut|fallait|peut|peux|puis) … (?:operer|consulter|vacciner|medecin|urgences)",
    r"(?:arracher|enlever|devitaliser) … dents?",
    r"(?:resultats?|analyses?|irm|scanner|radio|prise de sang) … (?:veut|veulent|dit|disent|montren?t?|norma\w+)",
    r"(?:est ce|c est|cest|c) (?:tres )?grave",
    r"combien de seances … (?:kine|orthophoni\w*|psy\w*|osteo\w*) … (?:entorse|dos|genou|epaule)",
    r"(?:prend|prends|prendre|donner) (?:quoi|koi|pour calmer|contre)",
    r"(?:que|quoi) (?:lui |leur )?(?:prendre|donner) (?:contre|pour (?:le mal|la douleur|dormir))",
)
