#!/bin/sh
# Completions offer what the programs take.
. "${0%/*}/../support/lib.sh"

mkdir -p "$T/home/.ssh" "$T/groups"
printf '%s\n' 'Host alpha beta *.x' >"$T/home/.ssh/config"
echo 'gamma ssh-ed25519 AAAA' >"$T/home/.ssh/known_hosts"
echo alpha >"$T/groups/all"

# complete_bash WORD...: what bash offers for the last of them.
complete_bash()
{
	FAB_GROUPS="$T/groups" bash -c '. "$1/completions/bash/$2"; shift
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_fab "$1" "${@: -1}" "${@: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$TOP" "$@" >"$T/offered"
}
offers()
{
	grep -Fxq -e "$1" "$T/offered"
}

if command -v bash >/dev/null; then
	for program in fab-run fab-sudo fab-hosts httpd-scope; do
		complete_bash "$program" -
		"$program" --help | sed -n 's/^  \(-[A-Za-z0-9]\).*/\1/p' |
			sort >"$T/wanted"
		grep -x -e '-[A-Za-z0-9]' "$T/offered" | sort >"$T/got"
		ok "bash offers all letters of $program" \
			cmp -s "$T/wanted" "$T/got"
	done
	complete_bash fab-run --pass
	ok 'and long names' offers --password-file=
	complete_bash fab-run -H ''
	ok 'hosts of the configuration where hosts stand' offers alpha
	ok 'no patterns' not offers '*.x'
	ok 'known hosts' offers gamma
	ok 'and groups' offers @all
	complete_bash fab-run g
	ok 'also as the first operand' offers gamma
	complete_bash fab-run -v -T 5 alpha -
	ok 'options end at the hosts' not offers -v
	complete_bash fab-run --prefix=al
	ok 'words of an option' offers always
	complete_bash httpd-scope -d "$T/gr"
	ok 'directories' offers "$T/groups"
fi
if command -v zsh >/dev/null; then
	ok 'the completion of zsh is in its grammar' \
		zsh -n "$TOP/completions/zsh/_fab"
fi
if command -v fish >/dev/null; then
	for program in fab-run httpd-scope; do
		XDG_CONFIG_HOME="$T/fish" XDG_DATA_HOME="$T/fish" fish -c "
			source '$TOP/completions/fish/$program.fish'
			complete -C '$program --ver'" 2>/dev/null |
			cut -f1 >"$T/offered"
		ok "fish offers the options of $program" offers --version
	done
fi
done_testing
