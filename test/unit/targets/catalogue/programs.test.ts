import { describe, expect, test } from 'vitest';
import type { ContainerFacts } from '../../../../shared/facts/work.ts';
import { Effort, MAX_CHARACTERS, MAX_DEPTH, MAX_WORDS } from '../../../../shared/shell/effort.ts';
import { matchesGlob } from '../../../../shared/targets/glob.ts';
import { imageBasename } from '../../../../shared/targets/image-names.ts';
import { mentions, runningIn, type RunningContainer } from '../../../../shared/targets/running-container.ts';

const OWN = '(own entry point)';

function running(facts: Partial<ContainerFacts>, effort = new Effort()): RunningContainer {
  return runningIn({ name: 'c', image: '', command: [], args: [], env: [], mounts: [], ...facts }, effort);
}

/** The programs that are run in the end, each with its arguments: wrappers and shells around them left out. */
function runs(command: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  const facts = { command, env: Object.entries(env).map(([name, value]) => ({ name, value })) };
  return running(facts)
    .invocations.filter(({ args }) => args.length > 0)
    .map(({ program, args }) => [program, ...args].join(' '));
}

const script = (text: string, env: Readonly<Record<string, string>> = {}) => runs(['sh', '-c', text], env);

test.each<[command: readonly string[], programs: readonly string[]]>([
  [['pg_dump', 'db'], ['pg_dump']],
  [['/usr/bin/restic', 'backup'], ['restic']],
  [['kubectl', 'delete', 'job', 'kube-bench'], ['kubectl']],
  [
    ['sh', '/scripts/backup.sh'],
    ['sh', 'backup.sh'],
  ],
  [
    ['bash', '-c', 'pg_dump db | gzip > x'],
    ['bash', 'pg_dump', 'gzip'],
  ],
  [
    ['sh', '-c', '# pg_dump db\necho done'],
    ['sh', 'echo'],
  ],
  [
    ['sh', '-c', 'if true; then mysqldump a; fi'],
    ['sh', 'true', 'mysqldump'],
  ],
  [
    ['sh', '-c', 'x=$(mongodump --archive)'],
    ['sh', 'mongodump'],
  ],
  [
    ['python3', '-u', '/app/kube-hunter.py', '--pod'],
    ['python3', 'kube-hunter.py'],
  ],
  [['python3', '-c', 'import kube_hunter'], ['python3']],
  [
    ['tini', '--', 'nice', '-n', '10', 'restic', 'backup'],
    ['tini', 'nice', 'restic'],
  ],
  [['sh', '-c'], ['sh']],
  [['sh'], ['sh']],
  [['nice', '-n', '10'], ['nice']],
  [['env', 'A=b', 'C=d'], ['env']],
  [['constructor'], ['constructor']],
  [[], []],
])('%j runs %j', (command, programs) => {
  expect([...running({ command }).programs]).toEqual(programs);
});

describe('wrappers are looked through', () => {
  test.each([
    'bash -euo pipefail -c "pg_dump db"',
    'busybox sh -c "pg_dump db"',
    'chroot /host /usr/bin/pg_dump db',
    'docker-entrypoint.sh pg_dump db',
    'docker exec -i -u postgres pg pg_dump db',
    'env -u PGHOST A=b pg_dump db',
    'env -S "A=b pg_dump db"',
    'eval "pg_dump db"',
    'exec pg_dump db',
    'find /x -exec pg_dump db',
    'flock -n /lock -c "pg_dump db"',
    'flock -w 5 /lock pg_dump db',
    'gosu postgres pg_dump db',
    'kubectl -n db exec -i pg-0 -- sh -c "pg_dump db"',
    'nsenter -t 1 -m -- pg_dump db',
    'runuser -l postgres -c "pg_dump db"',
    'runuser -u postgres -- pg_dump db',
    'setpriv --reuid 1000 --clear-groups pg_dump db',
    'sh -c \'exec "$@"\' -- pg_dump db',
    'ssh -p 22 db.example.com "pg_dump db"',
    'stdbuf -oL pg_dump db',
    'su - postgres -c "pg_dump db"',
    'su -c "pg_dump db" postgres',
    'su-exec postgres:postgres pg_dump db',
    'sudo -E -u postgres pg_dump db',
    'timeout -s KILL 60 pg_dump db',
    'timeout --signal=KILL 30s pg_dump db',
    'trap "pg_dump db" ""',
    'xargs -n 1 -I {} pg_dump db',
  ])('%s', (text) => {
    expect(script(text).map((run) => run.trim())).toContain('pg_dump db');
  });

  test.each([
    'command -v pg_dump',
    'which pg_dump',
    'kubectl get pods -- pg_dump',
    'echo pg_dump; ls /usr/bin/pg_dump',
  ])('not by %s', (text) => {
    expect(script(text).filter((run) => run.startsWith('pg_dump'))).toEqual([]);
  });
});

describe('words are read as a shell reads them', () => {
  test.each<[text: string, runs: string]>([
    ['PGPASSWORD="$X" pg_dump db', 'pg_dump db'],
    ['A="a b" pg_dump db', 'pg_dump db'],
    ['PGPASSWORD="${P:-$(< "$F")}" pg_dump db', 'pg_dump db'],
    ['2>/dev/null >"$F" pg_dump db', 'pg_dump db'],
    ['pg_dump &>/dev/null db', 'pg_dump db'],
    ['"/usr/bin"/pg_dump d"b"', 'pg_dump db'],
    ['pg_dump \\\n  db', 'pg_dump db'],
    ['$TOOL db', 'pg_dump db'],
    ['${OTHER:-pg_dump} db', 'pg_dump db'],
    ['"${OTHER:-pg_dump}" db', 'pg_dump db'],
    ['T=/opt/pg_dump; "${T}" db', 'pg_dump db'],
    ['export T=pg_dump && $T db', 'pg_dump db'],
    ['cmd=(pg_dump db); "${cmd[@]}"', 'pg_dump db'],
    ['$UNKNOWN pg_dump db', 'pg_dump db'],
    ['$(which pg_dump) db', 'pg_dump db'],
    ['! pg_dump db || exit 1', 'pg_dump db'],
    ['( cd /x; pg_dump db ) & wait', 'pg_dump db'],
    ['f() { pg_dump db; }; f', 'pg_dump db'],
    ['case "$1" in a|b) pg_dump db;; *) exit;; esac', 'pg_dump db'],
    ['for d in $(psql -l); do pg_dump db; done', 'pg_dump db'],
    ['[[ -n "$A" && ( -f x || -f y ) ]] && pg_dump db', 'pg_dump db'],
    ['i=$((1 + (2))); ((i++)); pg_dump db', 'pg_dump db'],
    ['echo "size: $(pg_dump db)"', 'pg_dump db'],
    ['echo `pg_dump db`', 'pg_dump db'],
    ['diff <(pg_dump db) x', 'pg_dump db'],
    ["sh <<'EOF'\npg_dump db\nEOF\n", 'pg_dump db'],
    ["cat <<-EOF\n\tit's $(pg_dump db)\n\tEOF\necho", 'pg_dump db'],
    ['echo "pg_dump db" | sh', 'pg_dump db'],
    ["printf $'it\\'s'; pg_dump db", 'pg_dump db'],
  ])('%s', (text, expected) => {
    expect(script(text, { TOOL: 'pg_dump' })).toContain(expected);
  });

  test('a word that is only an argument, a pattern or a text is no program', () => {
    const texts = [
      'echo pg_dump; kubectl get kube-bench',
      "cat <<'EOF' > x\npg_dump db\n$(pg_dump db)\nEOF",
      'case $1 in pg_dump) true;; esac',
      "echo 'a; pg_dump db'",
      'for x in pg_dump; do true; done',
      'A=pg_dump',
    ];
    for (const text of texts) expect([...running({ command: ['sh', '-c', text] }).programs]).not.toContain('pg_dump');
  });

  test('what a command is given to read is known', () => {
    const [, , apply] = running({ command: ['sh', '-c', 'cat <<EOF | kubectl apply -f -\nkind: X\nEOF'] }).invocations;
    expect(apply).toMatchObject({ program: 'kubectl', input: 'kind: X' });
  });
});

describe('an image without a command runs its own entry point', () => {
  test.each<[args: readonly string[], programs: readonly string[]]>([
    [[], [OWN]],
    [
      ['--x', 'y'],
      [OWN, '--x'],
    ],
    [
      ['scan', '.'],
      [OWN, 'scan'],
    ],
    [
      ['-c', 'pg_dump db'],
      [OWN, 'pg_dump'],
    ],
    [
      ['sh', '-c', 'pg_dump db'],
      ['sh', 'pg_dump'],
    ],
    [['sleep', '10'], ['sleep']],
    [['make', 'test'], ['make']],
  ])('with the arguments %j: %j', (args, programs) => {
    const { invocations } = running({ args });
    expect(invocations.map(({ program, isOwn }) => (isOwn ? OWN : program))).toEqual(programs);
  });

  test('with a command it does not', () => {
    expect(running({ command: ['scan'] }).invocations.filter(({ isOwn }) => isOwn)).toEqual([]);
  });
});

test('the kubelet replaces what it knows, one after the other', () => {
  const env = [
    { name: 'A', value: 'dump' },
    { name: 'B', value: 'pg_$(A)' },
    { name: 'C', valueFrom: {} },
  ];
  const { invocations } = running({ command: ['$(B)', '$$(A)', '$(C)', '$(X)'], env });
  expect(invocations).toMatchObject([{ program: 'pg_dump', args: ['$(A)', '$(C)', '$(X)'] }]);
});

describe('what is read is bounded', () => {
  test.each<[string, Partial<ContainerFacts>]>([
    ['wrappers', { command: [...Array<string>(200_000).fill('env'), 'kube-bench'] }],
    ['wrappers in a script', { command: ['sh', '-c', `${'env '.repeat(MAX_DEPTH + 1)}kube-bench`] }],
    ['a long script', { command: ['sh', '-c', `${'#'.repeat(MAX_CHARACTERS)}\nkube-bench`] }],
    ['many words', { command: ['sh', '-c', `echo ${'a '.repeat(MAX_WORDS)}\nkube-bench`] }],
    ['many commands', { command: ['sh', '-c', `${'a\n'.repeat(MAX_WORDS)}\nkube-bench`] }],
    ['substitutions', { command: ['sh', '-c', '$('.repeat(MAX_CHARACTERS / 2)] }],
    ['quotes and substitutions', { command: ['sh', '-c', '"$('.repeat(MAX_CHARACTERS / 3)] }],
    ['defaults', { command: ['sh', '-c', '${A:-'.repeat(MAX_CHARACTERS / 5)] }],
    ['arrays', { command: ['sh', '-c', 'a=('.repeat(MAX_CHARACTERS / 3)] }],
    ['redirects', { command: ['sh', '-c', '<('.repeat(MAX_CHARACTERS / 2)] }],
    ['variables that double', { command: ['sh', '-c', `A=aaaa\n${'A="$A$A"\n'.repeat(40)}$A`] }],
    ['references that double', { command: ['$(A19)'], env: doubling(40) }],
  ])('%s', (_what, facts) => {
    const effort = new Effort();
    expect([...running(facts, effort).programs]).not.toContain('kube-bench');
    expect(effort.isSpent).toBe(true);
  });

  test('all containers of an object share the effort', () => {
    const effort = new Effort();
    const facts = { command: ['sh', '-c', '#'.repeat(MAX_CHARACTERS / 2)] };
    running(facts, effort);
    expect(effort.isSpent).toBe(false);
    running(facts, effort);
    running(facts, effort);
    expect(effort.isSpent).toBe(true);
  });

  function doubling(count: number): readonly object[] {
    return Array.from({ length: count }, (_, index) => ({
      name: `A${index}`,
      value: index === 0 ? 'aaaa' : `$(A${index - 1})$(A${index - 1})`,
    }));
  }
});

test.each([
  ['docker.io/aquasec/kube-bench:v0.9', 'kube-bench'],
  ['registry.local:5000/a/b@sha256:00', 'b'],
  ['restic', 'restic'],
  ['', ''],
])('the basename of %s is %s', (image, name) => {
  expect(imageBasename(image)).toBe(name);
});

test.each<[wanted: string, is: boolean]>([
  ['backup', true],
  ['x', true],
  ['back', false],
  ['*/_snapshot/*/*', true],
  ['*/_snapshot/*/*/*', false],
  ['http*', true],
  ['*two', true],
  ['one*two', false],
])('arguments mention %s: %s', (wanted, is) => {
  const args = ['backup', 'SELECT x;', 'http://es/_snapshot/one/two'];
  expect(mentions({ program: 'p', args, input: '', isOwn: false }, wanted)).toBe(is);
});

test('without a star only the same text is alike', () => {
  expect([matchesGlob('a', ['a']), matchesGlob('ab', ['a']), matchesGlob('aba', ['ab', 'ba'])]).toEqual([
    true,
    false,
    false,
  ]);
});
