"""A program at a terminal of its own."""

import os
import pty
import re
import select
import time


class PtyProgram:
    """What it prints is in seen until expect has found what it looks for."""

    def __init__(self, argv, prepare):
        self.pid, self.fd = pty.fork()
        self.seen = b''
        if self.pid == 0:
            prepare()
            os.execvp(argv[0], argv)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def expect(self, pattern, seconds=8):
        """Reads until the pattern has come; what is behind it stays."""
        end = time.monotonic() + seconds
        while True:
            match = re.search(pattern.encode(), self.seen)
            if match:
                self.seen = self.seen[match.end():]
                return True
            left = max(0, end - time.monotonic())
            if not select.select([self.fd], [], [], left)[0]:
                return False
            try:
                self.seen += os.read(self.fd, 65536)
            except OSError:
                return False
