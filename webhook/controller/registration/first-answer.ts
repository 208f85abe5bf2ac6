import { collectionPath, isTrueAt, listAt, readAll, type ClusterReader } from '../../../shared/index.ts';
import { isEnded, pause } from '../following.ts';
import type { OwnService } from './own-registration.ts';

/** For one look, and the pause before the next one, in ms. */
const LOOK_MS = 3000;
const PAUSE_MS = 2000;

/** The Service, and how it is looked at. */
export interface FirstAnswerPorts {
  readonly service: Pick<OwnService, 'namespace' | 'name' | 'failurePolicy' | 'failClosed'>;
  readonly cluster: Pick<ClusterReader, 'pages'>;
  /** Hears, once, that somebody answers. */
  readonly heard: () => void;
}

/**
 * Whether anybody has ever answered behind the Service, as far as this term has seen. Until then no entry is told to fail
 * closed that does not do so already: an installation whose pods cannot start would refuse every pod of the cluster.
 */
export class FirstAnswer {
  readonly #ports: FirstAnswerPorts;
  #isHeard = false;

  constructor(ports: FirstAnswerPorts) {
    this.#ports = ports;
  }

  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Looks until somebody answers, or until the signal aborts; not at all where nothing fails closed. Never rejects. */
  async wait(signal: AbortSignal): Promise<void> {
    const { service, cluster, heard } = this.#ports;
    if (service.failurePolicy === 'Ignore' && service.failClosed.length === 0) return;
    while (!isEnded(signal)) {
      if (await isAnswered(service, cluster)) {
        this.#isHeard = true;
        heard();
        return;
      }
      await pause(PAUSE_MS, signal);
    }
  }
}

/** Whether an endpoint of the Service is ready. Where that cannot be read, none is. */
async function isAnswered(
  { namespace, name }: FirstAnswerPorts['service'],
  cluster: Pick<ClusterReader, 'pages'>,
): Promise<boolean> {
  const path = collectionPath('discovery.k8s.io/v1/endpointslices', namespace);
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  try {
    return (await readAll(cluster, { path, query, signal: AbortSignal.timeout(LOOK_MS) }, isReady)).includes(true);
  } catch {
    return false;
  }
}

function isReady(slice: unknown): boolean {
  return listAt(slice, 'endpoints').some((endpoint) => isTrueAt(endpoint, 'conditions', 'ready'));
}
