"""fab-run at a terminal: a terminal for the command, and what becomes of ours.

run_pty.py PROGRAM SSH_CONFIG; rows as in http_client.py.
"""

import fcntl
import os
import signal
import struct
import sys
import termios
import time

from http_client import ok
from pty_program import PtyProgram

PROGRAM, CONFIG = sys.argv[1:3]


class Run(PtyProgram):
    """fab-run with arguments."""

    def __init__(self, *argv):
        def prepare():
            os.environ['TERM'] = 'xterm'
            modes = termios.tcgetattr(0)
            modes[6][termios.VINTR] = b'\x18'
            termios.tcsetattr(0, termios.TCSANOW, modes)

        super().__init__((PROGRAM, '-F', CONFIG) + argv, prepare)
        self.status = None
        self.resize(30, 100)
        self.until(lambda: self.modes()[6][termios.VINTR] == b'\x18')
        self.before = self.modes()

    def modes(self):
        return termios.tcgetattr(self.fd)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack('HHHH', rows, columns, 0, 0))

    def raw(self):
        return not self.modes()[3] & termios.ICANON

    def until(self, condition, seconds=8):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        return condition()

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def finish(self, seconds=10):
        """The status: negative for a signal."""
        end = time.monotonic() + seconds
        while not self.ended() and time.monotonic() < end:
            self.expect('$.^', 0.05)
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = 'it did not end'
        same = self.modes() == self.before
        os.close(self.fd)
        return self.status, same


def a_terminal():
    r = Run('-t', 'web1', 'tty; stty size; echo $TERM; stty -a')
    ok(r.expect('/dev/pts/[0-9]+\r\n'), '-t gives the command a terminal', r.seen)
    ok(r.expect('30 100\r\n'), 'of the size of ours', r.seen)
    ok(r.expect('xterm\r\n'), 'and its name', r.seen)
    ok(r.expect('(?s)intr = \\^X.*opost .*icanon '), 'and modes', r.seen)
    ok(r.finish() == (0, True), 'ours is as it was afterwards', r.status)
    r = Run('-t', 'web1', 'stty size; trap "stty size; exit 5" WINCH; echo on; '
            'while :; do sleep 0.1; done')
    r.expect('30 100\r\non\r\n')
    r.resize(40, 90)
    ok(r.expect('40 90\r\n'), 'a new size is told', r.seen)
    ok(r.finish() == (5, True), 'and the status comes back', r.status)
    r = Run('web1', 'tty; echo done')
    ok(r.expect('not a tty') and r.finish() == (0, True),
       'without -t there is none', r.seen)
    r = Run('-t', 'web1,web2', 'tty')
    ok(r.expect('no terminal for it: several hosts') and r.expect('not a tty'),
       'nor for several hosts', r.seen)
    r.finish()
    r = Run('-o', 'RequestTTY=yes', 'web1', 'tty')
    ok(r.expect('/dev/pts/'), 'RequestTTY=yes is -t', r.seen)
    r.finish()


def keys():
    r = Run('-t', 'web1', 'echo go; cat; echo end')
    r.expect('go\r\n')
    ok(r.until(r.raw), 'our terminal is raw meanwhile')
    r.type('hello\r')
    ok(r.expect('hello\r\n.*hello\r\n'), 'keys are echoed over there', r.seen)
    r.type('\x04')
    ok(r.expect('end\r\n') and r.finish() == (0, True), '^D is theirs', r.status)
    r = Run('-t', 'web1', 'trap "echo got it; exit 7" INT; echo go; '
            'while :; do sleep 0.1; done')
    r.expect('go\r\n')
    r.until(r.raw)
    r.type('\x18')
    ok(r.expect('got it\r\n'), 'the interrupt key is theirs', r.seen)
    ok(r.finish() == (7, True), 'and does not end us', r.status)
    r = Run('-t', 'web1', 'stty raw -echo; echo go; head -c 4 | od -An -c')
    r.expect('go')
    r.until(r.raw)
    r.type('~~a\r')
    r.type('~b')
    ok(r.expect('~ +a +\\\\r +~'), '~~ is one ~, and ~b is itself', r.seen)
    ok(r.finish() == (0, True), 'the terminal is as it was', r.status)
    r = Run('-t', 'web1', 'echo go; exec sleep 7801')
    r.expect('go\r\n')
    r.until(r.raw)
    r.type('\r~.')
    ok(r.finish(3) == (255, True), 'Enter ~ . closes the connection', r.status)
    r = Run('-t', 'web1', 'exec sh')
    ok(r.expect('[$#] '), 'a shell over there shows its prompt', r.seen)
    r.type('exit 4\r')
    ok(r.finish() == (4, True), 'and its status is ours', r.status)


def signals():
    for name in ('TERM', 'HUP', 'INT', 'QUIT', 'USR1', 'ALRM', 'ABRT'):
        number = getattr(signal, 'SIG' + name)
        r = Run('-t', 'web1', 'echo go; exec sleep 7802')
        r.expect('go\r\n')
        r.until(r.raw)
        os.kill(r.pid, number)
        ok(r.finish() == (-number, True),
           f'after SIG{name} the terminal is as it was', r.status)
    r = Run('-t', 'web1', 'echo go; cat')
    r.expect('go\r\n')
    r.until(r.raw)
    os.kill(r.pid, signal.SIGTSTP)
    ok(r.until(lambda: not r.raw()), 'stopped, it is as it was')
    os.kill(r.pid, signal.SIGCONT)
    ok(r.until(r.raw), 'and raw again when we go on')
    r.type('\x04')
    ok(r.finish() == (0, True), 'until the end', r.status)


def interrupts():
    r = Run('web1,web2', 'echo begun; exec sleep 7803')
    r.expect('begun\r\n')
    r.expect('begun\r\n')
    r.type('\x18')
    ok(r.finish() == (-2, True), '^C at the terminal ends the run by INT',
       r.status)
    r = Run('web1', 'echo begun; trap "" INT TERM; while :; do sleep 7804; done')
    r.expect('begun\r\n')
    r.type('\x18')
    time.sleep(0.2)
    r.type('\x18')
    ok(r.finish(2) == (-2, True), 'twice, at once', r.status)


for group in (a_terminal, keys, signals, interrupts):
    group()
