/** The register on a real API server: kept by a process, by whose name alone it may be written. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  at,
  MAX_LISTED,
  numberAt,
  RECORD_ANNOTATION,
  REGISTER_NAME,
  REGISTER_PLURAL,
  registerPath,
  textAt,
} from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor, listedNodes } from '../../support/floor.ts';
import { until } from '../../support/until.ts';
import { serveAsProcess, type ServingProcess } from '../../support/webhook-process.ts';

const HOUR_MS = 3_600_000;
const KEEPER = 'keeper';
const HELD = 'node-1';
const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${REGISTER_PLURAL}.kubectl-maint.io`;
const GUARD = "ValidatingAdmissionPolicy 'register.kubectl-maint.io'";

let plane: ControlPlane;
let controller: ServingProcess;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: 3,
    controllerManager: false,
    scheduler: false,
    users: [{ name: KEEPER, groups: ['system:masters'] }],
  });
  await installFloor(plane, `--controller=${KEEPER}`);
  controller = await serveAsProcess(plane, ['--host=127.0.0.1', '--with-controller'], { user: KEEPER });
  await mark(HELD, 'x');
  await until('it is listed', async () => (await listedNodes(plane))?.includes(HELD) === true);
});
afterAll(async () => {
  await controller.stop();
  await plane.stop();
});

async function mark(node: string, value: string | null): Promise<void> {
  const metadata = { annotations: { [RECORD_ANNOTATION]: value } };
  expect(await plane.api('PATCH', `/api/v1/nodes/${node}`, { metadata })).toMatchObject({ status: 200 });
}

const LABELS = { 'kubectl-maint.io/work': 'scan' };
const POD = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'c', image: 'i' }] } };

/** What the API server says to a scan: empty where it passes. */
async function scan(): Promise<string> {
  const pod = { ...POD, metadata: { name: 'scan', labels: LABELS } };
  const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod);
  return status === 201 ? '' : (textAt(body, 'message') ?? String(status));
}

/** What the API server says to a write of the register by its administrator, who is a stranger to it. */
async function asStranger(method: string, body?: object): Promise<string> {
  const answer = await plane.api(method, registerPath(REGISTER_NAME), body);
  return answer.status < 300 ? '' : (textAt(answer.body, 'message') ?? String(answer.status));
}

const EMPTIED = { spec: { nodes: { [HELD]: null } } };
const LISTS_ANOTHER = { spec: { nodes: { [HELD]: {}, 'node-9': {} } } };

test('a node that somebody marked by hand counts, whatever the annotation says', async () => {
  expect(await scan()).toContain(
    `while node ${HELD} is in maintenance. Node ${HELD}: in maintenance, its record cannot be read. `,
  );
});

describe('its guard', () => {
  test.each<[string, string, object?]>([
    ['empty it', 'PATCH', EMPTIED],
    ['list another node', 'PATCH', LISTS_ANOTHER],
    ['delete it', 'DELETE'],
  ])('nobody else may %s, whatever else they may', async (_, method, body) => {
    const said = await asStranger(method, body);
    expect(said).toContain(GUARD);
    expect(said).toContain(`admin may not change it: the controller (${KEEPER}) keeps it as the nodes are`);
    expect(await listedNodes(plane)).toEqual([HELD]);
  });

  test('labels and annotations are nobody’s business', async () => {
    expect(await asStranger('PATCH', { metadata: { labels: { team: 'a' } } })).toBe('');
  });
});

describe('without its guard it is put right', () => {
  beforeAll(async () => {
    const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
    expect(await plane.kubectl(['delete', kinds, 'register.kubectl-maint.io'])).toMatchObject({ code: 0 });
    await until('strangers may write it', async () => (await asStranger('PATCH', LISTS_ANOTHER)) === '');
  });

  test.each<[string, () => Promise<string>]>([
    ['a stranger lists another node', () => asStranger('PATCH', LISTS_ANOTHER)],
    ['it is emptied', () => asStranger('PATCH', EMPTIED)],
    ['it is deleted', () => asStranger('DELETE')],
  ])('after %s', async (_, change) => {
    expect(await change()).toBe('');
    await until('it is as the nodes are', async () => (await listedNodes(plane))?.join() === HELD);
    await until('the floor refuses', async () => (await scan()).includes(HELD));
  });
});

describe('updates have a clock, too', () => {
  const exceptedUntil = (end: number) => ({
    version: 1,
    claims: [{ owner: 'ana', mode: 'cordon', since: '2026-01-05T20:00:00Z' }],
    before: { cordoned: false },
    exceptions: [{ rules: ['scan'], until: new Date(end).toISOString(), by: 'ana', reason: 'audit' }],
    initiatedAt: '2026-01-05T20:00:00Z',
  });
  /** When the exception ends by which the floor goes, in ms. */
  const listedEnd = async (): Promise<number> => {
    const register = (await plane.api('GET', registerPath(REGISTER_NAME))).body;
    return Date.parse(textAt(register, 'spec', 'nodes', HELD, 'exceptions', 'scan') ?? '');
  };
  const SUSPENDED = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'scan' },
    spec: {
      suspend: true,
      template: { metadata: { labels: LABELS }, spec: { ...POD.spec, restartPolicy: 'Never' } },
    },
  };
  const JOBS = '/apis/batch/v1/namespaces/default/jobs';
  const resume = async (metadata?: object): Promise<string> => {
    const { status, body } = await plane.api('PATCH', `${JOBS}/scan?dryRun=All`, {
      metadata,
      spec: { suspend: false },
    });
    return status === 200 ? '' : (textAt(body, 'message') ?? String(status));
  };

  test('a Job that was made during an exception is not resumed after it; who takes the stamps away is excepted from nothing', async () => {
    const excepted = (end: number) => mark(HELD, JSON.stringify(exceptedUntil(end)));
    await excepted(Date.now() + HOUR_MS);
    await until('the exception is known', async () => (await scan()) === '');
    expect(await plane.api('POST', JOBS, SUSPENDED)).toMatchObject({ status: 201 });
    expect(await resume()).toBe('');
    expect(await resume({ managedFields: [{}] })).toContain('scan: ');
    // However long all that took: it ends a moment after this.
    const end = Date.now() + 2000;
    await excepted(end);
    await until('its end is listed', async () => (await listedEnd()) === end);
    await until('the exception is over', async () => (await resume()) !== '');
    expect(await resume()).toContain('scan: work labelled');
    await mark(HELD, 'x');
  });
});

test('a whole cluster in maintenance, all of it excepted, is looked through within what an expression may cost', async () => {
  await controller.stop();
  const end = '2099-01-01T00:00:00Z';
  const entry = { why: 'x', exceptions: { scan: end, backup: end } };
  const nodes = Object.fromEntries(Array.from({ length: MAX_LISTED }, (_, index) => [`n${index}`, entry]));
  expect(await asStranger('PATCH', { spec: { nodes: { ...nodes, [HELD]: null } } })).toBe('');
  await until('scans pass', async () => (await scan()) === '');
  expect(await asStranger('PATCH', { spec: { nodes: { n4999: { why: 'last', exceptions: null } } } })).toBe('');
  await until('one that is not excepted is found', async () => (await scan()).includes('Node n4999: last'));
  const register = (await plane.api('GET', registerPath(REGISTER_NAME))).body;
  expect(numberAt(register, 'spec', 'unlisted')).toBe(0);
  expect(JSON.stringify(at(register, 'metadata', 'managedFields')).length).toBeLessThan(10_000);
});

test('without its definition nothing is blocked', async () => {
  expect(await plane.api('DELETE', DEFINITION)).toMatchObject({ status: 200 });
  await until('scans pass', async () => (await scan()) === '');
  await until('the kind is gone', async () => (await plane.api('GET', DEFINITION)).status === 404);
  expect(await scan()).toBe('');
});
