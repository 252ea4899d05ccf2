"""Clients that take their time, and those beside them; ten seconds."""

import select
import time

from http_client import ok, connect, read_all, request, status

BEGUN = time.monotonic()
HEAD = b'GET / HTTP/1.1\r\nHost: x\r\nX: ' + b'y' * 200


def now():
    return time.monotonic() - BEGUN


def drip(slow, ended, i):
    """One byte more on each; those that are over go to ended."""
    for s in list(slow):
        try:
            s.send(HEAD[i:i + 1])
            if select.select([s], [], [], 0)[0]:
                raise ConnectionResetError
        except OSError:
            slow.remove(s)
            ended.append(now())


def healthy(times):
    s = connect()
    before = time.monotonic()
    s.sendall(request('/a.txt', 'Connection: close\r\n'))
    good = status(read_all(s)) == 200
    times.append(time.monotonic() - before if good else 99)


partial, silent = connect(20), connect(20)
partial.sendall(b'GET / HT')
dripping, over, latencies = [connect(20) for _ in range(200)], [], []
step = 0
while dripping and now() < 14:
    drip(dripping, over, step)
    healthy(latencies)
    step += 1
    time.sleep(0.2)  # the pace of the attack
ok(not dripping, '200 clients that drip bytes are ended', len(dripping))
ok(min(over, default=0) > 9 and max(over, default=99) < 13,
   '10 seconds after their first byte, whatever they send', over[:3])
ok(max(latencies) < 0.3, 'others are served at once meanwhile',
   max(latencies))
answer = read_all(partial)
ok(status(answer) == 408 and now() < 14, 'half a head is 408', answer)
answer = read_all(silent)
ok(answer == b'' and now() < 14, 'silence is ended without a word', answer)
