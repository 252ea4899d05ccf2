#!/bin/sh
# Many connections to one server: sshd drops some of those beyond ten that are
# not logged in yet.
. "${0%/*}/../support/lib.sh"

host web1 'MaxSessions 2'
# One address, called otherwise each time.
spellings()
{
	zeros=
	for n in $(seq "$1"); do
		zeros=0$zeros
		printf 'Host s%s\n\tHostName 127.0.0.%s1\n\tPort %s\n' \
			"$n" "$zeros" "$web1_port"
		printf '\tHostKeyAlias [127.0.0.1]:%s\n' "$web1_port"
	done
}

{
	aliases web1 40
	spellings 40
} >"$T/ssh_extra"
ssh_config

# most_at_once: how many were connected and not logged in, at most.
most_at_once()
{
	awk '/^Connection from / { if (++n > most) most = n }
		/^Accepted publickey for / { n-- }
		END { print most + 0 }' "$T/hosts/web1/sshd.log"
}

run fab-run -j 0 -H 'web1,h[1-40]' true
status_is 0 'forty names of one server are served at once'
ok 'no more than eight are not logged in at a time' \
	[ "$(most_at_once)" -le 8 ]
ok 'several are' [ "$(most_at_once)" -ge 2 ]

run fab-run -j 0 -H 's[1-40]' true
status_is 0 'and so are forty that have its address in common'
ok 'eight of these as well' [ "$(most_at_once)" -le 8 ]

# connections PORT: how many are established to it.
connections()
{
	awk -v port=":$(printf %04X "$1")" '$3 ~ port "$" && $4 == "01" { n++ }
		END { print n + 0 }' /proc/net/tcp
}

eight_are_connected()
{
	[ "$(connections "$closed")" -ge 8 ]
}

# What is stopped has its connections accepted by the kernel alone.
closed=$(free_port)
"$TOOLS/port" hold 127.0.0.1 "$closed" >"$T/holding" 2>&1 &
silent=$!
helpers="$helpers $silent"
wait_for 5 test -s "$T/holding"
kill -STOP $silent
sed "s/Port $web1_port/Port $closed/" "$T/ssh_extra" >"$T/silent"
fab-run -F "$T/silent" -o ConnectTimeout=60 -j 0 -H 'h[1-12]' true \
	>"$T/out" 2>"$T/err" &
pid=$!
ok 'eight connect to a server that says nothing' wait_for 10 eight_are_connected
kill $pid
wait $pid
is $? 143 'and SIGTERM ends those that wait for their turn'
err_like '12 of 12 hosts failed' 'which are in the summary'
is "$(grep -c 'no SSH server' "$T/err")" 0 'no other has been there'
kill -CONT $silent
done_testing
