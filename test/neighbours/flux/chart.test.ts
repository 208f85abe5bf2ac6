/** Our chart as rendered manifests in a Kustomization of Flux: what becomes of the entries that the controller writes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { startChartPrograms, stopChartPrograms, type ChartPrograms } from '../../support/chart-programs.ts';
import { helmFor, rendered } from '../../support/helm.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { DIALS_ENDPOINTS, entryNames, NAMESPACE, REGISTRATION_PATH, untilAskedBy } from '../../support/replicas.ts';
import { isLacking } from '../process.ts';
import { Flux, isReadyAt } from './stage.ts';

const NAME = 'kubectl-maint';
const NODE = 'node-1';

describe.skipIf(isLacking('flux'))('the chart as rendered manifests', () => {
  let plane: ControlPlane;
  let flux: Flux;
  let programs: ChartPrograms;
  let chart: readonly object[];

  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 2, kwok: false, apiServerArgs: DIALS_ENDPOINTS });
    const helm = await helmFor();
    const values = ['--set=image.registry=localhost', '--set-string=nodeSelector.nowhere=true'];
    const objects = await rendered(helm, `--namespace=${NAMESPACE}`, ...values);
    await helm.end();
    chart = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, ...objects.values()];
    flux = await Flux.start(plane);
    await flux.commit(NAME, 1, ...chart);
    await flux.apply(NAME, { targetNamespace: undefined });
    await flux.comesTo(NAME, 'ready', isReadyAt(1));
    programs = await startChartPrograms(plane);
    const ran = await pluginRunner(plane).maint(['on', NODE, '--mode=cordon', '--owner=ana']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await untilAskedBy(plane, 'work');
  });

  afterAll(async () => {
    await stopChartPrograms(programs, 0);
    await flux.end();
    await plane.stop();
  });

  test('hooks of Helm are left out: none of them runs', async () => {
    expect(chart.filter(isHook)).not.toEqual([]);
    const jobs = await plane.api('GET', `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`);
    expect(jobs.body).toMatchObject({ items: [] });
  });

  test('what is applied anew leaves the entries of the controller where they are', async () => {
    const written = await entryNames(plane);
    await flux.commit(NAME, 2, ...chart);
    await flux.comesTo(NAME, 'ready', isReadyAt(2));
    expect(await entryNames(plane)).toEqual(written);
  });

  test('a registration that somebody deletes is made again at its next look, and filled again', async () => {
    await plane.api('DELETE', REGISTRATION_PATH);
    await flux.commit(NAME, 3, ...chart);
    await flux.comesTo(NAME, 'ready', isReadyAt(3));
    await untilAskedBy(plane, 'work');
  });
});

function isHook(object: object): boolean {
  return textAt(object, 'metadata', 'annotations', 'helm.sh/hook') !== undefined;
}
