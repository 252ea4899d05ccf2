"""Requests behind each other, bodies of requests, smuggling."""

from http_client import (ONE, all_ok, answers, contents, get, ok, request,
                         status, talk)

BIG = contents('big.bin')


def pipelined(n):
    answer = talk(ONE * n, timeout=20)
    return answer.count(b'\r\n\r\nhello\n') == n, (n, answer[-200:])


all_ok('10, 1000 and 20000 requests in one go have as many answers',
       map(pipelined, (10, 1000, 20000)))

HIDDEN = request('/nope') + b'ab'
MIXED = [
    (request('/a.txt'), 200),
    (request('/big.bin', method='HEAD'), 200),
    (request('/nope'), 404),
    (request('/a.txt', 'Range: bytes=1-2\r\n'), 206),
    (request('/big.bin', 'Range: bytes=99999-199998\r\n'), 206),
    (request('/a.txt', 'Content-Length: 5\r\n', 'POST') + b'GET /', 405),
    (request('/sub'), 301),
    (request('/a.txt', f'Content-Length: {len(HIDDEN)}\r\n') + HIDDEN, 200),
    (request('/big.bin'), 200),
]
RAW = b''.join(raw for raw, _ in MIXED)
METHODS = [raw.split(b' ')[0].decode() for raw, _ in MIXED]
WANTED = [wanted for _, wanted in MIXED]


def mixed(*chunks):
    found = answers(talk(*chunks, timeout=10), METHODS)
    good = ([s for s, _ in found] == WANTED and
            found[4][1] == BIG[99999:199999] and found[8][1] == BIG)
    return good, [s for s, _ in found]


all_ok('mixed requests are answered in order', [mixed(RAW)])
all_ok('wherever the requests are cut into packets',
       (mixed(RAW[:i], RAW[i:]) for i in range(0, len(RAW), 5)))
all_ok('and byte by byte',
       [mixed(*(RAW[i:i + 1] for i in range(len(RAW))))])


def one_refusal(fields):
    answer = get('/a.txt', fields)
    good = (status(answer) == 400 and b'Connection: close' in answer and
            answer.count(b'HTTP/1.1 ') == 1)
    return good, (fields, answer[:100])


all_ok('two readings of a head are 400 and the end', map(one_refusal, [
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    'Content-Length: 5\r\nContent-Length: 6\r\n',
    'Content-Length: 5, 6\r\n', 'Content-Length: +5\r\n',
    'Content-Length: -1\r\n', 'Content-Length: 0x5\r\n',
    'Content-Length: 99999999999999999999\r\n', 'Content-Length: \r\n',
    ' folded\r\n', 'A: b\r\n folded\r\n', 'A : b\r\n', ': b\r\n', 'A\r\n',
    'A: b\rc\r\n', 'A: b\nB: c\r\n', 'A: \0\r\n', 'Host: y\r\n']))

CHUNKED = request('/a.txt', 'Transfer-Encoding: chunked\r\n')
answer = talk(CHUNKED + b'5\r\nhello\r\n0\r\n\r\n' + ONE)
ok(answer.count(b'HTTP/1.1 ') == 1 and b'Connection: close' in answer,
   'a chunked body ends the connection', answer)
answer = talk(request('/a.txt', 'Expect: 100-continue\r\n'
                      'Content-Length: 3\r\n') + b'abc' + ONE)
ok(answer.startswith(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200') and
   answer.count(b'200 OK') == 2, 'Expect: 100-continue is continued', answer)
answer = talk(request('/a.txt', 'Content-Length: 99999999\r\n') +
              b'x' * 100000)
ok(answer.count(b'HTTP/1.1 ') == 1 and b'Connection: close' in answer and
   b'RESET' not in answer, 'a large body ends the connection, answered',
   answer)
answer = talk(b'GET /a.txt HTTP/1.0\r\n\r\n' + ONE)
ok(answer.count(b'HTTP/1.1 ') == 1, 'HTTP/1.0 is one request', answer)
answer = talk(request('/a.txt', 'Connection: close\r\n') + ONE)
ok(answer.count(b'HTTP/1.1 ') == 1, 'nothing is read behind close', answer)
