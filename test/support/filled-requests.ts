/** Objects that an API server accepts and that are meant to keep whoever judges them busy: each fills a request. */
import { MAX_CHARACTERS } from '../../shared/shell/effort.ts';

/** What is asked about an object. */
export interface WorstRequest {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: object;
  readonly oldObject?: object;
}

/** Largest body that an API server takes from its caller (apiserver MaxRequestBodyBytes). */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024;
/** A script that is still read, with what is around it. */
export const SCRIPT = MAX_CHARACTERS - 100 + 2048;
/** Around the part that fills the object. */
const FRAME_BYTES = 2048;

/** As many items as fit a request; `item` makes each from its number. */
export function filled<T>(item: (index: number) => T, bytes = MAX_REQUEST_BYTES): T[] {
  const items: T[] = [];
  let left = bytes - FRAME_BYTES;
  for (let index = 0; ; index += 1) {
    const next = item(index);
    left -= JSON.stringify(next).length + 1;
    if (left < 0) return items;
    items.push(next);
  }
}

/** A text that fills a request, out of one part again and again. */
export function long(part: string, bytes = MAX_REQUEST_BYTES): string {
  return part.repeat(Math.floor((bytes - FRAME_BYTES) / (JSON.stringify(part).length - 2)));
}

export const METADATA = { name: 'x', namespace: 'shop', uid: '0b2f8a6e-3b8f-4a7e-9c55-6f0d8b1f2a21' };

export function pod(spec: object, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...METADATA, ...metadata }, spec };
}

export function created(object: object): WorstRequest {
  return { operation: 'CREATE', object };
}

export function running(container: object, spec: object = {}, metadata: object = {}): WorstRequest {
  return created(pod({ containers: [{ name: 'c', image: 'x', ...container }], ...spec }, metadata));
}

export function placed(affinity: object, spec: object = {}, labels: object = { k8upjob: 'true' }): WorstRequest {
  return running({}, { affinity, ...spec }, { labels });
}

export const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
export const HOSTNAME = 'kubernetes.io/hostname';

export function nodeTerms(nodeSelectorTerms: readonly object[]): object {
  return { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms } } };
}

export function script(text: string): object {
  return { command: ['sh', '-c', text] };
}

/** Half of a request is filled by each of two parts. */
export const HALF = MAX_REQUEST_BYTES / 2;
