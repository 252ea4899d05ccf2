"""Targets, methods, heads and redirects."""

from http_client import ROOT, all_ok, body, get, ok, status, talk
import os

with open(os.path.join(os.path.dirname(ROOT), 'secret'), 'w') as secret:
    secret.write('SECRET')


def refused(target):
    answer = get(target)
    good = (b'SECRET' not in answer and b'root:' not in answer and
            status(answer) in (400, 404))
    return good, (target, answer[:60])


all_ok('no spelling of .. leaves the directory', map(refused, [
    '/../secret', '/..%2fsecret', '/%2e%2e/secret', '/.%2e/secret',
    '/%252e%252e/secret', '/%c0%ae%c0%ae/secret', '/..;/secret',
    '//../secret', '/sub/../../secret', '../secret', '/..\\secret',
    '/%2fetc/passwd', '//etc/passwd', '/a.txt/../../secret',
    '/sub/%2e%2e/%2e%2e/secret', '/./../secret', '/%5c../secret',
]))


def are(*cases):
    """(target, status) or (target, status, fields, method, version)."""
    for target, wanted, *rest in cases:
        answer = get(target, *rest)
        yield status(answer) == wanted, (target[:40], rest, answer[:60])


all_ok('NUL and a bad percent sign are 400', are(
    ('/a%00.html', 400), ('/%00', 400), ('/%zz', 400), ('/%', 400),
    ('/a\0', 400)))
all_ok('what is not there is 404, by whatever name', are(
    ('/nope', 404), ('/a.txt/', 404), ('/a.txt/b', 404),
    ('/' + 'a' * 300, 404)))
all_ok('a target that is too long is 414, and the client can read it', are(
    ('/' + 'a' * 4200, 414), ('/' + 'a' * 20000, 414),
    ('/' + 'a' * 60000, 414), ('/' + 'a' * 1000000, 414)))
all_ok('a head that is too large is 431, and the client can read it', are(
    ('/', 431, 'A: ' + 'b' * 40000 + '\r\n'),
    ('/', 431, ''.join(f'A{i}: b\r\n' for i in range(10000))),
    ('/', 431, ''.join(f'A{i}: b\r\n' for i in range(120)))))
all_ok('a head of 30 KB is served', are(
    ('/a.txt', 200, 'A: ' + 'b' * 30000 + '\r\n')))
all_ok('+, ~, :, ! and their escapes name the same file', are(
    ('/c++~1:2!.deb', 200), ('/c%2b%2b%7e1%3a2%21.deb', 200),
    ('/c%2B%2B~1%3A2!.deb?x=1', 200), ('/c%252b%252b~1:2!.deb', 404)))

answer = get('/a.txt', method='HEAD')
ok(status(answer) == 200 and answer.endswith(b'\r\n\r\n') and
   b'Content-Length: 6\r\n' in answer, 'HEAD is a head', answer)
answer = get('/a.txt', method='POST')
ok(status(answer) == 405 and b'Allow: GET, HEAD, OPTIONS\r\n' in answer,
   'another method is 405 with Allow', answer)
all_ok('OPTIONS of * and of a path is 204', are(
    ('*', 204, '', 'OPTIONS'), ('/', 204, '', 'OPTIONS')))
all_ok('* is 400 for GET', are(('*', 400)))
all_ok('CONNECT is 405', are(('a:1', 405, '', 'CONNECT')))
all_ok('versions: 1.2 is 200, 2.0 and 0.9 are 505, no HTTP is 400', are(
    ('/a.txt', 200, '', 'GET', 'HTTP/1.2'),
    ('/a.txt', 505, '', 'GET', 'HTTP/2.0'),
    ('/a.txt', 505, '', 'GET', 'HTTP/0.9'),
    ('/a.txt', 400, '', 'GET', 'HTPT/1.1')))
all_ok('the absolute form is served', are(('http://h:8/a.txt', 200)))
answer = talk(b'GET /a.txt HTTP/1.1\r\n\r\n')
ok(status(answer) == 400, 'HTTP/1.1 without Host is 400', answer)


def redirected(target, wanted):
    answer = get(target)
    good = (status(answer) == 301 and
            b'\r\nLocation: ' + wanted + b'\r\n' in answer)
    return good, (target, answer[:400])


all_ok('a directory is redirected, to one slash, its query kept', [
    redirected('/sub', b'/sub/'), redirected('/sub?x=1', b'/sub/?x=1'),
    redirected('//sub', b'/sub/'),
    redirected('//evil/%2e%2e/sub', b'/sub/')])
answer = get('/sub%0d%0aX-Injected:1')
ok(b'\r\nX-Injected' not in answer, 'no response is split', answer)
answer = get('/sub2/')
ok(body(answer) == b'index\n', 'index.html is the page of its directory',
   answer)
answer = get('/a.txt')
ok(b'\r\nConnection: keep-alive\r\n' in answer,
   'a connection that goes on is told so in words', answer)
ok(b'Content-Encoding' not in answer, 'nothing is encoded', answer)
