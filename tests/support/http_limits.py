"""Connections and descriptors at their limits; arguments: what to try."""

from http_client import ROOT, body, connect, ok, read_all, request, status
import os
import socket
import sys

CLOSING = 'Connection: close\r\n'


def small_window():
    """A connection that takes little before it reads."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(0.3)
    s.connect(('127.0.0.1', int(os.environ['HTTPD_SCOPE_PORT'])))
    return s


def taken(connections, target):
    """Has each ask; pairs of connection and head, None: nothing came."""
    held = []
    for s in connections:
        s.sendall(request(target))
        try:
            held.append((s, s.recv(4096)))
        except socket.timeout:
            held.append((s, None))
    return held


def descriptors():
    """As many downloads as may be, for which there are not enough files."""
    idle = [small_window() for _ in range(16)]
    ok({status(head) for _, head in taken(idle, '/a.txt')} == {200},
       'connections are served', len(idle))
    held = taken(idle, '/huge.bin')
    found = [status(head) for _, head in held if head is not None]
    ok(set(found) <= {200, 503} and 200 in found and 503 in found,
       'out of descriptors a file is 503, never 404', found)
    refused = [head for _, head in held if head and status(head) == 503]
    ok(refused and all(b'\r\nRetry-After: ' in head for head in refused),
       'with Retry-After', refused[:1])
    for s, _ in held:
        s.close()
    s = connect()
    s.sendall(request('/huge.bin', 'Range: bytes=0-0\r\n' + CLOSING))
    answer = read_all(s)
    ok(status(answer) == 206, 'and is served when there are some again',
       answer)


def idle():
    """As many as wanted, all idle: the oldest gives way."""
    held = [connect() for _ in range(4)]
    for s in held:
        s.sendall(request('/a.txt'))
        s.recv(1000)
    more = connect()
    more.sendall(request('/a.txt'))
    answer = more.recv(1000)
    ok(status(answer) == 200, 'one connection more ends an idle one', answer)
    held[0].settimeout(2)
    ended = held[0].recv(1) == b''
    ok(ended, 'the one that was idle for longest', ended)
    for s in held[1:]:
        s.sendall(request('/a.txt', CLOSING))
    answers = [read_all(s) for s in held[1:]]
    ok({status(answer) for answer in answers} == {200},
       'the others go on, all of them', answers)


def busy():
    """As many as wanted, all with a download: the next one waits."""
    held = taken([small_window() for _ in range(4)], '/huge.bin')
    ok([status(head) for _, head in held] == [200] * 4,
       'downloads up to --max-connections', held)
    more = connect(10)
    more.sendall(request('/a.txt', CLOSING))
    more.settimeout(0.3)
    try:
        early = more.recv(1)
    except socket.timeout:
        early = None
    ok(early is None, 'one more waits', early)
    held[0][0].close()
    more.settimeout(10)
    answer = read_all(more)
    ok(status(answer) == 200 and body(answer) == b'hello\n',
       'until a download has ended', answer)


def listings():
    """Large pages that nobody takes: 5 MB each."""
    os.mkdir(ROOT + '/long')
    for i in range(8000):
        open(f'{ROOT}/long/{i:0250}', 'w').close()
    windows = [small_window() for _ in range(40)]
    for s in windows:
        s.settimeout(10)
    held = taken(windows, '/long/')
    found = [status(head) for _, head in held if head is not None]
    ok(len(found) == 40 and found == sorted(found) and
       set(found) == {200, 503}, 'pages that nobody takes have a bound', found)
    answer = taken([connect()], '/huge.bin')[0][1]
    ok(status(answer) == 200, 'files are served all the same', answer)
    for s, _ in held:
        s.close()
    more = connect(10)
    more.sendall(request('/long/', CLOSING))
    answer = read_all(more)
    ok(status(answer) == 200 and answer.endswith(b'</html>\n'),
       'so are pages when those were closed', answer[:100])


with open(ROOT + '/huge.bin', 'wb') as f:
    f.truncate(50000000)
for name in sys.argv[1:]:
    {'descriptors': descriptors, 'idle': idle, 'busy': busy,
     'listings': listings}[name]()
