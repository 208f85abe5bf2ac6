import { messageOf } from '../../../../shared/index.ts';
import type { Session } from '../../../session/session.ts';

/** A healthy API server answers in milliseconds; whoever looks at a page wants to know after so many that it does not. */
const ANSWER_WITHIN_MS = 3000;

/** What every caller that the API server knows may ask (k8s ClusterRole system:public-info-viewer). */
const VERSION = '/version';

/** Why the API server cannot be used now; undefined: it answers, and knows the caller. */
export async function reachability({ cluster, signal }: Session): Promise<string | undefined> {
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const { status } = await cluster.send({ method: 'GET', path: VERSION, signal: AbortSignal.any([signal, limit]) });
    if (status === 401) return 'the API server does not accept your credentials any more (401): log in again';
    return status >= 500 ? `the API server answers ${status}` : undefined;
  } catch (thrown) {
    return limit.aborted ? `the API server has not answered for ${ANSWER_WITHIN_MS / 1000} s` : messageOf(thrown);
  }
}
