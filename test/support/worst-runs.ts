import { MAX_WORD } from '../../shared/shell/effort.ts';
import {
  created,
  filled,
  HALF,
  long,
  METADATA,
  pod,
  running,
  SCRIPT,
  script,
  type WorstRequest,
} from './filled-requests.ts';

/** Requests whose objects say as much as they can about what runs in them. */
export const WORST_RUNS: Readonly<Record<string, () => WorstRequest>> = {
  'wrappers in a row': () => running({ command: filled(() => 'env') }),
  'wrappers with options': () => running({ command: filled((index) => (index % 3 === 0 ? 'sudo' : '-a')) }),
  'shells within shells': () => running(script(long('sh -c "'))),
  'quoted shells': () =>
    running(
      script(Array.from({ length: 16 }).reduce<string>((inner) => `sh -c ${JSON.stringify(inner)}`, 'restic backup')),
    ),
  'eval of everything': () => running({ command: filled((index) => (index % 2 === 0 ? 'eval' : 'x')) }),
  'xargs, su and find in turn': () =>
    running({ command: filled((index) => ['xargs', 'su', 'find', '-exec'][index % 4] ?? '') }),
  'substitutions alone': () => running(script(long('$(a)', SCRIPT))),
  backquotes: () => running(script(long('`a`', SCRIPT))),
  'one script, too long': () => running(script(long('a b;'))),
  semicolons: () => running(script(long('a;', SCRIPT))),
  quotes: () => running(script(long('"a"', SCRIPT))),
  parentheses: () => running(script(long('(a)', SCRIPT))),
  'here-documents': () => running(script(long('cat<<a\n$(b)\na\n', SCRIPT))),
  'blanks to fill in': () => running(script(long('<a b '))),
  'small scripts beside many variables': () =>
    running({ ...script(long('sh -c a;', SCRIPT)), env: filled((index) => ({ name: `A${index}`, value: 'x' }), HALF) }),
  'here-documents beside many variables': () =>
    running({
      ...script(long('cat<<a\n$(b)\na\n', SCRIPT)),
      env: filled((index) => ({ name: `A${index}`, value: 'x' }), HALF),
    }),
  'scripts of their own name beside many variables': () =>
    running({ ...script(long('a.sh;', SCRIPT)), env: filled((index) => ({ name: `A${index}`, value: 'x' }), HALF) }),
  'variables that hold one another': () =>
    running({
      command: ['a'],
      env: filled((index) => ({ name: `A${index}`, value: `$(A${index - 1})$(A${index - 1})` })),
    }),
  'dollar signs': () => running({ args: [long('$')] }),
  'a long pipe': () => running(script(`echo ${'restic backup '.repeat(3000)}${'|cat'.repeat(20_000)}`)),
  'a long pipe into one image': () =>
    running({ image: 'kube-bench', ...script(`echo ${'node '.repeat(8000)}${'|cat'.repeat(20_000)}`) }),
  'arguments of a known program': () => running({ command: ['restic'], args: filled(() => '-a') }),
  'arguments of a known image': () => running({ image: 'aquasec/trivy', args: filled(() => 'a') }),
  'arguments of an own entry point': () => running({ image: 'backup', args: filled(() => 'a') }),
  'arguments that mention': () => running({ image: 'kube-bench', args: filled(() => 'run-node') }),
  'a long argument that is still read': () => running({ image: 'restic', args: ['backup '.repeat(MAX_WORD / 7 - 10)] }),
  'one long argument': () => running({ image: 'restic', args: [long('backup ')] }),
  'one long subcommand': () => running({ image: 'tool', args: [long('aB')] }),
  'one long program': () => running({ command: [long('backup-')] }),
  'one long path': () => running({ command: [long('a/')] }),
  'one long image': () => running({ image: long('a/') }),
  'one long image of words': () => running({ image: long('backup-') }),
  'words of all kinds': () =>
    running({
      args: filled((index) =>
        Array.from({ length: 20 }, (_, at) => ((index * 20 + at) % 46_656).toString(36)).join(' '),
      ),
    }),
  containers: () => created(pod({ containers: filled((index) => ({ name: `c${index}`, image: 'x' })) })),
  'containers of known images': () =>
    created(pod({ containers: filled((index) => ({ name: `c${index}`, image: 'restic' })) })),
  'containers with commands': () =>
    created(
      pod({ containers: filled((index) => ({ name: `c${index}`, image: 'kopia', command: ['pg_dump', '-a'] })) }),
    ),
  'containers with scripts': () =>
    created(
      pod({
        containers: filled((index) => ({
          name: `c${index}`,
          image: 'trivy',
          command: ['sh', '-c', 'mysqldump a|restic backup'],
        })),
      }),
    ),
  'init containers': () =>
    created(
      pod({
        containers: [],
        initContainers: filled((index) => ({
          name: `c${index}`,
          image: 'backup',
          env: [{ name: 'BACKUP_A', value: 'b' }],
        })),
      }),
    ),
  'settings of many words': () =>
    running({ image: 'tool', env: filled((index) => ({ name: `A_${index.toString(36)}`.repeat(40) })) }),
  mounts: () =>
    running({ image: 'tool', volumeMounts: filled((index) => ({ name: 'a', mountPath: `/a/${index}/b-c` })) }),
  variables: () => running({ image: 'tool', env: filled((index) => ({ name: `A_B_C_${index}` })) }),
  owners: () =>
    running(
      { image: 'tool' },
      {},
      {
        ownerReferences: filled((index) => ({ apiVersion: 'a.b/v1', kind: 'BackupJob', name: `a-${index}`, uid: 'u' })),
      },
    ),
  'owners that are steps': () =>
    running(
      { image: 'restic', args: ['backup'] },
      {},
      {
        ownerReferences: filled((index) => ({
          apiVersion: 'tekton.dev/v1',
          kind: 'TaskRun',
          name: `a-${index}`,
          uid: 'u',
        })),
      },
    ),
  'owners of a known kind': () =>
    running(
      { image: 'restic', args: ['backup'] },
      {},
      {
        ownerReferences: filled((index) => ({
          apiVersion: 'velero.io/v1',
          kind: 'Backup',
          name: `a-${index}`,
          uid: 'u',
        })),
      },
    ),
  'an owner with a long name': () =>
    running(
      { image: 'tool' },
      {},
      { ownerReferences: [{ apiVersion: 'a.b/v1', kind: 'A', name: long('a-'), uid: 'u', controller: true }] },
    ),
  'an owner of a long kind': () =>
    running(
      { image: 'tool' },
      {},
      { ownerReferences: [{ apiVersion: 'a.b/v1', kind: long('Backup'), name: 'a', uid: 'u', controller: true }] },
    ),
  labels: () => running({ image: 'tool' }, {}, { labels: Object.fromEntries(filled((index) => [`a${index}`, 'b'])) }),
  'an update of everything': () => {
    const spec = (image: string) => pod({ containers: [{ name: 'c', image, command: filled(() => 'a') }] });
    return { operation: 'UPDATE', object: spec('x'), oldObject: spec('y') };
  },
  'an update of a label beside a script': () => {
    const old = (labels: object) =>
      pod({ containers: [{ name: 'c', image: 'x', ...script(long('$(a)', SCRIPT)) }] }, { labels });
    return { operation: 'UPDATE', object: old({ a: 'b' }), oldObject: old({}) };
  },
  'a scan beside a backup': () =>
    running(
      { ...script(long('restic backup;kube-bench run;', SCRIPT)) },
      {},
      { labels: { 'kubectl-maint.io/work': 'scan' } },
    ),
  "a tool's own kind with lists in it": () =>
    created({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: METADATA, spec: { x: filled(() => ({})) } }),
  'a DaemonSet': () =>
    created({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: METADATA,
      spec: {
        template: { metadata: {}, spec: { containers: filled((index) => ({ name: `c${index}`, image: 'restic' })) } },
      },
    }),
};
