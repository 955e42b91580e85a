"""searches.py BASE N RATE ENTRIES: N searches at RATE a second by kept connections; the p99, and beside it the p50 and what was asked.

The time of each is taken from when it was due, so that one which had to wait for another is not thought to be quick.
"""

import asyncio
import random
import sys
import time
from urllib.parse import quote, urlsplit

base, n, rate, entries = urlsplit(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
WORDS = "phonemic students language lesson reading routines data writing science math feedback family".split()
FACETS = ["", "&topic=literacy", "&language=es", "&hours=20", "&topic=literacy&language=es"]
CONNECTIONS = 64
random.seed(7)
free, took = asyncio.Queue(), []


def search():
    text = " ".join(random.sample(WORDS, random.choice((1, 1, 1, 2))))
    return f"/catalogue?q={quote(text)}{random.choice(FACETS)}"


async def ask(path, due):
    reader, writer = connection = await free.get()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {base.netloc}\r\nAccept: application/json\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith("http/1.1 200"), f"{path}: {head}"
    await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    took.append((time.monotonic() - due) * 1000)
    free.put_nowait(connection)


async def main():
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(base.hostname, base.port))
    began, tasks = time.monotonic(), []
    for i in range(n):
        due = began + i / rate
        await asyncio.sleep(max(0, due - time.monotonic()))
        tasks.append(asyncio.create_task(ask(search(), due)))
    await asyncio.gather(*tasks)
    took.sort()
    # The fields of a line, a field a row.
    print(f"{took[n * 99 // 100]:.1f} ms")
    print(f"aim: under 50 ms; p50 {took[n // 2]:.1f} ms, most {took[-1]:.1f} ms")
    print(f"{entries} entries, a page of twenty with all facets counted")


asyncio.run(main())
