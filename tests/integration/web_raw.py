#!/usr/bin/python3
"""Requests byte by byte against the real gateway: what it must refuse, what it must survive.

usage: web_raw.py HOST:PORT PID

The gateway listens at HOST:PORT and is process PID. After every hostile act an ordinary request is answered.
"""
import os
import resource
import socket
import sys
import time

HOST, PORT = sys.argv[1].rsplit(":", 1)
PID = int(sys.argv[2])
IDLE = 10_000
MEMORY_MOST = 256 << 20


def connect():
    return socket.create_connection((HOST, int(PORT)), timeout=20)


def read_answer(s):
    """Status and all bytes of an answer whose connection ends, or whose length is told; 0 when closed."""
    data = b""
    try:
        while True:
            head, _, body = data.partition(b"\r\n\r\n")
            lengths = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
            if b"\r\n\r\n" in data and lengths and len(body) >= int(lengths[0].split(b":")[1]):
                break
            more = s.recv(65536)
            if not more:
                break
            data += more
    except ConnectionError:
        pass
    return (int(data.split(b" ", 2)[1]) if data.startswith(b"HTTP/1.") else 0), data


def send(raw):
    with connect() as s:
        try:
            s.sendall(raw)
        except ConnectionError:
            pass
        return read_answer(s)[0]


def healthy():
    status = send(b"GET /catalogue HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n")
    assert status == 200, f"an ordinary request is answered {status}"


def memory():
    with open(f"/proc/{PID}/status") as f:
        return next(int(line.split()[1]) << 10 for line in f if line.startswith("VmRSS"))


POST = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
GET = b"GET /catalogue HTTP/1.1\r\n"
# name, bytes, answers that are right (0: the connection is closed)
TABLE = [
    ("length and encoding", POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    ("two lengths that differ", POST + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\na=bcd", {400}),
    ("two lengths that agree", POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b", {400}),
    ("a length with a sign", POST + b"Content-Length: +3\r\n\r\na=b", {400}),
    ("a negative length", POST + b"Content-Length: -3\r\n\r\na=b", {400}),
    ("a length in hex", POST + b"Content-Length: 0x3\r\n\r\na=b", {400}),
    ("a list of lengths", POST + b"Content-Length: 3, 3\r\n\r\na=b", {400}),
    ("an encoding nobody knows", POST + b"Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n", {400, 0}),
    ("two encodings", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400, 0}),
    ("blank in a chunk's size", POST + b"Transfer-Encoding: chunked\r\n\r\n3 \r\na=b\r\n0\r\n\r\n", {400, 0}),
    ("a chunk's size with a sign", POST + b"Transfer-Encoding: chunked\r\n\r\n+3\r\na=b\r\n0\r\n\r\n", {400, 0}),
    ("no host", GET + b"\r\n", {400}),
    ("two hosts", GET + b"Host: x\r\nHost: y\r\n\r\n", {400}),
    ("an empty host", GET + b"Host:\r\n\r\n", {400}),
    ("a blank before the colon", GET + b"Host : x\r\n\r\n", {400}),
    ("a NUL in the address", b"GET /catalogue%00x HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
    ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100 + b"\r\n\r\n", {400, 0}),
    ("headers of 70 KB", GET + b"Host: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", {431, 413, 0}),
    ("an address of 70 KB", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431, 0}),
    ("ten thousand headers", GET + b"Host: x\r\n" + b"".join(b"X%d: 1\r\n" % i for i in range(10_000)) + b"\r\n", {431, 0}),
    ("a body that says it is too long", POST + b"Content-Length: 99999999999\r\n\r\n", {413}),
    ("a type that no form has", b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\na=b", {415}),
    ("a form that is no text", POST + b"Content-Length: 9\r\n\r\nname=\xff\xfe%ff", {400}),
    ("JSON with a name twice", b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
     b'{"a":1, "a": 2}', {400}),
    ("JSON a thousand deep", b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 6000\r\n\r\n"
     + b"[" * 6000, {400}),
    ("a method nobody knows", b"BREW /catalogue HTTP/1.1\r\nHost: x\r\n\r\n", {404, 405, 501}),
    ("an address that is no UTF-8", b"GET /catalogue/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404}),
    ("a path that climbs", b"GET /assets/0/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
    ("a line end in a parameter", b"GET /sign-in?to=/%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400}),
]


def table():
    for name, raw, right in TABLE:
        status = send(raw)
        assert status in right, f"{name}: answered {status}, not one of {sorted(right)}"
        healthy()


def smuggled():
    """What is left of a refused request is never taken for another one."""
    inner = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    raw = POST + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(inner)) + inner
    with connect() as s:
        s.sendall(raw)
        s.shutdown(socket.SHUT_WR)
        data = b""
        try:
            while more := s.recv(65536):
                data += more
        except ConnectionError:
            pass
    assert data.count(b"HTTP/1.1 ") == 1, "a second request was seen in the first"


def flood():
    """Bodies that are longer than they say, from many at once: memory stays, and others are answered."""
    before = memory()
    floods = [connect() for _ in range(50)]
    for s in floods:
        s.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        s.settimeout(2)
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    for _ in range(20):
        for s in floods:
            try:
                s.sendall(piece)
            except OSError:
                pass
    healthy()
    assert memory() - before < 64 << 20, "a flood of bodies takes memory"
    for s in floods:
        s.close()


def slow():
    """Two hundred who send a byte now and then hinder nobody."""
    slows = [connect() for _ in range(200)]
    for s in slows:
        s.sendall(b"GET /catalogue HTTP/1.1\r\nHo")
    took = []
    for turn in range(20):
        for s in slows[turn::20]:
            s.sendall(b"s")
        began = time.monotonic()
        healthy()
        took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 0.25, f"slow clients hold others up: {took}"
    for s in slows:
        s.close()


def idle():
    """Ten thousand connections that say nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    want = min(IDLE, hard - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(want + 100, hard), hard))
    idlers = [connect() for _ in range(want)]
    healthy()
    assert memory() < MEMORY_MOST, f"{want} idle connections take {memory() >> 20} MiB"
    for s in idlers:
        s.close()
    healthy()
    return want


if __name__ == "__main__":
    healthy()
    table()
    smuggled()
    flood()
    slow()
    n = idle()
    assert os.path.exists(f"/proc/{PID}"), "the gateway is gone"
    print(f"{len(TABLE)} requests, floods, slow clients and {n} idle connections: healthy, {memory() >> 20} MiB")
