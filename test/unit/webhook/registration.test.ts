import { describe, expect, test } from 'vitest';
import { at, DEFAULT_POLICY, listAt, POLICY_ANNOTATION, textAt, TOOLS } from '../../../shared/index.ts';
import type { ToolConfig } from '../../../shared/policy/config.ts';
import type { WorkPattern } from '../../../shared/targets/tool.ts';
import {
  decidedKinds,
  entriesFor,
  registrationFor,
  renderEntries,
} from '../../../webhook/controller/registration/entries.ts';
import { kindsNamed, namesOfKinds } from '../../support/kinds.ts';
import { configWith } from '../../support/configs.ts';

const ENTRIES = entriesFor(TOOLS, DEFAULT_POLICY);
const CLUSTER_SCOPE = configWith({ backup: { scope: 'cluster' } });
/** What is decided, as `group/Kind`. */
const decidedNames = (...about: Parameters<typeof decidedKinds>): readonly string[] =>
  namesOfKinds(decidedKinds(...about));

describe('what the API server asks about', () => {
  test('every kind that a built-in tool names is asked about under one name', () => {
    const kinds = TOOLS.flatMap(({ patterns }) => patterns.flatMap(({ match }) => match.kinds ?? []));
    const names = Map.groupBy(kinds, ({ groupKind }) => groupKind);
    const plurals = [...names].map(([name, same]) => [name, ...new Set(same.map(({ resource }) => resource))]);
    expect(plurals.filter(([, plural, ...more]) => plural === undefined || more.length > 0)).toEqual([]);
  });

  test('every leaf is in, under its resource; roots only where a rule looks at the whole cluster; schedules never', () => {
    const kindsOf = (accepts: (pattern: WorkPattern) => boolean) =>
      TOOLS.flatMap(({ patterns }) => patterns.filter(accepts).flatMap(({ match }) => namesOfKinds(match.kinds ?? [])));
    const sorted = (kinds: readonly string[]) => [...new Set(kinds)].filter((kind) => kind !== 'batch/CronJob').sort();
    const decided = decidedNames(TOOLS, DEFAULT_POLICY);
    expect(decided).toEqual(
      sorted(kindsOf(({ role, work }) => role === 'leaf' || (role === 'root' && work === 'scan'))),
    );
    expect(decided).toEqual(
      expect.arrayContaining(['/Pod', 'apps/DaemonSet', 'batch/Job', 'velero.io/PodVolumeBackup']),
    );
    expect(decided).not.toContain('velero.io/Backup');
    expect(decidedNames(TOOLS, CLUSTER_SCOPE)).toEqual(sorted(kindsOf(({ role }) => role !== 'schedule')));
  });

  test('a pattern of no particular kind is about pods and jobs', () => {
    const tool = TOOLS.find(({ id }) => id === 'velero');
    const patterns = tool?.patterns.map((pattern) => ({ ...pattern, match: { labels: { a: [] } } })) ?? [];
    expect(
      decidedNames([{ id: 't', title: 'T', source: '', known: 'configuration', patterns }], DEFAULT_POLICY),
    ).toEqual(['/Pod', 'batch/Job']);
  });

  const toolOf = (kind: string) => {
    const patterns = TOOLS.flatMap((tool) => tool.patterns.filter(({ role }) => role === 'leaf')).slice(0, 1);
    return {
      id: 't',
      title: 'T',
      source: '',
      known: 'configuration' as const,
      patterns: patterns.map((one) => ({ ...one, match: { kinds: kindsNamed(kind) } })),
    };
  };

  test("a kind of the user's own tool has no known resource: its whole group is asked about", () => {
    const [work] = entriesFor([toolOf('example.com/Scan')], DEFAULT_POLICY);
    expect(work?.rules).toContainEqual({
      apiGroups: ['example.com'],
      apiVersions: ['*'],
      resources: ['*'],
      operations: ['CREATE', 'UPDATE'],
      scope: '*',
    });
  });

  test.each(['/Event', 'coordination.k8s.io/Lease'])('never so for a group of Kubernetes itself: %s', (kind) => {
    expect(() => entriesFor([toolOf(kind)], DEFAULT_POLICY)).toThrow(`ask about ${kind}`);
  });

  test('a tool with an exception is asked about as that says', () => {
    const withTool = (own: ToolConfig) => configWith({ backup: { tools: new Map([['velero', own]]) } });
    const usual = decidedNames(TOOLS, DEFAULT_POLICY);
    const more = decidedNames(TOOLS, withTool({ scope: 'cluster' })).filter((kind) => !usual.includes(kind));
    expect(more).toContain('velero.io/Backup');
    expect(more.filter((kind) => !kind.startsWith('velero.io/'))).toEqual([]);
    expect(decidedNames(TOOLS, withTool({ mode: 'off' }))).not.toContain('velero.io/PodVolumeBackup');
  });

  test.each(ENTRIES)(
    '$name names no subresource but that of added containers, no lease or event, nothing by wildcard, and nodes only to guard them',
    ({ rules, name }) => {
      expect(name).toMatch(/^[a-z-]+\.kubectl-maint\.io$/);
      const guards = name === 'node-guard.kubectl-maint.io';
      for (const { resources, apiGroups, scope } of rules) {
        if (resources.join() === 'pods/ephemeralcontainers') continue;
        expect([...resources, ...apiGroups].join(' ')).not.toMatch(/[/*]|leases|events|coordination/);
        expect(resources.includes('nodes')).toBe(guards);
        expect(scope).toBe(guards ? 'Cluster' : apiGroups.join('').includes('.') ? '*' : 'Namespaced');
      }
    },
  );

  test('no operation on a resource is in two entries, but for the creation of pods, which a condition parts', () => {
    const asked = ENTRIES.flatMap(({ rules }) =>
      rules.flatMap(({ apiGroups, resources, operations }) =>
        resources.flatMap((resource) => operations.map((o) => [o, resource, ...apiGroups].join(' ').trim())),
      ),
    );
    expect(asked.filter((one, index) => asked.indexOf(one) !== index)).toEqual(['CREATE pods']);
  });
});

describe('the registration', () => {
  const url = registrationFor(TOOLS, DEFAULT_POLICY, {
    address: { url: 'https://127.0.0.1:9443' },
    authorities: 'PEM',
    failurePolicy: 'Ignore',
  });
  const service = registrationFor(TOOLS, DEFAULT_POLICY, {
    address: { service: { namespace: 'maint', name: 'webhook' } },
    authorities: undefined,
    failurePolicy: 'Fail',
  });

  test('repeats the policy of a process, which stands nowhere else in the cluster', () => {
    const options = {
      address: { url: 'https://127.0.0.1:9443' },
      authorities: 'PEM',
      failurePolicy: 'Ignore',
    } as const;
    const written = { kind: 'MaintenancePolicy', rules: { scan: { mode: 'off' } } };
    const told = registrationFor(TOOLS, DEFAULT_POLICY, { ...options, written });
    expect(at(told, 'metadata', 'annotations', POLICY_ANNOTATION)).toBe(JSON.stringify(written));
    expect(at(url, 'metadata', 'annotations')).toBeUndefined();
  });

  test('by URL: fails open, writes no Events about dry runs, looks at every namespace', () => {
    expect(listAt(url, 'webhooks')).toHaveLength(5);
    for (const webhook of listAt(url, 'webhooks')) {
      expect(webhook).toMatchObject({
        clientConfig: { url: 'https://127.0.0.1:9443/validate', caBundle: 'UEVN' },
        failurePolicy: 'Ignore',
        sideEffects: 'NoneOnDryRun',
        timeoutSeconds: 3,
        matchPolicy: 'Equivalent',
        admissionReviewVersions: ['v1'],
      });
      expect(at(webhook, 'namespaceSelector')).toBeUndefined();
    }
  });

  test('by Service: leaves the bundle to who owns it, and its own namespace alone', () => {
    expect(listAt(service, 'webhooks')).toHaveLength(7);
    for (const webhook of listAt(service, 'webhooks')) {
      expect(at(webhook, 'clientConfig')).toEqual({
        service: { namespace: 'maint', name: 'webhook', path: '/validate', port: 443 },
      });
      // Nodes join and heal, and their network starts, whether a webhook answers or not.
      const passes = /^(?:node-guard|machine|critical-work|critical-rollout)\.kubectl-maint\.io$/;
      expect(textAt(webhook, 'failurePolicy')).toBe(passes.test(textAt(webhook, 'name') ?? '') ? 'Ignore' : 'Fail');
      expect(at(webhook, 'namespaceSelector')).toEqual({
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['maint'] }],
      });
    }
  });
});

test('what is critical is asked about by an entry of its own, and by no other, where the usual one fails closed', () => {
  const reach = { url: 'https://127.0.0.1:9443' };
  const entries = renderEntries(ENTRIES, { address: reach, failurePolicy: 'Fail' });
  const conditionsOf = (name: string) =>
    new Map(
      entries
        .find((entry) => entry.name === `${name}.kubectl-maint.io`)
        ?.matchConditions.map((condition) => [condition.name, condition.expression]),
    );
  for (const name of ['work', 'rollout']) {
    const [usual, critical] = [conditionsOf(name), conditionsOf(`critical-${name}`)];
    expect(usual.get('not-critical')).toBe(`!${critical.get('critical') ?? ''}`);
    expect([...usual.keys()].slice(0, -1)).toEqual([...critical.keys()].slice(0, -1));
  }
  const operationsOf = (name: string) => {
    const rules = entries.find((entry) => entry.name === `${name}.kubectl-maint.io`)?.rules ?? [];
    return [...new Set(rules.flatMap(({ operations }) => operations))];
  };
  // What a rollout deletes waits for an answer.
  expect(['critical-work', 'critical-rollout'].map(operationsOf)).toEqual([['CREATE', 'UPDATE'], ['CREATE']]);
  const resources = entries
    .find(({ name }) => name.startsWith('critical-work'))
    ?.rules.flatMap((rule) => rule.resources);
  expect(resources).toContain('pods/ephemeralcontainers');
});

test('of the labels of what runs those are asked about by which it may become work or names its node, and no others', () => {
  const [kind] = kindsNamed('example.com/Scan');
  const pattern = TOOLS.flatMap(({ patterns }) => patterns)[0];
  if (kind === undefined || pattern === undefined) throw new Error('there are tools');
  const match = { kinds: [kind], labels: { 'it\'s "mine"': [] } };
  const own = { ...pattern, match, node: { in: 'label', key: 'example.com/node' } } as const;
  const tool = { id: 't', title: 'T', source: '', known: 'configuration', patterns: [own] } as const;
  const [work] = entriesFor([tool], DEFAULT_POLICY);
  const starts = work?.matchConditions.find(({ name }) => name === 'starts')?.expression;
  const keys = '["it\'s \\"mine\\"","kubectl-maint.io/work","example.com/node"]';
  expect(starts).toContain(`${keys}.exists(k, object.metadata.?labels[?k] != oldObject.metadata.?labels[?k])`);
  expect(starts).not.toContain('labels != ');
});

test.each([
  ['warn', 'Ignore'],
  ['enforce', 'Fail'],
] as const)('a rule that says %s has entries that %s where calls must not fail', (mode, failurePolicy) => {
  const policy = configWith({ machine: { mode } });
  const address = { url: 'https://127.0.0.1:9443' };
  const entries = renderEntries(entriesFor(TOOLS, policy), { address, failurePolicy: 'Fail' });
  expect(entries.find(({ name }) => name.startsWith('machine.'))?.failurePolicy).toBe(failurePolicy);
  expect(entries.find(({ name }) => name.startsWith('work.'))?.failurePolicy).toBe('Fail');
});

test('single entries fail closed where that is asked for, and the guard of nodes never does', () => {
  const reach = { url: 'https://127.0.0.1:9443' };
  const entries = renderEntries(ENTRIES, { address: reach, failurePolicy: 'Ignore', failClosed: ['work', 'rollout'] });
  expect(entries.map(({ name, failurePolicy }) => [name.split('.')[0], failurePolicy])).toEqual([
    ['work', 'Fail'],
    ['critical-work', 'Ignore'],
    ['rollout', 'Fail'],
    ['critical-rollout', 'Ignore'],
    ['addon', 'Ignore'],
    ['machine', 'Ignore'],
    ['node-guard', 'Ignore'],
  ]);
});
