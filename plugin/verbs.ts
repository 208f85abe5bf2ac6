import type { Verb } from './command-line/verb.ts';
import { allow } from './verbs/allow/flags.ts';
import { check } from './verbs/check/flags.ts';
import { completion } from './verbs/completion/flags.ts';
import { doctor } from './verbs/doctor/flags.ts';
import { off } from './verbs/off/flags.ts';
import { on } from './verbs/on/flags.ts';
import { run } from './verbs/run/flags.ts';
import { status } from './verbs/status/flags.ts';
import { versionVerb } from './verbs/version/flags.ts';

/** Every command, in the order of its help. A new one is a folder beside these, and an entry here. */
export function verbs(version: string): readonly Verb[] {
  return [on, off, run, allow, status, check, doctor, completion, versionVerb(version)];
}
