"""Emergencies and medical questions are known by rules; what an insurer is asked is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.refusal import Refusal, refusal_of

EMERGENCIES = [
    "je veux mourir",
    "jveux mourrir",
    "j’ai des idées suicidaires",
    "Suicde",
    "jai envie den finir",
    "j'ai plus envie de vivre",
    "mon mari me frappe",
    "mon ex me menace de mort",
    "j’ai été violée",
    "je suis victime de violences conjugales",
    "mon bébé ne respire plus",
    "il arive plus a respirrer",
    "ma mère est tombée et ne répond plus",
    "douleur forte dans la poitrine",
    "ma fille a avalé un produit pour la vaisselle",
    "elle a pris tous ses médicaments d’un coup",
    "il saigne beaucoup",
    "APPELEZ UNE AMBULANCE",
    "je pense mettre fin à mes jours",
    "j’en ai marre de vivre",
    "il m’a frappée devant les enfants",
    "mon ex veut me tuer",
    "mon fils est tout bleu",
    "elle ne se réveille plus",
    "mon père a fait un AVC là maintenant",
    "ma fille est tombée dans l’escalier, elle est dans le coma",
    "je crois que c’est un AVC",
    "ma femme a perdu connaissance",
    "mon mari a pris toute la boîte de somnifères, ma carte marche-t-elle aux urgences ?",
]
MEDICAL = [
    "j’ai mal au dos que faire",
    "combien de doliprane par jour",
    "quelle dose d’ibuprofène pour un enfant",
    "les effets secondaires de mon traitement",
    "effets secondères du vaccin",
    "est-ce grave docteur",
    "comment soigner une otite",
    "quels sont les symptômes de la grippe",
    "dois-je consulter pour cette toux",
    "puis-je arrêter mon traitement",
    "ma prise de sang est-elle normale",
    "fièvre depuis deux jours",
    "j’ai des maux de tête",
    "ça me gratte partout",
    "dois-je m’inquiéter pour ce grain de beauté",
    "j’ai oublié ma pilule hier",
    "quelle crème pour une mycose",
    "je peux boire de l'alcool avec des antibiotiques ?",
    "posologie du médicament que vous remboursez",
]
OURS = [
    "",
    "?",
    "mon remboursement de chirurgie",
    "forfait patient urgences",
    "hospitalisé en urgence sans prise en charge",
    "urgent : ma carte ne marche pas à la pharmacie",
    "mon père a fait un infarctus, l’hôpital demande une prise en charge",
    "le site ne répond plus",
    "personne ne répond au téléphone",
    "je n’arrive pas à parler à un conseiller",
    "je veux en finir avec vous et résilier",
    "vous me faites mal au portefeuille",
    "délai de traitement de mon dossier",
    "le bouton envoyer ne marche pas",
    "je suis fatigué d’attendre",
    "mes médicaments ne sont pas remboursés",
    "retenue sur les médicaments",
    "séance d’ostéo pour le mal de dos, combien remboursez-vous",
    "je suis enceinte, quelles démarches",
    "mon enfant a besoin de lunettes",
    "ambulance remboursée",
    "je cherche un allergologue près de chez moi",
    "faut-il un médecin traitant avant un spécialiste",
    "le dentiste veut poser une couronne, combien restera-t-il",
    "l’orthodontie de ma fille",
    "capital décès",
    "ma carte expire quand",
    "mon cancer est-il pris en charge à 100 %",
    "maux de tête, combien pour une consultation d’ostéopathe, est-ce remboursé",
    "je suis en dépression, remboursez-vous le psychologue",
    "ma demande est tombée dans l’oubli",
    "je signe où",
    "tout va bien",
]


@pytest.mark.parametrize("question", EMERGENCIES)
def test_who_is_in_danger_is_sent_to_the_emergency_services(question):
    assert refusal_of(question) is Refusal.EMERGENCY


@pytest.mark.parametrize("question", MEDICAL)
def test_a_medical_question_is_for_a_doctor_or_a_pharmacist(question):
    assert refusal_of(question) is Refusal.MEDICAL


@pytest.mark.parametrize("question", OURS)
def test_what_an_insurer_is_asked_is_not_refused(question):
    assert refusal_of(question) is None


@given(st.text(max_size=500))
def test_any_text_is_read(text):
    refusal_of(text)
