import { randomUUID } from 'node:crypto';
import { registeredNodes, REGISTER_NAME, registerPath, REGISTERS } from '../../shared/index.ts';
import { REGISTER_DEFINITION } from '../../webhook/floor/definition.ts';
import { policyWithBinding } from '../../webhook/floor/objects.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { until } from './until.ts';
import { printedBy } from './webhook-process.ts';

/**
 * Installs what `maint-webhook policies` prints, as people do: again, until the API server knows the kind of the register.
 * The policies are in force when this resolves.
 */
export async function installFloor(plane: ControlPlane, ...flags: readonly string[]): Promise<void> {
  const input = await printedBy(['policies', ...flags]);
  let said = '';
  const isInstalled = async (): Promise<boolean> => {
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
    said = stderr;
    return code === 0;
  };
  await until('the policies are installed', isInstalled, { seen: () => said });
  await areInForce(plane);
}

/**
 * Waits until the policies that are there are in force: the API server compiles them all together, once in a second where
 * there is something new, and so with one more that refuses a ConfigMap.
 */
async function areInForce(plane: ControlPlane): Promise<void> {
  const name = `canary-${randomUUID()}`;
  const parts = {
    name,
    mode: 'enforce',
    failurePolicy: 'Fail',
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    matchConditions: [{ name: 'canary', expression: `request.name == '${name}'` }],
    variables: [],
    validations: [{ expression: 'false', messageExpression: "'in force'", message: 'in force', reason: 'Forbidden' }],
    hasRegister: false,
  } as const;
  const items = policyWithBinding(parts);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await plane.kubectl(['create', '-f', '-'], { input });
  if (code !== 0) throw new Error(stderr);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
  await until('the policies are in force', async () => {
    return (await plane.api('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', map)).status === 403;
  });
  await plane.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input });
}

/** Installs the register alone, without policies: whoever keeps it shows in it which nodes it has heard of. */
export async function installRegister(plane: ControlPlane): Promise<void> {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(REGISTER_DEFINITION) });
  if (code !== 0) throw new Error(stderr);
  await until('the register is served', async () => (await plane.api('GET', REGISTERS)).status === 200);
}

/** The nodes that the register lists; undefined where there is none. */
export async function listedNodes(plane: ControlPlane): Promise<readonly string[] | undefined> {
  const { status, body } = await plane.api('GET', registerPath(REGISTER_NAME));
  return status === 200 ? [...registeredNodes(body)] : undefined;
}
