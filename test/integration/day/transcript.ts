import type { Ran } from '../../support/plugin-run.ts';

/** What differs from day to day, and what stands for it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?/g, '<time>'],
  [/https:\/\/127\.0\.0\.1:\d+/g, 'https://<server>'],
  // Pods of a ReplicaSet and of a DaemonSet, and of a StatefulSet: which of them is where is up to the scheduler.
  [/\b(web|fluent-bit|canary)-(?:[0-9a-f]{6,10}-)?[a-z0-9]{5}\b/g, '$1-<hash>'],
  [/\bdb-\d\b/g, 'db-<n>'],
  // Times and spans, as kubectl writes them.
  [/\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|s|m|h)\b/g, '<span>'],
  [/\b\d+ of \d+ pods\b/g, '<n> of <n> pods'],
  [/\(pods: \d+\)/g, '(pods: <n>)'],
  [/ {3,}/g, '   '],
];

/** What comes and goes with the moment at which it is looked. */
const OF_THE_MOMENT = [/^node\/\S+: .*(?:left|gone|waiting)/, /^pod\/\S+ .*waits: /];

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
  return [`--- ${name}`, ...masked.filter((line, index) => masked.indexOf(line) === index)];
}
