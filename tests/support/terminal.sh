# Sourced behind lib.sh: a shell at a real terminal, in a tmux of its own.
#
#	terminal		starts it; its prompt is READY>
#	type_line TEXT		types a line
#	wait_screen ERE NAME	a test: the screen shows it within 30 s
#	screen_has ERE
# shellcheck shell=sh
# shellcheck disable=SC2317 # functions that others call

tm()
{
	tmux -S "$T/tmux" "$@"
}

terminal()
{
	tm -f /dev/null new-session -d -x 120 -y 30 sh
	helpers="$helpers $(tm display-message -p '#{pid}')"
	type_line "PATH=$PATH; PS1='READY> '; clear"
	wait_for 5 screen_has '^READY>'
}

screen()
{
	tm capture-pane -p -J
}

screen_has()
{
	screen | grep -Eq -- "$1"
}

type_line()
{
	tm send-keys -l "$1"
	tm send-keys Enter
}

wait_screen()
{
	if wait_for 30 screen_has "$1"; then
		pass "$2"
	else
		fail "$2"
		screen | diag
	fi
}
