# Sourced: sets the arguments to 28 words that a shell, any shell, would make
# something of, and writes what printf '<%s>\n' makes of them to $T/wanted.
# shellcheck shell=sh
# shellcheck disable=SC1003,SC2016 # meant as they stand
set -- '' ' ' 'a b' '  a  b  ' '$HOME' '${HOME}' '$(id)' '`id`' '*' '?' \
	'[a-z]' '~' '~root' '!' '!!' "it's" "'" '"' 'a"b' '\' '\\' 'a\' \
	'\n' 'a;b' 'a&b|c>d<e' '#' '-n' "$(printf 'two\nlines')"
printf '<%s>\n' "$@" >"$T/wanted"
