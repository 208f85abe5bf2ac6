/** Something that a check of the preflight found. */
export interface Finding {
  /** The check, as one word that scripts may compare. */
  readonly check:
    | 'filters'
    | 'budgets'
    | 'room'
    | 'returning'
    | 'guards'
    | 'downtime'
    | 'active-work'
    | 'rights'
    | 'enforcement'
    | 'unreachable';
  /** `refuse`: nothing may be changed. `warn`: it is said, and goes on. */
  readonly severity: 'refuse' | 'warn';
  /** One sentence without a full stop. */
  readonly text: string;
  /** All pods of which it is said, as `namespace/name`, where the text names the first of many only. */
  readonly pods?: readonly string[];
  /** All nodes of which it is said, where the text names the first of many only. */
  readonly nodes?: readonly string[];
}

/** A reason to refuse. */
export function refusal(check: Finding['check'], text: string): Finding {
  return { check, severity: 'refuse', text };
}

/** A reason to think twice. */
export function warning(check: Finding['check'], text: string): Finding {
  return { check, severity: 'warn', text };
}
