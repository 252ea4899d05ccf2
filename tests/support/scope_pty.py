"""httpd-scope as a job of an interactive shell at a terminal.

scope_pty.py SHELL [ARGUMENT...]; rows as in http_client.py.
"""

import os
import signal
import socket
import sys

from http_client import ok
from pty_program import PtyProgram
from scope_wait import sleepers, wait_for

MARK = f'31.{os.getpid()}'
with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    PORT = s.getsockname()[1]
SCOPE = f'httpd-scope -p {PORT} --'


def answers(timeout=3):
    """Whether a request is answered."""
    try:
        with socket.create_connection(('127.0.0.1', PORT), timeout) as s:
            s.sendall(b'GET / HTTP/1.0\r\n\r\n')
            return s.recv(9) == b'HTTP/1.1 '
    except OSError:
        return False


def port_closed():
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', PORT)) != 0


def all_gone():
    return not sleepers(MARK) and port_closed()


class Terminal(PtyProgram):
    """A shell."""

    def __init__(self, argv):
        super().__init__(argv, lambda: os.environ.update(PS1='PR> '))
        self.expect('PR> ')

    def run(self, line, ready):
        """Types a line; waits for what it says when it runs."""
        self.type(line + '\n')
        return self.expect(ready + '\r\n')

    def ask(self, name, pattern):
        ok(self.expect(pattern), name, self.seen)

    def prompt(self):
        return self.expect('PR> ')

    def close(self):
        os.close(self.fd)
        if not wait_for(lambda: os.waitpid(self.pid, os.WNOHANG)[0], 3):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def interrupts(t):
    t.run(f"""{SCOPE} sh -c 'trap "echo got; exit 0" INT; echo go-a; """
          """while :; do sleep 0.05; done'; echo "st=$?" """, 'go-a')
    t.type('\x03')
    t.ask('^C reaches a command that catches it', 'got\r\n')
    ok(t.expect('st=0') and b'got' not in t.seen, 'once, and its status stays',
       t.seen)
    t.prompt()
    t.run(f"for i in 1 2; do {SCOPE} sh -c 'echo go-b; exec sleep {MARK}'; "
          'echo "cont"inued; done', 'go-b')
    t.type('\x03')
    ok(t.prompt() and b'continued' not in t.seen,
       '^C ends a loop of the shell', t.seen)
    t.type('echo "q=$?"\n')
    t.ask('with status 130', 'q=130\r\n')
    t.prompt()
    t.run(f"{SCOPE} sh -c 'echo go-c; exec sleep {MARK}'", 'go-c')
    t.type('\x1c')
    t.prompt()
    t.type('echo "q=$?"\n')
    t.ask('^\\ ends both: 131', 'q=131\r\n')
    t.prompt()
    ok(wait_for(all_gone), 'and nothing is left of either')


def stops(t):
    t.run(f"{SCOPE} sh -c 'echo go-d; sleep 1; echo do\"\"ne'", 'go-d')
    t.type('\x1a')
    ok(t.prompt(), '^Z brings the prompt', t.seen)
    ok(not answers(0.3), 'what is stopped does not answer')
    t.type('bg\n')
    t.prompt()
    ok(wait_for(answers), 'bg: it answers')
    t.ask('and ends', 'done')
    t.type('wait\n')
    t.prompt()
    t.run(f"{SCOPE} sh -c 'echo go-e; sleep 0.3; echo do\"\"ne'; ", 'go-e')
    t.type('\x1a')
    t.prompt()
    t.type('fg\n')
    t.ask('fg: it goes on', 'done')
    t.prompt()
    t.run(f"{SCOPE} sh -c 'echo go-f; kill -STOP $$; echo wo\"\"ke'", 'go-f')
    ok(t.prompt(), 'a command that stops itself brings the prompt', t.seen)
    t.type('fg\n')
    t.ask('and wakes by fg', 'woke')
    t.prompt()


def stopped_from_outside(t):
    """As cpulimit does: nobody would continue us."""
    t.run(f"{SCOPE} sh -c 'echo go-g; exec sleep {MARK}' &", 'go-g')
    wait_for(lambda: sleepers(MARK))
    for pid in sleepers(MARK):
        os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: 'State:\tT' in open(f'/proc/{sleepers(MARK)[0]}/status')
             .read())
    ok(answers(), 'in the background, a stopped command stops no server')
    for pid in sleepers(MARK):
        os.kill(pid, signal.SIGCONT)
    t.type('fg\n')
    wait_for(lambda: os.tcgetpgrp(t.fd) == os.getpgid(sleepers(MARK)[0]))
    t.type('\x03')
    ok(t.prompt(), 'fg and ^C end it', t.seen)
    ok(wait_for(all_gone), 'wholly')


def standard_input(t):
    t.type(f'{SCOPE} cat\n')
    wait_for(answers)
    t.type('hello\n')
    t.ask('the terminal is the standard input of COMMAND',
          'hello\r\nhello\r\n')
    t.type('\x04')
    ok(t.prompt(), '^D ends it', t.seen)


def ends_of_the_shell(argv):
    t = Terminal(argv)
    t.run(f"{SCOPE} sh -c 'echo go-h; exec sleep {MARK}'", 'go-h')
    t.close()
    ok(wait_for(all_gone), 'a hangup ends both')
    t = Terminal(argv)
    t.run(f"{SCOPE} sh -c 'echo go-i; exec sleep {MARK}'", 'go-i')
    os.kill(t.pid, signal.SIGKILL)
    t.close()
    ok(wait_for(all_gone), 'so does the death of the shell')


terminal = Terminal(sys.argv[1:])
interrupts(terminal)
stops(terminal)
stopped_from_outside(terminal)
standard_input(terminal)
terminal.close()
ends_of_the_shell(sys.argv[1:])
