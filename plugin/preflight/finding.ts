import type { Survey } from './survey.ts';

/** A check of the preflight, and what the documentation says of it. */
export interface Check<Needed extends keyof Survey = keyof Survey> {
  /** One word that scripts may compare. */
  readonly id: string;
  /** When it refuses and when it warns, for the table in docs/drain.md; empty where it never does. */
  readonly refuses: string;
  readonly warns: string;
  /** Pure; reads and writes nothing. */
  readonly find: (survey: Pick<Survey, Needed>) => readonly Finding[];
}

/** Something that a check of the preflight found. */
export interface Finding {
  /** Id of the check. */
  readonly check: string;
  /** `refuse`: nothing may be changed. `warn`: it is said, and goes on. */
  readonly severity: 'refuse' | 'warn';
  /** One sentence without a full stop. */
  readonly text: string;
  /** All pods of which it is said, as `namespace/name`, where the text names the first of many only. */
  readonly pods?: readonly string[];
  /** All nodes of which it is said, where the text names the first of many only. */
  readonly nodes?: readonly string[];
  /** Names of all objects of a data system of which it is said. */
  readonly objects?: readonly string[];
}

/** A reason to refuse. */
export function refusal(check: string, text: string): Finding {
  return { check, severity: 'refuse', text };
}

/** A reason to think twice. */
export function warning(check: string, text: string): Finding {
  return { check, severity: 'warn', text };
}
