"""Files that are none, links, names, and files that change under way."""

from http_client import (ONE, ROOT, all_ok, body, connect, get, ok, read_all,
                         request, status)
import html.parser
import os
import socket

os.mkfifo(ROOT + '/fifo')
socket.socket(socket.AF_UNIX).bind(ROOT + '/sock')
all_ok('a FIFO and a socket are 403, at once',
       ((status(get(name)) == 403, name) for name in ('/fifo', '/sock')))

LINKS = {
    'out': ('/etc/passwd', '', 403),
    'outdir': ('/etc', '/passwd', 403), 'outdir1': ('/etc', '', 403),
    'outdir2': ('/etc', '/', 403), 'outdir3': ('/etc', '/nothing', 403),
    'outdir4': ('/etc', '/ssl', 403), 'rel': ('../secret', '', 403),
    'proc': ('/proc/self/root', '/etc/passwd', 403),
    'absolute': (ROOT + '/a.txt', '', 403), 'in': ('a.txt', '', 200),
    'indir': ('sub2', '/index.html', 200), 'loop': ('loop', '', 404),
    'dangling': ('nothing', '', 404),
}


def links():
    for name, (target, rest, wanted) in LINKS.items():
        os.symlink(target, f'{ROOT}/{name}')
        answer = get(f'/{name}{rest}')
        good = (status(answer) == wanted and b'root:' not in answer and
                b'SECRET' not in answer)
        yield good, (name, answer)


all_ok('links that leave are 403, whatever is behind them', links())
answer = body(get('/')).decode()
ok('./in"' in answer and './indir/"' in answer and not any(
    f'./{name}' in answer for name in ('out', 'rel', 'proc', 'absolute')),
   'and are not in a listing, which has those that stay', answer[1500:])

NAMES = [b'"><script>alert(1)<', b'javascript:alert(1)', b'new\nline',
         b'&lt;', b'&amp;', b'x' * 255, b'\x01\x1b[31m', b'\xff\xfe', b'%41',
         b"'onclick='alert(1)", b'a?b#c', b'..x', b'...', b' blank ',
         'ü ☃.txt'.encode(), b'+~:!', b'a\\b', b'<!--', b'<table>',
         '\u202egnp.exe'.encode(), 'a\u2067b\u061cc\x85d'.encode()]
for name in NAMES:
    with open(ROOT.encode() + b'/sub/' + name, 'w') as f:
        f.write('x')


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.hrefs, self.tags, self.handlers = [], {}, []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [a for a, _ in attrs if a.startswith('on')]
        if tag == 'a':
            self.hrefs.append(dict(attrs)['href'])


answer = get('/sub/')
page = Page()
page.feed(body(answer).decode())
ok(status(answer) == 200 and page.tags['script'] == 1 and
   not page.handlers and b'\x1b' not in answer,
   'no name in a listing is markup', page.tags)
turns = [c for c in '\u202e\u2067\u061c\x85' if c.encode() in answer]
ok(not turns, 'or turns text around: what looks like .png ends in .png',
   turns)
ok(len(page.hrefs) == len(NAMES) + 1, 'each name is in it', page.hrefs)
all_ok('and each link leads to its file', (
    (h.startswith('./') and status(get('/sub/' + h[2:])) == 200, h)
    for h in page.hrefs if h != '../'))
ok(b"\r\nContent-Security-Policy: default-src 'none'" in answer,
   'a listing may load nothing', answer[:600])

SIZE = 20000000
PATH = ROOT + '/growing.bin'


def half_sent(more=b''):
    """A connection on which the file is under way, and its first bytes."""
    with open(PATH, 'wb') as f:
        f.write(b'z' * SIZE)
    s = connect()
    s.sendall(request('/growing.bin') + more)
    return s, s.recv(1000)


s, start = half_sent(ONE)
os.truncate(PATH, 100)
answer = start + read_all(s)
ok(len(answer) < SIZE and answer.count(b'HTTP/1.1') == 1 and
   b'TIMEOUT' not in answer, 'a file that shrinks ends the connection',
   answer[-100:])
s, start = half_sent(request('/a.txt', 'Connection: close\r\n'))
with open(PATH, 'ab') as f:
    f.write(b'y' * 1000000)
answer = body(start + read_all(s))
ok(answer[:SIZE] == b'z' * SIZE and answer[SIZE:].startswith(b'HTTP/1.1 200'),
   'one that grows is sent as long as was promised', answer[SIZE:][:100])
s, start = half_sent(request('/growing.bin', 'Connection: close\r\n'))
os.unlink(PATH)
answer = body(start + read_all(s))
ok(answer[:SIZE] == b'z' * SIZE and answer[SIZE:].startswith(b'HTTP/1.1 404'),
   'one that is removed is sent to its end', answer[SIZE:][:100])
