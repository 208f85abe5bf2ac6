import { expect, test } from 'vitest';
import { AppendedRows, LiveTable } from '../../../../plugin/verbs/status/view.ts';
import { statusFrom, type NodeStatus } from '../../../../plugin/verbs/status/node-status.ts';
import { HeardScreen, nodeSnapshot, START } from '../world.ts';

const STYLE = { width: 0, colour: false };

/** A node as it is without a record, cordoned or not. */
function node(name: string, unschedulable: boolean, more: Partial<NodeStatus> = {}): NodeStatus {
  return { ...statusFrom(nodeSnapshot(name, { unschedulable }), undefined, START), ...more };
}

const beat = (ageSeconds: number) => ({ renewedAt: `t${ageSeconds}`, ageSeconds, leaseSeconds: 40 });

test('rows are appended when something has changed, and the heartbeat alone is no change', async () => {
  const screen = new HeardScreen();
  const view = new AppendedRows('table', screen, STYLE);
  await view.show([node('n1', true), node('n2', true)], START);
  await view.show([node('n1', true, { heartbeat: beat(1) }), node('n2', true)], START);
  await view.show([node('n1', true, { heartbeat: beat(9) }), node('n2', true)], START);
  await view.show([node('n1', false), node('n2', true)], START);
  await view.show([node('n1', false)], START);
  await view.show([node('n1', false)], START);
  view.tick();
  view.end();
  const rows = screen.results.join('\n').split('\n');
  expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2).join(' '))).toEqual([
    'NAME STATE',
    'n1 Cordoned',
    'n2 Cordoned',
    'n1 Cordoned',
    'n1 None',
    'n2 Deleted',
  ]);
  expect(new Set(rows.map((row) => row.indexOf('<none>'))).size).toBe(2);
});

test('one object a line, a document each, or names', async () => {
  const said = async (format: 'json' | 'yaml' | 'name') => {
    const screen = new HeardScreen();
    const view = new AppendedRows(format, screen, STYLE);
    await view.show([node('n1', true), node('n2', true)], START);
    await view.show([node('n1', false), node('n2', true)], START);
    return screen.results;
  };
  const lines = (await said('json')).join('\n').split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { name: 'n1', state: 'Cordoned' },
    { name: 'n2', state: 'Cordoned' },
    { name: 'n1', state: 'None' },
  ]);
  expect((await said('yaml')).join('\n').match(/^---$/gm)).toHaveLength(3);
  expect(await said('name')).toEqual(['node/n1\nnode/n2', 'node/n1']);
});

/** A terminal of a few rows. */
function terminal(columns: number, rows: number) {
  const shown: (readonly string[])[] = [];
  const area = {
    show: (lines: readonly string[]) => shown.push(lines),
    clear: () => shown.push([]),
    remark: () => undefined,
    size: () => ({ columns, rows }),
  };
  return { area, shown };
}

test('on a terminal the table is drawn anew, fits it, and its last state stays', async () => {
  const [screen, { area, shown }] = [new HeardScreen(), terminal(20, 4)];
  const view = new LiveTable('table', { area, screen }, { style: STYLE, all: false });
  view.tick(START);
  expect(shown).toEqual([]);
  await view.show(
    ['a', 'b', 'c', 'd'].map((name) => node(name, true)),
    START,
  );
  expect(shown.at(-1)).toEqual(['NAME   STATE      R…', 'a      Cordoned   <…', '... and 3 more nodes']);
  await view.show([node('a', true), node('b', false)], START);
  expect(shown.at(-1)).toHaveLength(2);
  view.end(START);
  expect(shown.at(-1)).toEqual([]);
  expect(screen.results.join('\n').split('\n')).toHaveLength(2);
});

test('on a terminal an end without nodes says so, and one before anything was read says nothing', async () => {
  const [screen, { area }] = [new HeardScreen(), terminal(80, 24)];
  const view = new LiveTable('table', { area, screen }, { style: STYLE, all: false });
  view.end(START);
  expect(screen.results).toEqual([]);
  await view.show([node('a', false)], START);
  view.end(START);
  expect(screen.results).toEqual(['No nodes in maintenance.']);
});

test('nodes that are named are shown whatever their state', async () => {
  const [screen, { area, shown }] = [new HeardScreen(), terminal(80, 24)];
  const view = new LiveTable('table', { area, screen }, { style: STYLE, all: true });
  await view.show([node('a', false)], START);
  expect(shown.at(-1)?.[1]).toMatch(/^a +None/);
});

test('in a pipe that there are none is said once, and only to people', async () => {
  const screen = new HeardScreen();
  const view = new AppendedRows('table', screen, STYLE);
  await view.show([], START);
  await view.show([], START);
  expect(screen.notes).toEqual(['No nodes in maintenance.']);
  await new AppendedRows('json', screen, STYLE).show([], START);
  expect(screen.notes).toHaveLength(1);
});

test('the width is the terminal as it is by then, both ways', async () => {
  const screen = new HeardScreen();
  const { area, shown } = terminal(20, 4);
  const size = { columns: 20, rows: 4 };
  const view = new LiveTable('table', { area: { ...area, size: () => size }, screen }, { style: STYLE, all: false });
  await view.show([node('a', true)], START);
  expect(shown.at(-1)?.[1]).toHaveLength(20);
  size.columns = 200;
  view.tick(START);
  expect(shown.at(-1)?.[1]).toMatch(/<none>$/);
  size.columns = 10;
  view.end(START);
  expect(screen.results).toEqual(['NAME   ST…\na      Co…']);
});
