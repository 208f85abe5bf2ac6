/** Our chart as an Application of Argo CD: what its hooks do, and what becomes of the entries that the controller writes. */
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../../control-plane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { HELM } from '../../control-plane/versions.ts';
import { startChartPrograms, stopChartPrograms, type ChartPrograms } from '../../support/chart-programs.ts';
import { CHART } from '../../support/helm.ts';
import { runJobPods, type JobPods } from '../../support/job-pods.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { DIALS_ENDPOINTS, entryNames, NAMESPACE, REGISTRATION_PATH, untilAskedBy } from '../../support/replicas.ts';
import { isLacking } from '../process.ts';
import { ArgoCd, type Told } from './stage.ts';

const NAME = 'kubectl-maint';
const CHECK = 'kubectl-maint-policy-check';
const UNINSTALL = 'kubectl-maint-uninstall';
const NODE = 'node-1';
const REGISTRATION = `ValidatingWebhookConfiguration/${NAME}`;
const HEALING = { automated: { selfHeal: true }, syncOptions: ['CreateNamespace=true'] };

const isInSync = ({ sync, phase }: Told) => sync === 'Synced' && phase === 'Succeeded';

describe.skipIf(isLacking('argocd'))('the chart as an Application', () => {
  let plane: ControlPlane;
  let pods: JobPods;
  let argo: ArgoCd;
  let programs: ChartPrograms;

  beforeAll(async () => {
    // The chart's own pods find no node: those of this process are the only ones.
    const users = [{ name: `system:serviceaccount:${NAMESPACE}:${UNINSTALL}`, groups: [] }];
    plane = await startControlPlane({ nodes: 2, kwok: false, users, apiServerArgs: DIALS_ENDPOINTS });
    pods = runJobPods(plane, NAMESPACE);
    const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: [HELM] });
    argo = await ArgoCd.start(plane, [dirname(path('helm'))]);
    await argo.commitFolder(NAME, CHART);
    await argo.apply(NAME, {
      namespace: NAMESPACE,
      helm: { valuesObject: { image: { registry: 'localhost' }, nodeSelector: { nowhere: 'true' } } },
      syncPolicy: HEALING,
    });
  });

  afterAll(async () => {
    await stopChartPrograms(programs, 0);
    await argo.end();
    await pods.end();
    await plane.stop();
  });

  async function maint(...args: readonly string[]): Promise<void> {
    const ran = await pluginRunner(plane).maint(args);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
  }

  test('its hook looks at the policy before the sync, and those of an uninstall are no part of it', async () => {
    const told = await argo.comesTo(NAME, 'in sync', isInSync);
    expect(pods.said.get(CHECK)).toMatch(/^policy .* is valid/);
    expect(Object.keys(told.resources)).toContain(REGISTRATION);
    // Its hook is one of them until Argo CD has looked again after taking it away.
    const jobs = Object.keys(told.resources).filter((id) => id.startsWith('Job/') && id !== `Job/${CHECK}`);
    expect(jobs).toEqual([]);
    expect([...pods.said.keys()]).toEqual([CHECK]);
  });

  test('entries that the controller writes are no difference, and are not healed away', async () => {
    programs = await startChartPrograms(plane);
    await maint('on', NODE, '--mode=cordon', '--owner=ana');
    const written = await untilAskedBy(plane, 'work');
    await argo.refresh(NAME);
    const told = await argo.comesTo(NAME, 'in sync', isInSync);
    expect(told.resources[REGISTRATION]).toBe('Synced');
    expect(await entryNames(plane)).toEqual(written);
  });

  test('a sync leaves them where they are', async () => {
    const written = await entryNames(plane);
    await argo.sync(NAME);
    await argo.comesTo(NAME, 'asked', ({ phase }) => phase === 'Running');
    await argo.comesTo(NAME, 'in sync', isInSync);
    expect(await entryNames(plane)).toEqual(written);
  });

  test('the server-side diff finds no difference either', async () => {
    await argo.set(NAME, {
      metadata: { annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' } },
    });
    await argo.refresh(NAME);
    const told = await argo.comesTo(NAME, 'in sync', isInSync);
    expect(told.resources[REGISTRATION]).toBe('Synced');
    expect(await entryNames(plane)).toContain('work.kubectl-maint.io');
  });

  test('a registration that somebody deletes is made again, and filled again', async () => {
    await plane.api('DELETE', REGISTRATION_PATH);
    await untilAskedBy(plane, 'work');
    await argo.comesTo(NAME, 'in sync', isInSync);
  });

  test('who deletes it gets the hook of an uninstall, which passes while nothing is in maintenance', async () => {
    await maint('off', NODE, '--owner=ana', '--skip-health-check');
    await argo.delete(NAME);
    // Argo CD takes a hook that its cache does not have yet, and that is there already, for one that is done
    // (controller/hook.go, executeHooks), and may delete the registration while the hook runs.
    expect(pods.said.get(UNINSTALL)).toMatch(
      /^validatingwebhookconfiguration\.\S+\/kubectl-maint (?:deleted|is not there)$/m,
    );
    expect((await plane.api('GET', REGISTRATION_PATH)).status).toBe(404);
  });
});
