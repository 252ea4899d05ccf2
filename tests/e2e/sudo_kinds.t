#!/bin/sh
# sudo of every kind: one that wants a terminal, rules that name commands,
# other prompts, many hosts, and what a password must never be seen in.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/terminal.sh"
need_root 'a host with sudo users of its own'
need_tool sudo tmux

host web1
host web2
host web3
log=$(host_dir web1)/sudo.log
printf '%s\n' "$PASSWORD" >"$T/password"
echo wrong >"$T/wrong"
chmod 600 "$T/password" "$T/wrong"
pw=--sudo-password-file=$T/password

# requiretty.
run fab-sudo tty@web1 'id -un; echo err >&2'
status_is 0 'a sudo that wants a terminal gets one'
out_is 'root
err' 'its output has no carriage returns'
err_like 'sudo wants a terminal there: standard error comes with the output' \
	'and a note says what that means'
run fab-sudo -n tty@web1 cat
status_is 0 'a command that reads finds the end of its input'
printf 'one\ntwo' >"$T/lines"
input=$T/lines
run fab-sudo -q tty@web1 cat
out_is 'one
two' 'or what we have'
input=/dev/null
run fab-sudo "$pw" ttypw@web1 'id -un'
out_is root 'also with a password'
err_like 'wants a terminal' 'which is not shown'
unlike "$T/out" 'secret' 'on either stream'
run timeout 15 fab-sudo --sudo-password-file "$T/wrong" ttypw@web1 true
status_is 126 'a wrong one is 126 there, too'
err_like '^fab-sudo: web1: sudo: the password was refused' 'at once'
run timeout 15 fab-sudo ttypw@web1 true
status_is 126 'and so is none'
err_like '^fab-sudo: web1: sudo: it wants a password: ' 'with what it lacks'
run timeout 15 fab-sudo -tt --sudo-password-file "$T/wrong" pw@web1 true
status_is 126 'a wrong one is 126 at a terminal of -t as well'
as_root_on web1 sh -c 'echo "Defaults pwfeedback" >>/etc/sudoers'
run timeout 15 fab-sudo -tt --sudo-password-file "$T/wrong" pw@web1 true
status_is 126 'also where what is typed shows as stars'
as_root_on web1 sed -i '/pwfeedback/d' /etc/sudoers
is "$(grep -o '[0-9]* incorrect' "$log" | sort | uniq -c | xargs)" \
	'3 1 incorrect' 'each with one attempt'
run fab-sudo tty@web1 'exit 7'
status_is 7 'the status is its own'

printf '%s\n' '#!/bin/sh' 'id -un; echo "$*"; cat' >"$T/script"
input=$T/lines
run fab-sudo -q "$pw" -s "$T/script" ttypw@web1 a 'b c'
out_is 'root
a b c
one
two' 'a script is there for the second start'
input=/dev/null
ok 'and gone after it' as_root_on web1 sh -c '! ls /dev/shm/fab.*'
run fab-sudo -q --tether "$pw" ttypw@web1 'id -un; exit 4'
status_is 4 '--tether leaves the status there'
run fab-sudo -q --tether -T 1 "$pw" ttypw@web1 'sleep 61.5'
status_is 124 'and -T ends the command'

# Rules that name commands.
run fab-sudo "$pw" cmd@web1 id -un
status_is 126 'a rule for a command does not allow our shell'
err_like 'rules that name commands need --direct' 'and the option is named'
run fab-sudo --direct "$pw" cmd@web1 id -un
out_is root 'with --direct it is allowed, with a password'
err_is '' 'and nothing else is said'
ok 'sudo logs the true command' grep -q 'COMMAND=/usr/bin/id -un$' "$log"
head -c 5000000 /dev/urandom >"$T/random"
input=$T/random
run fab-sudo --direct "$pw" cmd@web1 cat
ok 'five megabytes of input are whole' cmp -s "$T/random" "$T/out"
input=/dev/null
run fab-sudo --direct "$pw" cmd@web1 cat -- '/etc/a b $(touch /tmp/x)'
status_is 1 'words are exact, and a status is its own'
err_like "a b [$][(]touch" 'as sudo passes them'
run fab-sudo --direct "$pw" cmd@web1 touch /tmp/x
status_is 126 'another command is refused'
err_like 'sudo: .*rules do not allow' 'with the reason'
run fab-sudo --direct --sudo-password-file "$T/wrong" cmd@web1 id
status_is 126 'a wrong password is 126'
run fab-sudo --direct one@web1 true
status_is 0 'without a password where none is wanted'
run fab-sudo --direct -u plain deploy@web1 id -un
out_is plain '-u goes to sudo'
run fab-sudo --direct -C /usr deploy@web1 pwd
out_is /usr '-C acts before sudo'
run fab-sudo --direct -e X=1 deploy@web1 true
status_is 125 '-e is 125'
run fab-sudo --direct -s "$0" deploy@web1 true
status_is 125 'and so is -s'
run fab-sudo --direct -T 1 "$pw" cmd@web1 sleep 4711
status_is 124 'a command past its time is ended through sudo'
wait_for 3 none_marked 'sleep 4711'
ok 'and is gone' none_marked 'sleep 4711'

# Accounts and users that cannot.
run fab-sudo -u nosuchuser web1 true
status_is 126 'a user that is not there is 126'
# Stand-ins for a sudo that is not this one.
bin=$(seen_dir web2)/bin
cat >"$T/hosts/web2/bin/sudo" <<'END'
#!/bin/sh
# sudo-rs: the prompt stands within words of its own.
while [ "$1" != -- ]; do
	[ "$1" = -p ] && prompt=$2
	shift
done
shift
printf '[sudo: %s] Password: ' "$prompt" >&2
read -r password
echo >&2
[ "$password" = right ] || { echo 'sudo: Authentication failed' >&2; exit 1; }
exec "$@"
END
chmod +x "$T/hosts/web2/bin/sudo"
as_root_on web2 cp "$bin/sudo" /usr/local/bin/sudo
echo right >"$T/right"
chmod 600 "$T/right"
run fab-sudo --sudo-password-file "$T/right" web2 'cat; echo in' 
out_is in "the prompt of sudo-rs is answered"
err_is '' 'and not shown'
run fab-sudo --sudo-password-file "$T/wrong" web2 'echo in'
status_is 126 'a wrong one is 126'
err_like 'Authentication failed' 'in its own words'

# Many hosts, one of which has another password.
run fab-sudo -j 1 "$pw" -H pw@web1,pw@web2,pw@web3 'echo in'
status_is 126 'one host whose password differs fails'
is "$(grep -c ': in$' "$T/out")" 2 'alone'

# What asks twice is not told the password twice.
cat >"$T/hosts/web2/bin/sudo" <<'END'
#!/bin/sh
while [ "$1" != -- ]; do
	[ "$1" = -p ] && prompt=$2
	shift
done
for i in 1 2 3; do
	printf '%s' "$prompt" >&2
	read -r password || exit 1
	echo "$password" >>/tmp/passwords
done
exit 1
END
as_root_on web2 cp "$bin/sudo" /usr/local/bin/sudo
run fab-sudo --sudo-password-file "$T/right" web2 true
status_is 126 'one that asks again has refused'
is "$(on web2 'cat /tmp/passwords')" right 'and got the password once'
# A prompt in the output means nothing.
run fab-sudo "$pw" pw@web1 'echo "[fab-0123] Password: [sudo] password for pw:" >&2; cat'
out_is '' 'a command that prints prompts gets nothing'
status_is 0 'and ends'

# Nowhere to be seen, while it runs: here and there.
start fab-sudo -vvv "$pw" -H pw@web1,pw@web3 'sleep 4712'
both_run()
{
	[ "$(pgrep -cfx 'sleep 4712')" = 2 ]
}
ok 'both run' wait_for 10 both_run
secret='a "secret"'
printf '%s\n' "$secret" >"$T/pattern"
for what in cmdline environ; do
	grep -laF -f "$T/pattern" /proc/[0-9]*/$what 2>/dev/null >"$T/found"
	is "$(cat "$T/found")" '' "the password is in no $what"
done
pid=$(marked "$B/fab-sudo" | head -n 1)
awk '/rw-p/ { print $1 }' "/proc/$pid/maps" >"$T/maps"
python3 - "$pid" "$T/maps" "$secret" >"$T/seen" <<'END'
import sys
pid, maps, secret = sys.argv[1:4]
dumped = {}
block = None
for line in open("/proc/%s/smaps" % pid):
    f = line.split()
    if "-" in f[0] and f[0][0] in "0123456789abcdef":
        block = f[0]
    if f[0] == "VmFlags:":
        dumped[block] = "dd" not in f
with open("/proc/%s/mem" % pid, "rb") as mem:
    for line in open(maps):
        a, b = (int(x, 16) for x in line.strip().split("-"))
        try:
            mem.seek(a)
            data = mem.read(b - a)
        except (OSError, ValueError):
            continue
        if secret.encode() in data and dumped.get(line.strip(), True):
            print(line.strip())
END
is "$(cat "$T/seen")" '' 'nor in memory that a core would have'
kill -TERM "$started"
finish
unlike "$T/err" 'secret' 'nor in what -vvv says'
run fab-sudo --json "$pw" pw@web1 true
unlike "$T/out" 'secret' 'nor in JSON'

# At a terminal of ours, through one there.
terminal
type_line "fab-sudo -t pw@web1 'stty -a | grep -o \" echo \"; id -un'; echo \"done \$?\""
wait_screen '^Password for sudo' '-t asks for the password here'
type_line "$PASSWORD"
wait_screen '^done 0' 'and the command runs'
ok 'as root' screen_has '^root'
ok 'nothing of the password was shown' not screen_has 'secret'
type_line exit

# A server hangs up on whom it gets no answer from: also while a person thinks,
# or a program does.
host hasty 'ClientAliveInterval 1' 'ClientAliveCountMax 1'
host hasty2 'ClientAliveInterval 1' 'ClientAliveCountMax 1'
printf '#!/bin/sh\nsleep 4\ncat %s\n' "$T/password" >"$T/slow"
chmod 700 "$T/slow"
run fab-sudo --sudo-password-file "$T/slow" -l pw hasty id -un
out_is root 'the connection is kept while a password program runs'
terminal
type_line "fab-sudo -l pw -H hasty,hasty2 id -un; echo \"done \$?\""
wait_screen '^Password for sudo' 'a person is asked'
ok 'and takes longer than the server waits' wait_for 10 sh -c "
	[ \"\$(grep -c 'Received SSH2_MSG_\|keepalive' '$(host_dir hasty)/sshd.log')\" -ge 4 ]"
type_line "$PASSWORD"
wait_screen '^done 0' 'which the host, and the one that waits, survive'
type_line exit

# Stopped while sudo is about to start the command.
as_root_on web3 sh -c 'cat >/usr/local/bin/sudo && chmod 755 /usr/local/bin/sudo' <<'END'
#!/bin/sh
: >/tmp/asked
while [ ! -e /tmp/go ]; do sleep 0.1; done
exec /usr/bin/sudo "$@"
END
there()
{
	as_root_on web3 test -e "/tmp/$1"
}
outside='rm -rf -- "$_d"; trap - HUP'
start fab-sudo web3 'touch /tmp/ran; sleep 2'
ok 'sudo takes its time' wait_for 10 there asked
ok 'with a shell outside' some_marked "$outside"
kill -TERM "$started"
ok 'which is ended at once' wait_for 5 none_marked "$outside"
as_root_on web3 touch /tmp/go
finish
status_is 143 'we are ended'
wait_for 8 host_idle web3
ok 'and sudo, which comes later, starts nothing' not there ran
as_root_on web3 rm /usr/local/bin/sudo

# An account that PAM does not let through.
as_root_on web3 sh -c 'echo "account required pam_deny.so" >/etc/pam.d/sudo'
run fab-sudo web3 true
status_is 126 'an account that PAM refuses is 126'
err_like 'sudo: .*account' 'in its own words'
wait_for 8 host_idle web1
done_testing
