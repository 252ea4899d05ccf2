#!/usr/bin/env python3
"""A relay to 127.0.0.1:PORT that delays what passes, both ways.

    delay.py PORT SECONDS

Its own port is printed. One thread for each way of a connection reads, another
writes when its time has come: any number of bytes may be under way.
"""
import collections
import socket
import sys
import threading
import time

port, delay = int(sys.argv[1]), float(sys.argv[2])


def pass_on(source, sink):
    queue = collections.deque()
    there = threading.Semaphore(0)

    def write():
        while True:
            there.acquire()
            due, data = queue.popleft()
            left = due - time.monotonic()
            if left > 0:
                time.sleep(left)
            try:
                if data:
                    sink.sendall(data)
                else:
                    sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            if not data:
                return

    threading.Thread(target=write, daemon=True).start()
    data = b"x"
    while data:
        try:
            data = source.recv(1 << 18)
        except OSError:
            data = b""
        queue.append((time.monotonic() + delay, data))
        there.release()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    near, _ = listener.accept()
    far = socket.create_connection(("127.0.0.1", port))
    for s in (near, far):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    for pair in ((near, far), (far, near)):
        threading.Thread(target=pass_on, args=pair, daemon=True).start()
