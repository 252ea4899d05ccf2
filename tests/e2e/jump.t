#!/bin/sh
# Jump hosts and ProxyCommand: hosts that are reached through others.
# the library gives up an opening that nobody answers after a minute
TEST_SECONDS=${TEST_SECONDS:-400}
. "${0%/*}/../support/lib.sh"

host gw -m
host inner -m 'MaxStartups 100'
host web1
host web2

# Through NAME: the host inner by another name, with the jump hosts given.
through()
{
	cat >>"$T/ssh_extra" <<-END
	Host $1
		HostName 127.0.0.1
		Port $inner_port
		ProxyJump $2
	END
	ssh_config
}

logins()
{
	grep -c 'Accepted publickey' "$T/hosts/$1/sshd.log"
}

run fab-run -J gw web1 'echo in'
out_is in 'a host is reached through a jump host'
run fab-run -o ProxyJump=gw web1 'cat' <"$0"
run fab-run -J gw,inner web1 'echo $SSH_CONNECTION'
status_is 0 'and through two'
through far gw
input=$0
run fab-run far cat
input=/dev/null
ok 'input and output are whole' cmp -s "$0" "$T/out"

run fab-run -o ProxyJump=nosuchuser@gw web1 true
status_is 255 'a jump host that lets us not in is 255'
err_like '^fab-run: web1: jump host gw: authentication: ' 'and is named'
run fab-run -J gw -o HostName=127.0.0.1 -p 1 web1 true
status_is 255 'a host that refuses behind it is 255'
err_like 'jump host gw: no connection to 127.0.0.1 port 1: .*refused' \
	'and so is what the jump host says'

# Many hosts, one login.
before=$(logins gw)
i=0
: >"$T/list"
while [ $i -lt 40 ]; do
	i=$((i + 1))
	echo "n$i HostName=127.0.0.1 Port=$inner_port ProxyJump=gw HostKeyAlias=inner" >>"$T/list"
done
sed -n "s/^\[127.0.0.1\]:$inner_port /inner /p" "$T/known_hosts" >"$T/more"
cat "$T/more" >>"$T/known_hosts"
run fab-run -f "$T/list" 'echo in'
status_is 0 'forty hosts behind one jump host'
is "$(grep -c ': in$' "$T/out")" 40 'all answer'
is "$(($(logins gw) - before))" 1 'with one login at the jump host'

# One that does not answer holds nobody back: its queue of connections is
# full, so that the kernel drops what comes.
cat >"$T/silent.py" <<'END'
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(0)
held = []
for i in range(3):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(s.getsockname())
    held.append(c)
print(s.getsockname()[1], flush=True)
sys.stdin.read()
END
mkfifo "$T/hold"
python3 "$T/silent.py" <"$T/hold" >"$T/silent" &
helpers="$helpers $!"
exec 9>"$T/hold"
wait_for 5 test -s "$T/silent"
sed "1,2s/Port=$inner_port/Port=$(cat "$T/silent")/" "$T/list" >"$T/some_dead"
before=$(logins gw)
begun=$(date +%s)
run fab-run -o ConnectTimeout=10 -f "$T/some_dead" \
	'[ $FAB_NUMBER -lt 2 ] || date +%s'
lasted=$(($(date +%s) - begun))
status_is 255 'two dead hosts among forty are 255'
is "$(grep -c 'no answer of' "$T/err")" 2 'both are told'
is "$(grep -c ': [0-9]*$' "$T/out")" 38 'all others answer'
late=$(awk -v t="$begun" '$2 - t >= 10' "$T/out" | wc -l)
is "$late" 0 'before the dead ones are given up'
ok 'which takes no longer than one of them' [ "$lasted" -le 14 ]
ok 'few further logins were made' [ $(($(logins gw) - before)) -le 4 ]

# A jump host that takes one connection.
cat >>"$T/ssh_extra" <<END
Host once
	HostName 127.0.0.1
	Port $gw_port
	ProxyCommand sh -c "mkdir $T/once && exec python3 $SUPPORT/carry.py %p"
Host away
	HostName 127.0.0.1
	Port 1
END
ssh_config
sed 's/ProxyJump=gw/ProxyJump=once/' "$T/some_dead" >"$T/one_way"
run fab-run -o ConnectTimeout=2 -f "$T/one_way" 'echo in'
is "$(grep -c 'no answer of' "$T/err")" 2 \
	'dead hosts behind a jump host that takes one connection'
is "$(grep -c ': in$' "$T/out")" 38 'wait for, but do not fail, all others'
exec 9>&-

# One that is not there yet is tried again, at no further cost.
start fab-run --wait 60 -J away web1 true
wait_for 5 grep -q 'waiting for it' "$T/err"
open_files()
{
	find "/proc/$started/fd" "/proc/$started/task" -mindepth 1 \
		-maxdepth 1 | wc -l
}
wait_for 4 false
before=$(open_files)
wait_for 8 false
is "$(open_files)" "$before" 'waiting for a jump host uses nothing up'
kill -TERM "$started"
finish

# An httpd-scope reaches the host behind.
if command -v curl >/dev/null; then
	mkdir "$T/served"
	echo served >"$T/served/file"
	chmod 755 "$T" "$T/served"
	run httpd-scope -d "$T/served" -p "$(free_port)" -- \
		fab-run -J gw web1 'curl -s "${HTTPD_SCOPE_URL}file"'
	out_is served 'an httpd-scope is reached through a jump host'
fi

# ProxyCommand.
run fab-run -o 'ProxyCommand=nc %h %p' web1 'echo in'
if command -v nc >/dev/null; then
	out_is in 'a ProxyCommand carries the connection'
fi
run fab-run -o 'ProxyCommand=sh -c "exit 3"' web1 true
status_is 255 'a ProxyCommand that ends is 255'
err_like 'ProxyCommand: it ended with status 3' 'and its status is told'

# It is gone when we are, however that came about; one that does not see that
# its input has ended is ended.
run fab-run -o "ProxyCommand=python3 $SUPPORT/carry.py %p deaf" web1 'echo in'
out_is in 'a ProxyCommand that ignores the end of its input'
ok 'is ended with us' wait_for 3 none_marked "carry.py $web1_port deaf"
start fab-run -o "ProxyCommand=python3 $SUPPORT/carry.py %p" web1 'sleep 7802'
wait_for 10 some_marked 'sleep 7802'
kill -KILL "$started"
finish 2>/dev/null
ok 'a ProxyCommand ends when we are killed' \
	wait_for 3 none_marked "$SUPPORT/carry.py $web1_port"
done_testing
