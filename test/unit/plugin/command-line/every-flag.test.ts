import { describe, expect, test } from 'vitest';
import type { Flag } from '../../../../plugin/command-line/flag.ts';
import { loadedVerbs, type Verb } from '../../../../plugin/command-line/verb.ts';
import { VERBS } from '../../../../plugin/verbs.ts';
import { parse, type Operation } from '../../../support/parsed.ts';

/** What each verb needs to be asked for at all. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  on: ['n1'],
  off: ['n1'],
  run: ['n1', '--', 'true'],
  allow: ['n1', '--revoke'],
  check: ['--filename=a.yaml'],
  completion: ['bash'],
};

/** A value that a flag takes; of others, anything. */
const TAKEN: Readonly<Record<string, string>> = {
  'certificate-authority': 'ca.crt',
  'request-timeout': '2s',
  until: '2026-01-31T06:00:00Z',
  for: '30m',
  timeout: '5m',
  'command-timeout': '5m',
  'healthy-timeout': '5m',
  'healthy-for': '1m',
  between: '10m',
  'check-timeout': '5m',
  'max-failures': '3',
  window: 'sun 02:00-06:00 UTC',
  rules: 'backup',
  'grace-period': '3',
  'max-unavailable': '20%',
  'max-parallel': '3',
  'allow-data-loss': 'longhorn',
  'chunk-size': '3',
  'skip-wait-for-delete-timeout': '3',
  width: '3',
  port: '8080',
  v: '6',
  'run-id': 'kernel-6.12',
};

/** Of `allow`, what is refused together with `--revoke` is granted instead. */
const GRANT = ['n1', '--rules=backup', '--for=1h', '--reason=why'];

interface Case {
  readonly verb: Verb;
  readonly name: string;
  readonly flag: Flag;
}

const cases: readonly Case[] = (await loadedVerbs(VERBS)).flatMap((verb) =>
  Object.entries(verb.flags).map(([name, flag]) => ({ verb, name, flag })),
);
const titled = (some: readonly Case[]): readonly (readonly [string, Case])[] =>
  some.map((one) => [`${one.verb.name} --${one.name}`, one]);

/** Flags that others have to stand beside, or that exclude some: they have tests of their own. */
const ALONE = [
  'revoke',
  'kustomize',
  'validate',
  'all',
  'exit-code',
  'wait-window',
  'selector',
  'filename',
  'for',
  'until',
  'reason',
  'rules',
  'detach',
  'service-account',
  'image',
  'script',
];

function line({ verb, name }: Case, words: readonly string[]): readonly string[] {
  const isGrant = verb.name === 'allow' && ['for', 'until', 'reason', 'rules'].includes(name);
  const needed = isGrant ? GRANT : (NEEDED[verb.name] ?? []);
  const end = needed.indexOf('--');
  return end === -1
    ? [verb.name, ...needed, ...words]
    : [verb.name, ...needed.slice(0, end), ...words, ...needed.slice(end)];
}

const asked = (one: Case, ...words: readonly string[]): Promise<Operation> => parse(line(one, words));

describe('switches', () => {
  const switches = cases.filter(({ flag }) => flag.kind === 'switch');

  test.each(titled(switches.filter(({ name }) => !ALONE.includes(name))))(
    '%s: on and off, as kubectl writes it',
    async (_, one) => {
      const on = await asked(one, `--${one.name}`);
      for (const word of ['=true', '=1', '=T', '=True']) expect(await asked(one, `--${one.name}${word}`)).toEqual(on);
      expect(await asked(one, `--${one.name}`, 'true')).toEqual(on);
      const off = await asked(one, `--${one.name}=false`);
      for (const word of ['=0', '=F']) expect(await asked(one, `--${one.name}${word}`)).toEqual(off);
      expect(await asked(one, `--${one.name}`, `--${one.name}=false`)).toEqual(twice(off, one, ['', '=false']));
      expect(await asked(one, `--${one.name}=false`, `--${one.name}`)).toEqual(twice(on, one, ['=false', '']));
    },
  );

  test.each(titled(switches))(
    '%s: nothing else is a boolean, and there is no other way to switch it off',
    async (_, one) => {
      await expect(asked(one, `--${one.name}=yes`)).rejects.toMatchObject({
        code: 'usage',
        message: `--${one.name}: "yes" is neither true nor false`,
      });
      await expect(asked(one, `--no-${one.name}`)).rejects.toMatchObject({ message: `unknown flag: --no-${one.name}` });
    },
  );
});

describe('flags with a value', () => {
  const valued = cases.filter(({ flag }) => flag.kind !== 'switch');

  test.each(titled(valued.filter(({ name }) => !ALONE.includes(name))))(
    '%s: behind = and as the next word; the last one counts',
    async (_, one) => {
      const value = valueFor(one);
      const behind = await asked(one, `--${one.name}=${value}`);
      if (impliedOf(one.flag) === undefined) expect(await asked(one, `--${one.name}`, value)).toEqual(behind);
      if (one.flag.short !== undefined) expect(await asked(one, `-${one.flag.short}${value}`)).toEqual(behind);
      if (one.flag.kind === 'value') {
        const others = one.flag.choices ?? [value];
        for (const other of others)
          expect(await asked(one, `--${one.name}=${other}`, `--${one.name}=${value}`)).toEqual(
            twice(behind, one, [`=${other}`, `=${value}`]),
          );
      }
    },
  );

  test.each(titled(valued))('%s: without one it is wrong, where none is implied', async (_, one) => {
    const words = line(one, [`--${one.name}`]);
    // What follows would be its value.
    const last = words[0] === 'run' ? ['run', 'n1', `--${one.name}`] : words;
    if (impliedOf(one.flag) !== undefined) expect(await parse(words)).toMatchObject({ verb: one.verb.name });
    else await expect(parse(last)).rejects.toMatchObject({ message: `flag needs a value: --${one.name}` });
    await expect(asked(one, `--no-${one.name}`)).rejects.toMatchObject({ message: `unknown flag: --no-${one.name}` });
  });
});

describe('before the verb', () => {
  test.each(
    titled(cases.filter(({ verb, flag }) => verb.name === 'run' && flag.group?.startsWith('Connection') === true)),
  )('%s', async (_, one) => {
    const words = one.flag.kind === 'switch' ? [`--${one.name}`] : [`--${one.name}`, valueFor(one)];
    expect(await parse([...words, 'run', 'n1', '--', 'true'])).toEqual(await asked(one, ...words));
  });
});

function twice(operation: Operation, { name, flag }: Case, given: readonly string[]): Operation {
  if (operation.verb !== 'run' || ['selector', 'resume'].includes(name)) return operation;
  const words = given.map((value) => {
    if (flag.kind === 'switch') return value === '' ? `--${name}` : `--${name}${value}`;
    return name === 'token' ? '--token=TOKEN' : `--${name}${value}`;
  });
  return { ...operation, flags: words };
}

function impliedOf(flag: Flag): string | undefined {
  return flag.kind === 'value' ? flag.implied : undefined;
}

function valueFor({ name, flag }: Case): string {
  const choices = flag.kind === 'value' ? (flag.choices ?? []) : [];
  return choices.at(-1) ?? TAKEN[name] ?? 'x';
}
