import { textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';

/** Pods that are nobody's business, made in dry runs as fast as they are answered. */
export interface OrdinaryWork {
  /** What the API server said where it refused one, each once. */
  readonly refusals: ReadonlySet<string>;
  end(): Promise<void>;
}

/** Begins with it. */
export function ordinaryWork(plane: ControlPlane): OrdinaryWork {
  const refusals = new Set<string>();
  const over = new AbortController();
  const object = { metadata: { name: 'ordinary' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const going = (async () => {
    while (!over.signal.aborted) {
      const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', object);
      if (status !== 201) refusals.add(textAt(body, 'message') ?? String(status));
    }
  })();
  return {
    refusals,
    end: async () => {
      over.abort();
      await going;
    },
  };
}
