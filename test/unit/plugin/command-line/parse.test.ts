import { describe, expect, test } from 'vitest';
import { parse } from '../../../support/parsed.ts';
import { MaintError } from '../../../../shared/index.ts';
import { like } from '../../../support/like.ts';

const NO_CLUSTER_FLAGS = { requestTimeoutMs: 0 };
const ON = {
  verb: 'on',
  cluster: NO_CLUSTER_FLAGS,
  nodes: { names: ['n1'] },
  claim: { isChange: false, mode: 'drain' },
  drain: {
    force: false,
    ignoreDaemonSets: true,
    deleteEmptyDirData: false,
    gracePeriodSeconds: -1,
    disableEviction: false,
    skipWaitForDeleteSeconds: 0,
  },
  pace: {
    maxParallel: 10,
    activeWork: 'wait',
    byPriority: true,
    byDatabase: true,
    waitVolumes: false,
    waitReady: false,
  },
  hooks: { prepare: [], skip: false, allowCommands: false, trustRecords: false },
  allowLastNode: false,
  acceptedLoss: [],
  protect: true,
  adopt: false,
  roleLabel: false,
  timeoutMs: 0,
  dryRun: 'none',
  rollback: false,
  format: 'text',
};
const OFF = {
  verb: 'off',
  cluster: NO_CLUSTER_FLAGS,
  nodes: { names: ['n1'] },
  all: false,
  hooks: { prepare: [], skip: false, allowCommands: false, trustRecords: false },
  maxParallel: 10,
  skipHealthCheck: false,
  healthyForMs: 30_000,
  timeoutMs: 600_000,
  format: 'text',
};
const STATUS = {
  verb: 'status',
  cluster: NO_CLUSTER_FLAGS,
  nodes: { names: [] },
  format: 'table',
  watch: false,
  exitCode: false,
};

const read = (words: string) => parse(words.split(' '));

describe('on', () => {
  test('with nothing but a node', async () => {
    expect(await read('on n1')).toEqual(ON);
  });

  test.each<[string, object]>([
    ['n1 n2 n3', { nodes: { names: ['n1', 'n2', 'n3'] } }],
    ['node/n1', {}],
    ['nodes/n1 node/n2 n3.example.org', { nodes: { names: ['n1', 'n2', 'n3.example.org'] } }],
    ['007', { nodes: { names: ['007'] } }],
    ['-- n1', {}],
    ['n1 -- n2', { nodes: { names: ['n1', 'n2'] } }],
    ['-l rack=b7', { nodes: { names: [], selector: 'rack=b7' } }],
    ['-lrack=b7', { nodes: { names: [], selector: 'rack=b7' } }],
    ['-l=rack', { nodes: { names: [], selector: 'rack' } }],
    ['--selector=rack=b7,zone!=z1', { nodes: { names: [], selector: 'rack=b7,zone!=z1' } }],
    ['n1 --allow-last-node', { allowLastNode: true }],
    [
      'n1 --allow-data-loss=longhorn/pvc-1 --allow-data-loss rook-ceph',
      { acceptedLoss: ['longhorn/pvc-1', 'rook-ceph'] },
    ],
    ['n1 --no-drain', { claim: { isChange: true, mode: 'cordon' } }],
    ['n1 --mode=cordon', { claim: { isChange: false, mode: 'cordon' } }],
    [
      'n1 --reason disk --ticket 0012 --owner ana',
      { claim: { isChange: false, mode: 'drain', reason: 'disk', ticket: '0012', owner: 'ana' } },
    ],
    ['n1 --for 1h30m', { claim: { isChange: false, mode: 'drain', until: { inMs: 5_400_000 } } }],
    ['n1 --for 90s', { claim: { isChange: false, mode: 'drain', until: { inMs: 90_000 } } }],
    ['n1 --for 1.5h', { claim: { isChange: false, mode: 'drain', until: { inMs: 5_400_000 } } }],
    [
      'n1 --until 2026-01-31T06:00:00Z',
      { claim: { isChange: false, mode: 'drain', until: { at: '2026-01-31T06:00:00Z' } } },
    ],
    [
      'n1 --until 2026-01-31T08:00:00.5+02:00',
      { claim: { isChange: false, mode: 'drain', until: { at: '2026-01-31T06:00:00Z' } } },
    ],
    ['n1 --timeout 5m', { timeoutMs: 300_000 }],
    ['n1 --timeout 0', {}],
    ['n1 --timeout 7s', { timeoutMs: 7000 }],
    ['n1 --dry-run=client', { dryRun: 'client' }],
    ['n1 --dry-run=server', { dryRun: 'server' }],
    // As kubectl reads it: a flag whose value may be left out takes it only after "=".
    ['n1 --dry-run server', { dryRun: 'client', nodes: { names: ['n1', 'server'] } }],
    ['n1 --dry-run', { dryRun: 'client' }],
    ['--dry-run n1', { dryRun: 'client' }],
    ['n1 --protect=false', { protect: false }],
    ['n1 --adopt --role-label', { adopt: true, roleLabel: true }],
    ['n1 --adopt=true --role-label=false', { adopt: true }],
    ['n1 --rollback', { rollback: true }],
    ['n1 -o json', { format: 'json' }],
    ['n1 --output=json', { format: 'json' }],
    ['n1 --max-parallel 0', { pace: { ...ON.pace, maxParallel: 0 } }],
    ['n1 --max-unavailable 2', { pace: { ...ON.pace, maxUnavailable: { nodes: 2 } } }],
    ['n1 --max-unavailable 100%', { pace: { ...ON.pace, maxUnavailable: { percent: 100 } } }],
    ['n1 --active-work=evict', { pace: { ...ON.pace, activeWork: 'evict' } }],
    ['n1 --priority-order=false', { pace: { ...ON.pace, byPriority: false } }],
    ['n1 --database-order=false', { pace: { ...ON.pace, byDatabase: false } }],
    ['n1 --active-work refuse', { pace: { ...ON.pace, activeWork: 'refuse' } }],
    ['n1 --wait-volumes --wait-ready', { pace: { ...ON.pace, waitVolumes: true, waitReady: true } }],
    ['n1 --disable-eviction', { drain: { ...ON.drain, disableEviction: true } }],
    ['n1 --skip-wait-for-delete-timeout 20', { drain: { ...ON.drain, skipWaitForDeleteSeconds: 20 } }],
    ['n1 --chunk-size=0', {}],
    ['n1 --force --delete-emptydir-data', { drain: { ...ON.drain, force: true, deleteEmptyDirData: true } }],
    ['--force n1', { drain: { ...ON.drain, force: true } }],
    ['n1 --ignore-daemonsets', {}],
    ['n1 --ignore-daemonsets=false', { drain: { ...ON.drain, ignoreDaemonSets: false } }],
    ['n1 --ignore-daemonsets=F --force=1', { drain: { ...ON.drain, ignoreDaemonSets: false, force: true } }],
    ['n1 --ignore-daemonsets=True --force=T', { drain: { ...ON.drain, force: true } }],
    ['n1 --grace-period=0', { drain: { ...ON.drain, gracePeriodSeconds: 0 } }],
    ['n1 --grace-period -1', {}],
    ['n1 --pod-selector app=web', { drain: { ...ON.drain, podSelector: 'app=web' } }],
  ])('%s', async (words, difference) => {
    expect(await read(`on ${words}`)).toEqual({ ...ON, ...difference });
  });

  test('every connection flag', async () => {
    const words =
      'on n1 --kubeconfig k --context c --cluster cl --user u -s https://s --token t --as a --as-group g1 --as-group g2 --as-uid i --request-timeout 2s --certificate-authority ca --tls-server-name n --insecure-skip-tls-verify';
    expect(await read(words)).toEqual({
      ...ON,
      cluster: {
        kubeconfig: 'k',
        context: 'c',
        cluster: 'cl',
        user: 'u',
        server: 'https://s',
        token: 't',
        as: 'a',
        asGroups: ['g1', 'g2'],
        asUid: 'i',
        requestTimeoutMs: 2000,
        certificateAuthority: 'ca',
        tlsServerName: 'n',
        insecureSkipTlsVerify: true,
      },
    });
  });

  test.each<[string, object]>([
    ['--mode=drain --mode=cordon', { claim: { isChange: false, mode: 'cordon' } }],
    ['--dry-run=client --dry-run=none', {}],
    ['--reason x --reason y', { claim: { isChange: false, mode: 'drain', reason: 'y' } }],
    ['--for 1h --for 2h', { claim: { isChange: false, mode: 'drain', until: { inMs: 7_200_000 } } }],
    ['--timeout 1h --timeout 1m', { timeoutMs: 60_000 }],
    ['--force --force=false', {}],
    ['--context a --context b', { cluster: { ...NO_CLUSTER_FLAGS, context: 'b' } }],
    ['--grace-period 1 --grace-period 2', { drain: { ...ON.drain, gracePeriodSeconds: 2 } }],
  ])('the last one wins: %s', async (words, difference) => {
    expect(await read(`on n1 ${words}`)).toEqual({ ...ON, ...difference });
  });
});

describe('off and status', () => {
  test.each<[string, object]>([
    ['off n1', OFF],
    ['off node/n1 --owner ben', { ...OFF, owner: 'ben' }],
    ['off n1 --skip-health-check', { ...OFF, skipHealthCheck: true }],
    ['off n1 --healthy-for 2m --timeout 0', { ...OFF, healthyForMs: 120_000, timeoutMs: 0 }],
    ['off n1 --all', { ...OFF, all: true }],
    ['off n1 --all=false --owner ben', { ...OFF, owner: 'ben' }],
    ['off n1 --max-parallel=0 -o json', { ...OFF, maxParallel: 0, format: 'json' }],
    ['off -l rack=b7', { ...OFF, nodes: { names: [], selector: 'rack=b7' } }],
    ['status', STATUS],
    ['status n1 node/n2', { ...STATUS, nodes: { names: ['n1', 'n2'] } }],
    ['status -o json', { ...STATUS, format: 'json' }],
    ['status -oyaml', { ...STATUS, format: 'yaml' }],
    ['status -o wide --output=name', { ...STATUS, format: 'name' }],
    ['status --exit-code', { ...STATUS, exitCode: true }],
    ['status --exit-code=false', STATUS],
    ['status -w -o wide', { ...STATUS, format: 'wide', watch: true }],
    ['status --watch=false', STATUS],
    ['status --width 0', { ...STATUS, width: 0 }],
    ['status --width=60 --width=120', { ...STATUS, width: 120 }],
    ['--context x status', { ...STATUS, cluster: { ...NO_CLUSTER_FLAGS, context: 'x' } }],
  ])('%s', async (words, operation) => {
    expect(await read(words)).toEqual(operation);
  });
});

describe('allow', () => {
  const GRANT = { kind: 'grant', rules: ['backup'], until: { inMs: 1_800_000 }, reason: 'last' };
  const ALLOW = {
    verb: 'allow',
    cluster: NO_CLUSTER_FLAGS,
    nodes: { names: ['n1'] },
    change: GRANT,
    dryRun: 'none',
    format: 'text',
  };

  test.each<[string, object]>([
    ['n1 --rules backup --for 30m --reason last', ALLOW],
    ['no/n1 --rules=backup --for=30m --reason=last --dry-run=server', { ...ALLOW, dryRun: 'server' }],
    [
      'n1 --rules backup,scan,backup --for 30m --reason last',
      { ...ALLOW, change: { ...GRANT, rules: ['backup', 'scan'] } },
    ],
    [
      'n1 --rules addon --until 2026-01-31T08:00:00+02:00 --reason last -ojson',
      { ...ALLOW, change: { ...GRANT, rules: ['addon'], until: { at: '2026-01-31T06:00:00Z' } }, format: 'json' },
    ],
    ['n1 --revoke', { ...ALLOW, change: { kind: 'revoke' } }],
    ['n1 --revoke --rules placement', { ...ALLOW, change: { kind: 'revoke', rules: ['placement'] } }],
  ])('%s', async (words, operation) => {
    expect(await read(`allow ${words}`)).toEqual(operation);
  });
});

describe('what kubectl takes, too', () => {
  test.each([
    ['on n1 n1 node/n1', { nodes: { names: ['n1'], selector: undefined } }],
    ['status n1 n1', { nodes: { names: ['n1'], selector: undefined }, format: 'node' }],
    ['status n1 n2', { format: 'table' }],
    ['status n1 -w', { format: 'table' }],
    ['status n1 --no-headers', { format: 'table', noHeaders: true }],
    ['status n1 -o wide', { format: 'wide' }],
    ['status -n x', { cluster: NO_CLUSTER_FLAGS, format: 'table' }],
    ['status -nx --namespace=y -A', { cluster: NO_CLUSTER_FLAGS }],
    ['status -v=6', { cluster: { ...NO_CLUSTER_FLAGS, logLevel: 6 } }],
    ['status -v 7', { cluster: { ...NO_CLUSTER_FLAGS, logLevel: 7 } }],
    ['status -v8', { cluster: { ...NO_CLUSTER_FLAGS, logLevel: 8 } }],
    ['status --v=9', { cluster: { ...NO_CLUSTER_FLAGS, logLevel: 9 } }],
    ['on n1 --warnings-as-errors', { cluster: { ...NO_CLUSTER_FLAGS, warningsAsErrors: true } }],
    [
      'doctor --client-certificate c.crt --client-key c.key -o yaml',
      { cluster: { ...NO_CLUSTER_FLAGS, clientCertificate: 'c.crt', clientKey: 'c.key' }, format: 'yaml' },
    ],
    ['allow n1 --revoke -o name', { format: 'name' }],
    ['check -f a.yaml --recursive=1', { recursive: true }],
    ['check -Rf a.yaml,b.yaml', { files: ['a.yaml', 'b.yaml'], recursive: true }],
    ['check -f -', { files: ['-'] }],
    ['check --policy p.yaml --validate=1', { verb: 'validate', policyFile: 'p.yaml' }],
    ['--insecure-skip-tls-verify -n x status n1', { verb: 'status', nodes: { names: ['n1'] } }],
    ['on n1 --reason --force', { claim: { reason: '--force' }, drain: { force: false } }],
    ['version', { verb: 'version', clientOnly: false, format: 'text', cluster: { requestTimeoutMs: 10_000 } }],
    ['version --client -o json', { clientOnly: true, format: 'json' }],
    ['version --request-timeout=0', { cluster: { requestTimeoutMs: 0 } }],
  ])('%s', async (line, operation) => {
    expect(await read(line)).toMatchObject(operation);
  });

  test.each([
    ['drain n1', 'did you mean kubectl maint on?'],
    ['cordon n1', 'did you mean kubectl maint on --mode=cordon?'],
    ['uncordon n1', 'did you mean kubectl maint off?'],
    [
      'status -o jsonpath={.items}',
      "there are no templates: kubectl maint status -o json | jq '.items[]' picks from it",
    ],
    [
      'status -o=custom-columns=A:.a',
      "there are no templates: kubectl maint status -o json | jq '.items[]' picks from it",
    ],
  ])('%s: %s', async (line, hint) => {
    await expect(read(line)).rejects.toMatchObject({ code: 'usage', hint });
  });
});

describe('usage errors: one line each', () => {
  test.each([
    ['on', 'no node is named'],
    ['off', 'no node is named'],
    ['drain n1', 'unknown command "drain" for "kubectl maint"'],
    ['status -x', 'unknown shorthand flag: -x'],
    ['on n1 -v loud', '-v: "loud" is not a whole number'],
    [
      'status -o jsonpath={.items}',
      'invalid value for --output: "jsonpath={.items}"; it must be one of "wide", "json", "yaml", "name"',
    ],
    ['on n1 -l rack', 'cannot specify both a node name and a --selector option'],
    ['off n1 -lrack', 'cannot specify both a node name and a --selector option'],
    ['on N1', '"N1" is not the name of a node'],
    ['on n1/n2', '"n1/n2" is not the name of a node'],
    ['on __proto__', '"__proto__" is not the name of a node'],
    ['off --all', 'no node is named: --all is about claims'],
    ['off n1 --all --owner ben', '--all and --owner cannot both be given'],
    ['off n1 --max-parallel=-1', '--max-parallel: "-1" is less than 0'],
    ['on n1 --until 2026-01-31T06:00:00Z --for 2h', '--until and --for cannot both be given'],
    [
      'on n1 --until tomorrow',
      '--until: "tomorrow" is not a time: write it like 2026-01-31T06:00:00Z, or use --for 2h',
    ],
    [
      'on n1 --until 2026-13-31T06:00:00Z',
      '--until: "2026-13-31T06:00:00Z" is not a time: write it like 2026-01-31T06:00:00Z, or use --for 2h',
    ],
    [
      'on n1 --until 2026-01-31',
      '--until: "2026-01-31" is not a time: write it like 2026-01-31T06:00:00Z, or use --for 2h',
    ],
    ['on n1 --for soon', '--for: "soon" is not a duration: write it like 30s, 10m, 1h30m or 2d'],
    ['on n1 --for 0', '--for: a maintenance of no time at all has no use'],
    ['on n1 --timeout -5s', '--timeout: "-5s" is not a duration: write it like 30s, 10m, 1h30m or 2d'],
    ['on n1 --timeout 30d', '--timeout: 30d is longer than 24 days: use 0 for no limit'],
    ['off n1 --healthy-for 1x', '--healthy-for: "1x" is not a duration: write it like 30s, 10m, 1h30m or 2d'],
    ['status --request-timeout x', '--request-timeout: "x" is not a duration: write it like 30s, 10m, 1h30m or 2d'],
    ['on n1 --grace-period soon', '--grace-period: "soon" is not a whole number'],
    ['on n1 --grace-period 1.5', '--grace-period: "1.5" is not a whole number'],
    ['on n1 --mode evict', 'invalid value for --mode: "evict"; it must be one of "drain", "cordon"'],
    ['on n1 --dry-run=maybe', 'invalid value for --dry-run: "maybe"; it must be one of "none", "client", "server"'],
    ['status -o xml', 'invalid value for --output: "xml"; it must be one of "wide", "json", "yaml", "name"'],
    ['status --width wide', '--width: "wide" is not a whole number'],
    ['status --width -1', '--width: a line has no fewer than 0 characters'],
    ['status -w --exit-code', '--watch and --exit-code cannot both be given: a watch does not end'],
    ['status --watch=maybe', '--watch: "maybe" is neither true nor false'],
    ['on n1 --force=maybe', '--force: "maybe" is neither true nor false'],
    ['on n1 --ignore-daemonsets=yes', '--ignore-daemonsets: "yes" is neither true nor false'],
    ['on n1 --protect=', '--protect: "" is neither true nor false'],
    ['on n1 --reason', 'flag needs a value: --reason'],
    ['on n1 --as-group', 'flag needs a value: --as-group'],
    ['on n1 --reason=', '--reason is empty'],
    ['on n1 --owner=', '--owner is empty'],
    [`on n1 --ticket ${'x'.repeat(257)}`, '--ticket has 257 characters; 256 is the most'],
    ['on n1 --nope', 'unknown flag: --nope'],
    ['on n1 --no-protect', 'unknown flag: --no-protect'],
    ['on n1 --raeson=x', 'unknown flag: --raeson'],
    ['on n1 --max-parallel -1', '--max-parallel: "-1" is less than 0'],
    ['on n1 --max-parallel all', '--max-parallel: "all" is not a whole number'],
    ['on n1 --chunk-size -1', '--chunk-size: "-1" is less than 0'],
    ['on n1 --skip-wait-for-delete-timeout -1', '--skip-wait-for-delete-timeout: "-1" is less than 0'],
    ['on n1 --skip-wait-for-delete-timeout 1m', '--skip-wait-for-delete-timeout: "1m" is not a whole number'],
    ...['x', '-1', '1.5', '101%', '%', '1000000000'].map((given) => [
      `on n1 --max-unavailable=${given}`,
      `--max-unavailable: "${given}" is neither a number of nodes nor a percentage like 10%`,
    ]),
    [
      'on n1 --active-work=hope',
      'invalid value for --active-work: "hope"; it must be one of "wait", "refuse", "evict"',
    ],
    ['on n1 -o yaml', 'invalid value for --output: "yaml"; it must be one of "json"'],
    ['on n1 --wait-ready=soon', '--wait-ready: "soon" is neither true nor false'],
    ['allow', 'no node is named'],
    ['allow n1', '--rules is missing: what is to be allowed?'],
    ['allow n1 --rules backup', '--reason is missing: why is it allowed?'],
    ['allow n1 --rules backup --reason x', 'neither --for nor --until says when it ends'],
    [
      'allow n1 --rules backup --reason x --for 1h --until 2026-01-31T06:00:00Z',
      '--for and --until cannot both be given',
    ],
    [
      'allow n1 --rules backup,backups',
      '--rules: "backups" is not a rule that can be lifted; these can: addon, backup, machine, placement, scan',
    ],
    [
      'allow n1 --rules node-guard',
      '--rules: node-guard cannot be lifted; these can: addon, backup, machine, placement, scan',
    ],
    ['allow n1 --revoke --for 1h', '--revoke takes no --for, --until or --reason: it takes exceptions back at once'],
    ['off n1 --mode=drain', 'unknown flag: --mode'],
    ['version n1', 'unknown argument: n1'],
    ['frobnicate', 'unknown command "frobnicate" for "kubectl maint"'],
    ['completion', 'no shell is named'],
    ['completion tcsh', '"tcsh" is none of the shells that are known'],
    ['--context x', 'no command is given'],
  ])('%s', async (words, message) => {
    const thrown: unknown = await read(words).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'MaintError', code: 'usage' });
    if (!(thrown instanceof MaintError)) return;
    expect(thrown.message).toBe(message);
    expect(thrown.hint ?? '').not.toContain('\n');
  });
});

describe('text', () => {
  test.each(['', '--help', '-h', 'help', 'help nothing'])('"%s" lists the verbs and the exit codes', async (words) => {
    const printed = await parse(words === '' ? [] : words.split(' '));
    expect(printed).toMatchObject({ verb: 'print' });
    const text = 'text' in printed ? printed.text : '';
    for (const part of [
      '  on           Take nodes into maintenance: mark, cordon, drain\n',
      '  status       Show what is in maintenance\n',
      '\nUsage:\n  kubectl maint COMMAND [options]\n',
      '  130   interrupted;',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('help of a command reads like kubectl’s: what it does, examples, flags with their defaults, usage', async () => {
    const printed = await read('allow --help');
    const text = 'text' in printed ? printed.text : '';
    expect(text.split('\n\n')).toEqual([
      'Break-glass: let refused work pass for a while.',
      like(/^Examples:\n {2}# let a backup pass\n {2}kubectl maint allow worker-3 --rules backup /),
      '  # refuse everything again\n  kubectl maint allow worker-3 --revoke',
      like(/^Options:\n {4}-l, --selector='':\n {8}Label selector for the nodes\n {4}--rules='':\n/),
      like(/^Connection \(as in kubectl\):\n {4}--kubeconfig='':\n[^]*--as-group=\[\]:\n[^]*--request-timeout=0:\n/),
      'Usage:\n  kubectl maint allow (NODE... | -l SELECTOR) [options]',
    ]);
  });

  test.each([
    ['help on', 'on'],
    ['on n1 n1 -h', 'on'],
    ['--context x status --help', 'status'],
  ])('%s is the help of %s, even beside what would be an error', async (words, verb) => {
    expect(await read(words)).toMatchObject({ verb: 'print', text: like(`\n  kubectl maint ${verb} `) });
  });

  test.each([
    ['staus', 'did you mean kubectl maint status?'],
    ['of', 'did you mean kubectl maint off?'],
    ['frobnicate', 'kubectl maint --help, or kubectl maint COMMAND --help'],
    ['on n1 --raeson x', 'did you mean --reason? kubectl maint on --help lists them'],
    ['off n1 --nothing-like-it', 'kubectl maint off --help lists them'],
  ])('what was perhaps meant: %s', async (words, hint) => {
    await expect(read(words)).rejects.toMatchObject({ code: 'usage', hint });
  });
});

describe('doctor', () => {
  test('asks nothing but where the cluster is', async () => {
    const asked = { verb: 'doctor', cluster: NO_CLUSTER_FLAGS, format: 'text', redact: false };
    expect(await read('doctor')).toEqual(asked);
    expect(await read('doctor --redact')).toEqual({ ...asked, redact: true });
    expect(await read('doctor -ojson --context prod')).toMatchObject({ cluster: { context: 'prod' }, format: 'json' });
    await expect(read('doctor n1')).rejects.toThrow(MaintError);
    await expect(read('doctor -o wide')).rejects.toThrow(MaintError);
  });
});
