/** The webhook of somebody else beside ours: what a caller sees of two refusals, and what the outage of one makes of the other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';
import { startWebhook, type WebhookProcess } from '../support/webhook-process.ts';
import { Workloads } from '../support/workloads.ts';

/** What the API server does with a request that a webhook does not answer. */
export type FailurePolicy = 'Ignore' | 'Fail';

/** A webhook that refuses pods and Jobs which name a node in maintenance; it may end and be started again at the same address. */
export interface OtherWebhook {
  readonly pid: number;
  /** It is asked from then on, and its rule is in force. */
  register(failurePolicy: FailurePolicy): Promise<void>;
  end(): Promise<void>;
  startAgain(): Promise<void>;
}

/** How one is told from the other. */
export interface Words {
  /** Of its entries in the registration. */
  readonly name: RegExp;
  readonly refuses: RegExp;
  readonly isDown: RegExp;
}

const [HELD, DRAINED] = ['held', 'drained'];

const OURS: Words = {
  name: /kubectl-maint\.io$/,
  refuses: /admission webhook "[^"]*kubectl-maint\.io" denied the request: .*is in maintenance/,
  isDown: /failed calling webhook "[^"]*kubectl-maint\.io"/,
};
const CREATED = 'created (server dry run)';

const container = { name: 'c', image: 'example.org/app:1' };
const pinned = { nodeSelector: { 'kubernetes.io/hostname': HELD } };

/** A scan while a node is in maintenance: it names none. */
const ofOurs = jobOf('scan', {});
/** An ordinary pod that asks for the node: ours lets the scheduler decide. */
const ofTheirs = podOf(pinned);
/** A backup of the node. */
const ofBoth = jobOf('backup', pinned);
/** A pod that passes by the scheduler: ours warns by default. */
const warnedOf = podOf({ nodeName: HELD });
const ofNobody = podOf({});

function podOf(spec: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [container], ...spec },
  };
}

function jobOf(work: string, spec: object): object {
  const labels = { 'kubectl-maint.io/work': work };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default', labels },
    spec: { template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container], ...spec } } },
  };
}

/** What more tests of the same file need, while they run. */
export interface Beside {
  readonly plane: () => ControlPlane;
  readonly plugin: () => PluginRunner;
  readonly other: () => OtherWebhook;
}

/** Tells the story of the two; tests that are told before it ends the webhooks are `between`. */
export function describeBeside(
  start: (plane: ControlPlane) => Promise<OtherWebhook>,
  theirs: Words,
  between: (beside: Beside) => void = () => undefined,
): void {
  let plane: ControlPlane;
  let plugin: PluginRunner;
  let webhook: WebhookProcess;
  let other: OtherWebhook;

  beforeAll(async () => {
    plane = await startControlPlane({ nodes: [HELD, DRAINED, 'third'].map((name) => ({ name })) });
    plugin = pluginRunner(plane);
    webhook = await startWebhook(plane);
    await webhook.register();
    other = await start(plane);
    await other.register('Ignore');
    await maint('on', HELD, '--mode=cordon');
    await until('the other webhook knows of the node', async () => theirs.refuses.test(await answerTo(ofTheirs)));
    await until('ours knows of it', async () => OURS.refuses.test(await answerTo(ofOurs)));
  });

  afterAll(async () => {
    await other.end();
    await webhook.stop();
    await plane.stop();
  });

  async function maint(verb: string, node: string, ...flags: readonly string[]): Promise<void> {
    const ran = await plugin.maint([verb, node, '--owner=ana', ...flags]);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
  }

  /** What somebody is told who creates it, in a dry run. */
  async function answerTo(object: object): Promise<string> {
    const { stdout, stderr } = await plane.kubectl(['create', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify(object),
    });
    return `${stdout}${stderr}`;
  }

  /** Creates what both refuse while one of them stands still, until the API server has been told the refusal of the other. */
  async function whileStopped(pid: number, refusing: Words): Promise<string> {
    const before = await refusalsOf(refusing);
    process.kill(pid, 'SIGSTOP');
    try {
      const answer = answerTo(ofBoth);
      await until('the other webhook has refused', async () => (await refusalsOf(refusing)) > before);
      process.kill(pid, 'SIGCONT');
      return await answer;
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  /** How often the API server has been told so, by its own count. */
  async function refusalsOf({ name }: Words): Promise<number> {
    const { body } = await plane.api('GET', '/metrics');
    const counts = String(body).matchAll(/^apiserver_admission_webhook_rejection_count\{.*name="([^"]*)".*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, of = '', count]) => sum + (name.test(of) ? Number(count) : 0), 0);
  }

  /** The pods of a Deployment are evicted from their node, which comes back. */
  async function drainAndReturn(): Promise<void> {
    await new Workloads(plane).deployment('web', { namespace: 'default', node: DRAINED }, 2);
    try {
      await maint('on', DRAINED);
      const { body } = await plane.api('GET', `/api/v1/namespaces/default/pods?fieldSelector=spec.nodeName=${DRAINED}`);
      expect(body).toMatchObject({ items: [] });
    } finally {
      await plane.api('DELETE', '/apis/apps/v1/namespaces/default/deployments/web');
      await maint('off', DRAINED, '--healthy-for=0s');
    }
  }

  async function expectOneOf(object: object, ...words: readonly RegExp[]): Promise<void> {
    const answer = await answerTo(object);
    expect([answer, words.some((one) => one.test(answer))]).toEqual([answer, true]);
  }

  describe('while both answer', () => {
    test('each refuses what it is about, and lets through what the other one is about', async () => {
      expect(await answerTo(ofOurs)).toMatch(OURS.refuses);
      expect(await answerTo(ofTheirs)).toMatch(theirs.refuses);
      expect(await answerTo(ofNobody)).toContain(CREATED);
    });

    test('of two refusals the caller sees the one that came first, and nothing of the other', async () => {
      const ourFirst = await whileStopped(other.pid, OURS);
      expect(ourFirst).toMatch(OURS.refuses);
      expect(ourFirst).not.toMatch(theirs.refuses);
      const theirFirst = await whileStopped(webhook.pid, theirs);
      expect(theirFirst).toMatch(theirs.refuses);
      expect(theirFirst).not.toMatch(OURS.refuses);
    });

    test('a warning of ours is shown beside their refusal', async () => {
      const answer = await answerTo(warnedOf);
      expect(answer).toMatch(theirs.refuses);
      expect(answer).toMatch(new RegExp(`^Warning: .*node ${HELD}, which is in maintenance`, 'm'));
    });

    test('a drain goes on', () => drainAndReturn());
  });

  describe('while the other one has ended', () => {
    async function endedWith(failurePolicy: FailurePolicy): Promise<void> {
      await other.register(failurePolicy);
      await other.end();
    }

    test('with failurePolicy Ignore our verdicts are the same, and a drain goes on', async () => {
      await endedWith('Ignore');
      expect(await answerTo(ofOurs)).toMatch(OURS.refuses);
      expect(await answerTo(ofBoth)).toMatch(OURS.refuses);
      expect(await answerTo(ofNobody)).toContain(CREATED);
      expect(await answerTo(ofTheirs)).toContain(CREATED);
      await drainAndReturn();
      await other.startAgain();
    });

    test('with failurePolicy Fail what we refuse stays refused, and what we let through is refused for it', async () => {
      await endedWith('Fail');
      await until('the API server misses it', async () => theirs.isDown.test(await answerTo(ofNobody)));
      await expectOneOf(ofOurs, OURS.refuses, theirs.isDown);
      await expectOneOf(ofBoth, OURS.refuses, theirs.isDown);
      await other.startAgain();
      await until('what nobody refuses passes again', async () => (await answerTo(ofNobody)).includes(CREATED));
      const { body } = await plane.api('GET', `/api/v1/nodes/${HELD}`);
      expect(textAt(body, 'metadata', 'annotations', 'kubectl-maint.io/maintenance')).toContain('ana');
    });
  });

  between({ plane: () => plane, plugin: () => plugin, other: () => other });

  describe('while our webhook has ended', () => {
    // Killed, and not stopped: its certificate is registered once more.
    beforeAll(async () => {
      await other.register('Ignore');
      await until('the other one refuses again', async () => theirs.refuses.test(await answerTo(ofTheirs)));
      process.kill(webhook.pid, 'SIGKILL');
    });

    test('with failurePolicy Ignore their verdicts are the same', async () => {
      await webhook.register('Ignore');
      await until('the API server does without ours', async () => (await answerTo(ofNobody)).includes(CREATED));
      expect(await answerTo(ofTheirs)).toMatch(theirs.refuses);
      expect(await answerTo(ofBoth)).toMatch(theirs.refuses);
      expect(await answerTo(ofOurs)).toContain(CREATED);
    });

    test('with failurePolicy Fail what they refuse stays refused', async () => {
      await webhook.register('Fail');
      await until('the API server misses ours', async () => OURS.isDown.test(await answerTo(ofNobody)));
      await expectOneOf(ofTheirs, theirs.refuses, OURS.isDown);
      await expectOneOf(ofBoth, theirs.refuses, OURS.isDown);
    });
  });
}
