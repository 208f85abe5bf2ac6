/** A system that hooks of ours prepare, by one word; off by default. */
export interface Preparation {
  readonly id: string;
  /** What is done, as a sentence without a full stop. */
  readonly about: string;
  /** Whether its API is asked, whose place may be named: `alertmanager=monitoring/alertmanager-main:9093`. */
  readonly hasServer?: true;
  /** What `--data` may ask of it; without them it heeds none. */
  readonly dataModes?: readonly DataMode[];
  /** As they would stand below `hooks` in a file. */
  readonly hooks: (asked: Asked) => readonly object[];
}

/** What is asked of a preparation. */
export interface Asked {
  /** Where its API is; undefined: it is found. */
  readonly server: string | undefined;
  readonly data: DataMode;
}

/**
 * What becomes of data on the node: it stays there, and what would be lost with it is refused; the drain begins when nothing would be
 * lost any more; it moves to other nodes.
 */
export const DATA_MODES = ['keep', 'ensure', 'evacuate'] as const;
export type DataMode = (typeof DATA_MODES)[number];
