"""A ProxyCommand: carries a connection to a port of this machine.

    carry.py PORT [after FILE | deaf]

after: not before that file is there.  deaf: the end of its input is nothing to
it.
"""
import os
import socket
import sys
import threading
import time

port, *how = sys.argv[1:]
while how[:1] == ["after"] and not os.path.exists(how[1]):
    time.sleep(0.05)
s = socket.create_connection(("127.0.0.1", int(port)))


def up():
    while data := os.read(0, 65536):
        s.sendall(data)
    if how != ["deaf"]:
        os._exit(0)


threading.Thread(target=up, daemon=True).start()
while data := s.recv(65536):
    os.write(1, data)
if how == ["deaf"]:
    time.sleep(7000)
