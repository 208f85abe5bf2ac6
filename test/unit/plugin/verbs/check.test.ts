import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentsFrom } from '../../../../plugin/verbs/check/documents.ts';
import { policyFromText } from '../../../../plugin/policy/parse.ts';
import { reportFromItems, type CheckItem } from '../../../../plugin/verbs/check/report.ts';
import type { CheckOperation } from '../../../../plugin/verbs/check/flags.ts';
import { runCheck } from '../../../../plugin/verbs/check/check.ts';
import { runValidate } from '../../../../plugin/verbs/check/validate.ts';
import { renderCheck } from '../../../../plugin/verbs/check/text.ts';
import { parse } from '../../../support/parsed.ts';
import { screenFromStreams, wantsColour } from '../../../../plugin/terminal/screen.ts';
import {
  at,
  listAt,
  MaintError,
  NODES as NODES_PATH,
  objectPath,
  POLICY_BINDINGS,
  REGISTRATION_NAME,
  renderProblem,
  STATE_LABEL,
  webhookConfigurationPath,
} from '../../../../shared/index.ts';
import { documentsIn } from '../../../../shared/yaml/documents.ts';
import { like } from '../../../support/like.ts';
import { HeardScreen, ToldClock, toldSession } from '../world.ts';

const HEAD = 'apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenancePolicy\n';
const NODES = ['n1', 'n2'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: name === 'n1' ? { [STATE_LABEL]: 'complete' } : {},
    annotations: name === 'n1' ? { 'kubectl-maint.io/maintenance': '{}' } : {},
  },
}));
const BACKUP = {
  apiVersion: 'zfs.openebs.io/v1',
  kind: 'ZFSBackup',
  metadata: { name: 'nightly' },
  spec: { ownerNodeID: 'n1' },
};

let folder: string;
let operation: CheckOperation;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-check-'));
  await writeFile(join(folder, 'nodes.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: NODES }));
  await writeFile(join(folder, 'backup.json'), JSON.stringify(BACKUP));
  await writeFile(join(folder, 'warn.yaml'), `${HEAD}rules: { backup: { mode: warn } }\n`);
  await writeFile(join(folder, 'wrong.yaml'), `${HEAD}rules: { backup: { mode: wrn, scop: node } }\n`);
  operation = {
    verb: 'check',
    cluster: { requestTimeoutMs: 0 },
    files: [file('backup.json')],
    recursive: false,
    nodesFile: file('nodes.json'),
    policyFile: undefined,
    format: 'table',
  };
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);

async function checked(more: Partial<CheckOperation>, stdin = '', colour = false) {
  const screen = new HeardScreen();
  const { signal } = new AbortController();
  const world = { screen, clock: new ToldClock(), signal, stdin: Readable.from([stdin]), colour, cluster: undefined };
  return { code: await runCheck({ ...operation, ...more }, world), text: screen.results.join('\n') };
}

async function validated(policyFile: string, stdin = '') {
  const screen = new HeardScreen();
  const code = await runValidate(policyFile, {
    screen,
    signal: new AbortController().signal,
    stdin: Readable.from([stdin]),
  });
  return { code, screen };
}

describe('check --policy', () => {
  test('decides by the configuration', async () => {
    expect(await checked({})).toMatchObject({ code: 3, text: like('1 denied') });
    expect(await checked({})).toMatchObject({ text: like(/^DECISION +WORK +TOOL +CONFIDENCE /) });
    expect(await checked({ format: 'json' })).toMatchObject({ text: like('"confidence": "certain"') });
    expect(await checked({ policyFile: file('warn.yaml') })).toMatchObject({ code: 0, text: like('1 warned') });
  });

  test('goes by the policy in force where a cluster is asked, and says what it had to assume', async () => {
    const { session, cluster, screen } = toldSession();
    const { clock, signal } = session;
    cluster.lists.set(NODES_PATH, NODES);
    const ask = (policyFile?: string) =>
      runCheck(
        { ...operation, nodesFile: undefined, policyFile },
        { screen, clock, signal, stdin: Readable.from(['']), colour: false, cluster },
      );
    expect([await ask(), screen.warnings]).toEqual([3, [like('no webhook is registered')]]);
    const webhooks = [{ clientConfig: { service: { namespace: 'm' } } }];
    cluster.objects.set(webhookConfigurationPath(REGISTRATION_NAME), { webhooks });
    cluster.objects.set(objectPath('v1/configmaps', 'm', 'kubectl-maint-policy'), {
      data: { 'policy.yaml': `${HEAD}rules: { backup: { mode: off } }` },
    });
    expect([await ask(), screen.warnings]).toEqual([0, [like('no webhook is registered')]]);
    expect(screen.results.at(-1)).toEqual(like('1 allowed'));
    expect(await ask(file('warn.yaml'))).toBe(0);
    expect(screen.results.at(-1)).toEqual(like('1 warned'));
  });

  test('in a namespace that the webhook is not asked about refuses what the floor may know alone, and says so', async () => {
    const { session, cluster, screen } = toldSession();
    const { clock, signal } = session;
    cluster.lists.set(NODES_PATH, NODES);
    const values = ['m', 'legacy'];
    const namespaceSelector = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }] };
    const name = 'work.kubectl-maint.io';
    const webhooks = [{ name, clientConfig: { service: { namespace: 'm' } }, namespaceSelector }];
    const refusing = { spec: { policyName: 'backup.kubectl-maint.io', validationActions: ['Deny'] } };
    cluster.objects.set(webhookConfigurationPath(REGISTRATION_NAME), { webhooks });
    const ask = async (namespace: string, object: object = BACKUP) => {
      const stdin = Readable.from([JSON.stringify({ ...object, metadata: { name: 'nightly', namespace } })]);
      const checking = { ...operation, files: ['-'], nodesFile: undefined, format: 'json' as const };
      const code = await runCheck(checking, { screen, clock, signal, stdin, colour: false, cluster });
      const [item] = listAt(JSON.parse(screen.results.at(-1) ?? ''), 'items');
      return { code, decision: at(item, 'decision'), rules: listAt(item, 'findings').map((one) => at(one, 'rule')) };
    };
    expect(await ask('shop')).toEqual({ code: 3, decision: 'deny', rules: ['backup'] });
    const denied = { code: 3, decision: 'deny', rules: ['backup', 'namespace'] };
    const pages = cluster.pages.bind(cluster);
    cluster.pages = (path) => {
      if (path === POLICY_BINDINGS) throw new MaintError('cluster', 'you may not list them');
      return pages(path);
    };
    expect(await ask('legacy')).toEqual(denied);
    cluster.pages = pages;
    cluster.lists.set(POLICY_BINDINGS, [refusing]);
    expect(await ask('legacy')).toEqual(denied);
    cluster.lists.set(POLICY_BINDINGS, []);
    expect(await ask('legacy')).toEqual({ code: 0, decision: 'warn', rules: ['backup', 'namespace'] });
    expect(screen.results.at(-1)).toContain('the webhook is not asked about namespace legacy: ');
    // What nobody objects to needs no word; what becomes of runs does.
    const other = { apiVersion: 'v1', kind: 'ConfigMap' };
    expect(await ask('legacy', other)).toEqual({ code: 0, decision: 'allow', rules: [] });
    const template = { metadata: { labels: { 'kubectl-maint.io/work': 'backup' } }, spec: { nodeName: 'n1' } };
    const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } };
    expect(await ask('legacy', cronJob)).toEqual({ code: 0, decision: 'allow', rules: ['namespace'] });
  });

  test('takes it from standard input', async () => {
    const policy = `${HEAD}preset: palette\nrules: { backup: { tools: { openebs-zfs: { mode: off } } } }`;
    expect(await checked({ policyFile: '-' }, policy)).toMatchObject({ code: 0, text: like('1 allowed') });
  });

  test('checks nothing by a configuration with problems', async () => {
    await expect(checked({ policyFile: file('wrong.yaml') })).rejects.toMatchObject({
      code: 'usage',
      message: like(/is not valid\n.*rules\.backup\.mode: must be.*\n.*rules\.backup\.scop: is not known/s),
    });
  });
});

describe('what becomes of the runs of a CronJob', () => {
  const labelled = { metadata: { labels: { 'kubectl-maint.io/work': 'backup' } } };
  const cronJob = (template: object, more: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'shop' },
    spec: { jobTemplate: { spec: { template } }, ...more },
  });
  const containers = [{ name: 'c', image: 'x' }];
  const tolerations = [{ operator: 'Exists' }];
  const findingsOf = async (object: object): Promise<readonly unknown[]> => {
    const { code, text } = await checked({ files: ['-'], format: 'json' }, JSON.stringify(object));
    const report: unknown = JSON.parse(text);
    expect([code, at(report, 'summary', 'allowed')]).toEqual([0, 1]);
    return listAt(listAt(report, 'items')[0], 'runs');
  };

  test.each<[string, object, readonly object[]]>([
    [
      'a backup that is pinned: they are refused, and the latest is made up for',
      { ...labelled, spec: { containers, nodeName: 'n1' } },
      [
        {
          rule: 'backup',
          reason: 'RunsRefused',
          detail: like(/^its runs are refused: .*node n1, .*makes up for the latest/),
        },
      ],
    ],
    [
      'a backup that tolerates the cordon: they may land there',
      { ...labelled, spec: { containers, tolerations } },
      [{ rule: 'backup', reason: 'RunsWarned', detail: like('tolerates the cordon') }],
    ],
    [
      'other work that goes past the scheduler: its pods are warned of',
      { spec: { containers, nodeName: 'n1' } },
      [{ rule: 'placement', reason: 'RunsWarned' }],
    ],
    [
      'other work that tolerates the cordon: nobody refuses it',
      { spec: { containers, tolerations } },
      [{ rule: 'placement', reason: 'RunsReach', detail: like('may go to node n1, in maintenance') }],
    ],
    ['work that goes elsewhere: nothing', { spec: { containers, nodeName: 'n2' } }, []],
  ])('%s', async (_what, template, findings) => {
    expect(await findingsOf(cronJob(template))).toEqual(
      findings.map((finding) => expect.objectContaining(finding) as unknown),
    );
  });

  test('a suspended one has none', async () => {
    const pinned = { ...labelled, spec: { containers, nodeName: 'n1' } };
    expect(await findingsOf(cronJob(pinned, { suspend: true }))).toEqual([]);
  });
});

describe('what only a cluster could tell', () => {
  const affinity = {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } } },
      ],
    },
  };
  test.each<[string, object]>([
    [
      'the node of a volume',
      { apiVersion: 'longhorn.io/v1beta2', kind: 'Backup', metadata: { name: 'b', labels: { 'backup-volume': 'v' } } },
    ],
    [
      'the company that a pod wants',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', labels: { 'kubectl-maint.io/work': 'backup' } },
        spec: { affinity, containers: [] },
      },
    ],
  ])('takes the answer of the rule: %s', async (_what, object) => {
    expect(await checked({ files: ['-'] }, JSON.stringify(object))).toMatchObject({
      code: 3,
      text: like(
        'backup: whether it reaches a node in maintenance could not be found out (not known without a cluster)',
      ),
    });
    const lenient = `${HEAD}rules: { backup: { unknown: warn } }`;
    await writeFile(file('lenient.yaml'), lenient);
    expect(await checked({ files: ['-'], policyFile: file('lenient.yaml') }, JSON.stringify(object))).toMatchObject({
      code: 0,
    });
  });
});

describe('input', () => {
  test('a key that stands twice is told, and the last one decides', async () => {
    const text =
      'apiVersion: zfs.openebs.io/v1\nkind: ZFSBackup\nmetadata: {name: b}\nspec: {ownerNodeID: n2,\n  ownerNodeID: n1}\n';
    expect(await checked({ files: ['-'] }, text)).toMatchObject({
      code: 3,
      text: like('input: line 5: "ownerNodeID" stands twice in its mapping: the last one counts'),
    });
  });

  test('nothing at all is an error, as it is for kubectl', async () => {
    await expect(checked({ files: ['-'] }, '# soon\n')).rejects.toMatchObject({ message: like('no objects passed') });
    await writeFile(file('no-nodes.yaml'), '');
    await expect(checked({ nodesFile: file('no-nodes.yaml') })).rejects.toMatchObject({
      message: like('holds no node'),
    });
    expect(await checked({ files: [file('nope'), file('backup.json')] })).toMatchObject({
      code: 2,
      text: like('1 denied, 1 invalid'),
    });
  });
});

describe('check --validate', () => {
  test('says that a file is valid', async () => {
    const { code, screen } = await validated(file('warn.yaml'));
    expect([code, screen.results, screen.notes]).toEqual([0, [`policy ${file('warn.yaml')} is valid`], []]);
  });

  test('lists every problem, one per line, apart from results', async () => {
    const { code, screen } = await validated(file('wrong.yaml'));
    expect([code, screen.results]).toEqual([2, []]);
    expect(screen.notes).toEqual([like(/^rules\.backup\.mode: /), like(/^rules\.backup\.scop: /)]);
  });

  test('a file that cannot be read is an error', async () => {
    await expect(validated(folder)).rejects.toMatchObject({ code: 'usage', message: like('it is a folder') });
  });

  test.each([
    ['check --policy p --validate', { verb: 'validate', policyFile: 'p' }],
    ['check --policy - --validate', { verb: 'validate', policyFile: '-' }],
    ['check -f a --policy p --nodes n', { verb: 'check', files: ['a'], policyFile: 'p', nodesFile: 'n' }],
  ])('%s', async (line, expected) => {
    expect(await parse(line.split(' '))).toMatchObject(expected);
  });

  test.each([
    ['check --validate', '--validate needs --policy'],
    ['check --validate --policy p -f a', 'without -f and --nodes'],
    ['check --validate --policy p --nodes n', 'without -f and --nodes'],
    ['check -f - --policy -', 'only once'],
    ['check --policy p', 'nothing to check'],
  ])('%s is refused', async (line, message) => {
    await expect(parse(line.split(' '))).rejects.toMatchObject({ code: 'usage', message: like(message) });
  });
});

describe('the text of a configuration', () => {
  const problemsOf = (text: string) => {
    const policy = policyFromText(text);
    return policy.ok ? [] : policy.problems.map(renderProblem);
  };

  test('may be YAML or JSON', () => {
    expect(problemsOf(`${HEAD}preset: palette`)).toEqual([]);
    expect(problemsOf('{"apiVersion": "kubectl-maint.io/v1alpha1", "kind": "MaintenancePolicy"}')).toEqual([]);
  });

  test.each([
    ['a key said twice', `${HEAD}rules: {}\nrules: {}\n`, ['line 4, column 1: Map keys must be unique']],
    [
      'two mistakes',
      'a: 1\na: 2\nb: "\n',
      ['line 2, column 1: Map keys', /^line \d, column \d: Missing closing "quote/],
    ],
    ['two documents', `${HEAD}---\n${HEAD}`, [/^line 3, column 1: .*multiple documents/]],
    ['nothing', '# soon\n', ['must be a mapping (found null)']],
    [
      'aliases that expand without end',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      ['Excessive alias count'],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected.map(like));
  });
});

describe('documents', () => {
  const read = (text: string) =>
    [...documentsFrom({ name: 'f', text }, documentsIn)].map(({ index, content }) => ({ index, ...content }));
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };

  test('JSON is read as such, also after a mark, among YAML, and in lists', () => {
    const json = JSON.stringify(object, undefined, '\t');
    expect(read(`${json}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n--- ${json}`)).toEqual(
      [0, 1, 2].map((index) => ({ index, kind: 'object', object, remarks: [] })),
    );
    expect(read(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [object, object] }))).toHaveLength(2);
  });

  test('what begins like JSON and is none is YAML, or its mistake is told by line and column', () => {
    expect(read('{apiVersion: v1, kind: Pod, metadata: {name: a}}')).toMatchObject([{ kind: 'object', object }]);
    expect(read('{\n"kind": "Pod",\n"a": ]}')).toMatchObject([{ kind: 'invalid', line: 3 }]);
  });

  test('an object after the mark of an end is not lost in silence', () => {
    expect(read('apiVersion: v1\nkind: Pod\n...\napiVersion: v1\nkind: Pod\n')).toMatchObject([
      { kind: 'object', remarks: [{ reason: 'NotRead', line: 4 }] },
    ]);
  });

  test('items of a typed list are of its kind where they say none themselves', () => {
    const item = { metadata: { name: 'a' } };
    const kinds = (list: object) =>
      [...documentsFrom({ name: 'f', text: JSON.stringify(list) }, documentsIn)].map(({ content }) =>
        content.kind === 'object' ? [at(content.object, 'apiVersion'), at(content.object, 'kind')] : content,
      );
    expect(kinds({ apiVersion: 'batch/v1', kind: 'JobList', items: [item] })).toEqual([['batch/v1', 'Job']]);
    expect(kinds({ apiVersion: 'v1', kind: 'NodeList', items: [{ ...item, kind: 'X', apiVersion: 'y/v1' }] })).toEqual([
      ['y/v1', 'X'],
    ]);
    expect(kinds({ apiVersion: 'v1', kind: 'List', items: [item] })).toMatchObject([{ kind: 'invalid' }]);
  });

  test.each(['name: {{ .Values.name }}\n', '{{- if .Values.on }}\na: b\n{{ end }}\n', 'a: {{ include "x" . }}-b\n'])(
    'what looks like a Helm template is told the way: %j',
    (text) => {
      expect(read(text)).toMatchObject([{ kind: 'invalid', message: like(/a Helm template\? .* helm template/) }]);
    },
  );
});

describe('colour', () => {
  const item = (decision: CheckItem['decision']): CheckItem => ({
    source: 'a\nb.yaml',
    document: 0,
    object: { apiVersion: 'v1', kind: 'Pod', namespace: '', name: 'p' },
    operation: 'CREATE',
    work: 'none',
    tool: null,
    confidence: null,
    nodes: [],
    decision,
    findings: [],
  });
  const report = reportFromItems([item('allow'), item('warn'), item('deny'), item('invalid')]);

  test('is that of the decision, and moves no column', async () => {
    const [plain, coloured] = await Promise.all([
      renderCheck(report, 'table', false),
      renderCheck(report, 'table', true),
    ]);
    expect(
      coloured
        .split('\n')
        .slice(1, 5)
        .map((line) => line.slice(0, line.indexOf('m', 5) + 1)),
    ).toEqual([
      '\u001b[32mAllowed\u001b[0m',
      '\u001b[33mWarned\u001b[0m',
      '\u001b[31mDenied\u001b[0m',
      '\u001b[31mInvalid\u001b[0m',
    ]);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(plain).not.toContain('\u001b');
  });

  test('is never in what machines read', async () => {
    for (const format of ['json', 'yaml'] as const)
      expect(await renderCheck(report, format, true)).not.toContain('\u001b');
  });

  test.each([
    ['table', '~'],
    ['json', '…'],
    ['yaml', '…'],
  ] as const)('%s where the terminal knows ASCII alone: %s', async (format, sign) => {
    const out = new PassThrough();
    const screen = screenFromStreams(out, new PassThrough(), { LC_ALL: 'C' });
    const { signal } = new AbortController();
    const world = { screen, clock: new ToldClock(), signal, colour: false, cluster: undefined };
    const long = { ...BACKUP, metadata: { name: 'x'.repeat(300) } };
    await runCheck({ ...operation, files: ['-'], format }, { ...world, stdin: Readable.from([JSON.stringify(long)]) });
    out.end();
    expect(await text(out)).toContain(`x${sign}`);
  });

  test('is for terminals whose people do not refuse it', () => {
    const tty = { isTTY: true };
    expect(wantsColour(tty, {})).toBe(true);
    expect(wantsColour(tty, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(tty, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
  });

  test('reaches the table of a check', async () => {
    expect(await checked({}, '', true)).toMatchObject({ text: like('\u001b[31mDenied\u001b[0m') });
  });
});
