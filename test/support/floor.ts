import { registeredNodes, REGISTER_NAME, registerPath } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { until } from './until.ts';
import { printedBy } from './webhook-process.ts';

/** Installs what `maint-webhook policies` prints, as people do: again, until the API server knows the kind of the register. */
export async function installFloor(plane: ControlPlane, ...flags: readonly string[]): Promise<void> {
  const input = await printedBy(['policies', ...flags]);
  let said = '';
  await until(`the policies are installed (${said})`, async () => {
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
    said = stderr;
    return code === 0;
  });
}

/** The nodes that the register lists; undefined where there is none. */
export async function listedNodes(plane: ControlPlane): Promise<readonly string[] | undefined> {
  const { status, body } = await plane.api('GET', registerPath(REGISTER_NAME));
  return status === 200 ? [...registeredNodes(body)] : undefined;
}
