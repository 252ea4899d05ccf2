"""A listing in headless Chromium; rows as in http_client.py.

http_browser.py CHROMIUM URL PROFILE: the directory at URL holds the files
that http_clients.t makes. With SHOTS set, pictures are left there.
"""

import base64
import json
import os
import subprocess
import sys

from http_client import all_ok, ok

CLICK = 'document.querySelectorAll("th")[{}].click()'
NAMES = '[...document.querySelectorAll("td:first-child")].map(' \
        'e => e.textContent)'
WIDER = 'document.documentElement.scrollWidth - innerWidth'
COLOUR = 'getComputedStyle(document.documentElement).color'


class Browser:
    """Chromium, spoken to through descriptors 3 and 4."""

    def __init__(self, program, profile):
        ours, theirs = os.pipe(), os.pipe()

        def descriptors():
            # out of the way first: either may be the other's place
            reader, writer = os.dup(ours[0]), os.dup(theirs[1])
            os.dup2(reader, 3)
            os.dup2(writer, 4)

        for fd in ours[0], theirs[1]:
            os.set_inheritable(fd, True)
        self.process = subprocess.Popen(
            [program, '--headless', '--no-sandbox', '--disable-gpu',
             '--no-first-run', '--remote-debugging-pipe',
             '--user-data-dir=' + profile, 'about:blank'],
            preexec_fn=descriptors, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours[0])
        os.close(theirs[1])
        self.to, self.of = ours[1], theirs[0]
        self.pending, self.number, self.events = b'', 0, []
        targets = self.ask('Target.getTargets')['targetInfos']
        page = [t for t in targets if t['type'] == 'page'][0]
        self.session = None
        self.session = self.ask('Target.attachToTarget', flatten=True,
                                targetId=page['targetId'])['sessionId']

    def message(self):
        while b'\0' not in self.pending:
            data = os.read(self.of, 1 << 20)
            if not data:
                sys.exit('the browser has ended')
            self.pending += data
        text, self.pending = self.pending.split(b'\0', 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.number += 1
        request = {'id': self.number, 'method': method, 'params': params}
        if getattr(self, 'session', None):
            request['sessionId'] = self.session
        os.write(self.to, json.dumps(request).encode() + b'\0')
        while True:
            answer = self.message()
            if answer.get('id') == self.number:
                if 'error' in answer:
                    sys.exit(f'{method}: {answer["error"]}')
                return answer['result']
            self.events.append(answer)

    def wait_for(self, method):
        while not any(e.get('method') == method for e in self.events):
            self.events.append(self.message())

    def open(self, url):
        self.events = []
        self.ask('Page.navigate', url=url)
        self.wait_for('Page.loadEventFired')

    def value(self, expression):
        return self.ask('Runtime.evaluate', expression=expression,
                        returnByValue=True)['result'].get('value')

    def close(self):
        self.session = None
        self.ask('Browser.close')
        self.process.wait()


def looks(b, url):
    """Each width and scheme: how much wider than the window, the colour."""
    for width, height in ((360, 740), (1200, 700)):
        b.ask('Emulation.setDeviceMetricsOverride', width=width,
              height=height, deviceScaleFactor=1, mobile=width < 500)
        for scheme in 'light', 'dark':
            b.ask('Emulation.setEmulatedMedia', features=[
                {'name': 'prefers-color-scheme', 'value': scheme}])
            b.open(url)
            yield scheme, width, b.value(WIDER), b.value(COLOUR)
            if 'SHOTS' in os.environ:
                shot = b.ask('Page.captureScreenshot')['data']
                with open(f'{os.environ["SHOTS"]}/{scheme}-{width}.png',
                          'wb') as f:
                    f.write(base64.b64decode(shot))


browser = Browser(sys.argv[1], sys.argv[3])
for domain in 'Page', 'Runtime', 'Log':
    browser.ask(domain + '.enable')
browser.open(sys.argv[2])
by_name = browser.value(NAMES)
ok(by_name == ['dir/', '"><script>alert(1)<.txt', 'a.rpm', 'b.rpm', 'c.rpm',
               by_name[5], 'javascript:alert(1)'],
   'Chromium shows a listing sorted by name, directories first', by_name)
browser.value(CLICK.format(1))
by_size = browser.value(NAMES)
ok([n for n in by_size if n.endswith('.rpm') and len(n) < 9] ==
   ['b.rpm', 'c.rpm', 'a.rpm'], 'a click on Size sorts by number', by_size)
browser.value(CLICK.format(1))
ok(browser.value(NAMES) == by_size[::-1] or
   browser.value(NAMES)[0] == 'a.rpm', 'a second one turns it around',
   browser.value(NAMES))
bad = [e for e in browser.events
       if e.get('method') in ('Runtime.exceptionThrown', 'Log.entryAdded',
                              'Page.javascriptDialogOpening')]
ok(not bad, 'no name runs, and nothing is blocked or missing', bad)
seen = list(looks(browser, sys.argv[2]))
all_ok('on a phone and on a screen nothing is wider than the window',
       ((wider <= 0, (scheme, width, wider))
        for scheme, width, wider, _ in seen))
colours = {scheme: colour for scheme, _, _, colour in seen}
ok(colours['light'] != colours['dark'], 'it is dark where one wants it dark',
   colours)
browser.close()
