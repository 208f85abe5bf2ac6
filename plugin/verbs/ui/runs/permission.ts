import type { Asked } from '../wire.ts';

/** Why something is not carried out for a page; undefined: it is. Whatever changes something, or asks the API server to try, needs the flag. */
export function refusedAsk(
  { cluster, dryRun, verb }: Asked,
  { clusters, allowsChanges }: { readonly clusters: readonly string[]; readonly allowsChanges: boolean },
): string | undefined {
  if (!clusters.includes(cluster)) return `this page shows no cluster "${cluster}"`;
  if (dryRun !== 'none' && verb === 'off') return 'off has no dry run';
  if (allowsChanges || dryRun === 'client') return undefined;
  return 'this page only reads: start kubectl maint ui with --allow-changes';
}
