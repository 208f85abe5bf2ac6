import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { textAt } from '../../shared/index.ts';
import type { CallApi } from '../control-plane/api.ts';
import { CLUSTER_DOMAIN } from './configuration.ts';

/** RFC 1035: a message begins with 12 bytes; an answer has this bit, and says NXDOMAIN with this code. */
const HEADER_BYTES = 12;
const IS_ANSWER = 0x8000;
const NO_SUCH_NAME = 3;
/** QTYPE A, and QCLASS and QTYPE take two bytes each. */
const ADDRESS = 1;
const TYPE_AND_CLASS_BYTES = 4;
/** "The name at byte 12", type A, class IN, good for no time, four bytes. */
const ADDRESS_RECORD = [0xc0, HEADER_BYTES, 0, ADDRESS, 0, 1, 0, 0, 0, 0, 0, 4];
const PORT = 53;

/** Finds the IPv4 address of a name, which has no dot at its end. */
export type FindAddress = (name: string) => Promise<string | undefined>;

/** Serves names over UDP, as a cluster's DNS does: IPv4 addresses only. */
export async function serveNames(host: string, find: FindAddress): Promise<{ close(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, asker) => {
    answerTo(query, find).then(
      (answer) => {
        socket.send(answer, asker.port, asker.address);
      },
      // No query: no answer.
      () => undefined,
    );
  });
  socket.bind(PORT, host);
  await once(socket, 'listening');
  return {
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** The answer to a query with one question, as all are. */
export async function answerTo(query: Buffer, find: FindAddress): Promise<Buffer> {
  const { name, end } = questionOf(query);
  const address = await find(name).catch(() => undefined);
  const asksForAddress = query.readUInt16BE(end - TYPE_AND_CLASS_BYTES) === ADDRESS;
  const records = address !== undefined && asksForAddress ? [...ADDRESS_RECORD, ...address.split('.').map(Number)] : [];
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(IS_ANSWER | (address === undefined ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length > 0 ? 1 : 0, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), Buffer.from(records)]);
}

/** The name that is asked for, and where the question ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 + TYPE_AND_CLASS_BYTES };
}

/** The cluster IP of `NAME.NAMESPACE.svc.cluster.local`. */
export async function serviceAddress(api: CallApi, name: string): Promise<string | undefined> {
  const [, service, namespace] = new RegExp(`^([^.]+)\\.([^.]+)\\.svc\\.${CLUSTER_DOMAIN}$`, 'i').exec(name) ?? [];
  if (service === undefined || namespace === undefined) return undefined;
  const { body } = await api('GET', `/api/v1/namespaces/${namespace}/services/${service}`);
  return textAt(body, 'spec', 'clusterIP');
}
