"""Places of the directory, and what a page of the search says."""

from member_space.domain.geo import Point
from member_space.models import Practice
from tests.factories.practices import add_practices

URL = "/professionnels-de-sante"
ANDROID = "Mozilla/5.0 (Linux; Android 14)"
LYON = Point(45.7578, 4.8320)
"""Its town hall, and its third arrondissement's two kilometres east."""
LYON_3 = Point(45.7597, 4.8553)


def add_practice(db, speciality="gp", at=LYON_3, **values):
    """A place of the directory; as good as invented."""
    told = {"title": "Dr", "phone": "+33465710001", "sector": "1", "optam": False} | values
    [number] = add_practices(db, {"speciality": speciality, "point": at} | told)
    return db.get(Practice, number)


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
