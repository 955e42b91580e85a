#!/usr/bin/python3
"""receivers.py SOURCE_DIR: the sample webhook receivers take what is signed, once, and nothing else."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

source = sys.argv[1]
samples = f"{source}/deploy/sample/webhooks"
KEY, OTHER = b"k" * 24, b"o" * 24
POSTED, ISSUED = "org.cairn.ledger.posted.v1", "org.cairn.credential.issued.v1"


def secret(key):
    return "whsec_" + base64.b64encode(key).decode()


def sign(key, id, when, body):
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{when}.".encode() + body, hashlib.sha256)).decode()


def event(id, type, sequence=1):
    return json.dumps({"specversion": "1.0", "id": id, "type": type, "sequence": f"{sequence:020}", "data": {"ü": 1}}).encode()


class Peer:
    def __init__(self, command):
        self.dir = tempfile.mkdtemp()
        self.port = int(subprocess.check_output([f"{source}/tests/support/free_port.py"]))
        self.secrets, self.journal = f"{self.dir}/secret", f"{self.dir}/journal"
        self.command = [*command, str(self.port), self.secrets, self.journal]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.ask("OPTIONS", {"WebHook-Request-Origin": "cairn.example"})
            except OSError:
                assert time.monotonic() < deadline and self.process.poll() is None, "it does not listen"

    def stop(self):
        self.process.kill()
        self.process.wait()

    def ask(self, method, headers, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, "/cairn", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, json.loads(text or b"{}")

    def post(self, body, id="msg_1", when=None, key=KEY, signature=None):
        when = str(int(time.time()) if when is None else when)
        headers = {"webhook-id": id, "webhook-timestamp": when, "content-type": "application/cloudevents+json; charset=utf-8",
                   "webhook-signature": signature or sign(key, id, when, body) + " v1a,AAAA"}
        return self.ask("POST", headers, body)

    def kept(self):
        return [json.loads(line)["id"] for line in open(self.journal)] if os.path.exists(self.journal) else []


def check(peer):
    code, headers, _ = peer.ask("OPTIONS", {"WebHook-Request-Origin": "cairn.example"})
    assert code == 200 and headers["WebHook-Allowed-Origin"] == "cairn.example", "it does not agree"
    code, headers, _ = peer.post(event("a", ISSUED))
    assert code == 503 and headers["Retry-After"], "without a secret it does not ask for time"
    with open(peer.secrets, "w") as f:
        f.write(secret(KEY) + "\n")

    assert peer.post(event("a", ISSUED))[0] == 200
    assert peer.post(event("a", ISSUED))[0] == 200
    code, _, answer = peer.post(event("b", POSTED, 7))
    assert code == 200 and answer == {"status": "accepted", "reference": "R-" + "7".rjust(20, "0")}, answer
    assert peer.kept() == ["a", "b"], "an event is not kept once"

    now, body = int(time.time()), event("c", ISSUED)
    refused = {
        "another secret": peer.post(body, key=OTHER),
        "another id": peer.post(body, signature=sign(KEY, "msg_2", now, body), when=now),
        "another time": peer.post(body, signature=sign(KEY, "msg_1", now - 1, body), when=now),
        "another body": peer.post(body, signature=sign(KEY, "msg_1", now, body + b" "), when=now),
        "an old one": peer.post(body, when=now - 400),
        "one to come": peer.post(body, when=now + 400),
        "no time": peer.post(body, when="soon"),
        "no signature": peer.ask("POST", {"webhook-id": "msg_1", "webhook-timestamp": str(now)}, body),
        "a part of one": peer.post(body, signature=sign(KEY, "msg_1", now, body)[:20], when=now),
        "nothing known": peer.post(body, signature="v2,abc x", when=now),
    }
    for what, answer in refused.items():
        assert answer[0] == 401, f"{what}: {answer[0]}"
    try:
        assert peer.ask("POST", {}, b"x" * (2 << 20))[0] in (401, 413), "it takes any length"
    except (OSError, http.client.HTTPException):
        pass  # it has closed

    with open(peer.secrets, "a") as f:
        f.write(secret(OTHER) + "\n")
    assert peer.post(body, key=OTHER)[0] == 200, "a rotated secret is not taken"
    peer.stop()
    peer.start()
    assert peer.post(body)[0] == 200 and peer.kept() == ["a", "b", "c"], "after a kill it keeps it again"


for command in ([sys.executable, f"{samples}/python/receiver.py"], ["node", f"{samples}/node/receiver.mjs"]):
    if shutil.which(command[0]) is None:
        print(f"SKIPPED: {command[0]} is not installed")
        sys.exit(77)
    peer = Peer(command)
    try:
        check(peer)
        print(f"receivers.py: {os.path.basename(command[-1])} is right")
    finally:
        peer.stop()
        shutil.rmtree(peer.dir)
