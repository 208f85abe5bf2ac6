/** Every fixture through an HTTPS POST, as the API server sends it: the answer is that of the policy. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, CATALOGUE, listAt, nodeFromObject, NodeTable, stringMapAt, textAt } from '../../../shared/index.ts';
import { MAX_MESSAGE } from '../../../shared/policy/explain.ts';
import { Gate } from '../../../webhook/admission/gate.ts';
import { LiveReads } from '../../../webhook/admission/live-reads.ts';
import { admissionApp } from '../../../webhook/app.ts';
import { VALIDATE_PATH } from '../../../webhook/calls.ts';
import { listenSecurely, type SecureServer } from '../../../webhook/servers.ts';
import { logTo } from '../../../webhook/log.ts';
import { createMetrics } from '../../../webhook/metrics.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import { readFixtures, type Fixture } from '../../support/fixtures.ts';
import { Kept, post, reviewOf } from '../webhook/world.ts';
import { FixtureCluster } from './fixture-cluster.ts';

const LOOPBACK = '127.0.0.1';
const NOW = Date.parse('2026-01-06T08:00:00Z');
const doors = new Map<string, SecureServer>();
let ca: string;

beforeAll(async () => {
  const authority = await issueAuthority(Date.now());
  ca = authority.certificate;
  const leaf = await issueLeaf(authority, [LOOPBACK], Date.now());
  for (const fixture of readFixtures()) {
    if (doors.has(doorOf(fixture))) continue;
    const app = admissionApp(portsFor(fixture));
    doors.set(doorOf(fixture), await listenSecurely(app, { host: LOOPBACK, port: 0 }, leaf));
  }
});

afterAll(async () => {
  await Promise.all([...doors.values()].map((door) => door.close(0)));
});

/** One door per cluster and configuration, and one for each case that needs other objects. */
function doorOf({ name, cluster, config, isOffline }: Fixture): string {
  return isOffline ? `${cluster} ${JSON.stringify(config)}` : name;
}

function portsFor(fixture: Fixture) {
  const { nodes: objects, config } = fixture;
  const table = new NodeTable(objects.map(nodeFromObject).filter((node) => node !== undefined));
  const nodes = {
    nodeIndex: table,
    size: table.size,
    synced: true,
    interruptions: 0,
    age: () => 0,
    isStale: () => false,
  };
  const certificate = { certificate: '', key: '', notBefore: 0, notAfter: 0 };
  const metrics = createMetrics({
    nodes,
    certificates: { current: () => certificate, signerNotAfter: () => undefined },
    config,
    inFlight: () => 0,
    now: () => 0,
  });
  return {
    admission: {
      reads: new LiveReads(new FixtureCluster(fixture)),
      config,
      catalogue: CATALOGUE,
      nodes,
      now: () => NOW,
    },
    gate: new Gate(),
    decided: () => undefined,
    metrics,
    log: logTo(new Kept(), 'error'),
    unreadiness: () => [],
    draining: () => false,
  };
}

test.each(readFixtures())('$name', async (fixture) => {
  const { object, isReview, decision } = fixture;
  const url = `https://${LOOPBACK}:${doors.get(doorOf(fixture))?.port}${VALIDATE_PATH}?timeout=10s`;
  const { status, json } = await post(url, ca, JSON.stringify(isReview ? object : reviewOf(object)));
  expect({ status, json }).toMatchObject({ status: 200, json: { response: { allowed: decision !== 'deny' } } });
  expect(summaryOf(json, fixture.nodes)).toEqual(expectedOf(fixture));
});

/** What an answer tells: by its audit annotations, its warnings, and the nodes that a denial names. */
interface Summary {
  readonly audit: object | undefined;
  readonly warned: boolean;
  readonly names: readonly string[];
}

/** Findings that warn, under the configurations of the fixtures. */
const ADVICE = ['MayLand', 'RolloutWaits'];

function expectedOf({ decision, expect: { reasons, tool, nodes } }: Fixture): Summary {
  const audit = { decision, reasons: [...reasons].sort(), tool: tool ?? undefined };
  return {
    audit: reasons.length === 0 ? undefined : audit,
    warned: decision === 'warn' || reasons.some((reason) => ADVICE.includes(reason)),
    names: decision === 'deny' ? nodes : [],
  };
}

function summaryOf(answer: unknown, nodes: readonly object[]): Summary {
  const response = at(answer, 'response');
  const message = textAt(response, 'status', 'message') ?? '';
  expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE);
  const audit = stringMapAt(response, 'auditAnnotations');
  const reasons = (audit.get('rules') ?? '').split(',').map((rule) => rule.split('/')[1]);
  const names = nodes.map((node) => textAt(node, 'metadata', 'name') ?? '');
  return {
    audit:
      audit.size === 0
        ? undefined
        : { decision: audit.get('decision'), reasons: reasons.sort(), tool: audit.get('tool') },
    warned: listAt(response, 'warnings').length > 0,
    names: names.filter((name) => message.includes(name)),
  };
}
