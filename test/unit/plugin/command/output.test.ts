import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareOutput } from '../../../../plugin/command/files.ts';
import { linesUnder, outputSink } from '../../../../plugin/command/output.ts';
import { watchSilence } from '../../../../plugin/command/silence.ts';
import { HeardScreen, settle, ToldClock } from '../world.ts';

const portsOn = (screen: HeardScreen) => ({ show: linesUnder('n1', screen), screen });

test('each stream goes where it belongs, line by line; what has no line end is told in a pause, or at the end', () => {
  const screen = new HeardScreen();
  const sink = outputSink('n1', portsOn(screen), undefined);
  sink.write('stdout', Buffer.from('one\nGo on? [Y/n] '));
  sink.write('stderr', Buffer.from('oops\n'));
  expect([screen.results, screen.notes]).toEqual([['n1 | one'], ['n1 | oops']]);
  expect(sink.isQuiet()).toBe(false);
  expect(screen.results).toEqual(['n1 | one']);
  expect(sink.isQuiet()).toBe(true);
  expect(screen.results).toEqual(['n1 | one', 'n1 | Go on? [Y/n] ']);
  sink.write('stdout', Buffer.from('last'));
  sink.end();
  expect(screen.results.at(-1)).toBe('n1 | last');
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'maint-output-')), 'logs');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  test('come with the start of a command, and not before; those of another run are refused', async () => {
    const place = { folder, isResumed: false };
    await prepareOutput(place, ['n1', 'n2']);
    expect(await readdir(folder)).toEqual([]);
    const screen = new HeardScreen();
    outputSink('n1', portsOn(screen), place).end();
    expect(await readdir(folder)).toEqual(['n1.stderr', 'n1.stdout']);
    await expect(prepareOutput(place, ['n2', 'n1'])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('n1.stdout') as string,
    });
    expect(() => outputSink('n1', portsOn(screen), place)).toThrow('EEXIST');
  });

  test('are added to when a run goes on', async () => {
    const place = { folder, isResumed: true };
    for (const text of ['one\n', 'two\n']) {
      await prepareOutput(place, ['n1']);
      const sink = outputSink('n1', portsOn(new HeardScreen()), place);
      sink.write('stdout', Buffer.from(text));
      sink.end();
    }
    expect(await readFile(join(folder, 'n1.stdout'), 'utf8')).toBe('one\ntwo\n');
  });
});

test('a command that says nothing is told of once a minute, from its last word on', async () => {
  const clock = new ToldClock();
  const over = new AbortController();
  const told: string[] = [];
  let isQuiet = true;
  const watching = watchSilence({ isQuiet: () => isQuiet }, (text) => told.push(text), { clock, signal: over.signal });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) await clock.pass(1000);
  };
  await pass(59);
  expect(told).toEqual([]);
  await pass(1);
  expect(told).toEqual(['runs for 60s, and has said nothing for 60s']);
  isQuiet = false;
  await pass(1);
  isQuiet = true;
  await pass(59);
  expect(told).toHaveLength(1);
  await pass(61);
  expect(told.slice(1)).toEqual([
    'runs for 2m1s, and has said nothing for 60s',
    'runs for 3m1s, and has said nothing for 2m',
  ]);
  over.abort();
  await settle();
  await watching;
});
