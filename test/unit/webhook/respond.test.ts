import { expect, test } from 'vitest';
import {
  CATALOGUE,
  creationOf,
  DEFAULT_POLICY,
  NodeTable,
  nodeFromObject,
  type Verdict,
} from '../../../shared/index.ts';
import { admit, type AdmittedReview } from '../../../webhook/admission/admit.ts';
import { LiveReads } from '../../../webhook/admission/live-reads.ts';
import { allowed, answerFor, denied, errored, retryLater } from '../../../webhook/admission/respond.ts';
import { nodeObject, ToldCluster, volumeBackup } from './world.ts';

const NOW = Date.parse('2026-01-05T22:24:00Z');

async function judgedOf(object: unknown, cluster: ToldCluster, timeMs = 1000): Promise<AdmittedReview> {
  const nodes = [...cluster.nodes.values()].map(nodeFromObject).filter((node) => node !== undefined);
  return admit(
    { ...creationOf(object), uid: 'u1' },
    { timeMs, gone: new AbortController().signal },
    {
      reads: new LiveReads(cluster),
      config: DEFAULT_POLICY,
      catalogue: CATALOGUE,
      nodes: { nodeIndex: new NodeTable(nodes), isStale: () => false },
      now: () => NOW,
    },
  );
}

test('an allowed answer is the smallest there is', () => {
  expect(allowed('u1')).toEqual({
    httpStatus: 200,
    headers: {},
    body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'u1', allowed: true } },
  });
});

test('a denial is a 403 Forbidden inside HTTP 200, its text one printable line', () => {
  expect(denied('u1', 'no\n\u001b[31mway', { warnings: ['w'], audit: { decision: 'deny' } })).toMatchObject({
    httpStatus: 200,
    body: {
      response: {
        uid: 'u1',
        allowed: false,
        status: { code: 403, reason: 'Forbidden', message: 'no [31mway' },
        warnings: ['w'],
        auditAnnotations: { decision: 'deny' },
      },
    },
  });
});

test("a caller's mistake echoes its uid; a bug of ours never looks like a denial", () => {
  expect(errored(400, 'why', 'u1')).toMatchObject({
    httpStatus: 400,
    body: { kind: 'AdmissionReview', response: { uid: 'u1', allowed: false } },
  });
  expect(errored(400, 'why')).toMatchObject({ httpStatus: 400, body: { kind: 'Status', code: 400, message: 'why' } });
  expect(errored(500, 'request u1', 'u1')).toMatchObject({
    httpStatus: 500,
    body: { kind: 'Status', message: 'request u1' },
  });
  expect(retryLater('busy')).toMatchObject({
    httpStatus: 503,
    headers: { 'Retry-After': '1', Connection: 'close' },
    body: { kind: 'Status' },
  });
});

test('a backup of a node in maintenance is denied, with the node, its maintenance and the audit annotations', async () => {
  const answer = answerFor(
    await judgedOf(volumeBackup('n1'), new ToldCluster(nodeObject('n1', true), nodeObject('n2'))),
  );
  expect(answer.body).toMatchObject({
    response: {
      allowed: false,
      status: {
        message: expect.stringMatching(
          /backup: .*n1.*in maintenance.*by ana "new disk".*Do it again after kubectl maint off n1/,
        ) as unknown,
      },
      auditAnnotations: { decision: 'deny', rules: 'backup/NodeInMaintenance', tool: 'openebs-zfs' },
    },
  });
});

test('a node that only the live read knew to be in maintenance is described as well', async () => {
  const cluster = new ToldCluster(nodeObject('n1'), nodeObject('n2'));
  const before = judgedOf(volumeBackup('n1'), cluster);
  cluster.nodes.set('n1', nodeObject('n1', true));
  expect(answerFor(await before).body).toMatchObject({
    response: { allowed: false, status: { message: expect.stringContaining('by ana "new disk"') as unknown } },
  });
});

test('what nobody is told about carries nothing', async () => {
  const answer = answerFor(
    await judgedOf(volumeBackup('n2'), new ToldCluster(nodeObject('n1', true), nodeObject('n2'))),
  );
  expect(answer.body).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u1', allowed: true },
  });
});

test('a lookup that never ends is unknown at the deadline, and the configured answer holds', async () => {
  const cluster = new ToldCluster(nodeObject('n1'));
  cluster.instead = () => new Promise(() => undefined);
  const judged = await judgedOf(volumeBackup('n1'), cluster, 20);
  const reasons: Verdict['findings'][number]['reason'][] = judged.verdict.findings.map(({ reason }) => reason);
  expect(reasons).toEqual(['Unknown']);
  expect(answerFor(judged).body).toMatchObject({
    response: { allowed: false, auditAnnotations: { decision: 'deny', rules: 'backup/Unknown', tool: 'openebs-zfs' } },
  });
});
