import { describe, expect, test } from 'vitest';
import { statusFrom, type NodeStatus } from '../../../plugin/operations/node-status.ts';
import { renderStatus } from '../../../plugin/output/status.ts';
import { renderTable } from '../../../plugin/output/table.ts';
import { RECORD_ANNOTATION, STATE_LABEL } from '../../../shared/index.ts';
import { nodeSnapshot, START } from './world.ts';
import { like } from '../../support/like.ts';

describe('the table', () => {
  test('columns as kubectl aligns them', () => {
    expect(
      renderTable([
        ['NAME', 'AGE', 'X'],
        ['a', '100d', ''],
        ['long-name', '1s', 'y'],
      ]),
    ).toBe('NAME        AGE    X\na           100d\nlong-name   1s     y');
  });

  test('no rows, no text', () => {
    expect(renderTable([])).toBe('');
  });
});

const COMPLETE = JSON.stringify({
  version: 1,
  claims: [
    {
      owner: 'ana',
      mode: 'cordon',
      since: '2026-01-05T22:00:00Z',
      until: '2026-01-05T23:10:00Z',
      reason: 'disk',
      ticket: 'T-1',
    },
    { owner: 'ben', mode: 'drain', since: '2026-01-05T22:05:00Z', until: '2026-01-05T22:40:00Z' },
  ],
  before: { cordoned: false },
  initiatedAt: '2026-01-05T22:00:00Z',
  completedAt: '2026-01-05T22:06:00Z',
});

function status(
  annotation: string | undefined,
  shape: { label?: string; unschedulable?: boolean; conditions?: readonly object[] } = {},
): NodeStatus {
  const { label, ...rest } = shape;
  return statusFrom(
    nodeSnapshot('n1', {
      ...rest,
      annotations: annotation === undefined ? {} : { [RECORD_ANNOTATION]: annotation },
      labels: label === undefined ? {} : { [STATE_LABEL]: label },
    }),
    annotation === undefined ? undefined : 3,
  );
}

describe('the status of a node', () => {
  test.each([
    ['complete', 'Complete'],
    ['initiated', 'Initiated'],
    ['returning', 'Returning'],
    ['__proto__', 'Initiated'],
    [undefined, 'Initiated'],
  ])('label %s: %s', (label, state) => {
    expect(status(COMPLETE, label === undefined ? {} : { label })).toMatchObject({
      state,
      mode: 'drain',
      since: '2026-01-05T22:00:00Z',
      until: '2026-01-05T23:10:00Z',
      podsLeft: 3,
    });
  });

  test('without a record', () => {
    expect(status(undefined)).toEqual({
      name: 'n1',
      state: 'None',
      mode: null,
      since: null,
      until: null,
      claims: [],
      podsLeft: null,
      ready: true,
      schedulable: true,
      progress: '',
      problems: [],
    });
    expect(status(undefined, { unschedulable: true, label: 'complete' })).toMatchObject({
      state: 'Cordoned',
      schedulable: false,
    });
  });

  test('with one that cannot be read', () => {
    expect(status('{"version":1}')).toMatchObject({ state: 'Unreadable', mode: null });
    expect(status('{"version":1}').problems.length).toBeGreaterThan(1);
  });

  test('the condition tells what the drain waits for, while it does', () => {
    const condition = { type: 'DrainInProgress', status: 'True', message: '1 of 2 pods left' };
    expect(status(COMPLETE, { conditions: [condition] })).toMatchObject({ progress: '1 of 2 pods left', ready: false });
    expect(status(COMPLETE, { conditions: [{ ...condition, status: 'False' }] }).progress).toBe('');
  });
});

describe('formats', () => {
  const one = status(COMPLETE, { label: 'complete' });

  test('table and wide', async () => {
    expect(await renderStatus([one], 'table', START)).toBe(
      'NAME   STATE      MODE    AGE   UNTIL    OWNERS    PODS LEFT   READY\nn1     Complete   drain   10m   in 60m   ana,ben   3           True',
    );
    const wide = await renderStatus([one, status('nonsense')], 'wide', START);
    expect(wide.split('\n')).toEqual([
      like(/READY +REASON +PROGRESS$/),
      like(/True +T-1 disk +<none>$/),
      like(/^n1 +Unreadable .* True +<none> +is not JSON$/),
    ]);
  });

  test('overdue, and control characters of a stranger', async () => {
    const text = COMPLETE.replace('"disk"', JSON.stringify('\u001b[31mred\nline')).replace(
      '"ana"',
      JSON.stringify('an\u0007a'),
    );
    const table = await renderStatus([status(text)], 'wide', START + 4 * 3_600_000);
    expect(table).toContain('overdue 3h');
    expect(table.split('\n')).toHaveLength(2);
    // eslint-disable-next-line no-control-regex -- that none is left is the point
    expect(table.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
  });

  test('name, json, and nothing', async () => {
    expect(await renderStatus([one, one], 'name', START)).toBe('node/n1\nnode/n1');
    expect(await renderStatus([], 'name', START)).toBe('');
    expect(await renderStatus([], 'wide', START)).toBe('');
    expect(JSON.parse(await renderStatus([one], 'json', START))).toEqual({
      apiVersion: 'kubectl-maint.io/v1alpha1',
      kind: 'MaintenanceStatusList',
      items: [one],
    });
    expect(await renderStatus([], 'yaml', START)).toBe(
      'apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenanceStatusList\nitems: []',
    );
  });
});
