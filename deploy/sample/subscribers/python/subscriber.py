#!/usr/bin/python3
"""A licensure system's side of Cairn in Python, speaking the follow protocol itself: what a credential is worth
today, and the position, in one SQLite transaction for each batch. Debian: python3-zmq, python3-protobuf.

    protoc -I CAIRN --python_out=. proto/envelope.proto proto/follow.proto proto/public.proto
    PYTHONPATH=. python3 subscriber.py tcp://HOST:PORT SERVER-KEY KEY-FILE NAME DATABASE [--until-caught-up]

CAIRN is where proto/ lies. Kill it at any moment and start it again: nothing is lost, nothing done twice.
"""
import json
import random
import sqlite3
import sys
import time

import zmq
from proto import follow_pb2, public_pb2

STREAM = "issuance.0.public"
WINDOW = 1 << 20  # bytes that may be on their way to us
BEAT_S, DEAD_S = 1, 10  # we speak so often; after so long a silence we ask anew
TABLES = """
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), log_id BLOB, epoch INTEGER, seq INTEGER, chain BLOB);
CREATE TABLE IF NOT EXISTS event (arrived INTEGER PRIMARY KEY, sequence INTEGER UNIQUE, id TEXT UNIQUE, type TEXT, subject TEXT, data TEXT);
CREATE TABLE IF NOT EXISTS credential (subject TEXT PRIMARY KEY, status TEXT);
"""
BUSY = follow_pb2.REFUSED_BUSY


def connect(endpoint, server_key, secret):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    for option, value in ((zmq.LINGER, 0), (zmq.IMMEDIATE, 1), (zmq.SNDTIMEO, DEAD_S * 1000), (zmq.HEARTBEAT_IVL, 5000)):
        socket.setsockopt(option, value)
    socket.curve_serverkey, socket.curve_secretkey, socket.curve_publickey = server_key, secret, zmq.curve_public(secret)
    socket.connect(endpoint)
    return socket


def events_of(batch, previous):
    """The events of a batch, after looking that none is missing: each names the one before."""
    for seq, record in zip(batch.seqs, batch.records):
        event = public_pb2.CloudEvent.FromString(record)
        attributes = {a.key: a.value.ce_string or a.value.ce_uri or a.value.ce_uri_ref for a in event.attributes}
        if int(attributes["sequence"]) != seq or int(attributes["previoussequence"]) != previous:
            sys.exit(f"subscriber: stopped: event {seq} does not follow {previous}")
        previous = seq
        yield seq, event, attributes.get("subject", "")


def store(db, batch, log_id, previous):
    """The effects and the position: both or neither. The last event's sequence."""
    with db:
        for seq, event, subject in events_of(batch, previous):
            row = (seq, event.id, event.type, subject, event.text_data)
            db.execute("INSERT INTO event (sequence, id, type, subject, data) VALUES (?, ?, ?, ?, ?)", row)
            if event.type.startswith("org.cairn.credential."):
                status = json.loads(event.text_data)["status"]
                db.execute("INSERT OR REPLACE INTO credential VALUES (?, ?)", (subject, status))
            previous = seq
        db.execute("INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?, ?)", (log_id, batch.epoch, batch.through_seq, batch.chain))
    return previous


def follow(socket, db, name, until_caught_up):
    """One session. True: caught up, and that is the end; False: ask anew, on a new connection."""
    session, log_id = random.getrandbits(31), b""
    place = db.execute("SELECT log_id, epoch, seq, chain FROM place").fetchone() or (b"", 0, 0, b"")
    ask = follow_pb2.Follow(stream=STREAM, session=session, name=name, credit_bytes=WINDOW, wire_max=1)
    ask.at.log_id, ask.at.epoch, ask.at.seq, ask.at.chain = place
    socket.send(follow_pb2.FollowMessage(follow=ask).SerializeToString())
    at = previous = place[2]
    heard = time.monotonic()
    while time.monotonic() - heard < DEAD_S:
        if not socket.poll(BEAT_S * 1000):
            socket.send(follow_pb2.FollowMessage(beat=follow_pb2.Beat(session=session, seq=at)).SerializeToString())
            continue
        frame = socket.recv()
        message = follow_pb2.FollowMessage.FromString(frame)
        body = getattr(message, message.WhichOneof("body"))
        if body.session != session and not (message.HasField("refused") and body.session == 0):
            continue  # of an earlier session
        heard = time.monotonic()
        if message.HasField("refused"):
            if body.code != BUSY:
                sys.exit(f"subscriber: stopped: {follow_pb2.RefusedCode.Name(body.code)} after event {at}, head {body.head_seq}")
            time.sleep(max(body.retry_ms, 200) / 1000)
            return False
        if message.HasField("following"):
            log_id, head = body.log_id, body.head_seq
        elif message.HasField("beat"):
            head = body.seq
        elif message.HasField("batch"):
            if body.after_seq != at:
                return False
            previous, at, head = store(db, body, log_id, previous), body.through_seq, body.head_seq
            credit = follow_pb2.Credit(session=session, bytes=len(frame), applied_seq=at)
            socket.send(follow_pb2.FollowMessage(credit=credit).SerializeToString())
        if until_caught_up and log_id and at >= head:
            return True
    return False


def main():
    endpoint, server_key, key_file, name, database = sys.argv[1:6]
    secret = open(key_file, "rb").read().strip()
    db = sqlite3.connect(database)
    db.executescript(TABLES)
    done = False
    while not done:
        socket = connect(endpoint, server_key.encode(), secret)
        try:
            done = follow(socket, db, name, "--until-caught-up" in sys.argv)
        except zmq.Again:  # not connected: again
            print(f"subscriber: nothing is heard from {endpoint}, trying again", file=sys.stderr)
        socket.close()


main()
