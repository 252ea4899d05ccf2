#!/usr/bin/env python3
"""An SFTP server that takes no more than every server has to.

    sftp_small.py SERVER

SERVER does the work, but a packet of more than 34,000 bytes (SFTP version 3,
section 3) ends it, and nothing is told of limits.
"""
import os
import struct
import subprocess
import sys
import threading

PACKET_MAX = 34000
server = subprocess.Popen(sys.argv[1], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE)


def answers():
    """The first has the extensions, before all else."""
    while True:
        data = os.read(server.stdout.fileno(), 65536)
        if not data:
            os._exit(0)
        data = data.replace(b"limits@openssh.com", b"limits@example.com")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


threading.Thread(target=answers, daemon=True).start()
while True:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        break
    (n,) = struct.unpack(">I", head)
    if n > PACKET_MAX:
        sys.exit("a packet of %d bytes" % n)
    server.stdin.write(head + sys.stdin.buffer.read(n))
    server.stdin.flush()
server.stdin.close()
server.wait()
