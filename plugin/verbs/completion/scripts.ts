import { COMPLETE } from '../../command-line/words.ts';

/** Shells that a script can be printed for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that a script can be printed for. */
export type Shell = (typeof SHELLS)[number];

/** What a shell runs so that it completes `kubectl-maint` itself. `kubectl maint` is completed by kubectl. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/**
 * Bash makes words of its own at `=` and `:`, so they are put together again, and a candidate for the value of `--flag=`
 * is the value alone. Directives (spf13/cobra shell_completions.md): 2 no space, 4 no files, 32 keep the order.
 */
const BASH = `# bash completion for kubectl-maint
_kubectl_maint() {
  local line directive=0 joined=() index
  for ((index = 1; index <= COMP_CWORD; index++)); do
    if [[ \${#joined[@]} -gt 0 && ( \${COMP_WORDS[index]} == '=' || \${COMP_WORDS[index - 1]} == '=' ) ]]; then
      joined[\${#joined[@]}-1]+=\${COMP_WORDS[index]}
    else
      joined+=("\${COMP_WORDS[index]}")
    fi
  done
  local typed=\${COMP_WORDS[COMP_CWORD]}
  [[ $typed == '=' ]] && typed=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}
    elif [[ \${line%%$'\\t'*} == "$typed"* ]]; then COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} "\${joined[@]}" 2>/dev/null)
  if ((directive & 2)); then compopt -o nospace; fi
  if ((directive & 32)); then compopt -o nosort 2>/dev/null; fi
  if ((\${#COMPREPLY[@]} == 0 && !(directive & 4))); then compopt -o default; fi
}
complete -F _kubectl_maint kubectl-maint`;

const ZSH = `#compdef kubectl-maint
# zsh completion for kubectl-maint
_kubectl-maint() {
  local line directive=0 prefix='' spaced=()
  local -a candidates
  if [[ \${words[CURRENT]} == -*=* ]]; then prefix=\${words[CURRENT]%%=*}=; fi
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}
    else
      line=\${line//:/\\\\:}
      candidates+=("$prefix\${line/$'\\t'/:}")
    fi
  done < <("\${words[1]}" ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if ((directive & 2)); then spaced=(-S ''); fi
  if ((\${#candidates} > 0)); then
    if ((directive & 32)); then _describe -V kubectl-maint candidates "\${spaced[@]}"
    else _describe kubectl-maint candidates "\${spaced[@]}"
    fi
  elif ((!(directive & 4))); then _files
  fi
}
compdef _kubectl-maint kubectl-maint`;

const FISH = `# fish completion for kubectl-maint
function __kubectl_maint_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l prefix (string match -r -- '^-.*?=' $typed)
    set -l lines ($words[1] ${COMPLETE} $words[2..-1] "$typed" 2>/dev/null)
    set -l directive 0
    set -l found 0
    for line in $lines
        if string match -q -- ':*' $line
            set directive (string sub -s 2 -- $line)
        else
            set found 1
            printf '%s%s\\n' "$prefix" "$line"
        end
    end
    if test $found -eq 0; and test (math "floor($directive / 4) % 2") -eq 0
        __fish_complete_path "$typed"
    end
end
complete -c kubectl-maint -f -k -a '(__kubectl_maint_complete)'`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
