"""Places of the directory, and what a page of the search says."""

import uuid

from member_space.domain.geo import Point
from member_space.models import Practice
from member_space.services.speciality import specialities

URL = "/professionnels-de-sante"
ANDROID = "Mozilla/5.0 (Linux; Android 14)"
LYON = Point(45.7578, 4.8320)
"""Its town hall, and its third arrondissement's two kilometres east."""
LYON_3 = Point(45.7597, 4.8553)


def add_practice(db, speciality="gp", at=LYON_3, **values):
    """A place of the directory; as good as invented."""
    n = db.query(Practice).count()
    given = {
        "source": "rpps",
        "public_id": uuid.UUID(int=0xA0000 + n),
        "person_key": f"rpps:9{n:010d}",
        "speciality": speciality,
        "title": "Dr",
        "last_name": "VALMONT",
        "first_name": "Élise",
        "name_key": "valmont",
        "street": "12 rue des Lilas",
        "postcode": "69003",
        "insee": "69383",
        "town": "Lyon",
        "phone": "+33465710001",
        "address_key": b"1",
        "sector": "1",
        "optam": False,
        "precision": "address",
        "content": b"1",
    } | values
    place = specialities().by_code[speciality].planar(at)
    row = Practice(latitude=at.latitude, longitude=at.longitude, place=tuple(place), **given)
    db.add(row)
    db.flush()
    return row


def told(page) -> str:
    return " ".join(page.html.select_one("main").get_text(" ").split()).replace("\xa0", " ")


def told_anywhere(page) -> str:
    return " ".join(page.html.get_text(" ").split()).replace("\xa0", " ")


def problems(page) -> list[str]:
    return [one.get_text().replace("\xa0", " ") for one in page.html.select(".error-summary li")]


def names(page) -> list[str]:
    return [one.get_text() for one in page.html.select(".practice h3")]


def simulation(page):
    """The link to the simulator of the first place."""
    return page.html.select_one(".practice-acts a[href^='/remboursements/simuler']")


def ask(browser, speciality="généraliste", place="69003", status=200, **fields):
    return browser.get(URL, {"specialite": speciality, "lieu": place, **fields}, status=status)


def around(browser, latitude="45.7597", longitude="4.8553", status=200, **fields):
    form = browser.get(URL).forms["autour"]
    token = form["csrf_token"].value
    values = {"specialite": "gp", "latitude": latitude, "longitude": longitude, "csrf_token": token, **fields}
    return browser.post(URL, values, status=status)
