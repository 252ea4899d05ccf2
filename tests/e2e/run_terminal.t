#!/bin/sh
# fab-run at a terminal: one for the command, keys, signals; the status line.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"
need_tool python3 tmux

host web1
host web2

run fab-run -tt web1 'tty; echo err >&2; exit 3'
status_is 3 '-tt gives a terminal also where ours is none'
out_like '^/dev/pts/' 'of its own'
out_like '^err' 'with the error output in it'
run fab-run -tt web1,web2 'tty; stty size'
is "$(grep -c ': /dev/pts/' "$T/out")" 2 'also to many hosts'
is "$(grep -c ': 24 80' "$T/out")" 2 'of the usual size'
run fab-run -t web1 'tty; true'
out_is 'not a tty' '-t gives none where ours is none'
err_like 'no terminal for it: standard input is none' 'and says so'
run fab-run -o RequestTTY=force web1 'tty'
out_like '^/dev/pts/' 'RequestTTY=force is -tt'
if [ "$is_root" ]; then
	run fab-sudo -tt web1 'tty; id -un; exit 4'
	status_is 4 'under sudo, too'
	out_like '^root' 'as root'
fi

rows python3 "$SUPPORT/run_pty.py" "$B/fab-run" "$T/ssh_config"
on web1 'pkill -KILL -f "[s]leep 780[1-4]"'

# -- The status line --

export TMUX_TMPDIR="$T" WINDOW=0
unset TMUX
pane()
{
	tmux -f /dev/null -L "window$WINDOW" "$@"
}

# show SETTING... COMMAND: the command line in a window of 70 columns; END
# stands below it when it has ended.
show()
{
	pane kill-server 2>/dev/null
	WINDOW=$((WINDOW + 1))
	pane new-session -d -x 70 -y 24 \
		"cd '$T'; PATH='$PATH' $1; echo END; exec sleep 60"
}

# screen: what the window shows, to $T/out.
screen()
{
	pane capture-pane -p "$@" >"$T/out" 2>/dev/null
}

# sees ERE: within some seconds, on the screen.
sees()
{
	wait_for 8 sh -c "tmux -L window$WINDOW capture-pane -p |
		tee '$T/out' | grep -Eq -e '$1'"
}

show "fab-run -H web1,web2 'sleep \$((FAB_NUMBER * 2 + 1)); exit \$FAB_NUMBER'"
ok 'it tells how many are done, running, and the time' \
	sees '^fab-run: 0 of 2 done, 2 running, 0:0[0-9]$'
ok 'and follows' sees '^fab-run: 1 of 2 done, 1 running, 0:0[1-9]$'
ok 'in the end' sees '^END$'
unlike "$T/out" 'running' 'it is gone'
show "fab-run -j 1 -H web2,web1 'exit 1; sleep 2' 2>&1; fab-run -j 1 -H web1,web2 'test \$FAB_NUMBER = 1 && sleep 3; exit 3'"
ok 'failures are counted' sees '1 of 2 done, 1 running, 1 failed, 0:0[0-9]$'
ok 'in the end' sees '^END$'
unlike "$T/out" 'running' 'only the messages stay'

show "fab-run -H web1,web2 'for i in 1 2 3 4 5 6; do echo line \$i; sleep 0.3; done'"
ok 'with output it stands below' sees '^fab-run: 0 of 2 done, 2 running'
ok 'in the end' sees '^END$'
is "$(grep -cE '^web[12]: line [1-6]$' "$T/out")" 12 'output is whole'
is "$(grep -vcE '^web[12]: line [1-6]$|^END$|^$' "$T/out")" 0 'and alone'

show "fab-run -H web1,web2 'sleep 3'"
sees '2 running'
pane resize-window -x 30 -y 24
ok 'in a narrower window it is shorter' sees '^fab-run: 0 of 2 done, 2 runni$'
pane resize-window -x 75 -y 24
ok 'and longer again' sees '^fab-run: 0 of 2 done, 2 running, 0:0[0-9]$'
ok 'in the end' sees '^END$'
is "$(grep -c . "$T/out")" 1 'nothing of it is left'

# none SETTING... COMMAND: no status line comes within a second.
none()
{
	show "$2 & sleep 1; tmux capture-pane -p >'$T/seen'; wait"
	ok 'it runs' sees '^END$'
	unlike "$T/seen" 'running' "$1"
}
two="-H web1,web2 'sleep 2'"
none 'under make there is none' "MAKELEVEL=1 fab-run $two"
none '--no-progress: none' "fab-run --no-progress $two"
none '-q: none' "fab-run -q $two"
none 'for one plain host: none' "fab-run web1 'sleep 2'"
none 'on a terminal that cannot erase: none' "TERM=dumb fab-run $two"
none 'where standard error is a file: none' "fab-run --progress $two 2>'$T/log'"
ok 'not in the file either' [ ! -s "$T/log" ]
show "MAKELEVEL=1 fab-run --progress $two"
ok '--progress wants one also under make' sees '2 running'
show "fab-run --progress web1 'sleep 2'"
ok 'and for one host' sees '^fab-run: 0 of 1 done, 1 running'
show "fab-run $two >'$T/log'"
ok 'it is there where standard output is a file' sees '2 running'
sees '^END$'
show "NO_COLOR= fab-run -j 1 -H web1,web2 'test \$FAB_NUMBER = 1 && sleep 3; exit 3'"
sees '1 failed'
screen -e
like "$T/out" '\[31m1 failed' 'failures are red'
show "NO_COLOR=1 fab-run -j 1 -H web1,web2 'test \$FAB_NUMBER = 1 && sleep 3; exit 3'"
sees '1 failed'
screen -e
unlike "$T/out" '\[31m' 'but not with NO_COLOR'
if [ "$is_root" ]; then
	show "fab-sudo -l pw -H web1,web2 'id -un'"
	ok 'a question stands alone' sees 'Password.*: *$'
	wait_for 1 false
	screen
	unlike "$T/out" running 'with no status line below'
	pane send-keys "$PASSWORD" Enter
	ok 'the answer goes where it belongs' sees '^web2: root$'
	sees '^END$'
fi
pane kill-server

done_testing
