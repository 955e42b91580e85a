"""Reads the letters of letters.c with Python's parser and compares them with what was put in."""
import base64
import email
import email.header
import email.policy
import email.utils
import json
import sys

faults = 0
letters = 0


def same(what, got, wanted):
    global faults
    if got != wanted:
        faults += 1
        print(f"letter {letters}: {what}: {got!r} instead of {wanted!r}")


for line in sys.stdin:
    letters += 1
    wanted = json.loads(line)
    raw = base64.b64decode(wanted["raw"])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    same("defects", [str(d) for part in message.walk() for d in part.defects], [])
    same("header defects", [str(d) for v in message.values() for d in getattr(v, "defects", [])], [])
    same("subject", message["Subject"], wanted["subject"])
    same("address", message["To"].addresses[0].addr_spec, "ana.munoz@meadow.example")
    same("sender", message["From"].addresses[0].addr_spec, "no-reply@cairn.example")
    # The new parser leaves the blanks between encoded words of a name, the old one follows RFC 2047.
    phrase = email.utils.parseaddr(email.message_from_bytes(raw)["To"].replace("\r\n ", " "))[0]
    same("name", str(email.header.make_header(email.header.decode_header(phrase))), wanted["name"])
    same("id", message["Message-ID"], "<0198a000-0000-7000-8000-000000000001@cairn.example>")
    same("date", message["Date"].datetime.isoformat(), "2026-01-06T15:15:00+00:00")
    same("body", message.get_content().replace("\r\n", "\n"), wanted["body"])
    same("long lines", [n for n in raw.split(b"\r\n") if len(n) > 78 and b"@" not in n], [])
    same("bare line ends", raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"), 0)

print(f"python: {letters} letters, {faults} faults")
sys.exit(1 if faults or letters < 100 else 0)
