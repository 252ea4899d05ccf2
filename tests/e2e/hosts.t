#!/usr/bin/env python3
"""fab-hosts against ClusterShell's NodeSet and pdsh -Q, over generated
expressions, and what it does that they do not."""

import os
import random
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HOSTS = os.path.join(TOP, os.environ.get("B", "build"), "fab-hosts")
SEED = int(os.environ.get("SEED", "1"))
COUNT = int(os.environ.get("COUNT", "1000"))

# where the system's packages are, whichever python3 runs this
sys.path.append("/usr/lib/python3/dist-packages")
try:
    from ClusterShell import NodeSet as cluster
    NodeSet = cluster.NodeSet
except ImportError:
    NodeSet = None


class Tap:
    count = failed = 0

    def ok(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, name))
        for line in str(why).splitlines() if not good else []:
            print("# " + line)

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))


def run(*args, **more):
    """Status, output, errors of fab-hosts."""
    done = subprocess.run([HOSTS] + list(args), capture_output=True,
                          text=True, timeout=60,
                          **dict({"stdin": subprocess.DEVNULL}, **more))
    return done.returncode, done.stdout, done.stderr


def digits(rnd):
    return rnd.choice(["0", "1", "9", "10", "99", "100", "01", "09", "007",
                       "010", "00", str(rnd.randrange(120))])


def bracket(rnd):
    parts = []
    for _ in range(rnd.randint(1, 3)):
        a = digits(rnd)
        b = int(a) + rnd.randint(1, 12)
        kind = rnd.random()
        if kind < 0.4:
            parts.append(a)
        elif kind < 0.9 or int(a) == b:
            parts.append("%s-%s" % (a, str(b).zfill(len(a))))
        else:
            parts.append("%s-%s/%d" % (a, str(b).zfill(len(a)),
                                       rnd.randint(1, 4)))
    return "[%s]" % ",".join(parts)


def name(rnd):
    text = rnd.choice(["a", "b", "web", "n-", "rack", "x.y"])
    for _ in range(rnd.choice([0, 1, 1, 1, 2, 2, 3])):
        text += rnd.choice([bracket, bracket, digits])(rnd)
        text += rnd.choice(["-b", ".net", "x", "-ib"])
    if rnd.random() < 0.5:
        text += rnd.choice([bracket, digits])(rnd)
    return text


def grid(rnd):
    """Single names out of a small grid: what several dimensions make hard."""
    dims = rnd.randint(1, 3)
    width = rnd.randint(2, 5)
    names = set()
    for _ in range(rnd.randint(1, 30)):
        names.add("n" + "-".join(str(rnd.choice([8, 9, 98, 1]) +
                                     rnd.randrange(width))
                                 for _ in range(dims)))
    return ",".join(rnd.sample(sorted(names), len(names)))


def expression(rnd):
    if rnd.random() < 0.5:
        return grid(rnd)
    return ",".join(name(rnd) for _ in range(rnd.randint(1, 4)))


def against_nodeset(tap, rnd):
    if not NodeSet:
        tap.skip("the same as nodeset", "no ClusterShell")
        return
    wrong = refused = 0
    for i in range(COUNT):
        text = expression(rnd)
        try:
            theirs = NodeSet(text, resolver=cluster.RESOLVER_NOGROUP)
        except cluster.NodeSetException:
            theirs = None
        status, folded, err = run("--fold", text)
        if status or theirs is None:
            # both, or neither: nodeset knows no bracket behind a bracket
            refused += 1
            if (status == 0) != (theirs is not None) and wrong < 20:
                wrong += 1
                tap.ok(False, "accepts what nodeset does", "%s %s %s"
                       % (text, theirs, err))
            continue
        _, lines, _ = run(text)
        if folded.strip() != str(theirs) or \
                lines.split("\n")[:-1] != list(theirs):
            wrong += 1
            if wrong < 20:
                tap.ok(False, "the same as nodeset", "%s\n%s\n%s\n%s\n%s" %
                       (text, folded, theirs, lines.split(), list(theirs)))
    tap.ok(wrong == 0, "the same as nodeset, expanded and folded, "
           "%d expressions of seed %d" % (COUNT, SEED))
    tap.ok(refused < COUNT / 4, "most expressions are good", refused)


def sets_against_nodeset(tap, rnd):
    if not NodeSet:
        tap.skip("sets as nodeset makes them", "no ClusterShell")
        return
    wrong = ""
    for _ in range(COUNT // 5):
        a, b = grid(rnd), grid(rnd)
        n, m = NodeSet(a), NodeSet(b)
        size = rnd.randint(1, 6)
        for args, theirs in (
                (["-x", b, a], [str(n - m)]),
                (["--intersect", b, a], [str(n & m)]),
                (["--split", str(size), a], [str(p) for p in n.split(size)])):
            how = "--fold" if args[0] != "--split" else None
            out = run(*([how] if how else []), *args)[1].split("\n")[:-1]
            if out != [t for t in theirs if t]:
                wrong += "%s: %s %s\n" % (args, out, theirs)
    tap.ok(not wrong, "differences, intersections and parts are nodeset's",
           wrong[:4000])


def against_pdsh(tap, rnd):
    if not shutil.which("pdsh"):
        tap.skip("the same hosts as pdsh -Q", "no pdsh")
        return
    wrong = ""
    for _ in range(COUNT // 20):
        names = []
        for _ in range(rnd.randint(1, 3)):
            a = rnd.randrange(120)
            b = a + rnd.randrange(30)
            # pdsh drops no host that is named twice: so no name is
            names.append("%s[%0*d-%d,%d]" % (
                "abcdefgh"[len(names)], rnd.choice([0, len(str(b))]), a, b,
                b + 1 + rnd.randrange(9)))
        text = ",".join(names)
        pdsh = subprocess.run(["pdsh", "-Q", "-w", text], capture_output=True,
                              text=True, env=dict(os.environ,
                                                  PDSH_RCMD_TYPE="exec"))
        theirs = sorted(pdsh.stdout.split()[-1].split(","))
        ours = sorted(run(text)[1].split())
        if ours != theirs:
            wrong += "%s: %s %s %s\n" % (text, ours, theirs, pdsh.stderr)
    tap.ok(not wrong, "the same hosts as pdsh -Q", wrong[:4000])


GOOD = [
    # arguments, output
    (["web"], "web"),
    (["b,a"], "a b"),
    (["web[01-03]"], "web01 web02 web03"),
    (["n[0-10/5]"], "n0 n5 n10"),
    (["n[1-2]-ib[0-1]"], "n1-ib0 n1-ib1 n2-ib0 n2-ib1"),
    (["a[1-2][3-4]"], "a13 a14 a23 a24"),
    (["root@n[1-2]:22"], "root@n1:22 root@n2:22"),
    (["[::1],u@[fe80::1%eth0]:22"], "[::1] u@[fe80::1%eth0]:22"),
    (["a,b,a,u@a,a:1"], "a a:1 b u@a"),
    (["n[1-9],!n[2-8]"], "n1 n9"),
    (["!a,a"], "a"),
    (["a,u@a,a:22,!a"], ""),
    (["a,u@a,a:22,!u@a"], "a a:22"),
    (["a,u@a,a:22,!a:22"], "a u@a"),
    (["-x", "n[2-9]", "n[1-3]", "m"], "m n1"),
    (["-x", "a", "-x", "b", "a,b,c"], "c"),
    (["-H", "a", "b"], "a b"),
    (["--intersect", "n[2-5]", "--intersect", "n[4-9]", "n[1-9]"], "n4 n5"),
    (["--count", "n[1-100],n5"], "100"),
    (["--count", "a,!a"], "0"),
    (["--fold", "root@n[1-3]:22,n[1-3],root@n[1-2]"],
     "n[1-3],root@n[1-2],root@n[1-3]:22"),
    (["--fold", "u1@n,u2@n"], "u1@n,u2@n"),
    (["--fold", "[::1],[::2]"], "[::1],[::2]"),
    (["--split", "3", "n[1-7]"], "n[1-3] n[4-5] n[6-7]"),
    (["--split", "9", "n[1-2]"], "n1 n2"),
    (["--batch", "3", "n[1-7]"], "n[1-3] n[4-6] n7"),
    (["--", "a"], "a"),
]

BAD = [
    # expression, column, part of the message
    ("", 1, "empty term"), ("a,,b", 3, "empty term"), ("a,", 3, "empty term"),
    (",a", 1, "empty term"), ("!", 1, "empty term"),
    ("web[1-3", 4, "never closed"), ("web1-3]", 7, "not opened"),
    ("web[]", 5, "empty brackets"), ("web[3-1]", 7, "backwards"),
    ("web[1-010]", 7, "padded differently"),
    ("web[01-100]", 8, "padded differently"),
    ("web[1,,2]", 7, "missing"), ("web[a-b]", 5, "not a number"),
    ("web[1-]", 7, "missing"), ("web[-1]", 5, "not a number"),
    ("web[1/2]", 6, "step without"), ("web[1-9/0]", 9, "step of 0"),
    ("web[1-2-3]", 8, "between brackets"), ("web[[1-2]]", 5, "not a number"),
    ("web[1 ]", 6, "between brackets"),
    ("-oProxyCommand=x", 1, "begin with -"), ("u@-x", 3, "begin with -"),
    ("-u@x", 1, "begin with -"), ("a b", 2, "must not hold"),
    ("a;b", 2, "must not hold"), ("a/b", 2, "must not hold"),
    ("$(id)@x", 1, "user"), ("a'b@x", 2, "user"), ("@@x", 2, "group"),
    ("a@", 3, "missing"), ("..", 1, "dot"), ("a:", 3, "port"),
    ("a:0", 3, "port"), ("a:65536", 3, "port"), ("a:22x", 3, "port"),
    ("::1", 1, "missing"), ("fe80::1", 6, "brackets"),
    ("[::g]", 2, "IPv6"), ("x[::1]", 2, "whole name"),
    ("[::1]x", 1, "whole name"), ("[::1%]", 5, "zone"),
    ("h\u00e9", 2, "must not hold"), ("n[1-65537]", 1, "65536"),
    ("n[1-1000]x[1-1000]", 1, "65536"),
    ("n[0-99999999999999999999]", 5, "too long"),
    ("root@@web", 5, "end with @"),
]


def fixed(tap):
    for args, expected in GOOD:
        status, out, err = run(*args)
        tap.ok(status == 0 and out.split() == expected.split() and not err,
               "%s are %s" % (" ".join(args), expected or "none"),
               (status, out, err))
    for text, column, message in BAD:
        status, out, err = run("--", text)
        lines = err.splitlines()
        good = status == 125 and not out and message in err and \
            "column %d" % column in lines[0]
        if good and text.isascii() and text:
            good = lines[2].index("^") - lines[1].index(text) == column - 1
        tap.ok(good, "%r is an error at column %d" % (text, column),
               (status, out, err))
    for args in ([], ["--split", "0", "a"], ["--batch", "x", "a"],
                 ["--fold", "--count", "a"], ["--nonsense", "a"], ["-x", "a"],
                 ["-f", "/no/such/file"], ["-f"]):
        status, out, err = run(*args)
        tap.ok(status == 125 and not out and err.startswith("fab-hosts: "),
               "fab-hosts %s is 125" % " ".join(args), (status, out, err))


def files(tap, directory):
    path = os.path.join(directory, "list")

    def file(text, mode=0o644, name="list"):
        where = os.path.join(directory, name)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "w") as f:
            f.write(text)
        os.chmod(where, mode)
        return where

    file("# mine\nweb[1-2] root # two\n\n  db HostName=10.0.0.1 ProxyJump=gw\n"
         "u@x y\r\n[::1]:22\n!web2\nlast")
    out = run("-f", path)
    tap.ok(out[1].split() == ["[::1]:22", "db", "last", "root@web1", "u@x"],
           "a host file is read", out)
    with open(path) as f:
        out = run("-f", "-", "a", stdin=f)
    tap.ok(out[1].split()[-1] == "u@x" and "a" in out[1].split(),
           "standard input is read", out)
    file("a\nb[\n")
    out = run("-f", path)
    tap.ok(out[0] == 125 and "%s line 2: " % path in out[2] and
           "column 2" in out[2], "an error in a file names its line", out)
    for line, column, message in (
            ("web $(id)", 5, "user must not hold"),
            ("web ../x", 7, "user must not hold"),
            ("web -x", 5, "begin with -"), ("web a,b", 6, "user must not hold"),
            ("web " + "u" * 256, 5, "too long"),
            ("web1 web2 web3", 6, "KEY=VALUE"),
            ("web root Port=22", 5, "KEY=VALUE")):
        file(line + "\n")
        out = run("-f", path)
        tap.ok(out[0] == 125 and not out[1] and message in out[2] and
               "column %d" % column in out[2],
               "a host file's %.30s is an error at column %d" % (line, column),
               out)
    file("a\0b\n")
    tap.ok(run("-f", path)[0] == 125, "a file with NUL is refused")
    file("a\n\n#x\n")
    tap.ok(run("-f", path)[1] == "a\n", "blank lines and comments are none")
    file("x", name="web1")
    out = run("web1", cwd=directory)
    tap.ok(out[1] == "web1\n" and "quote ranges" in out[2],
           "a file that an unquoted range may have met gets a hint", out)
    file("x", name="web2")
    out = run("web1", "web2", cwd=directory)
    tap.ok(out[1] == "web1\nweb2\n" and out[2].count("quote ranges") == 1,
           "the hint is given once", out)
    groups(tap, directory, file)


def groups(tap, directory, file):
    one = os.path.join(directory, "one")
    env = dict(os.environ, HOME=directory, FAB_GROUPS="%s:%s/two" %
               (one, directory))
    file("web[1-3]\n@db\n", name="one/all")
    file("db1 root\n", name="two/db")
    file("other\n", name="two/all")
    file("home1\n", name=".config/fab/groups/mine")

    def get(*args):
        return run(*args, env=env)

    tap.ok(get("@all")[1].split() == ["root@db1", "web1", "web2", "web3"],
           "a group holds another", get("@all"))
    tap.ok(get("@mine")[1] == "home1\n", "groups of the home directory",
           get("@mine"))
    tap.ok(get("@all,!@db,!web2")[1].split() == ["web1", "web3"],
           "a group is taken away", get("@all,!@db,!web2"))
    out = get("a,@none")
    tap.ok(out[0] == 125 and "column 3" in out[2] and one in out[2],
           "a group that is nowhere: where it was looked for", out)
    file("@b\n", name="one/a")
    file("x,@c\n", name="one/b")
    file("@a\n", name="one/c")
    out = get("@a")
    tap.ok(out[0] == 125 and "a, b, c, a" in out[2], "a cycle is named", out)
    file("y[\n", name="one/bad")
    out = get("@bad")
    tap.ok(out[0] == 125 and "one/bad line 1: " in out[2],
           "an error in a group names its file", out)
    file("#!/bin/sh\necho 'p[1-2]'\necho @db\n", 0o755, "one/prog")
    tap.ok(get("@prog")[1].split() == ["p1", "p2", "root@db1"],
           "a program prints a group", get("@prog"))
    file("#!/bin/sh\necho a\nexit 3\n", 0o755, "one/fails")
    out = get("@fails")
    tap.ok(out[0] == 125 and "exit status 3" in out[2] and not out[1],
           "a program that fails", out)
    file("#!/bin/sh\nkill -9 $$\n", 0o755, "one/dies")
    out = get("@dies")
    tap.ok(out[0] == 125 and "signal 9" in out[2], "a program that dies", out)
    file("web9\n", 0o755, "one/data")
    tap.ok(get("@data")[1] == "web9\n",
           "an executable file that is no program is read", get("@data"))
    os.symlink("nowhere", os.path.join(one, "gone"))
    file("wrong\n", name="two/gone")
    out = get("@gone")
    tap.ok(out[0] == 125 and "one/gone" in out[2] and not out[1],
           "a group that cannot be opened hides none of its name", out)
    os.mkfifo(os.path.join(one, "pipe"))
    out = get("@pipe")
    tap.ok(out[0] == 125 and "one/pipe: not a file" in out[2],
           "a pipe is no group", out)
    file("#!/bin/sh\nsleep 60 2>/dev/null &\necho a\n", 0o755, "one/holds")
    out = get("@holds")
    tap.ok(out[0] == 125 and "one/holds" in out[2] and " 10 s" in out[2],
           "a program whose child keeps its output open is one that hangs",
           out)
    file("#!/bin/sh\nsleep 60\n", 0o755, "one/hangs")
    out = get("@hangs")
    tap.ok(out[0] == 125 and "one/hangs" in out[2] and " 10 s" in out[2],
           "a program that hangs is ended after 10 s", out)
    recipes(tap, get, file)


def recipes(tap, get, file):
    """The man page's programs for inventories, with stand-ins."""
    file("#!/bin/sh\n"
         "printf '{\"web\":{\"hosts\":[\"w1\",\"w2\"]}}'\n", 0o755,
         "bin/ansible-inventory")
    file("#!/bin/sh\n[ \"$1 $2\" = '-n gpu' ] && printf 'g1\\ng2\\n'\n", 0o755,
         "bin/nodeattr")
    file("#!/bin/sh\necho 'c[01-02]'\n", 0o755, "bin/sinfo")
    bindir = os.path.join(os.path.dirname(file("", name="bin/none")))
    path = bindir + ":" + os.environ["PATH"]
    file("#!/bin/sh\nexec nodeattr -n gpu\n", 0o755, "one/gpu")
    file("#!/bin/sh\nexec sinfo -h -o %N -p batch\n", 0o755, "one/batch")
    file("#!/bin/sh\nansible-inventory --list | python3 -c '\n"
         "import json, sys\n"
         "print(\"\\n\".join(json.load(sys.stdin)[\"web\"][\"hosts\"]))'\n",
         0o755, "one/inventory")
    env = dict(os.environ, FAB_GROUPS=os.path.join(
        os.path.dirname(bindir), "one"), PATH=path)
    for group, expected in (("gpu", "g1 g2"), ("batch", "c01 c02"),
                            ("inventory", "w1 w2")):
        out = run("@" + group, env=env)
        tap.ok(out[1].split() == expected.split(),
               "the man page's program for %s" % group, out)


def full(tap):
    with open("/dev/full", "w") as f:
        done = subprocess.run([HOSTS, "a"], stdout=f, stderr=subprocess.PIPE,
                              text=True)
    tap.ok(done.returncode == 125 and "standard output" in done.stderr,
           "a full disk is an error", done)
    for arg in ("--help", "--version"):
        tap.ok(run(arg)[0] == 0 and "fab-hosts" in run(arg)[1], arg)


def main():
    tap = Tap()
    rnd = random.Random(SEED)
    fixed(tap)
    with tempfile.TemporaryDirectory() as directory:
        files(tap, directory)
    full(tap)
    against_nodeset(tap, rnd)
    sets_against_nodeset(tap, rnd)
    against_pdsh(tap, rnd)
    print("1..%d" % tap.count)
    return tap.failed != 0


sys.exit(main())
