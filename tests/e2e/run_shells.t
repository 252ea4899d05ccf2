#!/bin/sh
# An exact argument vector, through each login shell that is to be had.
. "${0%/*}/../support/lib.sh"
need_tool python3
need_root 'users with other login shells'

host web1
. "$SUPPORT/nasty-words.sh"
head -c 100000 /dev/zero | tr '\000' 'x' >"$T/long"

# user SHELL-COMMAND: one on the host who has it as the login shell.
number=64301
user()
{
	as_root_on web1 sh -c 'echo "$1:x:$2:64201::/home/deploy:$3" \
		>>/etc/passwd; echo "$3" >>/etc/shells
		echo "$1:*:19000:0:99999:7:::" >>/etc/shadow' \
		sh "$1" $number "$2"
	number=$((number + 1))
}

# A login shell is started as $SHELL -c LINE, which busybox is not made for.
mkdir -p "$(host_dir web1)/bin"
printf '#!/bin/sh\nexec busybox sh "$@"\n' >"$(host_dir web1)/bin/ash"
chmod a+rx "$(host_dir web1)/bin" "$(host_dir web1)/bin/ash"

for shell in sh bash dash ash mksh ksh zsh fish tcsh; do
	path=$(command -v $shell)
	[ $shell = ash ] && path=$(command -v busybox) &&
		path=$(seen_dir web1)/bin/ash
	if [ -z "$path" ]; then
		skip "no $shell" "words through $shell"
		continue
	fi
	user "u$shell" "$path"
	set --
	. "$SUPPORT/nasty-words.sh"
	if [ $shell = tcsh ]; then
		# a newline in a word does not survive it (CAVEATS)
		set -- "$@"
		for word; do
			shift
			case $word in
			*'
'*) ;;
			*) set -- "$@" "$word" ;;
			esac
		done
		printf '<%s>\n' "$@" >"$T/wanted"
	fi
	run fab-run -l "u$shell" web1 printf '<%s>\n' "$@"
	ok "$shell: nasty words arrive as they are" cmp "$T/out" "$T/wanted"
	run fab-run -l "u$shell" -C /tmp -e 'X=a $b' web1 printf '<%s>\n' "$@"
	ok "$shell: with -C and -e" cmp "$T/out" "$T/wanted"
	run fab-run -l "u$shell" --tether web1 printf '<%s>\n' "$@"
	ok "$shell: with --tether" cmp "$T/out" "$T/wanted"
	printf '#!/bin/sh\nprintf "<%%s>\\n" "$@"\n' >"$T/script"
	run fab-run -l "u$shell" -s "$T/script" web1 "$@"
	ok "$shell: to a script" cmp "$T/out" "$T/wanted"
	run fab-run -l "u$shell" web1 printf %s "$(cat "$T/long")"
	ok "$shell: an argument of 100 KB" cmp "$T/out" "$T/long"
	run fab-run -l "u$shell" -e X=1 -C / web1 'echo $X; pwd'
	out_is "$(printf '1\n/')" "$shell: a line is its own, with -C and -e"
	run fab-run -l "u$shell" web1 'exit 7'
	status_is 7 "$shell: a status"
	run fab-run -l "u$shell" web1 sh -c 'kill -9 $$'
	status_is 137 "$shell: a signal"
	start fab-run -l "u$shell" web1 'echo begun; sleep 7901'
	wait_for 8 grep -q begun "$T/out"
	kill -TERM "$started"
	finish 2>/dev/null
	ok "$shell: TERM leaves nothing" wait_for 6 none_marked 'sleep 7901'
done

# long PYTHON-WORDS [OPTION...]: words to web1, that this machine's own limits
# let through.
long()
{
	words=$1
	shift
	run python3 -c 'import subprocess, sys
sys.exit(subprocess.run(sys.argv[2:] + ["web1"] + eval(sys.argv[1]),
	stdin=sys.stdin).returncode)' "$words" "$B/fab-run" -F "$T/ssh_config" "$@"
}

long '["echo"] + ["x" * 100000] * 12'
status_is 125 'a command of more than 1 MB is 125'
err_like 'longer than 1048576 bytes: a script .* or standard input takes more' \
	'with what helps'
long '["wc", "-c"] + ["/dev/null"] * 20000'
is "$(wc -l <"$T/out")" 20001 '200 KB of arguments are no problem'
printf 'the input\n' >"$T/input"
input=$T/input
long '["sh", "-c", "cat; echo ${#1}", "sh", "\u00e9" * 50000]'
out_is "$(printf 'the input\n100000')" 'standard input is whole behind them'
long '["echo " + "x" * 100000 + " | wc -c; cat"]'
out_is "$(printf '100001\nthe input')" 'also behind a line of 100 KB'
long '["echo " + "x" * 100000 + " | wc -c; cat"]' -C /tmp
out_is "$(printf '100001\nthe input')" 'and with -C'
input=/dev/null
long '["echo " + "x" * 100000 + " | wc -c"]' -tt
status_is 255 'for a command with a terminal 32 KB are the limit'

done_testing
