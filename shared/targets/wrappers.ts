/** How a program is told to run another one. */
export interface Wrapper {
  /** Its options that take the next word as their value. */
  readonly values?: readonly string[];
  /** Its own operands before the command. */
  readonly operands?: number;
  /** Only with one of these as its first operand does it run anything. */
  readonly only?: readonly string[];
  /** The command begins behind this word alone. */
  readonly behind?: string;
  /** Options whose value is a script of a shell. */
  readonly scripts?: readonly string[];
  /** It runs what it is given in the words of a shell: `eval`, `ssh`. */
  readonly isShell?: true;
  /** With one of these it only says what would be run. */
  readonly unless?: readonly string[];
}

const PLAIN: Wrapper = {};
const WITH_USER: Wrapper = { operands: 1 };
const EXEC_SUBCOMMAND: Wrapper = { only: ['exec'], operands: 1 };
const RUN_SUBCOMMAND: Wrapper = { only: ['run'], operands: 1 };
const BEHIND_DASHES: Wrapper = { behind: '--' };
const IN_PODS: Wrapper = {
  only: ['debug', 'exec', 'rsh', 'run'],
  behind: '--',
  values: ['-c', '-l', '-n', '--container', '--context', '--kubeconfig', '--namespace', '--selector'],
};
const IN_CONTAINER: Wrapper = {
  only: ['exec'],
  operands: 2,
  values: ['-e', '--env', '-u', '--user', '-w', '--workdir'],
};

/**
 * Programs that only run another one, named further on in their arguments. A wrapper that is not known hides the program,
 * and the work is missed; one that is known wrongly names a program that is only an argument.
 */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>(
  Object.entries({
    // Of the shell and of the system.
    builtin: PLAIN,
    busybox: PLAIN,
    chronic: PLAIN,
    chroot: { operands: 1 },
    chrt: { operands: 1 },
    command: { unless: ['-v', '-V'] },
    doas: { values: ['-C', '-u'] },
    env: { values: ['-C', '-u', '--chdir', '--unset'], scripts: ['-S', '--split-string'] },
    eval: { isShell: true },
    exec: { values: ['-a'] },
    flock: { values: ['-E', '-w', '--conflict-exit-code', '--timeout'], operands: 1, scripts: ['-c', '--command'] },
    gosu: WITH_USER,
    ionice: { values: ['-c', '-n'] },
    nice: { values: ['-n', '--adjustment'] },
    nohup: PLAIN,
    nsenter: { values: ['-t', '-S', '-G', '--target', '--setgid', '--setuid'] },
    parallel: { values: ['-j', '--jobs'] },
    runuser: { values: ['-g', '-s', '-u', '--group', '--shell', '--user'], scripts: ['-c', '--command'] },
    script: { scripts: ['-c', '--command'], operands: Infinity },
    setarch: { operands: 1 },
    setpriv: { values: ['--egid', '--euid', '--gid', '--regid', '--reuid', '--rgid', '--ruid', '--groups', '--uid'] },
    setsid: PLAIN,
    setuser: WITH_USER,
    stdbuf: { values: ['-e', '-i', '-o', '--error', '--input', '--output'] },
    strace: { values: ['-e', '-o', '-p'] },
    su: { scripts: ['-c', '--command'], operands: Infinity },
    'su-exec': WITH_USER,
    sudo: { values: ['-C', '-D', '-g', '-h', '-p', '-R', '-r', '-T', '-t', '-U', '-u', '--group', '--user'] },
    'systemd-run': { values: ['-p', '-u', '--property', '--unit'] },
    time: { values: ['-f', '-o'] },
    timeout: { values: ['-k', '-s', '--kill-after', '--signal'], operands: 1 },
    toybox: PLAIN,
    trap: { isShell: true },
    unbuffer: PLAIN,
    unshare: PLAIN,
    watch: { values: ['-n', '--interval'], isShell: true },
    xargs: { values: ['-a', '-d', '-E', '-I', '-L', '-n', '-P', '-s'] },
    // First processes and entry points of images.
    catatonit: PLAIN,
    chpst: { values: ['-/', '-b', '-d', '-e', '-g', '-m', '-n', '-u', '-U'] },
    'docker-entrypoint.sh': PLAIN,
    'dumb-init': { values: ['-r', '--rewrite'] },
    entrypoint: PLAIN,
    'entrypoint.sh': PLAIN,
    'run-parts': { operands: Infinity },
    's6-setuidgid': WITH_USER,
    setuidgid: WITH_USER,
    tini: { values: ['-e', '-p'] },
    'with-contenv': PLAIN,
    // Those that wait, watch or fetch secrets first.
    'ansible-playbook': { values: ['-c', '-e', '-i', '-l', '-t', '-u', '--inventory', '--limit', '--tags'] },
    'aws-vault': BEHIND_DASHES,
    chamber: BEHIND_DASHES,
    cronitor: EXEC_SUBCOMMAND,
    dockerize: { values: ['-stderr', '-stdout', '-template', '-timeout', '-wait'] },
    doppler: BEHIND_DASHES,
    envconsul: { values: ['-config', '-prefix', '-secret', '-upcase'] },
    infisical: BEHIND_DASHES,
    op: BEHIND_DASHES,
    runitor: BEHIND_DASHES,
    sops: BEHIND_DASHES,
    'vault-env': PLAIN,
    'wait-for-it.sh': BEHIND_DASHES,
    // Package managers that run programs.
    bundle: EXEC_SUBCOMMAND,
    npx: PLAIN,
    pdm: RUN_SUBCOMMAND,
    pipenv: RUN_SUBCOMMAND,
    pipx: RUN_SUBCOMMAND,
    poetry: RUN_SUBCOMMAND,
    uv: RUN_SUBCOMMAND,
    uvx: PLAIN,
    // In another place: what is backed up from there is backed up.
    crictl: IN_CONTAINER,
    docker: IN_CONTAINER,
    find: { behind: '-exec' },
    kubectl: IN_PODS,
    nerdctl: IN_CONTAINER,
    oc: IN_PODS,
    podman: IN_CONTAINER,
    ssh: {
      values: ['-F', '-i', '-J', '-L', '-l', '-o', '-p', '-R'],
      operands: 1,
      isShell: true,
    },
  }),
);

/** Scripts by which images start what they are made for. */
export const ENTRY_SCRIPTS = new Set(['docker-entrypoint.sh', 'entrypoint', 'entrypoint.sh']);

export const SHELLS = new Set(['ash', 'bash', 'dash', 'ksh', 'mksh', 'rbash', 'sh', 'zsh']);

/** Options of shells that take the next word: `-o pipefail`, also at the end of joined ones (`-euo pipefail`). */
export const SHELL_VALUE = /^(?:[-+][a-zA-Z]*[oO]|--init-file|--rcfile)$/;

/** Programs that run a script, named by their first operand, and the options that name a module or an archive instead. */
export const INTERPRETERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>(
  Object.entries({
    '.': [],
    java: ['-jar'],
    node: [],
    perl: [],
    php: [],
    python: ['-m'],
    python2: ['-m'],
    python3: ['-m'],
    ruby: [],
    source: [],
  }),
);

/** Commands that images of any kind are told to run instead of their own entry point: tasks of a build, tests, or waiting. */
const OTHER_COMMANDS: readonly string[] = [
  'ant',
  'apk',
  'apt-get',
  'bazel',
  'cargo',
  'cat',
  'cp',
  'cmake',
  'curl',
  'date',
  'dotnet',
  'echo',
  'false',
  'ginkgo',
  'git',
  'go',
  'gotestsum',
  'gradle',
  'gradlew',
  'grep',
  'helm',
  'id',
  'install',
  'jq',
  'ls',
  'make',
  'mkdir',
  'mv',
  'mvn',
  'mvnw',
  'npm',
  'pip',
  'pnpm',
  'printf',
  'pytest',
  'rm',
  'sed',
  'sleep',
  'tail',
  'task',
  'tee',
  'test',
  'touch',
  'tox',
  'true',
  'wget',
  'which',
  'yarn',
  'java',
  'perl',
  'php',
  'python',
  'python3',
  'ruby',
];

/** Programs that are no entry point of a scanner or of a backup: where one is named first, that runs. */
const NO_ENTRYPOINTS = new Set([...OTHER_COMMANDS, ...SHELLS, ...WRAPPERS.keys()]);

/** Whether a first argument names another program than the entry point of the image. */
export function isOtherProgram(word: string): boolean {
  return NO_ENTRYPOINTS.has(lastPart(word));
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** What a wrapper runs, found in its words. */
export interface Wrapped {
  /** Where the command begins; undefined where only scripts are run. */
  readonly at?: number;
  /** Where scripts stand. */
  readonly scripts: readonly string[];
}

/** What a wrapper is told to run by the words from some place on; undefined where it runs nothing. Goes through its own words once. */
export function wrappedBy(wrapper: Wrapper, words: readonly string[], from: number): Wrapped | undefined {
  const { at, scripts, operands } = walk(wrapper, words, from);
  const [first = ''] = operands;
  if (wrapper.only !== undefined && !wrapper.only.includes(first)) return undefined;
  const begins = wrapper.behind === undefined ? at : behind(wrapper.behind, words, from);
  if (begins === undefined) return scripts.length === 0 ? undefined : { scripts };
  return wrapper.isShell === true ? { scripts: [words.slice(begins).join(' ')] } : { at: begins, scripts };
}

function behind(word: string, words: readonly string[], from: number): number | undefined {
  const found = words.indexOf(word, from);
  return found < 0 || found + 1 >= words.length ? undefined : found + 1;
}

interface Walked extends Wrapped {
  readonly scripts: readonly string[];
  /** The wrapper's own operands, and the word where the command begins. */
  readonly operands: readonly string[];
}

function walk(wrapper: Wrapper, words: readonly string[], from: number): Walked {
  const scripts: string[] = [];
  const operands: string[] = [];
  for (let at = from; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1] ?? '';
    const role = roleOf(word, next, wrapper, operands.length);
    if (role === 'nothing') break;
    scripts.push(...scriptBy(role, word, next));
    if (TAKES_NEXT.has(role)) at += 1;
    if (OWN_OPERANDS.has(role)) operands.push(word);
    if (role === 'command') return { at, scripts, operands };
  }
  return { scripts, operands };
}

/** What a word is to a wrapper that has had so many operands; `next` is the word after it. */
type Role = 'command' | 'joined' | 'nothing' | 'operand' | 'option' | 'script' | 'value';

const TAKES_NEXT: ReadonlySet<Role> = new Set<Role>(['script', 'value']);
const OWN_OPERANDS: ReadonlySet<Role> = new Set<Role>(['command', 'operand']);

function scriptBy(role: Role, word: string, next: string): readonly string[] {
  if (role === 'script') return [next];
  return role === 'joined' ? [word.slice(word.indexOf('=') + 1)] : [];
}

function roleOf(word: string, next: string, { operands = 0, ...wrapper }: Wrapper, had: number): Role {
  if (word.startsWith('-')) return roleOfOption(word, wrapper);
  if (ASSIGNMENT.test(word)) return 'option';
  return had < operands || wrapper.scripts?.includes(next) === true ? 'operand' : 'command';
}

function roleOfOption(word: string, { values = [], scripts = [], unless = [] }: Wrapper): Role {
  if (unless.includes(word)) return 'nothing';
  if (scripts.includes(word)) return 'script';
  if (scripts.some((option) => option.startsWith('--') && word.startsWith(`${option}=`))) return 'joined';
  return values.includes(word) ? 'value' : 'option';
}
