/** A system that hooks of ours prepare, by one word; off by default. */
export interface Preparation {
  readonly id: string;
  /** What is done, as a sentence without a full stop. */
  readonly about: string;
  /** Whether its API is asked, whose place may be named: `alertmanager=monitoring/alertmanager-main:9093`. */
  readonly hasServer?: true;
  /** As they would stand below `hooks` in a file. */
  readonly hooks: (asked: Asked) => readonly object[];
}

/** What is asked of a preparation. */
export interface Asked {
  /** Where its API is; undefined: it is found. */
  readonly server: string | undefined;
}
