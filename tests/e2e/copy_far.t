#!/bin/sh
# A host that is far away gets a large file over several sessions.
# shellcheck disable=SC2317 # functions are called by ok and wait_for
. "${0%/*}/../support/lib.sh"

S=$T/scratch/src
mkdir -p "$S"
head -c 150000000 /dev/urandom >"$S/big"
head -c 20000000 /dev/urandom >"$S/two"
echo small >"$S/small"

# far NAME [SSHD_CONFIG_LINE...]: a host NAME, and one far-NAME, which is the
# same 20 ms away.  $relay is the process between.
far()
{
	host "$@"
	_real=$1
	rm -f "$T/far"
	"$TOOLS/delay" 10 "$_port" >"$T/far" &
	relay=$!
	helpers="$helpers $relay"
	wait_for 5 [ -s "$T/far" ]
	printf 'Host far-%s\n\tHostName 127.0.0.1\n\tPort %s\n\tHostKeyAlias [127.0.0.1]:%s\n' \
		"$_real" "$(cat "$T/far")" "$_port" >>"$T/ssh_extra"
	ssh_config
	H=$(host_dir "$_real")/in
	D=$(seen_dir "$_real")/in
	mkdir "$H"
	chmod 777 "$H"
}

# The SFTP servers that a host has started.
sessions()
{
	grep -c 'subsystem: internal-sftp' "$(host_dir "$1")/sshd.log"
}

part_is_over()
{
	_size=$(stat -c %s "$H"/.fab-* 2>/dev/null)
	[ "${_size:-0}" -gt "$1" ]
}

# Nothing of what was cut is under way any more.
is_idle()
{
	eval "_pid=\$${1}_pid"
	[ -z "$(ps -o pid= --ppid "$_pid")" ]
}

far web1
run fab-put far-web1 "$S/big" "$D/big"
status_is 0 'a large file is put'
err_is '' 'and nothing is said'
ok 'as it is' cmp "$S/big" "$H/big"
ok 'over several sessions' [ "$(sessions web1)" -gt 1 ]
before=$(sessions web1)
run fab-put web1 "$S/two" "$D/two"
is "$(sessions web1)" $((before + 1)) 'which a host nearby does not need'
run fab-put far-web1 "$S/big" "$S/small" "$S/two" "$D/"
status_is 0 'several files are put'
ok 'as they are' cmp "$S/big" "$H/big"
ok 'all of them' cmp "$S/two" "$H/two"
run fab-put -c -v far-web1 "$S/two" "$S/big" "$D/"
is "$(grep -c unchanged "$T/err")" 2 'and -c finds them unchanged'
is "$(ls -A "$H")" "$(printf 'big\nsmall\ntwo')" 'no part of them stays'

# A cut may leave gaps: --resume goes back before them.
echo old >"$H/big"
start fab-put far-web1 "$S/big" "$D/big"
wait_for 20 part_is_over 40000000
kill -STOP "$relay"
kill -KILL "$started"
finish 2>/dev/null
kill -CONT "$relay"
wait_for 10 is_idle web1
is "$(head -c 9 "$H/big")" old 'killed by KILL, the old file is there'
set -- "$H"/.fab-*
size=$(stat -c %s "$1")
ok 'and a part' [ "$size" -gt 40000000 ]
dd if=/dev/zero of="$1" bs=1 seek=$((size - 16000000)) count=0 2>/dev/null
truncate -s "$size" "$1"
run fab-put --json --resume far-web1 "$S/big" "$D/big"
status_is 0 '--resume goes on with it'
ok 'from before the first gap' cmp "$S/big" "$H/big"
sent=$(sed 's/.*"bytes":\([0-9]*\).*/\1/' "$T/out")
ok 'but not from the beginning' [ "$sent" -lt 140000000 ]
is "$(ls -A "$H")" "$(printf 'big\nsmall\ntwo')" 'and nothing else stays'

# A server that allows one session.
far one 'MaxSessions 1'
run fab-put far-one "$S/big" "$D/big"
status_is 0 'where one session is allowed, it suffices'
err_is '' 'without a word'
ok 'to the end' cmp "$S/big" "$H/big"

# A server that takes no larger packets than every server has to.
for server in /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server; do
	[ -x "$server" ] && break
done
if [ -x "$server" ] && command -v python3 >/dev/null; then
	mkdir -p "$(host_dir small)"
	cp "$SUPPORT/sftp_small.py" "$(host_dir small)"
	far small "ForceCommand exec python3 $(seen_dir small)/sftp_small.py $server"
	run fab-put far-small "$S/big" "$D/big"
	status_is 0 'a server of small packets gets small ones'
	err_is '' 'over each session'
	ok 'and has it all' cmp "$S/big" "$H/big"
else
	skip 'no sftp-server or python3' 'a server of small packets gets small ones'
fi

done_testing
