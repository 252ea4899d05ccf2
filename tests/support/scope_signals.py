"""What COMMAND inherits, signals passed on, random kills; rows.

scope_signals.py KILLS
"""

import os
import random
import signal
import socket
import subprocess
import sys

from http_client import all_ok, ok
from scope_wait import sleepers, wait_for

MARK = f'32.{os.getpid()}'
ROUTED = ['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'ALRM']


def run(command, scope, **settings):
    if scope:
        command = ['httpd-scope', '--'] + command
    return subprocess.run(command, capture_output=True, text=True,
                          check=False, **settings).stdout


def same(command, **settings):
    bare, ours = (run(command, scope, **settings) for scope in (False, True))
    return bare == ours and bare != '', (bare, ours)


def block_all():
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())


def ignore_all():
    for number in signal.valid_signals() - {9, 19}:
        signal.signal(number, signal.SIG_IGN)


def defaults():
    for number in signal.valid_signals() - {9, 19}:
        signal.signal(number, signal.SIG_DFL)


def inherited():
    masks = ['grep', '-E', '^(SigBlk|SigIgn|SigCgt|NoNewPrivs|Seccomp|Cap)',
             '/proc/self/status']
    for name, before in (('as they are', None), ('all blocked', block_all),
                         ('all ignored', ignore_all),
                         ('all by default', defaults)):
        good, got = same(masks, preexec_fn=before)
        ok(good, f'COMMAND has the signals of its caller: {name}', got)
    reader, writer = os.pipe()
    for name, command in (
            ('limits', ['sh', '-c', 'ulimit -a']),
            ('files', ['sh', '-c', 'ls /proc/self/fd; echo x >&$0',
                       str(writer)]),
            ('group, session and terminal',
             ['sh', '-c', 'ps -o pgid=,sid=,tpgid=,tty= -p $$']),
            ('directory and umask', ['sh', '-c', 'pwd; umask; id'])):
        good, got = same(command, pass_fds=(writer,))
        ok(good, f'COMMAND has the {name} of its caller', got)
    code = subprocess.call(['httpd-scope', '--', 'sh', '-c', 'exit 5'],
                           preexec_fn=ignore_all)
    ok(code == 5, 'its status is known where SIGCHLD is ignored', code)
    ok(os.read(reader, 10) == b'x\nx\n', 'a file that was passed reaches it')


def passed_on():
    """By kill(2), to us alone, COMMAND catching it or not."""
    for name in ROUTED:
        script = f'trap "exit 9" {name}; echo up; while :; do sleep 0.02; done'
        p = subprocess.Popen(['httpd-scope', '--', 'sh', '-c', script],
                             stdout=subprocess.PIPE, preexec_fn=defaults)
        p.stdout.readline()
        p.send_signal(getattr(signal, 'SIG' + name))
        yield p.wait() == 9, (name, p.returncode)


def passed_on_and_fatal():
    for name in ROUTED:
        number = getattr(signal, 'SIG' + name)
        p = subprocess.Popen(['httpd-scope', '--', 'sh', '-c', 'echo up; '
                              f'exec sleep {MARK}'],
                             stdout=subprocess.PIPE, preexec_fn=defaults)
        p.stdout.readline()
        p.send_signal(number)
        yield p.wait() == -number, (name, p.returncode)


def random_kills(n):
    ports = []
    for i in range(n):
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            ports.append(s.getsockname()[1])
        p = subprocess.Popen(
            ['httpd-scope', '-p', str(ports[-1]), '--', 'sleep', MARK],
            stderr=subprocess.DEVNULL)
        try:
            p.wait(random.uniform(0, 0.02 if i % 2 else 0.006))
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
    ok(wait_for(lambda: not sleepers(MARK)),
       f'{n} kills at random moments leave no COMMAND', sleepers(MARK))
    open_ports = []
    for port in ports:
        with socket.socket() as s:
            if s.connect_ex(('127.0.0.1', port)) == 0:
                open_ports.append(port)
    ok(not open_ports, 'and no port', open_ports)


def at_once(n):
    running = [subprocess.Popen(
        ['httpd-scope', '--', 'sh', '-c',
         'exec curl -fsS -o /dev/null "$HTTPD_SCOPE_URL"'])
        for _ in range(n)]
    codes = [p.wait() for p in running]
    ok(set(codes) == {0}, f'{n} scopes at once', codes)


def in_a_row(n):
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = str(s.getsockname()[1])
    codes = [subprocess.call(['httpd-scope', '-p', port, '--', 'sh', '-c',
                              'exit 7']) for _ in range(n)]
    ok(set(codes) == {7}, f'{n} scopes in a row, on one port',
       [code for code in codes if code != 7][:5])


def private_memory(pid):
    """Kilobytes that are the process's own."""
    with open(f'/proc/{pid}/smaps_rollup') as f:
        return sum(int(line.split()[1]) for line in f
                   if line.startswith(('Private_', 'Swap:')))


def at_rest():
    """What the server has when it has answered something."""
    p = subprocess.Popen(
        ['httpd-scope', '--', 'sh', '-c',
         'curl -fsS -o /dev/null "$HTTPD_SCOPE_URL"; echo up; read x'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdout.readline()
    size = private_memory(p.pid)
    p.communicate()
    ok(size <= 1024, 'at rest a scope has at most 1 MB of its own', size)
    print(f'{size} KB')


inherited()
all_ok('signals of kill(2) are passed on to a command that catches them',
       passed_on())
all_ok('one that they kill takes us along, by the same signal',
       passed_on_and_fatal())
random_kills(int(sys.argv[1]))
at_once(50)
in_a_row(1000)
at_rest()
