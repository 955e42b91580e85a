#!/usr/bin/env python3
"""access.py URL TABLE PEOPLE

Asks a live gateway for every route of TABLE (tests/golden/access.txt) as everybody of PEOPLE, a JSON file of
{"role": {"login": ..., "password": ..., "token": ...}}, and as nobody. Let in is exactly who the table says:
others get 401 or 403, or 404 where even that something is there is not theirs to know. Whatever a route then
makes of ids that are nobody's is its own business, but it is never a fault of the server.
"""
import concurrent.futures
import http.client
import json
import sys
import urllib.parse

ROLES = "teacher assessor lead issuer district agency coach auditor operator".split()
NOBODYS = "01900000-0000-7000-8000-00000000000a"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Browser:
    """One connection, one cookie."""

    def __init__(self, url, cookie=None, token=None):
        self.at = urllib.parse.urlsplit(url)
        self.cookie, self.token, self.connection = cookie, token, None

    def ask(self, method, path, body=None, more=()):
        headers = {"Accept": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if method not in ("GET", "HEAD"):
            headers.update(FORM)
            body = body or ""
        headers.update(more)
        for again in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=60)
            try:
                self.connection.request(method, path, body=body, headers=headers)
                reply = self.connection.getresponse()
                data = reply.read() if "stream" not in (reply.headers.get("Content-Type") or "") else b""
                if reply.headers.get("Connection") == "close" or "stream" in (reply.headers.get("Content-Type") or ""):
                    self.connection.close()
                    self.connection = None
                return reply, data
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if again:
                    raise

    def sign_in(self, login, password):
        form = urllib.parse.urlencode({"login": login, "password": password})
        reply, data = self.ask("POST", "/sign-in", form)
        cookie = reply.headers.get("Set-Cookie")
        if reply.status not in (200, 303) or not cookie:
            sys.exit(f"{login} cannot sign in: {reply.status} {data[:300]}")
        self.cookie = cookie.split(";")[0]
        return self


def code_of(data):
    try:
        document = json.loads(data)
        if "imsx_codeMinor" in document:  # the Open Badges API has a form of its own
            minor = document["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]
            code = {"unauthorizedrequest": "sign_in", "forbidden": "not_allowed"}.get(minor, minor)
            return code, document["imsx_description"]
        return document.get("code", ""), document.get("detail", "")
    except (ValueError, AttributeError):
        return "", ""


def rows(path):
    for line in open(path):
        method, address, roles, *rest = line.split()
        yield {"method": method, "path": address, "roles": roles.split(","),
               "scope": next((w[6:] for w in rest if w.startswith("scope=")), None), "hides": "hides" in rest}


def filled(path):
    parts = ["" if p == "" else ("css/none" if p.endswith("...}") else NOBODYS) if p.startswith("{") else p
             for p in path.split("/")]
    return "/".join(parts)


def lets_in(row, role, by_token):
    if "anyone" in row["roles"]:
        return True
    if role is None or (by_token and row["scope"] is None):
        return False
    return "signed-in" in row["roles"] or role in row["roles"]


def judge(row, reply, data, expected):
    """What is wrong; None: nothing."""
    code, detail = code_of(data)
    shut = reply.status == 401 and code in ("sign_in", "token_refused") or \
        reply.status == 403 and code == "not_allowed" and detail.startswith("Your roles") or \
        reply.status in (401, 403) and row["method"] == "HEAD"  # it has no body to tell by
    if reply.status >= 500:
        return f"{reply.status} {data[:200]}"
    if expected and shut:
        return f"is shut out: {reply.status}"
    if not expected and row["hides"] and reply.status != 404:
        return f"is told {reply.status} of what is hidden"
    if not expected and not row["hides"] and not shut:
        return f"is let in: {reply.status} {data[:200]}"
    return None


def main():
    url, table, people = sys.argv[1:]
    people = json.load(open(people))
    table = [r for r in rows(table) if r["path"] not in ("/sign-out", "/account/sessions")]
    askers = [("nobody", None, False, Browser(url))]
    for role in ROLES:
        askers.append((role, role, False, Browser(url).sign_in(people[role]["login"], people[role]["password"])))
    askers.append(("operator's token", "operator", True, Browser(url, token=people["operator"]["token"])))
    askers.append(("nobody's token", None, False, Browser(url, token="cairn_live_" + "0" * 26 + "_" + "A" * 43)))
    faults = asked = 0

    def ask_all(asker):
        name, role, by_token, browser = asker
        found = []
        for row in table:
            reply, data = browser.ask(row["method"], filled(row["path"]))
            wrong = judge(row, reply, data, lets_in(row, role, by_token))
            if wrong:
                found.append(f"{name} {row['method']} {row['path']}: {wrong}")
        return found

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for found in pool.map(ask_all, askers):
            asked += len(table)
            faults += len(found)
            print("\n".join(found), end="\n" if found else "")
    print(f"{len(table)} routes, {len(askers)} askers, {asked} requests, {faults} wrong")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
