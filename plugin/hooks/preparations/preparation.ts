/** A system that hooks of ours prepare, by one word; off by default. */
export interface Preparation {
  readonly id: string;
  /** What is done, as a sentence without a full stop. */
  readonly about: string;
  /** As they would stand below `hooks` in a file. */
  readonly hooks: readonly object[];
}
