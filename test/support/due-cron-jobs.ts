/** CronJobs of backups that a real controller-manager runs, is refused, and pauses for. */
import { listAt, numberAt, textAt } from '../../shared/index.ts';
import { until } from './until.ts';
import type { Workloads } from './workloads.ts';

const CRONJOBS = '/apis/batch/v1/namespaces/shop/cronjobs';

/** Refused so often in a row, its controller pauses for 10 s (5 ms, doubled each time); then a Job is there in less. */
const OFTEN = 12;
const SOONER_MS = 8000;

/** CronJobs in the namespace `shop`. */
export class DueCronJobs {
  readonly #world: Workloads;

  constructor(world: Workloads) {
    this.#world = world;
  }

  /** One of a backup that only one node suits, and that is due: it has missed the last minutes. */
  async make(name: string, node: string): Promise<void> {
    const labels = { 'kubectl-maint.io/work': 'backup' };
    const spec = {
      nodeSelector: { 'kubernetes.io/hostname': node },
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'backup:1' }],
    };
    const template = { metadata: { labels }, spec };
    await this.#world.create(CRONJOBS, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name, namespace: 'shop' },
      spec: { schedule: '* * * * *', jobTemplate: { metadata: { labels }, spec: { template } } },
    });
    const lastScheduleTime = new Date(Date.now() - 180_000).toISOString();
    await this.#world.patch(`${CRONJOBS}/${name}/status`, { status: { lastScheduleTime } });
  }

  remove(name: string): Promise<void> {
    return this.#world.remove(`${CRONJOBS}/${name}`);
  }

  /** Waits until one says that it was refused, and by whom. */
  async isRefused(name: string, by: string): Promise<void> {
    await until(`${name} is refused by ${by}`, async () =>
      (await this.#events(name)).some((event) => textAt(event, 'message')?.includes(by)),
    );
  }

  /** Waits until it was refused so often that its controller pauses for long. */
  async pauses(name: string): Promise<void> {
    await until(`${name} pauses for long`, async () => {
      const counts = (await this.#events(name)).map((event) => numberAt(event, 'count') ?? 0);
      return counts.reduce((sum, count) => sum + count, 0) >= OFTEN;
    });
  }

  /** Waits, for less than it would pause, until there is a Job of it. */
  async makesUp(name: string): Promise<void> {
    const path = '/apis/batch/v1/namespaces/shop/jobs';
    const isThere = async (): Promise<boolean> =>
      listAt(await this.#world.get(path), 'items').some((job) => textAt(job, 'metadata', 'name')?.startsWith(name));
    await until(`the latest run of ${name} is made up for`, isThere, { giveUpAfterMs: SOONER_MS });
  }

  /** What its controller says, a refusal each. */
  async #events(name: string): Promise<readonly unknown[]> {
    const path = `/api/v1/namespaces/shop/events?fieldSelector=involvedObject.name%3D${name}`;
    return listAt(await this.#world.get(path), 'items');
  }
}
