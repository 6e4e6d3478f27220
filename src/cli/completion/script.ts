// The completion scripts. Each hands the words typed so far to `morello __complete`, and shows what comes back.

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}

const BASH = `# bash completion of morello and git morello: eval "$(morello completion bash)"

# Joins what readline cut at "=", from word $1 on. The answer is in __morello_joined, its last word in __morello_last.
__morello_words() {
    local at last=-1 word
    __morello_joined=()
    for ((at = $1; at <= COMP_CWORD; at++)); do
        word="\${COMP_WORDS[at]}"
        if ((last >= 0)) && [[ \${__morello_joined[last]} == --* ]] &&
            [[ $word == "=" || \${COMP_WORDS[at - 1]} == "=" ]]; then
            __morello_joined[last]+="$word"
        else
            last=$((last + 1))
            __morello_joined[last]="$word"
        fi
    done
    if ((last < 0)); then
        last=0
        __morello_joined=("")
    fi
    __morello_last="\${__morello_joined[last]}"
}

__morello_ask() {
    local line value
    COMPREPLY=()
    while IFS= read -r line; do
        case "$line" in
            :files) compopt -o default 2>/dev/null; return ;;
            :directories) compopt -o dirnames 2>/dev/null; return ;;
        esac
        value="\${line%%$'\\t'*}"
        # readline replaces only what stands behind the "="
        if [[ $COMP_WORDBREAKS == *=* && $__morello_last == --*=* ]]; then value="\${value#"\${__morello_last%%=*}="}"; fi
        # a branch may be called $(whatever): it must not run when the line does
        if [[ $value == *[!A-Za-z0-9_@%+:,./=-]* ]]; then value="$(printf '%q' "$value")"; fi
        COMPREPLY+=("$value")
    done < <(morello __complete -- "\${__morello_joined[@]}" 2>/dev/null)
    compopt -o nosort 2>/dev/null
}

_morello() {
    local __morello_joined __morello_last
    __morello_words 1
    __morello_ask
}

# git's own completion calls this one for: git morello ...
_git_morello() {
    local at __morello_joined __morello_last
    for ((at = 1; at < COMP_CWORD; at++)); do
        if [[ \${COMP_WORDS[at]} == morello ]]; then break; fi
    done
    __morello_words $((at + 1))
    __morello_ask
}

complete -F _morello morello git-morello
`;

const ZSH = `#compdef morello git-morello
# zsh completion of morello and git morello: eval "$(morello completion zsh)", after compinit

_morello() {
    local -a answers shown
    local line
    answers=("\${(@f)$(morello __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "\${answers[@]}"; do
        case "$line" in
            '') continue ;;
            :files) _files; return ;;
            :directories) _files -/; return ;;
        esac
        shown+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    done
    _describe -V morello shown
}

# zsh's completion of git calls this one for: git morello ...
_git-morello() {
    _morello "$@"
}

if [[ $funcstack[1] == _morello ]]; then
    _morello "$@"
elif (( $+functions[compdef] )); then
    compdef _morello morello git-morello
fi
`;

const FISH = `# fish completion of morello and git morello: morello completion fish > ~/.config/fish/completions/morello.fish

function __morello_ask
    # the words behind the program, or behind git and its own options
    set -l words (commandline -opc)
    set -l at (contains -i -- morello $words; or contains -i -- git-morello $words; or echo 1)
    set -e words[1..$at]
    set -l typed (commandline -ct)
    for line in (morello __complete -- $words "$typed" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$typed"
            case ':directories'
                __fish_complete_directories "$typed"
            case '*'
                echo $line
        end
    end
end

complete -c morello -f -k -a '(__morello_ask)'
complete -c git-morello -f -k -a '(__morello_ask)'
complete -c git -n '__fish_seen_subcommand_from morello' -f -k -a '(__morello_ask)'
`;
