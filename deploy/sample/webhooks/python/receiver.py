#!/usr/bin/python3
"""A licensure system's webhook in Python, with nothing but its standard library: verifies each event of Cairn, keeps it
once, and answers what becomes of a credit.

    receiver.py PORT SECRET-FILE JOURNAL

SECRET-FILE has the whsec_... of the sink; during a rotation both, a line each. JOURNAL gets a line of JSON for each
event; in production it is a table, and the event's effect is in the same transaction. Kill it at any moment: what is
not in the journal comes again.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

port, secret_file, journal = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BODY_MAX, AWAY_S = 1 << 20, 300
taken = {json.loads(line)["id"] for line in open(journal)} if os.path.exists(journal) else set()


def is_signed(headers, body):
    """Standard Webhooks 1.0.0: one v1 of one of our secrets, and a timestamp of these minutes."""
    when, signatures = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "").split()
    if not when.isdecimal() or abs(time.time() - int(when)) > AWAY_S:
        return False
    signed = f"{headers.get('webhook-id', '')}.{when}.".encode() + body
    keys = [base64.b64decode(line.split("whsec_", 1)[1]) for line in open(secret_file) if "whsec_" in line]
    good = ["v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys]
    return any(hmac.compare_digest(s.encode(), g.encode()) for s in signatures for g in good)


class Receiver(BaseHTTPRequestHandler):
    def answer(self, code, body=None, **headers):
        text = json.dumps(body or {}).encode()
        self.send_response(code)
        for name, value in {"content-type": "application/json", "content-length": str(len(text)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text)

    def do_OPTIONS(self):  # Cairn asks whether we want to hear from it
        self.answer(200, WebHook_Allowed_Origin=self.headers.get("webhook-request-origin", "*"), WebHook_Allowed_Rate="*")

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > BODY_MAX:
            return self.answer(413)
        body = self.rfile.read(int(length))
        if not os.path.exists(secret_file):
            return self.answer(503, retry_after="1")
        if not is_signed(self.headers, body):
            return self.answer(401)
        event = json.loads(body)
        if event["id"] not in taken:  # in production also: refuse what has the attribute sandbox
            with open(journal, "a") as f:
                f.write(json.dumps(event) + "\n")
                f.flush()
                os.fsync(f.fileno())
            taken.add(event["id"])
        credit = event["type"] == "org.cairn.ledger.posted.v1"
        return self.answer(200, {"status": "accepted", "reference": "R-" + event["sequence"]} if credit else {})


HTTPServer(("127.0.0.1", port), Receiver).serve_forever()
