#!/bin/sh
# A server that breaks the rules once a command runs, or keeps them in unusual
# ways: no byte is lost without a word, no status is invented, no memory without
# bounds, and what is allowed works.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/servers.sh"
faults
head -c 3000000 /dev/urandom >"$T/noise"

# seen NAME LINE: what the server wrote down.
seen()
{
	wait_for 5 grep -Eqx -e "$2" "$T/faults/$1"
}

# ended NAME STATUS OUTPUT TITLE: a run for one host.
ended()
{
	status_is "$2" "$4"
	out_is "$3" "and what $1 printed is there"
}

# alone NAME [OPTION...]: one host, whose server may be silent for 2 s.
alone()
{
	_name=$1
	shift
	run fab-run -o ServerAliveInterval=1 -o ServerAliveCountMax=2 "$@" \
		"$_name" true
}

# -- The end of a command --

run fab-run --json -H late-status,status-no-eof,status-first,status-alone,\
status-large,status-256,no-status,no-status-no-eof,signal-kill,signal-unknown,\
signal-evil,signal-long,signal-short,data-after-close,data-after-eof,\
disconnect-behind-status true
status_is 255 'commands end in many ways'
# A status that is too short for a number, libssh2 takes for one.
for name in late-status status-no-eof status-first status-alone \
	data-after-close data-after-eof disconnect-behind-status; do
	is "$(field_of $name exit)" 7 "$name has its status"
done
for name in late-status status-no-eof status-alone disconnect-behind-status; do
	is "$(field_of $name stdout)" '"out\n"' "and its output, $name"
done
is "$(field_of status-first stdout | wc -c)" 500003 \
	'output that comes after the status is read to its end'
err_like 'status-alone: output was given up' 'output without an end is given up'
for name in status-large status-256; do
	is "$(field_of $name exit)" 255 "$name is no success"
done
for name in no-status no-status-no-eof signal-short; do
	ends_as $name lost "the server closed the command's channel, and told no"
done
for name in signal-kill signal-unknown signal-evil signal-long; do
	is "$(status_of $name)" signal "$name is a signal"
done
is "$(field_of signal-kill signal)" '"KILL"' 'with its name'
err_like 'signal-unknown: killed by .*\(WEIRD@example.com\)' 'also an unknown one'
err_like 'signal-evil: killed by SIG\\x1b\[31m\\x07\\xff$' 'made printable'
run fab-run signal-kill true
status_is 137 'a signal is 128 and its number'
run fab-run signal-evil true
status_is 128 'one without a number is no success'
alone status-then-silence
status_is 255 'a server that falls silent behind the status is 255'
err_like 'no answer in . s .*ServerAliveInterval' 'for the output may have more'
alone eof-alone -T 2
status_is 124 'an end of output is no end of the command'

# What the library had when it failed.
for name in disconnect-behind-output bad-mac-behind-output; do
	run fab-run $name true
	status_is 255 "$name is 255"
	is "$(sha256sum <"$T/out")" "$(seq 0 8999 |
		awk '{ printf "%07d\n", $0 }' | sha256sum)" \
		'and no byte of its output is lost'
done
err_like 'damaged' 'what came damaged is told'

# -- Floods, and more than is allowed --

for name in ignore-flood debug-flood requests-without-reply short-messages \
	other-channel empty-data-flood; do
	run measured fab-run $name true
	ended $name 7 out "$name: the command is not held up"
	within 60000 "nor is memory taken"
done
run fab-run -vvv debug-flood true
err_like 'the server says: go away\\x1b\[31m' 'what it says is made printable'
unlike "$T/err" "$(printf '\033')" 'each time'
for name in ignore-for-ever requests-for-ever; do
	run measured hasty -T 2 $name true
	status_is 124 "$name: -T ends it"
	within 60000 'and memory is not taken'
done
for name in stray-flood signal-flood; do
	run measured fab-run $name true
	status_is 255 "$name: what nobody awaits is refused"
	err_like 'the server sends more than anybody asked for' 'and told'
	within 100000 'before it takes much memory'
done
run fab-run beyond-packet true
status_is 255 'data in packets that are too large is 255'
err_like 'more at once than it may, and some was dropped' \
	'for libssh2 cuts them'
# Standard error is looked at while nobody takes the output.
mkfifo "$T/slow"
run_slow()
{
	{
		wait_for 20 grep -qs 'all was sent' "$T/faults/beyond-window"
		wc -c
	} <"$T/slow" >"$T/count" &
	fab-run beyond-window true >"$T/slow" 2>"$T/slow-err"
}
run run_slow
status_is 255 'data beyond the window is 255'
like "$T/slow-err" 'more at once than it may, and some was dropped' \
	'for libssh2 drops it'
wait $! 2>/dev/null
run fab-run data-lies true
status_is 7 'a length that lies about what is in a packet harms nobody'
out_is abcd 'what is in it is output'
alone other-streams
ended other-streams 7 out 'a stream that nobody knows is not waited for'
err_is 'err
fab-run: other-streams: output was given up: the command has ended, something that it left behind holds it open' \
	'for libssh2 never tells the end of such a channel'

# -- Requests --

# libssh2 does not answer the opening of a channel that it does not know.
run fab-run unknown-requests true
ended unknown-requests 7 out 'requests that nobody knows are refused'
ok 'those on the channel' seen unknown-requests channel-failure
ok 'those for all' seen unknown-requests request-failure
ok 'and channels that nobody asked for' seen unknown-requests open-failure

# -- Windows --

input=$T/noise
sum=$(sha256sum <"$T/noise" | cut -d' ' -f1)
for name in window-zero window-of-one-byte window-largest; do
	run fab-run $name cat
	status_is 7 "$name: input waits for its window"
	ok 'and arrives whole' seen $name "stdin $sum"
done
run measured hasty -T 1 window-never cat
status_is 124 'a window that never opens is ended by -T'
within 60000 'and no more input is read than has room'

# -- New keys in the middle --

run fab-run rekey-input cat
status_is 7 'keys are exchanged while input flows'
ok 'several times' seen rekey-input '([2-9]|1[0-9]) exchanges'
ok 'and it arrives whole' seen rekey-input "stdin $sum"
run fab-run rekey-both cat
status_is 0 'while both flow'
is "$(sha256sum <"$T/out" | cut -d' ' -f1)" "$sum" 'both arrive whole'
input=/dev/null
run fab-run rekey-output true
status_is 0 'while output flows'
is "$(wc -c <"$T/out")" $((60 * 32004)) 'it arrives whole'
is "$(od -An -tu1 -v -w32004 <"$T/out" | awk '{ print $4 }' | tr '\n' ' ')" \
	"$(seq -s ' ' 0 59) " 'in its order'
run fab-run rekey-at-once true
ended rekey-at-once 7 out 'at every step'
alone rekey-stall
status_is 255 'a server that stalls in it is 255'
err_like 'no answer in . s .*ServerAliveInterval' 'by the deadline for it'
alone rekey-no-common
status_is 255 'so is one that wants what nobody has'
run fab-run rekey-bad-signature true
status_is 255 'and one that signs wrongly'
out_is out 'whose output is not lost'
run fab-run rekey-other-key true
status_is 255 'and one that shows another host key than before'
err_like 'host key: has changed' 'which is told'

ok 'the server had no trouble of its own' faults_untroubled
done_testing
