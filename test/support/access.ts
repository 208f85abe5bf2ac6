/** What the API server lets somebody do by its roles, which it hears of a moment after it has stored them. */
import { isTrueAt, type Grant } from '../../shared/index.ts';
import { CONTROLLER_GRANTS, WEBHOOK_GRANTS } from '../../webhook/grants.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { until } from './until.ts';

/** Somebody, and where: in the whole cluster, or in one namespace. */
export interface Somebody {
  readonly user: string;
  readonly namespace?: string | undefined;
}

/** Waits until somebody may do all of what is granted: whoever asked at once might be refused. */
export async function untilMay(plane: ControlPlane, who: Somebody, grants: readonly Grant[]): Promise<void> {
  for (const grant of grants) {
    for (const verb of grant.verbs) {
      await until(`${who.user} may ${verb} ${grant.resource}`, () => may(plane, who, { ...grant, verb }));
    }
  }
}

/** Waits until the two service accounts of the chart in a namespace may do all of what they have to. */
export async function untilChartMay(plane: ControlPlane, namespace: string): Promise<void> {
  const webhook = { user: `system:serviceaccount:${namespace}:kubectl-maint` };
  const controller = { user: `${webhook.user}-controller` };
  const inDefault = { namespace: 'default' };
  await untilMay(plane, webhook, WEBHOOK_GRANTS.cluster);
  await untilMay(plane, { ...webhook, ...inDefault }, WEBHOOK_GRANTS.events);
  await untilMay(plane, controller, CONTROLLER_GRANTS.cluster);
  await untilMay(plane, { ...controller, namespace }, [...CONTROLLER_GRANTS.own, ...CONTROLLER_GRANTS.certificates]);
  await untilMay(plane, { ...controller, ...inDefault }, CONTROLLER_GRANTS.events);
}

async function may(
  plane: ControlPlane,
  { user, namespace }: Somebody,
  { group, resource: path, verb, names: [name] = [] }: Grant & { readonly verb: string },
): Promise<boolean> {
  const [resource, subresource] = path.split('/');
  const { body } = await plane.api('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { verb, group, resource, subresource, name, namespace } },
  });
  return isTrueAt(body, 'status', 'allowed');
}
