#!/usr/bin/env python3
"""An SFTP server, on standard input and output, that means harm.

    sftp_evil.py WHAT

What it has in its one directory, and what it does, WHAT says: see tests in
tests/e2e/get_hostile.t.
"""
import os
import stat
import struct
import sys

DIR = stat.S_IFDIR | 0o755
FILE = stat.S_IFREG | 0o644
LINK = stat.S_IFLNK | 0o777
what = sys.argv[1]
outside = sys.argv[2] if len(sys.argv) > 2 else "/"

# name -> (mode, contents); a name may stand twice
LISTINGS = {
    "up": [(b"../evil", FILE)],
    "absolute": [(os.fsencode(outside) + b"/evil", FILE)],
    "dots": [(b"..", DIR), (b".", DIR), (b"good", FILE)],
    "nul": [(b"a\0b", FILE)],
    "empty": [(b"", FILE)],
    "link": [(b"d", LINK), (b"d", DIR)],
    "link-file": [(b"f", LINK), (b"f", FILE)],
    "device": [(b"dev", stat.S_IFCHR | 0o666), (b"pipe", stat.S_IFIFO | 0o666)],
    "setuid": [(b"s", stat.S_IFREG | 0o6777)],
    "long": [(b"x" * 5000, FILE)],
    "deep": [(b"d", DIR)],
    "bytes": [(b"f", FILE)],
    "more": [(b"f", FILE)],
    "shrink": [(b"f", FILE)],
    "endless": [(b"f", FILE)],
    "names": [(b"f", FILE)],
}
listed = {}
handles = {}


def string(b):
    return struct.pack(">I", len(b)) + b


def attrs(mode, size):
    return struct.pack(">IQI", 5, size, mode)


def send(kind, body):
    sys.stdout.buffer.write(struct.pack(">IB", len(body) + 1, kind) + body)
    sys.stdout.buffer.flush()


def status(number, code):
    send(101, struct.pack(">II", number, code) + string(b"Failure") + string(b""))


def size_of(path):
    return {"endless": 0, "shrink": 100000, "bytes": 100000}.get(what, 5)


def is_top(path):
    return path == b"/top"


def mode_of(path):
    if is_top(path):
        return DIR
    name = path.rsplit(b"/", 1)[-1]
    for entry, mode in reversed(LISTINGS[what]):
        if entry == name:
            return mode
    return FILE


def names(number, entries):
    body = struct.pack(">II", number, len(entries))
    for name, mode in entries:
        body += string(name) + string(name) + attrs(mode, size_of(name))
    send(104, body)


def read_dir(number, path):
    count = listed.get(path, 0)
    listed[path] = count + 1
    if what == "names" and is_top(path):
        start = count * 3000
        names(number, [(b"no%d" % i, stat.S_IFIFO | 0o600)
                       for i in range(start, start + 3000)])
    elif count:
        status(number, 1)
    elif is_top(path) or what == "deep":
        names(number, LISTINGS[what])
    else:
        names(number, [(b"x", FILE)])


def read(number, offset, n):
    if what == "endless":
        send(103, struct.pack(">I", number) + string(b"e" * n))
    elif what == "more":
        send(103, struct.pack(">I", number) + string(b"m" * (n + 10)))
    elif what == "bytes":
        send(103, struct.pack(">I", number) + string(b"b" * (n + 1)))
    elif what == "shrink" and offset < 50000:
        send(103, struct.pack(">I", number) + string(b"s" * min(n, 50000 - offset)))
    elif offset < 5 and what != "shrink":
        send(103, struct.pack(">I", number) + string(b"evil\n"[offset:]))
    else:
        status(number, 1)


def take(kind, body):
    number = struct.unpack(">I", body[:4])[0]
    n = struct.unpack(">I", body[4:8])[0] if len(body) >= 8 else 0
    path = body[8:8 + n]
    if kind in (7, 17):
        mode = mode_of(path)
        if kind == 17 and stat.S_ISLNK(mode):
            mode = FILE
        send(105, struct.pack(">I", number) + attrs(mode, size_of(path)))
    elif kind == 8:
        send(105, struct.pack(">I", number) +
             attrs(mode_of(handles[path]), size_of(handles[path])))
    elif kind in (3, 11):
        handle = b"%d" % len(handles)
        handles[handle] = path
        send(102, struct.pack(">I", number) + string(handle))
    elif kind == 12:
        read_dir(number, handles[path])
    elif kind == 19:
        names(number, [(os.fsencode(outside), LINK)])
    elif kind == 5:
        offset, length = struct.unpack(">QI", body[8 + n:20 + n])
        read(number, offset, length)
    else:
        status(number, 0)


def main():
    data = sys.stdin.buffer
    if what == "text":
        print("This account is currently not available.")
        return
    if what == "garbage":
        sys.stdout.buffer.write(os.urandom(100000))
        sys.stdout.buffer.flush()
        data.read()
        return
    while True:
        head = data.read(5)
        if len(head) < 5:
            return
        length, kind = struct.unpack(">IB", head)
        body = data.read(length - 1)
        if kind == 1:
            send(2, struct.pack(">I", 3))
            if what == "unasked":
                send(103, struct.pack(">I", 77) + string(b"unasked"))
        else:
            take(kind, body)


main()
