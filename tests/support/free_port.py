#!/usr/bin/env python3
"""Prints a port of loopback that nobody has (or as many as are asked for), for a server that a test starts later.

Below the kernel's own range, so that no connection is given it meanwhile; where the search begins depends on the
process, so that tests beside each other get different ones.
"""
import os
import socket
import sys

FIRST, LAST = 10000, 32000

found = []
for step in range(LAST - FIRST):
    if len(found) == int((sys.argv + ["1"])[1]):
        break
    port = FIRST + (os.getpid() + step) % (LAST - FIRST)
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    found.append(str(port))
print(*found)
