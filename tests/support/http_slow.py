"""Clients that take their time, and those beside them; ten seconds."""

import select
import time

from http_client import ONE, ok, connect, read_all, request, status

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


def go_on(s):
    """The end of a request and the beginning of the next: the answer."""
    s.sendall(ONE[20:] + ONE[:20])
    try:
        return s.recv(1000).startswith(b'HTTP/1.1 200')
    except OSError:
        return False


partial, silent = connect(20), connect(20)
steady = connect(20)
steady.sendall(ONE[:20])
steady_ended = None
partial.sendall(b'GET / HT')
dripping, over, latencies = [connect(20) for _ in range(200)], [], []
step = 0
while dripping and now() < 14:
    drip(dripping, over, step)
    healthy(latencies)
    if steady_ended is None and not go_on(steady):
        steady_ended = now()
    step += 1
    time.sleep(0.2)  # the pace of the attack
ok(not dripping, '200 clients that drip bytes are ended', len(dripping))
ok(min(over, default=0) > 9 and max(over, default=99) < 13,
   '10 seconds after their first byte, whatever they send', over[:3])
ok(max(latencies) < 0.3, 'others are served at once meanwhile',
   max(latencies))
ok(steady_ended is None,
   'who has sent whole requests meanwhile may be in the middle of one',
   steady_ended)
answer = read_all(partial)
ok(status(answer) == 408 and now() < 14, 'half a head is 408', answer)
answer = read_all(silent)
ok(answer == b'' and now() < 14, 'silence is ended without a word', answer)
