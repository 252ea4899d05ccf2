#!/bin/sh
# What servers ask and tell (keyboard-interactive): names, instructions,
# questions in several rounds.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/terminal.sh"
need_tool tmux ssh-keygen
for python in python3 /usr/bin/python3; do
	$python -W ignore -c 'import asyncssh' 2>/dev/null && break
	python=
done
[ "$python" ] || skip_all 'needs python3-asyncssh'

mkdir "$T/server"
mkfifo "$T/ready"
$python -W ignore "$SUPPORT/ssh_questions.py" "$T/server" >"$T/ready" &
helpers="$helpers $!"
read -r port <"$T/ready"
cp "$T/server/known" "$T/known_hosts"
for name in web1 web2 web3; do
	printf 'Host %s\n\tHostName 127.0.0.1\n\tPort %s\n' $name "$port"
done >"$T/ssh_extra"
echo 'PubkeyAuthentication no' >>"$T/ssh_extra"
ssh_config
echo 'secret word' >"$T/password"
chmod 600 "$T/password"

# ask USER HOSTS [OPTION]...: at the terminal.
ask()
{
	_as=$1
	_hosts=$2
	shift 2
	type_line "clear; fab-run $* -l $_as -H $_hosts 'echo in'; echo \"done \$?\""
}

run fab-run --password-file "$T/password" -l empty -H web1,web2,web3 'echo in'
is "$(grep -c ': in$' "$T/out")" 3 \
	'a round without a question is answered, and the password given'
is "$(grep -c 'Your password expires soon' "$T/err")" 1 \
	'what the server tells is shown, once for all hosts'
err_like '^fab-run: web[123]: Your password' 'with the name of a host'

run fab-run --password-file "$T/password" -l rounds web1 'echo in' </dev/null
status_is 255 'a question that nobody can be asked is 255'
err_like 'authentication: the server asks "Code:", and there is no terminal|authentication: the server asks "Code:"' \
	'and says which'

terminal
ask told web1
wait_screen '^Vault$' 'the name of the questions is shown'
ok 'so is what is told about them, line by line' screen_has '^First line$'
ok 'and made printable' screen_has '^Second .x1b\[31mline$'
ok 'with the question below, for a host' screen_has '^\(told@web1\) Code: *$'
type_line 1234
wait_screen '^done 0' 'and the answer is sent'
ok 'it is shown where the server has it so' screen_has '^\(told@web1\) Code: 1234'

ask told web1,web2 -j 1
wait_screen '^\(told@web1\) Code: *$' 'two hosts ask the same'
type_line 1234
wait_screen '^\(told@web2\) Code: *$' 'the second after the first'
type_line 1234
wait_screen '^done 0' 'and are answered'
is "$(screen | grep -c '^Second')" 1 'what they tell is shown once'

ask rounds web1 --password-file "$T/password"
wait_screen '^\(rounds@web1\) Code: *$' 'after the password, another round'
ok 'with its instruction' screen_has '^Sent a code$'
type_line 1234
wait_screen '^\(rounds@web1\) PIN: *$' 'and another'
ok 'what came in between was told' screen_has 'web1: Nearly there'
type_line 77
wait_screen '^\(rounds@web1\) Colour: *$' 'of two questions'
type_line red
wait_screen '^done 0' 'all of which are answered'
ok 'only what may be seen is shown' not screen_has '77|1234|secret'
ok 'that is' screen_has 'Colour: red'

ask long web1
wait_screen 'xxx END: *$' 'a long question is shown to its end'
type_line 1234
wait_screen '^done 0' 'and answered'

ask many web1
wait_screen '^ 2\. phone' 'a question of several lines has them'
ok 'and its last at the end' screen_has '^Choose: *$'
type_line 1
wait_screen '^done 0' 'to be answered'
type_line exit
done_testing
