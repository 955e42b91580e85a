#!/usr/bin/env python3
"""odd.py URL TABLE PEOPLE [NAME=ID ...]

Sends every route what no page of ours sends: members that are missing, of another kind, too long, many times or not
text; ids that are none; headers that are not UTF-8. NAME=ID fills a {name} of a path with an id that exists. Whoever
sends it, the server refuses it or takes it, and lives: no answer is 500, and no connection breaks.
"""
import concurrent.futures
import json
import sys
import urllib.parse

from access import Browser, NOBODYS, rows

JSON = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
TEXTS = ["", "x", NOBODYS, "-1", "9" * 30, "x" * 4500, "\u00f1" * 700, "\u20ac" * 341, "a/b", "2026-02-30", "=cmd()",
         "x\ny", "<b>", "\u202e\u0007"]
VALUES = TEXTS + [7, -7, 1.5, True, None, [], ["x", "x"], [1, {}], {}, {"x": {"x": "x"}}, [["x"] * 300]]
IDS = ["x", NOBODYS.upper(), "\u00f1" * 200, "a" * 900, "0", "99999999999999999999", "..", "%"]
RAW = [b"", b"{", b"[]", b'{"a":"\xff"}', b'{"a":"\\u0000"}', b"\x00" * 300, b"[" * 3000, b"a=%ff&a=%00&=&&", b"a=1&a=2&a=3",
       b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n"]


def members_of(document, method, path):
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    query = [p["name"] for p in operation.get("parameters", []) if p.get("in") == "query"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        return query, list(content.get("schema", {}).get("properties", {}))
    return query, []


def fill(path, known, odd=None):
    parts = []
    for part in path.split("/"):
        if part.startswith("{"):
            part = urllib.parse.quote(odd, safe="") if odd else known.get(part.strip("{.}"), NOBODYS)
        parts.append(part)
    return "/".join(parts)


def requests_of(row, document, known):
    """(address, body, headers) of a route, one oddity at a time beside members that look sound."""
    method, path = row["method"], row["path"]
    query, members = members_of(document, method, path)
    at = fill(path, known)
    if "{" in path:
        for odd in IDS:
            yield fill(path, known, odd), None, {}
    for name in query:
        for value in TEXTS:
            yield at + "?" + urllib.parse.urlencode({name: value}), None, {}
        yield at + "?" + name, None, {}
        yield at + "?" + name + "=%ff%fe", None, {}
    if method in ("GET", "HEAD", "OPTIONS"):
        return
    for sound in ({}, {m: "1" for m in members}, {m: NOBODYS for m in members}):
        yield at, json.dumps(sound), JSON
        yield at, urllib.parse.urlencode(sound), {}
        for name in members:
            for value in VALUES:
                yield at, json.dumps({**sound, name: value}), JSON
            yield at, urllib.parse.urlencode([*sound.items(), (name, "x"), (name, "y"), (name, "")]), {}
    for raw in RAW:
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv"):
            yield at, raw, {**JSON, "Content-Type": kind}


def judge(browser, method, address, body, headers):
    try:
        reply, _ = browser.ask(method, address, body, headers)
    except OSError as broken:
        return f"{broken!r}"
    # 503 is a service that is asked too much at once, 501 what is not kept here.
    return None if reply.status < 500 or reply.status in (501, 503) else f"{reply.status}"


def main():
    url, table, people = sys.argv[1:4]
    known = dict(a.split("=") for a in sys.argv[4:])
    people = json.load(open(people))
    document = json.loads(Browser(url).ask("GET", "/openapi.json")[1])
    skipped = ("/sign-in", "/sign-out", "/sign-in/again", "/account/sessions", "/account/password", "/live", "/live/readings/{reading}")
    table = [r for r in rows(table) if r["path"] not in skipped]

    def ask_all(role):
        browser = Browser(url)
        if role:
            browser.sign_in(people[role]["login"], people[role]["password"])
        asked, found = 0, []
        for row in table:
            if not {"anyone", "signed-in", role} & set(row["roles"]):
                continue
            for address, body, headers in requests_of(row, document, known):
                wrong = judge(browser, row["method"], address, body, headers)
                asked += 1
                if wrong:
                    found.append(f"{role} {row['method']} {address[:120]} {str(body)[:160]}: {wrong}")
        return asked, found

    faults = total = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for asked, found in pool.map(ask_all, [None, "teacher", "assessor", "lead", "district", "operator"]):
            total += asked
            faults += len(found)
            print("\n".join(found), end="\n" if found else "")
    print(f"{total} odd requests, {faults} wrong")
    sys.exit(faults > 0 or total == 0)


if __name__ == "__main__":
    main()
