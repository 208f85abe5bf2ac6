/** The door that takes reviews, over real HTTPS, in front of a cluster that a test answers for. */
import { BUILT_IN_POLICY, nodeFromObject, NodeTable, type ClusterReader } from '../../../shared/index.ts';
import type { AdmittedReview } from '../../../webhook/admission/admit.ts';
import { Gate } from '../../../webhook/admission/gate.ts';
import { LiveReads } from '../../../webhook/admission/live-reads.ts';
import { admissionApp } from '../../../webhook/app.ts';
import { logTo } from '../../../webhook/log.ts';
import { createMetrics } from '../../../webhook/metrics.ts';
import { VALIDATE_PATH } from '../../../webhook/calls.ts';
import { listenSecurely } from '../../../webhook/servers.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import { Kept } from './world.ts';

export const LOOPBACK = '127.0.0.1';

/** A door that is open. */
export interface Served {
  readonly port: number;
  readonly url: string;
  readonly ca: string;
  readonly gate: Gate;
  /** What was decided. */
  readonly decided: readonly AdmittedReview[];
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** Opens a door for reviews of objects on some nodes. */
export async function openDoor(nodes: readonly object[], reader: ClusterReader, connections?: number): Promise<Served> {
  const authority = await issueAuthority(Date.now());
  const leaf = await issueLeaf(authority, [LOOPBACK], Date.now());
  const nodeIndex = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
  const known = { nodeIndex, size: nodeIndex.size, synced: true, interruptions: 0, age: () => 0, isStale: () => false };
  const { config, catalogue } = BUILT_IN_POLICY;
  const certificate = { certificate: '', key: '', notBefore: 0, notAfter: 0 };
  const gate = new Gate();
  const metrics = createMetrics({
    nodes: known,
    certificates: { current: () => certificate, signerNotAfter: () => undefined },
    config,
    inFlight: () => gate.inFlight,
    now: () => 0,
  });
  const decided: AdmittedReview[] = [];
  const app = admissionApp({
    admission: { reads: new LiveReads(reader), config, catalogue, nodes: known, now: () => 0 },
    gate,
    metrics,
    decided: (judged) => decided.push(judged),
    log: logTo(new Kept(), 'error'),
    unreadiness: () => [],
    draining: () => false,
  });
  const address = { host: LOOPBACK, port: 0, ...(connections !== undefined && { connections }) };
  const server = await listenSecurely(app, address, leaf);
  return {
    port: server.port,
    url: `https://${LOOPBACK}:${server.port}${VALIDATE_PATH}?timeout=30s`,
    ca: authority.certificate,
    gate,
    decided,
    metrics: () => metrics.render(),
    close: () => server.close(0),
  };
}
