/** What is measured in turn: no webhook, one that does nothing, ours, and what the API server can do by itself. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_POLICY, entryName, TOOLS } from '../../shared/index.ts';
import { entriesFor, type RegistrationEntry } from '../../webhook/controller/registration/entries.ts';
import { issueAuthority, issueLeaf } from '../../webhook/tls/issue.ts';
import { spawnBound } from '../control-plane/bound-process.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { entryNames, installRegistration, REGISTRATION_PATH } from '../support/replicas.ts';
import { installFloor, listedNodes } from '../support/floor.ts';
import { until } from '../support/until.ts';
import { HELD_NODE, isDenial, namedObject } from './admitted.ts';
import { goDriver } from './go-driver.ts';
import { HELD, holdSome, NODES } from './many-nodes.ts';

/** A state of the cluster that is measured. */
export interface Contender {
  readonly title: string;
  enter(): Promise<void>;
  leave(): Promise<void>;
  /** Ends what runs for it. */
  readonly end?: () => Promise<unknown>;
}

/** Where it is measured: the folder is for files of the run. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly folder: string;
}

const IN_MAINTENANCE = {
  none: `none of ${NODES} nodes in maintenance`,
  some: `${HELD} of ${NODES} nodes in maintenance`,
};

export function nobody(): Contender {
  return { title: 'no webhook', enter: () => Promise.resolve(), leave: () => Promise.resolve() };
}

/** What a webhook is asked about (admissionregistration.k8s.io/v1 ValidatingWebhook). */
type Asked = Pick<RegistrationEntry, 'name' | 'rules' | 'matchConditions'>;

/** New pods and Jobs, without a condition. */
const PLAINLY: readonly Asked[] = [
  {
    name: 'noop.example.org',
    rules: [
      {
        apiGroups: ['', 'batch'],
        apiVersions: ['v1'],
        resources: ['pods', 'jobs'],
        operations: ['CREATE'],
        scope: 'Namespaced',
      },
    ],
    matchConditions: [],
  },
];

/** A webhook in Go that reads a review and allows it. */
export function goNoop(stage: Stage): Promise<Contender> {
  return noop('Go, does nothing', [goDriver('noop')], stage);
}

/** The same, asked about what ours is, under the same conditions: what of ours is the API server's, which evaluates these. */
export function goNoopAskedAsOurs(stage: Stage): Promise<Contender> {
  return noop('Go, does nothing, asked as ours is', [goDriver('noop')], stage, entriesFor(TOOLS, DEFAULT_POLICY));
}

/** The same in Node.js: what of ours is the platform's. */
export function nodeNoop(stage: Stage): Promise<Contender> {
  return noop('Node.js, does nothing', [process.execPath, join(import.meta.dirname, 'node-noop.ts')], stage);
}

/** The program is given its certificate and key, and prints its port. */
async function noop(
  title: string,
  [program = '', ...args]: readonly string[],
  { plane, folder }: Stage,
  asked = PLAINLY,
): Promise<Contender> {
  const now = Date.now();
  const authority = await issueAuthority(now);
  const leaf = await issueLeaf(authority, ['127.0.0.1'], now);
  const [certificate, key] = [join(folder, `${title}.crt`), join(folder, `${title}.key`)];
  await writeFile(certificate, leaf.certificate);
  await writeFile(key, leaf.key);
  const child = spawnBound(program, [...args, certificate, key], { streams: ['ignore', 'pipe', 'ignore'] });
  const { stdout } = child.process;
  if (stdout === null) throw new Error(`no output: ${title}`);
  const said: readonly unknown[] = await once(stdout.setEncoding('utf8'), 'data');
  const port = String(said[0]).trim();
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  return {
    title,
    end: () => child.end(),
    enter: async () => {
      const { status } = await plane.api('POST', path, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'noop' },
        webhooks: asked.map(({ name, rules, matchConditions }) => ({
          name,
          rules,
          matchConditions,
          clientConfig: {
            url: `https://127.0.0.1:${port}/validate`,
            caBundle: Buffer.from(authority.certificate).toString('base64'),
          },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        })),
      });
      if (status !== 201) throw new Error(`not registered (${status}): ${title}`);
      await settled();
    },
    leave: async () => {
      await plane.api('DELETE', `${path}/noop`);
      await settled();
    },
  };
}

/** A replica behind its Service, which keeps its registration: what is asked is as in production. */
export function ours({ plane }: Stage, isInMaintenance: boolean): Contender {
  return {
    title: `ours, ${isInMaintenance ? IN_MAINTENANCE.some : IN_MAINTENANCE.none}`,
    enter: async () => {
      if (isInMaintenance) await holdSome(plane, true);
      await installRegistration(plane);
      await until('the registration is written', async () => (await isAsked('node-guard', plane)) !== undefined);
      await until(
        'it is asked about work as it should be',
        async () => (await isAsked('work', plane)) === isInMaintenance,
      );
      await settled();
    },
    leave: async () => {
      await plane.api('DELETE', REGISTRATION_PATH);
      if (isInMaintenance) await holdSome(plane, false);
      await settled();
    },
  };
}

/** Whether the registration has an entry; undefined where it has none at all. */
async function isAsked(entry: string, plane: ControlPlane): Promise<boolean | undefined> {
  const names = await entryNames(plane);
  return names.length === 0 ? undefined : names.includes(entryName(entry));
}

const POLICIES = 'validatingadmissionpolicies,validatingadmissionpolicybindings';

/** The same rule as CEL: what `maint-webhook policies` prints, alone; some controller keeps the register. */
export function floor({ plane }: Stage, isInMaintenance: boolean): Contender {
  return {
    title: `the same rule as CEL, ${isInMaintenance ? IN_MAINTENANCE.some : IN_MAINTENANCE.none}`,
    enter: async () => {
      if (isInMaintenance) await holdSome(plane, true);
      await installFloor(plane);
      const listed = isInMaintenance ? HELD : 0;
      await until('the register is written', async () => (await listedNodes(plane))?.length === listed);
      await compiled();
    },
    leave: async () => {
      await plane.kubectl(['delete', POLICIES, '-l', 'app.kubernetes.io/name=kubectl-maint']);
      if (isInMaintenance) await holdSome(plane, false);
      await compiled();
    },
  };
}

/** A webhook of somebody else with a comparable rule, as it is registered. */
export interface Registered {
  readonly title: string;
  readonly register: () => Promise<void>;
  readonly unregister: () => Promise<void>;
}

/** Some nodes are in maintenance, and the other webhook is asked; it refuses a Job of one of them. */
export function theirs({ title, register, unregister }: Registered, { plane }: Stage): Contender {
  return {
    title,
    enter: async () => {
      await holdSome(plane, true);
      await register();
      await until(`${title} refuses`, async () => {
        return isDenial((await plane.api('POST', `${HELD_NODE.collection}?dryRun=All`, namedObject(HELD_NODE))).body);
      });
      await settled();
    },
    leave: async () => {
      await unregister();
      await holdSome(plane, false);
      await settled();
    },
  };
}

/** All of them are asked. */
export function together(title: string, contenders: readonly Contender[]): Contender {
  return {
    title,
    enter: async () => {
      for (const contender of contenders) await contender.enter();
    },
    leave: async () => {
      for (const contender of contenders.toReversed()) await contender.leave();
    },
  };
}

/** API servers act on a registration some milliseconds after it was written. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

/** They compile policies together. */
function compiled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5000));
}
