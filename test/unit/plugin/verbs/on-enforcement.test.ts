import { describe, expect, test } from 'vitest';
import { ARMED_WITHIN_MS } from '../../../../plugin/policy/arming.ts';
import { tellEnforcement } from '../../../../plugin/verbs/on/enforcement.ts';
import type { MarkedTarget } from '../../../../plugin/verbs/on/on-run.ts';
import type { PolicyInForce } from '../../../../plugin/policy/in-force.ts';
import { keepingOf } from '../../../../plugin/policy/keeping.ts';
import type { OnEvent, OnReport } from '../../../../plugin/verbs/on/events.ts';
import {
  ARMED_ENTRIES,
  BUILT_IN_POLICY,
  DEFAULT_POLICY,
  entryName,
  POLICY_BINDINGS,
  RECORD_ANNOTATION,
  REGISTER_NAME,
  registerPath,
  REGISTRATION_NAME,
  webhookConfigurationPath,
} from '../../../../shared/index.ts';
import { tellInWords } from '../../../../plugin/verbs/on/text.ts';
import { failure, HeardScreen, nodeSnapshot, settle, START, toldSession } from '../world.ts';
import { configWith } from '../../../support/configs.ts';

/** A node as it was marked, with exceptions for these rules that end in a while (ms). */
function marked(name: string, rules: readonly string[] = [], endsIn = 60_000): MarkedTarget {
  const until = new Date(START + endsIn).toISOString();
  const record = {
    version: 1,
    claims: [{ owner: 'ana', mode: 'drain', since: '2026-01-05T22:00:00Z' }],
    before: { cordoned: false },
    exceptions: rules.length === 0 ? [] : [{ rules, until, by: 'ana', reason: 'disk' }],
    initiatedAt: '2026-01-05T22:00:00Z',
  };
  const marked = nodeSnapshot(name, { annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } });
  return { node: nodeSnapshot(name), marked };
}

/** `entries`: what the registration holds; without them there is none that the caller may see. */
async function toldOf(
  nodes: readonly MarkedTarget[],
  entries?: readonly string[],
  config = DEFAULT_POLICY,
  {
    floor,
    exempt = [],
  }: {
    readonly floor?: { readonly register: object; readonly bindings: readonly object[] };
    readonly exempt?: readonly string[];
  } = {},
) {
  const { session, cluster, clock } = toldSession();
  if (floor !== undefined) {
    cluster.objects.set(registerPath(REGISTER_NAME), floor.register);
    cluster.lists.set(POLICY_BINDINGS, floor.bindings);
  }
  if (entries !== undefined) {
    const webhooks = entries.map((name) => ({ name: entryName(name) }));
    cluster.objects.set(webhookConfigurationPath(REGISTRATION_NAME), { webhooks });
  }
  cluster.say = () => failure(403, 'admission webhook "work.kubectl-maint.io" denied the request: no');
  const told: OnEvent[] = [];
  const report: OnReport = {
    tell: (event) => {
      told.push(event);
    },
  };
  const inForce: PolicyInForce = { policy: { ...BUILT_IN_POLICY, config }, source: { from: 'nowhere' }, exempt };
  const over = tellEnforcement(nodes, { session, report, shared: { policy: () => Promise.resolve(inForce) } });
  await settle();
  // Until then replicas may still register for what they have not heard of.
  await clock.pass(ARMED_WITHIN_MS);
  await over;
  return { told, asked: cluster.requests.map(({ body }) => JSON.stringify(body)) };
}

test.each<[string, readonly MarkedTarget[], string]>([
  ['the first node', [marked('n1'), marked('n2')], 'n1'],
  ['the first one where backups do not pass by an exception', [marked('n1', ['backup']), marked('n2')], 'n2'],
  ['one whose exception is over', [marked('n1', ['backup'], -1)], 'n1'],
  ['one whose exception is for other work', [marked('n1', ['scan'])], 'n1'],
])('asked is about %s', async (_what, nodes, name) => {
  const { told, asked } = await toldOf(nodes);
  expect(asked).toEqual([expect.stringContaining(`"values":["${name}"]`)]);
  expect(told).toMatchObject([{ type: 'enforced', enforcement: { enforced: 'yes' } }]);
});

test('where exceptions let everything pass that can be tried, nobody is asked and nothing is claimed', async () => {
  const { told, asked } = await toldOf([marked('n1', ['backup', 'scan']), marked('n2', ['backup', 'scan'])]);
  expect(asked).toEqual([]);
  expect(told).toMatchObject([
    { nodes: ['n1', 'n2'], enforcement: { enforced: 'unknown', why: expect.stringContaining('exception') as unknown } },
  ]);
});

test.each<[string, readonly string[], object]>([
  ['every entry is there', ARMED_ENTRIES, { enforced: 'yes' }],
  [
    'only those are there that fail closed: the canary is refused, and the rest is not',
    ['work'],
    { enforced: 'in-part', why: expect.stringContaining('its controller has not heard of the mark') as unknown },
  ],
])('what is claimed when %s', async (_what, entries, enforcement) => {
  const { told } = await toldOf([marked('n1')], entries);
  expect(told).toEqual([
    { type: 'enforced', nodes: ['n1'], enforcement, keeping: keepingOf(DEFAULT_POLICY), canary: 'backup' },
  ]);
});

describe('where the API server has policies of its own', () => {
  const BINDING = { spec: { policyName: 'backup.kubectl-maint.io', validationActions: ['Deny'] } };

  test.each<[what: string, listed: readonly string[], floorKnows: boolean, finding: string | undefined]>([
    ['they know as soon as the register lists the node', ['n1', 'n2'], true, undefined],
    [
      'a register that does not is told of',
      ['n2'],
      false,
      'while no webhook answers nothing is kept off there: the register does not list node n1: ',
    ],
  ])('%s', async (_what, listed, floorKnows, finding) => {
    const register = { spec: { nodes: Object.fromEntries(listed.map((name) => [name, {}])) } };
    const { told } = await toldOf([marked('n1')], ARMED_ENTRIES, DEFAULT_POLICY, {
      floor: { register, bindings: [BINDING] },
    });
    expect(told[0]).toMatchObject({ type: 'enforced', enforcement: { enforced: 'yes' }, floorKnows });
    const texts = told.flatMap((event) => (event.type === 'finding' ? [event.text] : []));
    expect(texts).toEqual(finding === undefined ? [] : [expect.stringContaining(finding)]);
  });
});

test('where the webhook is not asked is told with what is kept off', async () => {
  const { told } = await toldOf([marked('n1')], ARMED_ENTRIES, DEFAULT_POLICY, { exempt: ['legacy'] });
  expect(told).toMatchObject([{ type: 'enforced', enforcement: { enforced: 'yes' }, exempt: ['legacy'] }]);
});

test('where no webhook is registered nobody is waited for', async () => {
  const { session, cluster } = toldSession();
  const told: OnEvent[] = [];
  const inForce: PolicyInForce = { policy: BUILT_IN_POLICY, source: { from: 'unregistered' }, exempt: [] };
  const report: OnReport = { tell: (event) => void told.push(event) };
  // The clock stands still.
  await tellEnforcement([marked('n1')], { session, report, shared: { policy: () => Promise.resolve(inForce) } });
  expect(told).toEqual([]);
  expect(cluster.requests).toHaveLength(1);
});

test('where an exception lets backups pass everywhere, a scan is tried', async () => {
  const { told, asked } = await toldOf([marked('n1', ['backup'])]);
  expect(asked).toEqual([expect.stringContaining('"kubectl-maint.io/work":"scan"')]);
  expect(told).toMatchObject([{ canary: 'scan', enforcement: { enforced: 'yes' } }]);
});

test('what the policy does not refuse is not tried, and told as it is', async () => {
  const config = configWith({ backup: { mode: 'warn' }, scan: { scope: 'node' } });
  const { told, asked } = await toldOf([marked('n1')], undefined, config);
  expect(asked).toEqual([expect.stringContaining('"kubectl-maint.io/work":"scan"')]);
  expect(linesOf(told)).toEqual([
    'kept off n1 from now on: scans, add-on changes',
    'only warned of, by the policy of this cluster: backups',
  ]);
});

test('a policy that keeps nothing off is said to', async () => {
  const off = configWith({ backup: { mode: 'off' }, scan: { mode: 'off' }, addon: { mode: 'off' } });
  const { told, asked } = await toldOf([marked('n1')], undefined, off);
  expect(asked).toEqual([]);
  expect(linesOf(told)).toEqual([
    'nothing is kept off n1; not kept off, by the policy of this cluster: backups, scans and add-on changes',
  ]);
});

test('a tool that the policy treats otherwise is named', async () => {
  const tools = new Map([
    ['trivy-operator', { scope: 'node' }],
    ['kube-bench', { mode: 'off' }],
  ] as const);
  const { told } = await toldOf([marked('n1')], undefined, configWith({ scan: { tools } }));
  expect(linesOf(told)).toEqual([
    'kept off n1 from now on: backups, trivy-operator scans, add-on changes; and scans of the whole cluster',
    'not kept off, by the policy of this cluster: kube-bench scans',
  ]);
});

function linesOf(told: readonly OnEvent[]): readonly string[] {
  const screen = new HeardScreen();
  for (const event of told) tellInWords(event, screen);
  return [...screen.warnings, ...screen.notes];
}
