import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { CauseGroup } from '../../../../plugin/drain/cause.ts';
import type { GateState } from '../../../../plugin/health/gate.ts';
import { showLive } from '../../../../plugin/session/live.ts';
import { renderGates } from '../../../../plugin/verbs/off/live.ts';
import { renderDrains } from '../../../../plugin/verbs/on/live.ts';
import type { NodeProgress } from '../../../../plugin/drain/events.ts';
import {
  printReport,
  screenFromStreams,
  wantsColour,
  type LiveArea,
  type Output,
} from '../../../../plugin/terminal/screen.ts';
import { gateState } from '../gate-state.ts';
import { settle, toldSession } from '../world.ts';

function progressOf(node: string, fields: Partial<NodeProgress> = {}): NodeProgress {
  return { node, phase: 'pods', left: 0, total: 0, causes: [], ...fields };
}

function because(text: string, ...names: readonly string[]): CauseGroup {
  return { kind: 'server', text, names };
}

describe('the view of drains', () => {
  test.each<[string, readonly NodeProgress[], readonly string[]]>([
    ['no nodes, no lines', [], []],
    ['nothing to do: an empty bar', [progressOf('n1')], ['n1  [....................]  0/0']],
    ['none gone', [progressOf('n1', { left: 3, total: 3 })], ['n1  [....................]  0/3']],
    ['a part of a cell is not shown', [progressOf('n1', { left: 2, total: 3 })], ['n1  [######..............]  1/3']],
    ['all but one gone is not all', [progressOf('n1', { left: 1, total: 99 })], ['n1  [###################.]  98/99']],
    ['all gone: a full bar', [progressOf('n1', { total: 3 })], ['n1  [####################]  3/3']],
    [
      'pods that wait are counted, over all causes, and told below',
      [progressOf('n1', { left: 4, total: 4, causes: [because('busy', 'ns/a', 'ns/b'), because('slow', 'ns/c')] })],
      ['n1  [....................]  0/4  3 waiting', '  busy: ns/a, ns/b', '  slow: ns/c'],
    ],
    [
      'volumes are waited for',
      [progressOf('n1', { phase: 'volumes', total: 1, causes: [because('attached', 'pv-a')] })],
      ['n1  [####################]  1/1  waiting for volumes', '  attached: pv-a'],
    ],
    [
      'replacements are waited for',
      [progressOf('n1', { phase: 'replacements', total: 1 })],
      ['n1  [####################]  1/1  waiting for replacements'],
    ],
    [
      'three causes of a node are told, and no more',
      [progressOf('n1', { left: 4, total: 4, causes: ['a', 'b', 'c', 'd'].map((text) => because(text, 'ns/x')) })],
      ['n1  [....................]  0/4  4 waiting', '  a: ns/x', '  b: ns/x', '  c: ns/x'],
    ],
    [
      'columns of several nodes are aligned, each with its own causes',
      [progressOf('n1', { left: 1, total: 1, causes: [because('busy', 'ns/a')] }), progressOf('node-10', { total: 2 })],
      ['n1       [....................]  0/1  1 waiting', '  busy: ns/a', 'node-10  [####################]  2/2'],
    ],
  ])('%s', (_what, progresses, lines) => {
    expect(renderDrains(progresses, { columns: 80, rows: 24 })).toEqual(lines);
  });

  test.each([
    [31, 'n1  [....................]  0/1'],
    [30, 'n1  [....................]  0…'],
    [1, '…'],
  ])('a line is at most %d columns wide', (columns, line) => {
    expect(renderDrains([progressOf('n1', { left: 1, total: 1 })], { columns, rows: 24 })).toEqual([line]);
  });

  const [done, busy] = ['[####################]  1/1', '[....................]  0/1  1 waiting'];
  test.each([
    [6, [`n1  ${done}`, `n2  ${busy}`, '  late: ns/a', `n3  ${busy}`, '  late: ns/a']],
    [5, [`n2  ${busy}`, '  late: ns/a', `n3  ${busy}`, '  late: ns/a']],
    [4, [`n2  ${busy}`, `n3  ${busy}`]],
    [2, ['... and 2 more nodes']],
    [1, ['... and 2 more nodes']],
  ])('in %d rows, one of them for the cursor, what is done goes first, then causes, then nodes', (rows, lines) => {
    const waiting = { left: 1, total: 1, causes: [because('late', 'ns/a')] };
    const all = [progressOf('n1', { total: 1 }), progressOf('n2', waiting), progressOf('n3', waiting)];
    expect(renderDrains(all, { columns: 80, rows })).toEqual(lines);
  });
});

describe('the view of nodes that come back', () => {
  const clean = gateState({ cleanFor: 12 });
  const late = 'DaemonSet kube-system/agent is not current and Ready on it';

  test.each<[string, readonly GateState[], readonly string[]]>([
    ['no nodes, no lines', [], []],
    ['clean', [clean], ['n1  add-ons current  Ready  heartbeat 3s ago  no pressure  stable for 12s of 30s']],
    [
      'every criterion that is not met, and what is wrong below',
      [
        {
          ...clean,
          addons: ['kube-system/agent'],
          ready: false,
          heartbeatAge: 95,
          pressures: ['DiskPressure'],
          problems: [late, 'not Ready (no CNI)', 'DiskPressure', 'no heartbeat since then'],
        },
      ],
      [
        'n1  add-ons behind: 1  not Ready  heartbeat 95s ago  DiskPressure  waits',
        `  ${late}`,
        '  not Ready (no CNI)',
        '  DiskPressure',
      ],
    ],
    [
      'one without a Lease below one that cannot be read: columns are aligned',
      [
        { ...clean, ready: undefined, heartbeatAge: undefined, problems: ['API server: 503'] },
        { ...clean, node: 'n10', heartbeatAge: undefined, problems: ['no heartbeat (no Lease)'] },
      ],
      [
        'n1   not seen',
        '  API server: 503',
        'n10  add-ons current  Ready  no heartbeat  no pressure  waits',
        '  no heartbeat (no Lease)',
      ],
    ],
  ])('%s', (_what, states, lines) => {
    expect(renderGates(states, { columns: 120, rows: 24 })).toEqual(lines);
  });

  test('words of a kubelet cannot move the cursor', () => {
    const lines = renderGates([{ ...clean, problems: ['not Ready (\u001b[2J\nhello)'] }], { columns: 80, rows: 24 });
    expect(lines[1]).toBe('  not Ready ( [2J hello)');
  });
});

describe('showing it', () => {
  /** A live area that remembers what was drawn: lines, or `cleared`. */
  function drawing(signal?: AbortSignal) {
    const { session, clock } = toldSession(signal);
    const drawn: unknown[] = [];
    const live: LiveArea = {
      show: (lines) => drawn.push(lines),
      clear: () => drawn.push('cleared'),
      remark: () => undefined,
      size: () => ({ columns: 80, rows: 24 }),
    };
    return { drawn, clock, session: { ...session, screen: { ...session.screen, live } } };
  }

  test('is drawn anew five times a second, as of then, until it is ended', async () => {
    const { drawn, clock, session } = drawing();
    let left = 2;
    const shown = showLive((size) => renderDrains([progressOf('n1', { left, total: 2 })], size), session);
    const [none, half] = [['n1  [....................]  0/2'], ['n1  [##########..........]  1/2']];
    expect(drawn).toEqual([none]);
    left = 1;
    await clock.pass(199);
    expect(drawn).toEqual([none]);
    await clock.pass(1);
    expect(drawn).toEqual([none, half]);
    shown.end();
    await clock.pass(1000);
    expect(drawn).toEqual([none, half, 'cleared']);
  });

  test('an interrupted command draws no more, and clears what it drew', async () => {
    const stop = new AbortController();
    const { drawn, clock, session } = drawing(stop.signal);
    const shown = showLive(() => [], session);
    stop.abort();
    await clock.pass(1000);
    expect(drawn).toEqual([[]]);
    shown.end();
    expect(drawn).toEqual([[], 'cleared']);
  });

  test('where nothing can be drawn nothing is asked for', async () => {
    const { session, clock } = toldSession();
    let asked = 0;
    const shown = showLive(() => {
      asked += 1;
      return [];
    }, session);
    await clock.pass(1000);
    shown.end();
    await settle();
    expect([asked, clock.slept]).toEqual([0, []]);
  });
});

/** A stream that remembers what was written. */
class Heard extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  text = '';

  constructor(shape: Pick<Output, 'isTTY' | 'columns'> = {}) {
    super();
    Object.assign(this, shape);
  }

  override write(chunk: unknown): boolean {
    this.text += String(chunk);
    return true;
  }
}

const UP = (lines: number): string => `\r\u001b[${lines}A\u001b[J`;

/** The lines that somebody sees after a terminal has got this text. */
function seen(text: string): readonly string[] {
  const lines: string[] = [];
  // eslint-disable-next-line no-control-regex -- the terminal is told so
  for (const [, up, line] of text.matchAll(/\r\u001b\[(\d+)A\u001b\[J|([^\n\u001b]*)\n/g)) {
    if (up === undefined) lines.push(line ?? '');
    else lines.splice(lines.length - Number(up));
  }
  return lines;
}

describe('a screen', () => {
  test('results go to stdout, everything else to stderr', () => {
    const [out, err] = [new Heard(), new Heard()];
    const screen = screenFromStreams(out, err, {});
    screen.result('node/n1 drained');
    screen.note('a note');
    screen.warn('a warning');
    expect(out.text).toBe('node/n1 drained\n');
    expect(err.text).toBe('a note\nWarning: a warning\n');
  });

  test.each<[string, boolean, Pick<Output, 'isTTY'>, Readonly<Record<string, string>>]>([
    ['a terminal', true, { isTTY: true }, { TERM: 'xterm' }],
    ['a terminal that does not say which', true, { isTTY: true }, {}],
    ['a file', false, {}, {}],
    ['what says that it is no terminal', false, { isTTY: false }, {}],
    ['a terminal that cannot move its cursor', false, { isTTY: true }, { TERM: 'dumb' }],
    ['a person who wants it plain', false, { isTTY: true }, { NO_COLOR: '1' }],
    ['a variable that is set to nothing', true, { isTTY: true }, { NO_COLOR: '' }],
  ])('%s: a live area is %s', (_what, isLive, shape, env) => {
    expect(screenFromStreams(new Heard({ isTTY: true }), new Heard(shape), env).live !== undefined).toBe(isLive);
    expect(screenFromStreams(new Heard(), new Heard(shape), env).live !== undefined).toBe(isLive);
  });

  test.each<[string, boolean, Pick<Output, 'isTTY'>, Readonly<Record<string, string>>]>([
    ['a terminal', true, { isTTY: true }, {}],
    ['one that cannot move its cursor', true, { isTTY: true }, { TERM: 'dumb' }],
    ['a file', false, {}, {}],
    ['what says that it is no terminal', false, { isTTY: false }, {}],
    ['a person who wants it plain', false, { isTTY: true }, { NO_COLOR: '1' }],
    ['a variable that is set to nothing', true, { isTTY: true }, { NO_COLOR: '' }],
  ])('%s: colour is %s', (_what, wants, shape, env) => {
    expect(wantsColour(shape, env)).toBe(wants);
  });
});

describe('a live area', () => {
  /** A terminal that stdout and stderr both write to. */
  function terminal(columns?: number) {
    const stream = new Heard({ isTTY: true, ...(columns === undefined ? {} : { columns }) });
    const screen = screenFromStreams(stream, stream, {});
    const { live } = screen;
    if (live === undefined) throw new Error('no live area');
    return { stream, screen, live };
  }

  test('is drawn over what it showed before', () => {
    const { stream, live } = terminal();
    live.show(['a', 'b']);
    live.show(['c']);
    live.clear();
    expect(stream.text).toBe(`a\nb\n${UP(2)}c\n${UP(1)}`);
  });

  test('takes back every row where the terminal has become narrower, or a line was too long for it', () => {
    const stream = new Heard({ isTTY: true, columns: 10 });
    const { live } = screenFromStreams(stream, stream, {});
    live?.show(['\u001b[31m0123456789\u001b[0m', '']);
    live?.remark('ten and one');
    stream.text = '';
    expect(live?.size().rows).toBe(22);
    Object.assign(stream, { columns: 5 });
    live?.clear();
    expect(stream.text).toBe(`${UP(6)}ten and one\n`);
  });

  test('says nothing but ASCII to a terminal that knows no more', () => {
    const said = (env: Readonly<Record<string, string>>): string => {
      const stream = new Heard({ isTTY: true });
      const screen = screenFromStreams(stream, stream, env);
      screen.note('a…');
      screen.warn('\u0007');
      screen.live?.show(['b…']);
      return stream.text;
    };
    expect(said({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' })).toBe('a~\nWarning: ?\nb~\n');
    expect(said({ LC_ALL: '', LANG: 'POSIX' })).toBe('a~\nWarning: ?\nb~\n');
    expect(said({ LC_ALL: 'C.UTF-8', LANG: 'C' })).toBe('a…\nWarning: �\nb…\n');
    expect(said({})).toBe('a…\nWarning: �\nb…\n');
  });

  test('results for people are in ASCII then, too, and those for programs stay as they are', () => {
    const out = new Heard({});
    const screen = screenFromStreams(out, new Heard({}), { LC_ALL: 'C' });
    screen.result('a…');
    screen.data('b…');
    printReport(screen, 'c…', true);
    printReport(screen, 'd…', false);
    expect(out.text).toBe('a~\nb…\nc~\nd…\n');
  });

  test('that showed nothing moves no cursor', () => {
    const { stream, live } = terminal();
    live.clear();
    live.show([]);
    live.clear();
    expect(stream.text).toBe('');
  });

  test('stays below every line that is written meanwhile', () => {
    const { stream, screen, live } = terminal();
    screen.note('before');
    live.show(['bar 1', 'bar 2']);
    screen.result('result');
    screen.warn('careful');
    screen.note('note');
    expect(seen(stream.text)).toEqual(['before', 'result', 'Warning: careful', 'note', 'bar 1', 'bar 2']);
    live.show(['bar 3']);
    expect(seen(stream.text).slice(-2)).toEqual(['note', 'bar 3']);
    live.clear();
    screen.note('after');
    expect(seen(stream.text)).toEqual(['before', 'result', 'Warning: careful', 'note', 'after']);
  });

  test('on stderr leaves a stdout that is no terminal plain', () => {
    const [out, err] = [new Heard(), new Heard({ isTTY: true })];
    const screen = screenFromStreams(out, err, {});
    screen.live?.show(['bar']);
    screen.result('result');
    expect(out.text).toBe('result\n');
    expect(err.text).toBe(`bar\n${UP(1)}bar\n`);
  });

  test.each([
    [120, 120],
    [undefined, 80],
    [0, 80],
  ])('on a terminal of %s columns is %d wide', (columns, width) => {
    expect(terminal(columns).live.size()).toEqual({ columns: width, rows: 24 });
  });
});
