"""A stand-in for the geocoder of the Base adresse nationale, answering as its documentation says."""

import csv
import io
import json
import threading
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RESULTS = (
    "longitude", "latitude", "result_score", "result_score_next", "result_label", "result_type", "result_id",
    "result_housenumber", "result_name", "result_street", "result_postcode", "result_city", "result_context",
    "result_citycode", "result_oldcitycode", "result_oldcity", "result_district", "result_status",
)  # fmt: skip


class BanServer(ThreadingHTTPServer):
    """`places`: first words of a street → what is answered; `refusals`: statuses to answer first, each once."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.places = {}
        self.refusals = []
        self.headers = {}
        self.asked = []
        self.body = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/geocodage"

    def put(self, words, latitude, longitude, *, score=0.95, kind="housenumber", citycode="69383", only=None):
        """Answer this for what begins so; `only`: for « csv », or for « search »."""
        self.places[words.lower()] = (latitude, longitude, score, kind, citycode, only)

    def find(self, text, path):
        """Nonsense has an answer too, that says how little it is sure."""
        for words, (*place, only) in self.places.items():
            if text.lower().startswith(words) and only in (None, path):
                return place
        return 46.6, 2.5, 0.12, "municipality", "18033"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._refused():
            return
        fields = _fields(self.headers["Content-Type"], body)
        assert urlsplit(self.path).path == "/geocodage/search/csv"
        rows = list(csv.DictReader(io.StringIO(fields["data"][0])))
        assert set(fields["columns"]) <= set(rows[0])
        assert fields["postcode"][0] in rows[0]
        assert fields["citycode"][0] in rows[0]
        self.server.asked.append(("csv", rows))
        out = io.StringIO()
        writer = csv.DictWriter(out, [*rows[0], *RESULTS], restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            latitude, longitude, score, kind, citycode = self.server.find(row["street"], "csv")
            found = {"latitude": latitude, "longitude": longitude, "result_score": score, "result_type": kind}
            writer.writerow(row | found | {"result_citycode": citycode, "result_status": "ok"})
        self._send(200, out.getvalue().encode() if self.server.body is None else self.server.body, "text/csv")

    def do_GET(self):
        if self._refused():
            return
        parts = urlsplit(self.path)
        assert parts.path == "/geocodage/search"
        query = parse_qs(parts.query)
        self.server.asked.append(("search", query))
        latitude, longitude, score, kind, citycode = self.server.find(query["q"][0], "search")
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": {"label": "une adresse", "score": score, "type": kind, "citycode": citycode},
        }
        answer = {"type": "FeatureCollection", "features": [feature] if kind else []}
        body = json.dumps(answer).encode() if self.server.body is None else self.server.body
        self._send(200, body, "application/json")

    def _refused(self):
        if not self.server.refusals:
            return False
        self._send(self.server.refusals.pop(0), b"busy", "text/plain")
        return True

    def _send(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def _fields(content_type, body):
    message: EmailMessage = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found = {}
    for part in message.iter_parts():
        found.setdefault(part.get_param("name", header="content-disposition"), []).append(
            part.get_payload(decode=True).decode()
        )
    return found
