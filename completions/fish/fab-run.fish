# fish completion of the fab programs and httpd-scope: options are those that
# the program's own --help tells, so that they are never other ones.
for program in fab-run fab-sudo fab-put fab-get fab-hosts fab-scope httpd-scope
    type -q $program; or continue
    complete -c $program -e
    for line in ($program --help 2>/dev/null | string match -r '^  -.*')
        set -l head (string replace -r '   *.*' '' -- (string sub -s 3 -- $line))
        set -l text (string replace -r '^ *\S.*?  +' '' -- $line)
        set -l flags
        set -l takes
        for part in (string split ', ' -- $head)
            set -l name (string replace -r '[ =].*' '' -- $part)
            string match -q -- '* *' $part; and set takes -r
            string match -q -- '*=*' $part; and set takes -r
            if string match -q -- '--*' $name
                set -a flags -l (string sub -s 3 -- $name)
            else
                set -a flags -s (string sub -s 2 -- $name)
            end
        end
        test (count $flags) -gt 0
        and complete -c $program $flags $takes -d "$text"
    end
    if not string match -q '*-scope' $program
        complete -c $program -a '(__fish_print_hostnames)'
    end
end
