#!/bin/sh
# fab-run runs a command on hosts as ssh does on one.
. "${0%/*}/../support/lib.sh"

host web1
host web2

run fab-run web1 'echo out; echo err >&2'
status_is 0 'a command that succeeds is 0'
out_is out 'its output is ours, unchanged'
err_is err 'its standard error is ours, and nothing else'

run fab-run web1 'exit 42'
status_is 42 'the exit status passes through'
err_is '' 'a status of one plain host says nothing more'

run fab-run web1 'kill -KILL $$'
status_is 137 'a command killed by KILL is 137'
run fab-run web1 'kill -TERM $$'
status_is 143 'a command killed by TERM is 143'

run fab-run web1 'kill -BUS $$'
status_is 128 'by a signal without a name in the protocol, 128'
err_like 'killed by a signal that has no name' 'and the message says so'
run fab-run web1 'printf "a\0b\377no newline"'
printf 'a\0b\377no newline' >"$T/wanted"
ok 'NUL, invalid UTF-8 and no last newline arrive' cmp "$T/out" "$T/wanted"

run fab-run web1 -- echo 'a  b' '$HOME' '*'
out_is 'a  b $HOME *' 'several operands are an exact argument vector'
run fab-run web1 ls -d /
out_is / 'options behind HOSTS are the command'"'"'s'

. "$SUPPORT/nasty-words.sh"
is $# 28 '28 nasty words'
run fab-run web1 printf '<%s>\n' "$@"
ok '28 nasty words arrive as they are' cmp "$T/out" "$T/wanted"
run fab-run -C / -e X=1 web1 printf '<%s>\n' "$@"
ok 'also with -C and -e' cmp "$T/out" "$T/wanted"

run fab-run -C /usr web1 pwd
out_is /usr '-C is the directory of a vector'
run fab-run -C /usr web1 'pwd && echo yes'
out_is "$(printf '/usr\nyes')" '-C is the directory of a line'
run fab-run -C /nonesuch web1 'echo ran'
status_is 125 '-C to no directory is 125'
out_is '' 'and the command does not run'
run fab-run -e 'X=it'"'"'s $HOME' -e Y=2 web1 'echo "$X $Y"'
out_is "it's \$HOME 2" '-e sets a variable literally'

head -c 5000000 /dev/urandom >"$T/noise"
input=$T/noise
run fab-run web1 cat
ok '5 MB of noise through stdin and stdout are the same' \
	cmp "$T/out" "$T/noise"
run fab-run web1 sha256sum
out_is "$(sha256sum <"$T/noise")" '5 MB of stdin end with an end of file'
run fab-run web1 true
status_is 0 'a command that does not read its input is no failure'
run fab-run -n web1 cat
out_is '' '-n sends no input'
run fab-run -H web1,web2 cat
out_is '' 'several hosts get no input'
run fab-run -I -H web1,web2 sha256sum
is "$(cut -d' ' -f2 "$T/out" | uniq)" \
	"$(sha256sum <"$T/noise" | cut -d' ' -f1)" '-I sends it to each host'
input=/dev/null

run fab-run web1 'head -c 20000000 /dev/zero'
is "$(wc -c <"$T/out")" 20000000 '20 MB of output arrive'

run fab-run -H web1,web2 hostname
status_is 0 'two hosts, both succeed'
if isolated web1; then
	is "$(sort "$T/out")" "$(printf 'web1: web1\nweb2: web2')" \
		'each line has its host before it'
else
	skip 'no host name of its own' 'each line has its host before it'
fi
run fab-run web1,web2 'printf no-newline'
is "$(sort "$T/out")" "$(printf 'web1: no-newline\nweb2: no-newline')" \
	'a missing last newline is added'
run fab-run web1,web2 'echo $FAB_HOST $FAB_NUMBER; exit $FAB_NUMBER'
like "$T/out" '^web2: web2 [0-9]$' 'the command knows its host'
like "$T/err" '^fab-run: .*hosts? failed: ' 'a failure ends in a summary'
run fab-run web1,web2 'test "$FAB_HOST" = web1 || exit 7'
status_is 7 'of several statuses the largest is ours'
err_like '^fab-run: web2: exit status 7$' 'the failed host is named'
err_like '^fab-run: 1 of 2 hosts failed: web2$' 'and counted'

echo 'web1 # first' >"$T/list"
echo web2 >>"$T/list"
run fab-run -f "$T/list" true
status_is 0 '-f reads hosts'
run fab-run -f "$T/list" -x web2 'echo $FAB_HOST'
out_is 'web1: web1' '-x takes a host away'

run fab-run -T 1 web1 'sleep 7771'
status_is 124 '-T ends a command with 124'
ok 'and on the host it has ended' wait_for 3 none_marked 'sleep 7771'

cat >"$T/script" <<'END'
#!/bin/sh
printf '<%s>\n' "$@"
cat
echo "$0" >&2
exit 5
END
chmod +x "$T/script"
echo input >"$T/input"
input=$T/input
run fab-run -s "$T/script" web1 'a b' '$c'
input=/dev/null
status_is 5 '-s runs a local script, whose status it is'
out_is "$(printf '<a b>\n<$c>\ninput')" 'with arguments and standard input'
script=$(cat "$T/err")
run fab-run web1 ls -d "$script"
ok 'it is removed afterwards' [ "$status" -ne 0 ]

printf '#!/bin/sh\nexit $1\n' >"$T/exits"
for n in 0 1 127 128 129 143 147 148 152 160 192 255; do
	run timeout 10 fab-run -s "$T/exits" web1 "$n"
	[ "$status" = $n ] || break
done
status_is "$n" 'every exit status of a script is ours, whatever signal it names'

start fab-run web1 'echo begun; sleep 7772'
wait_for 5 grep -q begun "$T/out"
kill -TERM "$started"
finish
status_is 143 'TERM ends us by TERM'
ok 'and the command on the host' wait_for 7 none_marked 'sleep 7772'

run fab-run web1
status_is 125 'no command is 125'
run fab-run
status_is 125 'no hosts is 125'
run fab-run web1 --frobnicate
status_is 125 'a command that begins with - is 125'
run fab-run --frobnicate web1 true
status_is 125 'an unknown option is 125'
run fab-run 'bad host' true
status_is 125 'a host name with a blank is 125'
run fab-run 'web1;id' true
status_is 125 'a host name with a shell metacharacter is 125'
run fab-run -f "$T/nonesuch" true
status_is 125 'a list that is not there is 125'

closed=$(free_port)
run fab-run -p "$closed" web1 true
status_is 255 'a closed port is 255'
err_like '^fab-run: web1: .*refused' 'and the message says refused'
"$TOOLS/port" hold 127.0.0.1 "$closed" >"$T/holding" 2>&1 &
silent=$!
helpers="$helpers $silent"
wait_for 5 grep -q holding "$T/holding"
kill -STOP $silent
run timeout 20 fab-run -p "$closed" -o ConnectTimeout=2 web1 true
status_is 255 'a server that says nothing is 255'
err_like 'no word from an SSH server in 2 s \(-o ConnectTimeout' \
	'and the message names the deadline and its option'
kill -CONT $silent
run fab-run nosuchuser@web1 true
status_is 255 'a login that is refused is 255'
err_like '^fab-run: .*web1: auth' 'and the message says authentication'

hosts=web1
number=1
while [ $number -le 30 ]; do
	printf 'Host many%s\n\tHostName 127.0.0.1\n\tPort %s\n' \
		$number "$web1_port"
	hosts=$hosts,many$number
	number=$((number + 1))
done >"$T/ssh_extra"
ssh_config
run sh -c 'ulimit -n 64; fab-run -H "$0" true' "$hosts"
status_is 0 'with few descriptors, hosts wait for each other'

# Output that nobody reads, from a command that is ended meanwhile.
status=0
{ fab-run -T 1 web1 yes 2>/dev/null; echo $? >"$T/status"; } |
	{ sleep 3; cat >/dev/null; }
is "$(cat "$T/status")" 124 'a reader that comes late changes no status'

run sh -c 'fab-run web1 "echo x" >/dev/full'
status_is 125 'output that cannot be written is 125'

# A program that is sent along, on hosts that make it hard.
cat >"$T/a=b" <<'END'
#!/bin/sh
echo "ran $X"
END
run fab-run -e X=1 -s "$T/a=b" web1
out_is 'ran 1' 'a program with = in its name is no variable'
host narrow 'MaxSessions 1'
run fab-run -e X=2 -s "$T/a=b" narrow
out_is 'ran 2' '-s works where there is one session at a time'
truncate -s 300M "$T/large"
for signal in KILL TERM; do
	start fab-run -s "$T/large" web2
	wait_for 10 on web2 'ls -d /dev/shm/fab.*' >/dev/null 2>&1
	kill -"$signal" "$started"
	finish 2>/dev/null
	ok "SIG$signal while it is sent leaves nothing on the host" \
		wait_for 15 not on web2 'ls -d /dev/shm/fab.* >/dev/null 2>&1'
done

done_testing
