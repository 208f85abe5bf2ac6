import { expect, test } from 'vitest';
import { CATALOGUE, DEFAULT_POLICY, NodeTable, type NodeFactsIndex } from '../../../shared/index.ts';
import { answerCall, type CallPorts } from '../../../webhook/admission/call.ts';
import { logTo } from '../../../webhook/log.ts';
import { LiveReads } from '../../../webhook/admission/live-reads.ts';
import { createMetrics } from '../../../webhook/metrics.ts';
import { Kept, nodeObject, reviewOf, ToldCluster, volumeBackup } from './world.ts';

function portsWith(nodeIndex: () => NodeFactsIndex, stale = false) {
  const out = new Kept();
  const nodes = {
    synced: true,
    isStale: () => stale,
    size: 0,
    interruptions: 0,
    age: () => 0,
    get nodeIndex() {
      return nodeIndex();
    },
  };
  const certificate = { certificate: '', key: '', notBefore: 0, notAfter: 0 };
  const metrics = createMetrics({
    nodes,
    certificates: { current: () => certificate, signerNotAfter: () => undefined },
    config: DEFAULT_POLICY,
    inFlight: () => 0,
    now: () => 0,
  });
  const admission = {
    reads: new LiveReads(new ToldCluster(nodeObject('n2'))),
    config: DEFAULT_POLICY,
    catalogue: CATALOGUE,
    nodes,
    now: () => 0,
  };
  const ports: CallPorts = { admission, metrics, log: logTo(out, 'info'), decided: () => undefined };
  return { ports, out, metrics };
}

const PATIENCE = { timeMs: 1000, gone: new AbortController().signal };
const bytes = Buffer.from(JSON.stringify(reviewOf(volumeBackup('n2'), 'the-uid')));

test('a bug is HTTP 500 without a review, so that failurePolicy decides; it names the uid and is counted', async () => {
  let broken = true;
  const { ports, out, metrics } = portsWith(() => {
    if (broken) throw new Error('boom');
    return new NodeTable();
  });
  const answer = await answerCall(bytes, PATIENCE, ports);
  expect(answer).toMatchObject({
    httpStatus: 500,
    body: { kind: 'Status', message: expect.stringContaining('the-uid') as unknown },
  });
  expect(JSON.stringify(answer)).not.toContain('boom');
  expect(await out.line('internal error')).toMatchObject({ uid: 'the-uid', error: 'boom' });
  broken = false;
  expect(await metrics.render()).toContain('requests_total{operation="none",decision="error",work="none"} 1');
  expect(await answerCall(bytes, PATIENCE, ports)).toMatchObject({ httpStatus: 200 });
});

test('what is decided on nodes that were not heard of for long is annotated, counted and logged', async () => {
  const { ports, out, metrics } = portsWith(() => new NodeTable(), true);
  const answer = await answerCall(bytes, PATIENCE, ports);
  expect(answer?.body).toMatchObject({
    response: { allowed: true, auditAnnotations: { decision: 'allow', nodes: 'stale' } },
  });
  expect(await out.line('decided on unsure facts')).toMatchObject({ level: 'warn', stale: true });
  expect(await metrics.render()).toContain('unknown_total{cause="stale_nodes"} 1');
});
