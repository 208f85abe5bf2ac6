import { REGISTER_NAME, registeredNodes, registerPath, type ClusterReader } from '../../shared/index.ts';

/** The register of nodes in maintenance, by which the API server's own policies go; undefined where there is none. */
export function readRegister(cluster: Pick<ClusterReader, 'get'>, signal?: AbortSignal): Promise<unknown> {
  return cluster.get(registerPath(REGISTER_NAME), signal === undefined ? {} : { signal });
}

/** Those of some nodes that it does not list. */
export function unregistered(register: unknown, nodes: readonly string[]): readonly string[] {
  const listed = registeredNodes(register);
  return nodes.filter((name) => !listed.has(name));
}
