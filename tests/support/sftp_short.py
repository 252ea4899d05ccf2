#!/usr/bin/env python3
"""An SFTP server that gives less than was asked for, now and then.

    sftp_short.py SERVER HOLD

SERVER does the work, but of every fifth block of 32 KB the first 9,000 bytes
alone are read at once, which it may do (SFTP version 3, section 6.4).  While
there is a file HOLD, what is missing of these behind 3 MB is not answered, nor
are reads behind 6 MB.
"""
import os
import struct
import subprocess
import sys
import threading

READ = 5
BLOCK = 32768
server = subprocess.Popen(sys.argv[1], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE)


def answers():
    """The first has the extensions; limits would make reads larger."""
    try:
        while data := os.read(server.stdout.fileno(), 65536):
            data = data.replace(b"limits@openssh.com", b"limits@example.com")
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    finally:
        server.kill()
        os._exit(0)


threading.Thread(target=answers, daemon=True).start()
while True:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        break
    packet = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    if packet[0] == READ:
        at, n = struct.unpack(">QI", packet[-12:])
        late = at > (6000000 if at % BLOCK == 0 else 3000000)
        if late and os.path.exists(sys.argv[2]):
            continue
        if at and at % (5 * BLOCK) == 0:
            packet = packet[:-4] + struct.pack(">I", min(n, 9000))
    server.stdin.write(head + packet)
    server.stdin.flush()
server.kill()
