/** What single values make of the chart: where pods stand, what they are started with, how many there are. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { at, fieldsAt, listAt, textAt, textsAt } from '../../../shared/index.ts';
import { CHART, helmFor, rendered, variants, type Helm } from '../../support/helm.ts';

let helm: Helm;
let steered: ReadonlyMap<string, object>;

beforeAll(async () => {
  helm = await helmFor();
  steered = await rendered(helm, '-f', (await variants()).get('steered') ?? '');
});
afterAll(() => helm.end());

const CONTAINER = ['spec', 'template', 'spec', 'containers', '0'] as const;
const deployment = () => steered.get('Deployment/kubectl-maint');
const pod = () => at(deployment(), 'spec', 'template', 'spec');
const container = () => at(pod(), 'containers', '0');

test('constraints are spread as they are written, over the pods themselves where they name none', () => {
  expect(listAt(pod(), 'topologySpreadConstraints')).toEqual([
    {
      topologyKey: 'topology.kubernetes.io/zone',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'kubectl-maint' } },
    },
    {
      topologyKey: 'example.com/rack',
      maxSkew: 2,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { team: 'platform' } },
    },
  ]);
});

test('an affinity stands in for ours', () => {
  expect(Object.keys(fieldsAt(pod(), 'affinity', 'podAntiAffinity'))).toEqual([
    'requiredDuringSchedulingIgnoredDuringExecution',
  ]);
  const controllers = at(steered.get('Deployment/kubectl-maint-controller'), 'spec', 'template', 'spec', 'affinity');
  expect(at(controllers, 'nodeAffinity')).toEqual(at(pod(), 'affinity', 'nodeAffinity'));
  // What is said of the webhook's pods would keep controllers off their nodes.
  expect(Object.keys(fieldsAt(controllers, 'podAntiAffinity'))).toEqual([
    'preferredDuringSchedulingIgnoredDuringExecution',
  ]);
});

/** How many pods less, and how many more, while webhook and controllers are replaced. */
const LESS = { maxUnavailable: 1, maxSurge: 0 };
const MORE = { maxUnavailable: 0, maxSurge: 1 };
const TERM = { topologyKey: 'kubernetes.io/hostname', labelSelector: {} };

test.each<[why: string, values: object, webhook: object, controller: object]>([
  ['nothing is required', {}, MORE, MORE],
  ["a port of the node is one pod's", { hostNetwork: true }, LESS, MORE],
  [
    "the webhook's pods must not share a node",
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [TERM] } } },
    LESS,
    MORE,
  ],
  [
    'they would rather not',
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] }, nodeAffinity: {} } },
    MORE,
    MORE,
  ],
  [
    'both must be spread',
    { topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
    LESS,
    LESS,
  ],
  [
    'both are spread as far as that goes',
    { topologySpreadConstraints: [{ topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' }] },
    MORE,
    MORE,
  ],
])('a rollout never waits for room that there may not be: %s', async (_why, values, webhook, controller) => {
  const flags = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
  const made = await rendered(helm, ...flags);
  const strategies = ['kubectl-maint', 'kubectl-maint-controller'].map((name) =>
    at(made.get(`Deployment/${name}`), 'spec', 'strategy', 'rollingUpdate'),
  );
  expect(strategies).toEqual([webhook, controller]);
});

test.each(['affinity', 'topologySpreadConstraints'])('none at all is none: %s', async (value) => {
  const none = await rendered(helm, '--set-json', `${value}=${value === 'affinity' ? '{}' : '[]'}`);
  expect(at(none.get('Deployment/kubectl-maint'), 'spec', 'template', 'spec', value)).toBeUndefined();
});

test('arguments and variables come behind ours', () => {
  expect(textsAt(container(), 'args').at(-1)).toBe('--host=::');
  const controller = steered.get('Deployment/kubectl-maint-controller');
  expect(textsAt(controller, ...CONTAINER, 'args').at(-1)).toBe('--context=none');
  expect(listAt(container(), 'env').map((one) => textAt(one, 'name'))).toEqual([
    'POD_NAMESPACE',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'NODE_NAME',
  ]);
  expect(at(container(), 'env', '3', 'valueFrom')).toEqual({ fieldRef: { fieldPath: 'spec.nodeName' } });
});

test('exempt namespaces are told to the controller, which writes the registration', () => {
  const args = textsAt(steered.get('Deployment/kubectl-maint-controller'), ...CONTAINER, 'args');
  expect(args.filter((arg) => arg.startsWith('--exempt-namespace='))).toEqual([
    '--exempt-namespace=legacy',
    '--exempt-namespace=old-batch',
  ]);
});

test('former ReplicaSets are kept, and the Service is annotated', () => {
  for (const name of ['kubectl-maint', 'kubectl-maint-controller']) {
    expect(at(steered.get(`Deployment/${name}`), 'spec', 'revisionHistoryLimit')).toBe(5);
  }
  expect(at(steered.get('Service/kubectl-maint'), 'metadata', 'annotations')).toEqual({ 'example.com/exposed': 'no' });
});

describe('the image', () => {
  test('comes from the registry of all, in every pod', () => {
    const images = [...steered.values()].flatMap((object) => {
      const spec = textAt(object, 'kind') === 'Pod' ? at(object, 'spec') : at(object, 'spec', 'template', 'spec');
      return listAt(spec, 'containers').map((one) => textAt(one, 'image') ?? '');
    });
    expect(images.length).toBeGreaterThanOrEqual(4);
    expect([...new Set(images)]).toEqual([
      expect.stringMatching(/^registry\.example\.com:5000\/mirror\/[^/]+\/maint-webhook:/),
    ]);
  });

  test.each([
    ['ghcr.io/us/maint-webhook', 'ghcr.io/us/maint-webhook:'],
    ['localhost/maint-webhook', 'localhost/maint-webhook:'],
    ['host:5000/maint-webhook', 'host:5000/maint-webhook:'],
    ['us/maint-webhook', 'mirror.local/us/maint-webhook:'],
    ['maint-webhook', 'mirror.local/maint-webhook:'],
  ])('of a repository %s is %s', async (repository, begin) => {
    const values = `global.imageRegistry=mirror.local,image.repository=${repository}`;
    const made = (await rendered(helm, '--set', values)).get('Deployment/kubectl-maint');
    const image = textAt(made, 'spec', 'template', 'spec', 'containers', '0', 'image') ?? '';
    expect(image.startsWith(begin), image).toBe(true);
  });

  test("of a registry that is nobody's is refused where there is a cluster, and what to do is said", async () => {
    const inCluster = ['template', 'guard', CHART, '--api-versions', 'v1/Pod'];
    const refused = await helm.run(...inCluster, '--set', 'image.registry=registry.example.com');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('registry.example.com is a placeholder until an image is published');
    expect(refused.stderr).toContain('--set image.registry=REGISTRY');
    for (const value of [
      'image.registry=ghcr.io/us',
      'global.imageRegistry=mirror.local',
      'image.repository=host:5000/w',
    ])
      expect(await helm.run(...inCluster, '--set', value)).toMatchObject({ code: 0 });
  });

  test('a chart around this one may hand down more', async () => {
    const made = await rendered(helm, '--set', 'global.storageClass=fast');
    expect(made.has('Deployment/kubectl-maint')).toBe(true);
  });
});

test.each<[values: string, replicas: number, said: RegExp | undefined]>([
  ['', 2, undefined],
  ['failurePolicy=Fail', 3, /refused while no replica answers: there are three/],
  ['failClosed={work}', 3, /refused while no replica answers: there are three/],
  ['failurePolicy=Fail,replicas=2', 2, /2 replicas may stand on one node: leave `replicas` out/],
  ['failurePolicy=Fail,replicas=5', 5, undefined],
  ['replicas=1', 1, /One replica is not there while its node is drained: requests pass unseen/],
  ['replicas=1,failClosed={addon}', 1, /requests are refused meanwhile/],
])('with %j there are %d replicas', async (values, replicas, said) => {
  const made = (await rendered(helm, '--set', values)).get('Deployment/kubectl-maint');
  expect(at(made, 'spec', 'replicas')).toBe(replicas);
  const { stdout } = await helm.run('install', 'guard', CHART, '--dry-run=client', '--set', values);
  const notes = stdout.slice(stdout.indexOf('\nNOTES:'));
  if (said === undefined) expect(notes).not.toMatch(/replica (?:answers|is not there)|there are three/);
  else expect(notes).toMatch(said);
});

test('one replica that has to be apart from others is missed during an upgrade as well', async () => {
  const file = (await variants()).get('steered') ?? '';
  const { stdout } = await helm.run('install', 'guard', CHART, '--dry-run=client', '-f', file, '--set', 'replicas=1');
  expect(stdout).toContain('while its node is drained, nor during an upgrade: requests');
});

test('two that may not share a node are enough where they refuse', async () => {
  const file = (await variants()).get('steered') ?? '';
  const { stdout } = await helm.run('install', 'guard', CHART, '--dry-run=client', '-f', file, '--set', 'replicas=2');
  expect(stdout).not.toContain('may stand on one node');
});

test('what Artifact Hub is told of the image is what is run', async () => {
  const chart: unknown = parse(await readFile(`${CHART}/Chart.yaml`, 'utf8'));
  const images: unknown = parse(textAt(chart, 'annotations', 'artifacthub.io/images') ?? '');
  const made = (await rendered(helm)).get('Deployment/kubectl-maint');
  const run = textAt(made, 'spec', 'template', 'spec', 'containers', '0', 'image');
  expect(textAt(images, '0', 'image')).toBe(run);
  for (const field of ['home', 'icon']) expect(textAt(chart, field)).toMatch(/^https:\/\//);
  expect(listAt(chart, 'maintainers')).toHaveLength(1);
});
