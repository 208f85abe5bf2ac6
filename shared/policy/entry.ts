import type { ServedKind } from '../kinds.ts';
import type { Tool } from '../targets/tool.ts';

/** A CEL condition of a webhook entry: the API server calls us only where all of them hold. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** What is done to an object (admission/v1 Operation). */
export type EntryOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** Something that the API server asks the webhook about; rules may share it. No request matches two entries. */
export interface AskedEntry {
  /** First part of its name in the registration. */
  readonly name: string;
  /** Kinds, or one of their subresources, with what is done to them. */
  readonly kinds: readonly {
    readonly kind: ServedKind;
    readonly subresource?: string;
    readonly operations: readonly EntryOperation[];
  }[];
  /**
   * Also asks about every kind of work that the tools name and some rule decides, when it is made or changed; with these
   * conditions, which come of the tools.
   */
  readonly ofTools?: (tools: readonly Tool[]) => readonly MatchCondition[];
  readonly conditions: readonly MatchCondition[];
  /**
   * Is there at all times, and never stops what it cannot judge. Others come with the first node in maintenance and go
   * with the last.
   */
  readonly always?: true;
}
