"""Private memory of a server for each connection that is idle.

idle.py PORT PID N: connects N times, each gets one response and stays.
"""

import resource
import socket
import sys


def private(pid):
    """Kilobytes of the process that are its own."""
    total = 0
    with open(f'/proc/{pid}/smaps_rollup') as f:
        for line in f:
            name, value = line.split()[:2]
            if name in ('Private_Clean:', 'Private_Dirty:'):
                total += int(value)
    return total


port, pid, n = map(int, sys.argv[1:])
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
before = private(pid)
held = []
for i in range(n):
    # from two addresses: 28,000 ports each are enough
    s = socket.create_connection(('127.0.0.1', port), 10,
                                 (f'127.0.0.{2 + i % 2}', 0))
    s.sendall(b'GET /1k HTTP/1.1\r\nHost: x\r\n\r\n')
    if not s.recv(4096).startswith(b'HTTP/1.1 200'):
        sys.exit(f'idle: connection {i} was not answered')
    held.append(s)
after = private(pid)
print(f'{before} KB at rest, {(after - before) * 1024 / n:.0f} bytes each '
      f'of {n} idle connections')
