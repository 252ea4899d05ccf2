"""A client that sends bytes as they are, and prints rows of results."""

import http.client
import io
import os
import socket
import time

PORT = int(os.environ.get('HTTPD_SCOPE_PORT', 0))
ROOT = os.environ.get('HTTPD_SCOPE_DIR', '')
ONE = b'GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n'


def ok(condition, name, got=b''):
    """Prints a row; what came instead stands below it."""
    print('ok' if condition else 'not ok', name, flush=True)
    if not condition:
        print(repr(got)[:600], flush=True)


def all_ok(name, cases):
    """One row for many cases, pairs of a result and what came."""
    cases = list(cases)
    bad = [got for good, got in cases if not good]
    ok(cases and not bad, name, bad)


def connect(timeout=5):
    return socket.create_connection(('127.0.0.1', PORT), timeout)


def read_all(s):
    """Everything until the end; how it ended badly stands at the end."""
    out = []
    try:
        while True:
            data = s.recv(1 << 20)
            if not data:
                break
            out.append(data)
    except socket.timeout:
        out.append(b'<<TIMEOUT>>')
    except ConnectionResetError:
        out.append(b'<<RESET>>')
    s.close()
    return b''.join(out)


def talk(*chunks, timeout=5):
    """Sends the chunks in packets of their own, and no more; the answer."""
    s = connect(timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for i, chunk in enumerate(chunks):
            if i:
                time.sleep(0.001)  # a packet of its own
            s.sendall(chunk)
        s.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # refused before the end: the answer says why
    return read_all(s)


def request(target, fields='', method='GET', version='HTTP/1.1'):
    return (f'{method} {target} {version}\r\nHost: x\r\n{fields}\r\n'
            .encode('latin1'))


def get(target, fields='', method='GET', version='HTTP/1.1'):
    return talk(request(target, fields, method, version))


def status(answer):
    """The status as a number, or the first bytes of what is no answer."""
    if answer.startswith(b'HTTP/1.1 '):
        return int(answer[9:12])
    return answer[:20]


def body(answer):
    return answer.split(b'\r\n\r\n', 1)[1]


def answers(raw, methods):
    """Pairs of status and body, as Python's own client reads them."""
    stream = io.BytesIO(raw)

    class Socket:
        def makefile(self, *_):
            return type('Reader', (), {
                'closed': False,
                'readline': lambda _, *n: stream.readline(*n),
                'read': lambda _, *n: stream.read(*n),
                'readinto': lambda _, b: stream.readinto(b),
                'close': lambda _: None,
                'flush': lambda _: None,
            })()

    found = []
    while stream.tell() < len(raw):
        method = methods[len(found)] if len(found) < len(methods) else 'GET'
        answer = http.client.HTTPResponse(Socket(), method=method)
        answer.begin()
        found.append((answer.status, answer.read()))
    return found


def contents(name):
    with open(os.path.join(ROOT, name), 'rb') as f:
        return f.read()
