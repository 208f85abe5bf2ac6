import { clean, MAX_TEXT, type Claim, type Cluster, type NodeFacts } from '../../../shared/index.ts';

/** Longest owner in a line, in characters. */
const MAX_OWNER = 80;

/** Longest name of a context or cluster in a line, in characters: those of the clouds hold a whole address. */
const MAX_PLACE = 120;

/** The cluster, told before anything else, so that who has several sees in time that it is the wrong one. */
export function whereabouts({ name, context }: Pick<Cluster, 'name' | 'context'>): string {
  const cluster = `cluster ${clean(name, MAX_PLACE)}`;
  return context === undefined ? cluster : `context ${clean(context, MAX_PLACE)}, ${cluster}`;
}

/** What is on a node already, told before it is marked: who works there, what this claim replaces, whose cordon it is. */
export function standingOn(
  { name, record, unschedulable }: NodeFacts,
  claim: Claim,
  adopt: boolean,
): readonly string[] {
  const claims = record.kind === 'record' ? record.record.claims : [];
  const others = claims.filter(({ owner }) => owner !== claim.owner);
  const own = claims.find(({ owner }) => owner === claim.owner);
  const replaced = own === undefined ? [] : REPLACED_FIELDS.flatMap((field) => replacedIn(field, own, claim));
  return [
    ...others.map(
      (other) => `node/${name} is in maintenance for ${inWords(other)} as well, and stays so until their off`,
    ),
    ...(replaced.length === 0
      ? []
      : [`node/${name} is yours since ${own?.since ?? ''}; replaced: ${replaced.join(', ')}`]),
    ...(record.kind === 'none' && unschedulable && !adopt
      ? [`node/${name} was cordoned before; kubectl maint off ${name} leaves that cordon (with --adopt it uncordons)`]
      : []),
  ];
}

const REPLACED_FIELDS = ['reason', 'ticket', 'until'] as const;

function replacedIn(field: (typeof REPLACED_FIELDS)[number], own: Claim, claim: Claim): readonly string[] {
  const [before, now] = [own[field], claim[field]];
  return before === undefined || now === undefined || before === now ? [] : [`${field} "${clean(before, MAX_TEXT)}"`];
}

function inWords({ owner, since, reason }: Claim): string {
  const why = reason === undefined ? '' : `: ${clean(reason, MAX_TEXT)}`;
  return `${clean(owner, MAX_OWNER)} (since ${since}${why})`;
}
