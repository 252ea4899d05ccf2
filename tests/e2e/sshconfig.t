#!/usr/bin/env python3
"""Our reading of ssh_config against that of ssh -G, over a corpus of
hand-made and generated configurations: the same answer for every keyword, or
an error where ssh has one."""

import os
import random
import re
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
OURS_PROGRAM = os.path.join(TOP, os.environ.get("B", "build"),
                            "tests/support/ssh-settings")
SEED = int(os.environ.get("SEED", "1"))
COUNT = int(os.environ.get("COUNT", "300"))

KEYWORDS = """host user hostname port addressfamily batchmode compression
exitonforwardfailure hashknownhosts identitiesonly
kbdinteractiveauthentication passwordauthentication pubkeyauthentication
requesttty stricthostkeychecking connectionattempts numberofpasswordprompts
serveralivecountmax serveraliveinterval connecttimeout bindaddress ciphers
hostkeyalgorithms hostkeyalias identityagent kexalgorithms macs
preferredauthentications pubkeyacceptedalgorithms identityfile certificatefile
globalknownhostsfile userknownhostsfile setenv forwardagent proxyjump
proxycommand""".split()
# Their defaults are not ssh's; compared where a configuration sets them.
DEFAULTED = """ciphers hostkeyalgorithms kexalgorithms macs
pubkeyacceptedalgorithms identityfile serveraliveinterval
serveralivecountmax""".split()

HAND = [
    # (name of the case, configuration, arguments, host)
    ("a keyword before an equals sign", "User=bob\nPort = 2222\n", [], "web"),
    ("blanks before a keyword", "   \tUser   bob  \n", [], "web"),
    ("comments behind a value", "User bob # no\nPort 22 #x\n", [], "web"),
    ("quoted values", 'User "bob smith"\nIdentityFile "~/a b"\n', [], "web"),
    ("single quotes and backslashes", "User 'a b'\nHostKeyAlias a\\ b\n", [],
     "web"),
    ("a quote without an end", 'User "bob\n', [], "web"),
    ("two values where one belongs", "User bob smith\n", [], "web"),
    ("no value", "User\n", [], "web"),
    ("an empty value", 'User ""\n', [], "web"),
    ("carriage returns at the ends of lines", "User bob\r\nPort 24\r\n", [],
     "web"),
    ("form feed at the end", "User bob\f\n", [], "web"),
    ("the first value wins", "User a\nUser b\nHost *\nUser c\n", [], "web"),
    ("keywords in any case", "uSER bob\nPORT 23\n", [], "web"),
    ("Host with several patterns", "Host a b web*\nUser x\n", [], "web1"),
    ("Host with a negated pattern", "Host * !web1\nUser x\n", [], "web1"),
    ("negation before the match", "Host !web1 *\nUser x\n", [], "web2"),
    ("negation alone matches nothing", "Host !web1\nUser x\n", [], "web2"),
    ("question marks", "Host web?\nUser x\nHost web??\nUser y\n", [], "web12"),
    ("Host minds upper case", "Host WEB\nUser x\n", [], "web"),
    ("an upper case name", "Host WEB\nUser x\n", [], "WEB"),
    ("Match all", "Match all\nUser x\n", [], "web"),
    ("Match all negated", "Match !all\nUser x\n", [], "web"),
    ("Match all with others", "Match all host web\nUser x\n", [], "web"),
    ("Match host list", "Match host a,web*,!webx\nUser x\n", [], "weby"),
    ("Match host sees HostName", "Host web\nHostName real.net\n"
     "Match host real.net\nUser x\n", [], "web"),
    ("Match host sees %h", "Host web\nHostName %h.net\n"
     "Match host web.net\nUser x\n", [], "web"),
    ("Match originalhost", "HostName real\nMatch originalhost web\nUser x\n",
     [], "web"),
    ("Match host without regard to case", "Match host WEB\nUser x\n", [],
     "Web"),
    ("Match user of an option", "Match user bob\nPort 23\n", ["-o", "User=bob"],
     "web"),
    ("Match user of the host", "Match user bob\nPort 23\n", [], "bob@web"),
    ("Match localuser", "Match localuser root,me\nPort 23\n", [], "web"),
    ("Match negated", "Match !user bob\nPort 23\n", [], "alice@web"),
    ("Match with an equals sign", "Match host=web user=bob\nPort 23\n", [],
     "bob@web"),
    ("Match with quotes", 'Match host "web,x"\nPort 23\n', [], "web"),
    ("Match without criteria", "Match\nPort 23\n", [], "web"),
    ("Match without an argument", "Match host\nPort 23\n", [], "web"),
    ("Match with a comment", "Match host web # x\nPort 23\n", [], "web"),
    ("Match exec that succeeds", "Match exec true\nUser x\n", [], "web"),
    ("Match exec that fails", "Match exec false\nUser x\n", [], "web"),
    ("Match exec negated", "Match !exec false\nUser x\n", [], "web"),
    ("Match exec with tokens",
     'Match exec "test %h-%n-%p-%r = r-web-24-bob"\nBatchMode yes\n',
     ["-o", "HostName=r", "-o", "Port=24"], "bob@web"),
    ("Match exec with a hash", 'Match exec "test %C = x"\nBatchMode yes\n', [],
     "web"),
    ("Match exec after what fails", 'Match host x exec "kill $$"\nUser x\n',
     [], "web"),
    ("Match exec with an unknown token", 'Match exec "true %z"\nUser x\n', [],
     "web"),
    ("Match final", "Host web\nHostName real\nMatch final host real\n"
     "User x\n", [], "web"),
    ("Match final sets no HostName", "Match final\nHostName other\nUser x\n",
     [], "web"),
    ("Match final negated", "Match !final\nUser x\nMatch final\nUser y\n", [],
     "web"),
    ("Host sees HostName in the second reading", "Match final\nPort 23\n"
     "Host web\nHostName Real\nHost real\nUser x\n", [], "web"),
    ("Match canonical", "Match canonical\nUser x\n", [], "web"),
    ("Match canonical and final", "Match canonical\nUser x\nMatch final\n"
     "Port 24\n", [], "web"),
    ("files of both readings", "Match final\nIdentityFile ~/b\nHost *\n"
     "IdentityFile ~/a\nSetEnv A=b\n", [], "web"),
    ("identity files add up", "IdentityFile a\nIdentityFile b\n"
     "IdentityFile a\n", ["-o", "IdentityFile=c"], "web"),
    ("IdentityFile none", "IdentityFile none\n", [], "web"),
    ("certificate files", "CertificateFile a\nCertificateFile ~/b\n", [],
     "web"),
    ("known hosts of several files", "UserKnownHostsFile a ~/b %d/c ~/%n\n",
     [], "web"),
    ("known hosts none", "UserKnownHostsFile none\nGlobalKnownHostsFile none\n",
     [], "web"),
    ("none among files", "UserKnownHostsFile a none\n", [], "web"),
    ("global known hosts", "GlobalKnownHostsFile /a ~/b\n"
     "GlobalKnownHostsFile /c\n", [], "web"),
    ("known hosts by a variable", "UserKnownHostsFile ${HOME}/x\n", [], "web"),
    ("a variable without a value", "UserKnownHostsFile ${NO_SUCH_X}/x\n", [],
     "web"),
    ("a variable without an end", "UserKnownHostsFile ${HOME/x\n", [], "web"),
    ("all tokens", "UserKnownHostsFile %%/%C/%L/%d/%h/%i/%k/%l/%n/%p/%r/%u\n"
     "HostKeyAlias al\nHostName Real\n", ["-o", "Port=99"], "bob@web"),
    ("an unknown token", "UserKnownHostsFile %y\n", [], "web"),
    ("HostName with an unknown token", "HostName %p\n", [], "web"),
    ("HostName with percent signs", "HostName %%%h\n", [], "web"),
    ("HostName in upper case", "HostName REAL.Net\n", [], "web"),
    ("an address as HostName", "HostName 10.0.0.1\n", [], "web"),
    ("an IPv6 address as HostName", "HostName 0:0::0001\n", [], "web"),
    ("HostKeyAlias in upper case", "HostKeyAlias AliasX\n", [], "web"),
    ("ports", "Port 65535\n", [], "web"),
    ("port 0", "Port 0\n", [], "web"),
    ("a port that is too large", "Port 65536\n", [], "web"),
    ("a port that is no number", "Port x1\n", [], "web"),
    ("times", "ConnectTimeout 1m30s\nServerAliveInterval 1h\n", [], "web"),
    ("time none", "ConnectTimeout none\nConnectTimeout 5\n", [], "web"),
    ("a bad time", "ConnectTimeout 5x\n", [], "web"),
    ("flags true and false", "BatchMode true\nCompression no\n"
     "HashKnownHosts FALSE\nIdentitiesOnly Yes\n", [], "web"),
    ("a bad flag", "BatchMode maybe\n", [], "web"),
    ("compression true", "Compression true\n", [], "web"),
    ("StrictHostKeyChecking off", "StrictHostKeyChecking off\n", [], "web"),
    ("StrictHostKeyChecking accept-new", "StrictHostKeyChecking accept-new\n",
     [], "web"),
    ("StrictHostKeyChecking bad", "StrictHostKeyChecking new\n", [], "web"),
    ("PubkeyAuthentication unbound", "PubkeyAuthentication unbound\n", [],
     "web"),
    ("old names of keywords", "ChallengeResponseAuthentication no\n"
     "PubkeyAcceptedKeyTypes ssh-ed25519\nIdentityFile2 x\n", [], "web"),
    ("algorithms", "Ciphers aes128-ctr,aes256-ctr\nMACs hmac-sha2-256\n"
     "KexAlgorithms curve25519-sha256\nHostKeyAlgorithms ssh-ed25519\n", [],
     "web"),
    ("ForwardAgent yes", "ForwardAgent yes\n", [], "web"),
    ("ForwardAgent by path", "ForwardAgent /\n", [], "web"),
    ("IdentityAgent", "IdentityAgent ~/%n/agent\n", [], "web"),
    ("IdentityAgent none", "IdentityAgent none\n", [], "web"),
    ("IdentityAgent by variable", "IdentityAgent $FOO_1\n", [], "web"),
    ("IdentityAgent by a bad variable", "IdentityAgent $FOO-1\n", [], "web"),
    ("SetEnv", "SetEnv A=1 B='x y' A=2\nSetEnv C=3\n", [], "web"),
    ("SetEnv without a value", "SetEnv A\n", [], "web"),
    ("ProxyCommand", "ProxyCommand nc -x 'a b' %h %p # c\n", [], "web"),
    ("ProxyCommand with an equals sign", "ProxyCommand = nc %h\n", [], "web"),
    ("ProxyCommand none", "ProxyCommand none\nProxyCommand nc\n", [], "web"),
    ("ProxyCommand before ProxyJump", "ProxyCommand nc\nProxyJump gw\n", [],
     "web"),
    ("ProxyJump before ProxyCommand", "ProxyJump gw\nProxyCommand nc\n", [],
     "web"),
    ("ProxyJump", "ProxyJump bob@gw:2222,[::1]:33,ssh://a@b:5 # x\n", [],
     "web"),
    ("ProxyJump in brackets", "ProxyJump bob@[10.0.0.1]:2222,[gw]\n", [],
     "web"),
    ("ProxyJump to an address", "ProxyJump 10.0.0.1\n", [], "web"),
    ("ProxyJump none", "ProxyJump none\nProxyJump gw\n", [], "web"),
    ("ProxyJump none before ProxyCommand", "ProxyJump none\nProxyCommand nc\n",
     [], "web"),
    ("ProxyJump through itself", "Host *\nProxyJump gw\n", [], "gw"),
    ("ProxyJump through itself at another port", "Host *\nProxyJump gw:23\n",
     [], "gw"),
    ("ProxyJump bad", "ProxyJump a@@:b\n", [], "web"),
    ("ProxyJump bad where nothing holds", "Host x\nProxyJump a:b:c\n", [],
     "web"),
    ("an unknown keyword", "Frobnicate yes\n", [], "web"),
    ("an unknown keyword where nothing holds", "Host x\nFrobnicate yes\n", [],
     "web"),
    ("IgnoreUnknown", "IgnoreUnknown frob*,x\nFrobnicate yes\n", [], "web"),
    ("IgnoreUnknown too late", "Frobnicate yes\nIgnoreUnknown frob*\n", [],
     "web"),
    ("IgnoreUnknown where nothing holds", "Host x\nIgnoreUnknown frob*\n"
     "Host *\nFrobnicate yes\n", [], "web"),
    ("bad values where nothing holds", "Host x\nPort abc\n", [], "web"),
    ("options before files", "User a\nPort 24\n",
     ["-o", "User=b", "-o", "Port 25"], "web"),
    ("Host among options", "", ["-o", "Host=x"], "web"),
    ("Include", "Include INC1\nPort 27\n", [], "web"),
    ("Include where nothing holds", "Host x\nInclude INC1\nHost *\nPort 27\n",
     [], "web"),
    ("Include keeps what holds", "Host web\nInclude INC2\nPort 27\n", [],
     "web"),
    ("Include of several with a glob", "Include INC*\n", [], "web"),
    ("Include of no file", "Include INCnone*\nUser x\n", [], "web"),
    ("Include of a bad file", "Include BAD\n", [], "web"),
    ("Include of a bad file where nothing holds", "Host x\nInclude BAD\n", [],
     "web"),
    ("Include of itself", "Include SELF\n", [], "web"),
    ("Include that others may write", "Include OPEN\n", [], "web"),
    ("keywords that ssh knows and we skip", "LogLevel DEBUG\nSendEnv LANG\n"
     "ControlMaster auto\nControlPath ~/x\nUser u\n", [], "web"),
    ("RequestTTY", "RequestTTY force\n", [], "web"),
    ("AddressFamily", "AddressFamily INET6\n", [], "web"),
    ("BindAddress", "BindAddress 127.0.0.1\n", [], "web"),
    ("NumberOfPasswordPrompts 0", "NumberOfPasswordPrompts 0\n", [], "web"),
    ("ConnectionAttempts 0", "ConnectionAttempts 0\n", [], "web"),
    ("a negative number", "NumberOfPasswordPrompts -1\n", [], "web"),
]
# ssh of 9.2 dies of these; a later ssh, and we, read them.
OURS = [
    ("Match with a criterion we do not know does not match",
     "Match localnetwork 10.0.0.0/8\nUser x\nHost *\nPort 24\n",
     {"user": None, "port": ["24"]}),
    ("a keyword of later releases is skipped",
     "ObscureKeystrokeTiming no\nChannelTimeout x=1\nPort 24\n",
     {"port": ["24"]}),
    ("RevokedHostKeys none is nothing", "RevokedHostKeys none\nPort 24\n",
     {"port": ["24"]}),
    ("RevokedHostKeys for another host", "Host x\nRevokedHostKeys /a\nHost *\n"
     "Port 24\n", {"port": ["24"]}),
    ("RevokedHostKeys is an error", "RevokedHostKeys /a\n", "line 1"),
    ("KnownHostsCommand is an error", "User x\nKnownHostsCommand /bin/x\n",
     "line 2"),
]


class Corpus:
    """Directory of the files, and both programs."""

    def __init__(self, directory, ours):
        self.dir = directory
        self.defaults = {}
        self.env = dict(os.environ, HOME=directory, SHELL="/bin/sh")
        self.env.pop("SSH_AUTH_SOCK", None)
        self.file("INC1", "User inc1\nHost x\nPort 1111\n")
        self.file("INC2", "Host nothing\nUser inc2\n")
        self.file("BAD", "Port x\n")
        self.file("SELF", "Include %s/SELF\n" % directory)
        os.chmod(self.file("OPEN", "User x\n"), 0o666)
        a, _ = self.run([ours], "", [], "web")
        b, _ = self.run(["ssh", "-G"], "", [], "web")
        for key in DEFAULTED:
            self.defaults[key] = (a.get(key), b.get(key))

    def file(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o600)
        return path

    def run(self, program, config, args, host):
        path = self.file("config", re.sub(r"\b(INC|BAD|SELF|OPEN)",
                                          self.dir + r"/\1", config))
        done = subprocess.run(program + ["-F", path] + args + [host],
                              env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode:
            return None, done.stderr
        answer = {}
        for line in done.stdout.splitlines():
            key, _, value = line.partition(" ")
            answer.setdefault(key, []).append(value)
        return answer, done.stderr


def compare(corpus, ours, theirs):
    for key in KEYWORDS:
        a, b = ours.get(key), theirs.get(key)
        if key in DEFAULTED and (a, b) == corpus.defaults[key]:
            continue
        if key == "serveraliveinterval" and a == ["15"] and b == ["300"]:
            continue  # Debian's default with BatchMode
        if key == "proxyjump" and b:
            # ssh puts an address in brackets
            b = [re.sub(r"\[([0-9.]+)\]", r"\1", v) for v in b]
            b = [v.replace("ssh://", "") for v in b]
        if a != b:
            return "%s: ours %r, ssh %r" % (key, a, b)
    return None


def generate(rnd):
    """A configuration of blocks with values that are mostly good."""
    names = ["web", "web1", "db.example.net", "gw", "Web", "10.0.0.1"]
    pats = names + ["*", "web*", "?eb", "*.net", "!web", "!*.net", "*1"]
    users = ["bob", "alice", '"al ice"', "root"]
    values = {
        "User": users, "HostName": ["%h.example.net", "real", "REAL2", "%h"],
        "Port": ["22", "2222", "24"], "BatchMode": ["yes", "no", "true"],
        "AddressFamily": ["inet", "inet6", "any"],
        "Compression": ["yes", "no"], "HashKnownHosts": ["yes", "no"],
        "IdentitiesOnly": ["yes", "no"], "IdentityFile":
        ["~/.ssh/a", "%d/b", "none", "'c d'", "/e/%u"],
        "CertificateFile": ["~/x", "y"],
        "PasswordAuthentication": ["yes", "no"],
        "PubkeyAuthentication": ["yes", "no", "unbound"],
        "KbdInteractiveAuthentication": ["yes", "no"],
        "RequestTTY": ["yes", "no", "force", "auto"],
        "StrictHostKeyChecking": ["yes", "no", "ask", "accept-new", "off"],
        "ConnectionAttempts": ["1", "3"], "ConnectTimeout": ["5", "1m", "none"],
        "ServerAliveInterval": ["5", "30s"], "ServerAliveCountMax": ["2"],
        "NumberOfPasswordPrompts": ["1", "2"], "BindAddress": ["127.0.0.1"],
        "HostKeyAlias": ["alias", "Alias2"],
        "PreferredAuthentications": ["publickey", "password,publickey"],
        "UserKnownHostsFile": ["~/kh", "a b", "none", "~/%n/%k-%p"],
        "GlobalKnownHostsFile": ["/g", "/g /h"],
        "ProxyCommand": ["nc %h %p", "none"],
        "ProxyJump": ["gate", "a@gate:5,b", "none"],
        "SetEnv": ["A=1", "A=1 B=2", "C='x y'"],
        "ForwardAgent": ["yes", "no"], "IdentityAgent": ["none", "~/ag-%r"],
        "Ciphers": ["aes128-ctr", "aes256-ctr,aes128-ctr"],
        "HostKeyAlgorithms": ["ssh-ed25519"], "LogLevel": ["DEBUG"],
        "ExitOnForwardFailure": ["yes", "no"],
    }

    def condition():
        kind = rnd.randrange(10)
        if kind < 5:
            return "Host " + " ".join(rnd.sample(pats, rnd.randint(1, 3)))
        if kind == 5:
            return rnd.choice(["Match all", "Match final", "Match !final",
                               "Match canonical", "Match final all"])
        parts = []
        for _ in range(rnd.randint(1, 3)):
            name = rnd.choice(["host", "originalhost", "user", "localuser",
                               "exec", "host", "final"])
            no = rnd.choice(["", "", "!"])
            if name == "final":
                parts.append(no + name)
                continue
            if name in ("host", "originalhost"):
                arg = ",".join(rnd.sample(pats, rnd.randint(1, 2)))
            elif name == "exec":
                arg = rnd.choice(['"test %h = web"', "true", "false",
                                  '"test %r-%p = bob-22"'])
            else:
                arg = rnd.choice(["bob", "root", "r*", "*,!root", "alice"])
            parts.append("%s%s%s%s" % (no, name, rnd.choice([" ", " ", "="]),
                                       arg))
        return "Match " + " ".join(parts)

    lines = []
    for block in range(rnd.randint(1, 5)):
        if block or rnd.random() < 0.5:
            lines.append(condition())
        for _ in range(rnd.randint(1, 6)):
            if rnd.random() < 0.05:
                lines.append("Include " + rnd.choice(["INC1", "INC2", "INC*"]))
                continue
            key = rnd.choice(list(values))
            value = rnd.choice(values[key])
            # what -G does not look at, or only ssh refuses, stays good
            if rnd.random() < 0.01 and not re.match(
                    "LogLevel|Ciphers|.*Algo|Ident|Cert|ProxyJ", key):
                value = rnd.choice(["", '"', "x y z", "%z", "bad"])
            line = "%s%s%s%s" % (rnd.choice(["", "  ", "\t"]),
                                 rnd.choice([key, key.lower(), key.upper()]),
                                 rnd.choice([" ", "=", " = ", "  "]), value)
            # behind ProxyJump none a comment makes "none" a host for ssh
            if "Proxy" not in key and rnd.random() < 0.1:
                line += " # comment"
            lines.append(line)
    args = []
    for _ in range(rnd.choice([0, 0, 0, 1, 2])):
        key = rnd.choice(["User", "Port", "BatchMode", "IdentityFile"])
        args += ["-o", "%s=%s" % (key, rnd.choice(values[key]))]
    # Where the host carries a user, ours wins over -o User; ssh has it the
    # other way round, which for one host comes to the same.
    host = rnd.choice(names)
    if "User" not in "".join(args) and rnd.random() < 0.3:
        host = "bob@" + host
    return "\n".join(lines) + "\n", args, host


class Tap:
    count = failed = 0

    def ok(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, name))
        for line in why.splitlines() if not good else []:
            print("# " + line)


def check(tap, corpus, ours, name, config, args, host):
    a, a_err = corpus.run([ours], config, args, host)
    b, b_err = corpus.run(["ssh", "-G"], config, args, host)
    why = None
    if (a is None) != (b is None):
        why = "ours: %s\nssh: %s" % (a_err or "accepts", b_err or "accepts")
    elif a is not None:
        why = compare(corpus, a, b)
    tap.ok(why is None, name, "%s\n%s\n%r %s" % (why, config, args, host))


def check_ours(tap, corpus, ours, name, config, expected):
    a, err = corpus.run([ours], config, [], "web")
    if isinstance(expected, str):
        tap.ok(a is None and expected in err, name, str(a) + err)
        return
    wrong = [k for k, v in expected.items()
             if a is None or (v is not None and a.get(k) != v)]
    tap.ok(not wrong, name, "%r: %r %s" % (wrong, a, err))


def check_paths(tap, corpus, ours):
    """What ssh -v says it reads, where -G does not expand."""
    config = "IdentityFile ~/a-%n\nIdentityFile %d/b-%r-%p-%h\n" \
        "HostName Real\nProxyCommand false %h %n %p %r %k %%\n"
    a, _ = corpus.run([ours], config, [], "bob@web")
    path = corpus.file("config", config)
    done = subprocess.run(["ssh", "-v", "-F", path, "bob@web", "true"],
                          env=corpus.env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    files = re.findall(r"identity file (\S+) type", done.stderr)
    files = [f for f in files if not f.endswith("-cert")]
    tap.ok(a and a["-path"] == files, "paths of identity files are expanded",
           "%r %r" % (a, files))
    command = re.search(r"Executing proxy command: (.*)", done.stderr)
    tap.ok(a and command and a["-command"] == [command.group(1).strip()],
           "the tokens of ProxyCommand are replaced",
           "%r %s" % (a, done.stderr))


def main():
    tap = Tap()
    rnd = random.Random(SEED)
    with tempfile.TemporaryDirectory() as directory:
        ours = OURS_PROGRAM
        corpus = Corpus(directory, ours)
        for name, config, args, host in HAND:
            check(tap, corpus, ours, name, config, args, host)
        for name, config, expected in OURS:
            check_ours(tap, corpus, ours, name, config, expected)
        check_paths(tap, corpus, ours)
        for i in range(COUNT):
            config, args, host = generate(rnd)
            check(tap, corpus, ours, "generated configuration %d of seed %d"
                  % (i, SEED), config, args, host)
    print("1..%d" % tap.count)
    return tap.failed != 0


sys.exit(main())
