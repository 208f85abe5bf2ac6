import type { Catalogue } from '../targets/classify.ts';
import { CATALOGUE, TOOLS } from '../targets/registry.ts';
import type { Tool } from '../targets/tool.ts';
import { DEFAULT_POLICY, type PolicyConfig } from './config.ts';

/** A configuration with everything that follows from it. */
export interface Policy {
  readonly config: PolicyConfig;
  /** The built-in tools, then the user's. */
  readonly tools: readonly Tool[];
  readonly catalogue: Catalogue;
  /** The value that it was made from; undefined is none. */
  readonly written?: unknown;
}

/** What applies without a configuration. */
export const BUILT_IN_POLICY: Policy = { config: DEFAULT_POLICY, tools: TOOLS, catalogue: CATALOGUE };

/** The tool of work that its user labelled. */
export const LABELLED_TOOL = 'labelled';
