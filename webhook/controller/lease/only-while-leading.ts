import {
  MaintError,
  type ApiRequest,
  type ClusterReader,
  type ClusterSender,
  type ClusterWatcher,
} from '../../../shared/index.ts';

/** A cluster to read, follow and write to. */
export type ControlledCluster = ClusterReader & ClusterSender & ClusterWatcher;

/**
 * The same cluster for one term: nothing is sent any more once it is over, and what is under way is ended. Whoever writes
 * by it need not ask whether it leads.
 */
export function onlyWhileLeading(
  cluster: ControlledCluster,
  term: AbortSignal,
  leads: () => boolean,
): ControlledCluster {
  return {
    get: (path, options) => cluster.get(path, options),
    pages: (path, options) => cluster.pages(path, options),
    follow: (path, listener, options) => cluster.follow(path, listener, options),
    send: (request) =>
      term.aborted || !leads()
        ? Promise.reject(new MaintError('cluster', 'this controller does not lead any more'))
        : cluster.send(endedWith(request, term)),
  };
}

function endedWith(request: ApiRequest, term: AbortSignal): ApiRequest {
  return { ...request, signal: request.signal === undefined ? term : AbortSignal.any([request.signal, term]) };
}
