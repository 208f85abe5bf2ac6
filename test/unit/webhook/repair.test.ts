import { describe, expect, test } from 'vitest';
import {
  ARMED_ENTRIES,
  at,
  DEFAULT_POLICY,
  entryName,
  fieldsAt,
  listAt,
  textAt,
  TOOLS,
} from '../../../shared/index.ts';
import { entriesFor, renderEntries, type RenderedEntry } from '../../../webhook/controller/registration/entries.ts';
import { repairOf, type Drift, type Wanted } from '../../../webhook/controller/registration/repair.ts';
import { bundleOf, certificatesIn } from '../../../webhook/tls/authority.ts';
import { issueAuthority } from '../../../webhook/tls/issue.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const pemOf = async () => certificatesIn((await issueAuthority(NOW)).certificate).join('');
const [CA, OTHER] = [await pemOf(), await pemOf()];
const ENTRIES = entriesOf([]);
const base64 = (...certificates: readonly string[]) => Buffer.from(bundleOf(certificates)).toString('base64');

function entriesOf(failClosed: readonly string[], exemptNamespaces: readonly string[] = []): readonly RenderedEntry[] {
  const reach = { service: { namespace: 'maint', name: 'kubectl-maint' } };
  return renderEntries(entriesFor(TOOLS, DEFAULT_POLICY), {
    address: reach,
    failurePolicy: 'Ignore',
    failClosed,
    exemptNamespaces,
  });
}

type Entry = Readonly<Record<string, unknown>>;

/** A registration as the API server shows it, with every entry changed. */
function registration(change: (entry: Entry) => Entry | undefined = (entry) => entry): object {
  const webhooks = ENTRIES.map((entry) => ({
    ...entry,
    objectSelector: {},
    clientConfig: { ...entry.clientConfig, caBundle: base64(CA) },
  })).flatMap((entry) => change(entry) ?? []);
  return { metadata: { name: 'kubectl-maint', resourceVersion: '7' }, webhooks };
}

const WANTED: Wanted = {
  entries: ENTRIES,
  armed: undefined,
  authorities: [CA],
  spared: () => false,
  repairsEntries: true,
  mayFailClosed: true,
};
const named = (name: string, change: (entry: Entry) => Entry | undefined) => (entry: Entry) =>
  entry['name'] === name ? change(entry) : entry;
const work = (change: (entry: Entry) => Entry | undefined) => registration(named('work.kubectl-maint.io', change));
const trusting = (...certificates: readonly string[]) =>
  work((entry) => ({
    ...entry,
    clientConfig: { service: at(entry, 'clientConfig', 'service'), caBundle: base64(...certificates) },
  }));
const guard = (change: (entry: Entry) => Entry | undefined) => registration(named(entryName('node-guard'), change));
const ON_DEMAND: readonly unknown[] = ARMED_ENTRIES.map(entryName);
const UNARMED = registration((entry) => (ON_DEMAND.includes(entry['name']) ? undefined : entry));
/** As told to fail closed for work alone. */
const CLOSED = entriesOf(['work']);
const closed = registration((entry) => {
  const isWork = entry['name'] === entryName('work');
  const asClosed = CLOSED.find(({ name }) => name === entry['name']);
  return isWork
    ? { ...entry, failurePolicy: 'Fail', matchConditions: asClosed?.matchConditions }
    : ON_DEMAND.includes(entry['name'])
      ? undefined
      : entry;
});
const FOREIGN = { key: 'control-plane', operator: 'NotIn', values: ['true'] };

test.each<[string, object, Partial<Wanted>, readonly Drift[]]>([
  ['as it should be', registration(), {}, []],
  [
    'no caBundle yet',
    registration((entry) => ({ ...entry, clientConfig: { service: at(entry, 'clientConfig', 'service') } })),
    {},
    ['ca_bundle'],
  ],
  ['an authority is missing', registration(), { authorities: [CA, OTHER] }, ['ca_bundle']],
  ['somebody else’s authority', trusting(OTHER), {}, ['ca_bundle']],
  [
    'garbage instead of certificates',
    work((entry) => ({
      ...entry,
      clientConfig: { service: at(entry, 'clientConfig', 'service'), caBundle: 'bm9uZQ==' },
    })),
    {},
    ['ca_bundle'],
  ],
  ['one more, that is spared', trusting(CA, OTHER), { spared: () => true }, []],
  ['one more, that is not', trusting(CA, OTHER), {}, ['ca_bundle']],
  ['the same in another order', trusting(OTHER, CA), { authorities: [CA, OTHER] }, ['ca_bundle']],
  ['trust that is somebody else’s to fill in', trusting(OTHER), { authorities: undefined }, []],
  ['rules edited', work((entry) => ({ ...entry, rules: [] })), {}, ['entry']],
  ['another failurePolicy', work((entry) => ({ ...entry, failurePolicy: 'Fail' })), {}, ['entry']],
  [
    'another Service',
    work((entry) => ({ ...entry, clientConfig: { service: { namespace: 'x', name: 'y' }, caBundle: base64(CA) } })),
    {},
    ['entry'],
  ],
  [
    'rules edited while that is not repaired',
    work((entry) => ({ ...entry, rules: [] })),
    { repairsEntries: false },
    [],
  ],
  ['the guard of nodes is gone', guard(() => undefined), {}, ['missing_entry']],
  ['it is gone while that is not repaired', guard(() => undefined), { repairsEntries: false }, []],
  ['our namespace is not excluded', work((entry) => ({ ...entry, namespaceSelector: {} })), {}, ['namespace_selector']],
  [
    'somebody’s selector beside ours',
    work((entry) => ({
      ...entry,
      namespaceSelector: { matchExpressions: [FOREIGN, ...listAt(entry, 'namespaceSelector', 'matchExpressions')] },
    })),
    {},
    [],
  ],
  [
    'an object selector',
    work((entry) => ({ ...entry, objectSelector: { matchLabels: { a: 'b' } } })),
    {},
    ['object_selector'],
  ],
  ...[
    ['labels that no namespace has', { matchLabels: { a: 'b' } }],
    ['only some namespaces', { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
    ['only namespaces with a label', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
    ['no namespace at all', { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist' }] }],
  ].map(([what, theirs]): [string, object, Partial<Wanted>, readonly Drift[]] => [
    `a selector of ${JSON.stringify(what)}`,
    work((entry) => ({
      ...entry,
      namespaceSelector: {
        ...fieldsAt(theirs),
        matchExpressions: [
          ...listAt(entry, 'namespaceSelector', 'matchExpressions'),
          ...listAt(theirs, 'matchExpressions'),
        ],
      },
    })),
    {},
    ['namespace_selector'],
  ]),
  ['armed, and should be', registration(), { armed: true }, []],
  ['armed, and need not be', registration(), { armed: false }, ['disarmed']],
  ['not armed, and should be', UNARMED, { armed: true }, ['armed']],
  ['armed in part, and should be', work(() => undefined), { armed: true }, ['armed']],
  ['not armed, and need not be', UNARMED, { armed: false }, []],
  ['not armed, and nobody knows', UNARMED, {}, []],
  ['not armed, and an entry fails closed', UNARMED, { armed: false, entries: CLOSED }, ['missing_entry']],
  ['nothing has to be armed, and an entry fails closed', closed, { armed: false, entries: CLOSED }, []],
  ['nobody answers yet: nothing is told to fail closed', UNARMED, { entries: CLOSED, mayFailClosed: false }, []],
  ['nobody answers yet, and what fails closed already stays so', closed, { entries: CLOSED, mayFailClosed: false }, []],
  ['somebody answers now', registration(), { armed: true, entries: CLOSED }, ['armed', 'entry']],
  [
    'an entry of ours from another version',
    { webhooks: [...listAt(registration(), 'webhooks'), { name: 'gone.kubectl-maint.io' }] },
    {},
    ['foreign_entry'],
  ],
  ['several at once', { webhooks: [] }, { armed: true }, ['armed', 'missing_entry']],
])('%s', (_what, given, wanted, drifts) => {
  const repair = repairOf(given, { ...WANTED, ...wanted });
  expect(repair?.drifts ?? []).toEqual(drifts);
  // Written once it is right.
  const after = { metadata: at(given, 'metadata'), webhooks: repair?.webhooks ?? listAt(given, 'webhooks') };
  expect(repairOf(after, { ...WANTED, ...wanted })).toBeUndefined();
});

describe('what is written', () => {
  const entryOf = (webhooks: readonly unknown[], name: string) =>
    webhooks.find((entry) => textAt(entry, 'name') === name);

  test('keeps what others have put into it: namespaces that they exclude, entries, fields', () => {
    const theirs = { name: 'policy.example.org', rules: [] };
    const given = work((entry) => ({
      ...entry,
      rules: [],
      reinvocation: 'theirs',
      namespaceSelector: { matchExpressions: [FOREIGN] },
    }));
    const repair = repairOf({ webhooks: [...listAt(given, 'webhooks'), theirs] }, WANTED);
    expect(repair?.webhooks).toContainEqual(theirs);
    const [wanted] = ENTRIES;
    expect(entryOf(repair?.webhooks ?? [], 'work.kubectl-maint.io')).toMatchObject({
      rules: wanted?.rules,
      reinvocation: 'theirs',
      namespaceSelector: { matchExpressions: [FOREIGN, ...(wanted?.namespaceSelector?.matchExpressions ?? [])] },
    });
  });

  test('is armed failing open while nobody answers, whatever is wanted', () => {
    const repair = repairOf(UNARMED, { ...WANTED, entries: CLOSED, armed: true, mayFailClosed: false });
    const work = entryOf(repair?.webhooks ?? [], entryName('work'));
    expect(textAt(work, 'failurePolicy')).toBe('Ignore');
  });

  test.each<[string, Partial<Wanted>]>([
    ['that we keep', {}],
    ['that somebody else fills in', { authorities: undefined }],
  ])('is armed with the same trust as the rest, %s', (_whose, wanted) => {
    const repair = repairOf(UNARMED, { ...WANTED, ...wanted, armed: true });
    for (const entry of ARMED_ENTRIES) {
      const armed = entryOf(repair?.webhooks ?? [], entryName(entry));
      expect(textAt(armed, 'clientConfig', 'caBundle')).toBe(base64(CA));
    }
  });
});

describe('namespaces that are exempt', () => {
  const selectorsWith = (...exempt: readonly string[]) => {
    const wanted = { ...WANTED, entries: entriesOf([], exempt), armed: true };
    return (from: object) => {
      const repair = repairOf(from, wanted);
      return repair === undefined
        ? undefined
        : [
            repair.drifts,
            ...new Set(
              repair.webhooks.map((entry) => JSON.stringify(at(entry, 'namespaceSelector', 'matchExpressions'))),
            ),
          ];
    };
  };
  const excluding = (...values: readonly string[]) =>
    JSON.stringify([{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }]);
  const exempted = (...values: readonly string[]) =>
    registration((entry) => ({
      ...entry,
      namespaceSelector: { matchExpressions: JSON.parse(excluding('maint', ...values)) as unknown },
    }));

  test('come beside our own, and go again', () => {
    expect(selectorsWith('legacy')(registration())).toEqual([['namespace_selector'], excluding('maint', 'legacy')]);
    expect(selectorsWith('legacy')(exempted('legacy'))).toBeUndefined();
    expect(selectorsWith('legacy', 'b')(exempted('legacy'))).toEqual([
      ['namespace_selector'],
      excluding('maint', 'legacy', 'b'),
    ]);
    expect(selectorsWith()(exempted('legacy'))).toEqual([['namespace_selector'], excluding('maint')]);
  });

  test('those that somebody else excludes stay', () => {
    const foreign = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] };
    const from = work((entry) => ({
      ...entry,
      namespaceSelector: { matchExpressions: [foreign, ...listAt(entry, 'namespaceSelector', 'matchExpressions')] },
    }));
    expect(selectorsWith()(from)).toBeUndefined();
  });
});
