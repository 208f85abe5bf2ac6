import type { Ran } from '../../support/plugin-run.ts';

/** What differs from day to day, and what stands for it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \(\d+d\)/g, '<date>'],
  [/\bv1\.\d+\.\d+\b/g, '<version>'],
  [/\b\d+ ms\b/g, '<n> ms'],
  [/https:\/\/127\.0\.0\.1:\d+/g, 'https://<server>'],
  // Which pods are where is up to the scheduler.
  [/\bfluent-bit-[a-z0-9]{5}\b/g, 'fluent-bit-<hash>'],
  [/\b(?:web-[0-9a-f]{6,10}-[a-z0-9]{5}|db-\d)\b/g, '<pod of the shop>'],
  // Times and spans, as kubectl writes them.
  [/\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|s|m|h)\b/g, '<span>'],
  [/\b\d+ of \d+ pods\b/g, '<n> of <n> pods'],
  [/\(pods: \d+\)/g, '(pods: <n>)'],
  [/ {3,}/g, '   '],
];

/** What comes and goes with the moment at which it is looked; of what is waited for, the first is what the step is about. */
const OF_THE_MOMENT = [/^still asking: /, /^node\/\S+: .*(?:left|gone|waiting)/, /^pod\/\S+ .*waits: /];
const WAITS = /^node\/\S+ waits: /;

/**
 * A command as a person sees it, one step of the day: command, output, errors and exit code, without what differs from
 * day to day. Lines that are the same after that stand once.
 */
export function transcriptOf(command: string, { code, stdout, stderr }: Ran): string {
  return [`$ ${command}`, ...part('stdout', stdout), ...part('stderr', stderr), `--- exit ${String(code)}`, ''].join(
    '\n',
  );
}

function part(name: string, text: string): readonly string[] {
  const lines = text
    .split('\n')
    .filter((line) => line !== '' && !OF_THE_MOMENT.some((fleeting) => fleeting.test(line)));
  const masked = lines.map((line) => MASKS.reduce((rest, [what, by]) => rest.replaceAll(what, by), line).trimEnd());
  const firstWait = masked.findIndex((line) => WAITS.test(line));
  const stays = (line: string, index: number): boolean =>
    WAITS.test(line) ? index === firstWait : masked.indexOf(line) === index;
  return [`--- ${name}`, ...masked.filter(stays)];
}
