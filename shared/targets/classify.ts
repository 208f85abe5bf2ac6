import { controllerOf, type Owner, type WorkObject } from '../facts/work.ts';
import { isOfKind, KUBERNETES, type Kind } from '../kinds.ts';
import { WORK_LABEL } from '../labels.ts';
import { Inspection, matches } from './inspection.ts';
import { MatcherIndex } from './matcher-index.ts';
import { confidenceOf, LABEL_STRENGTH, particularityOf, strengthOf, type Confidence } from './matcher.ts';
import type { NodeSource, Tool, Work, WorkPattern } from './tool.ts';

/** What an object is, by whose evidence. It does not depend on any node. */
export interface Classification {
  readonly work: Work;
  /**
   * Id of the tool whose work it is, or which delivers it; `labelled` where the user's own label says it, `daemonset`
   * for an add-on that nobody claims; null where nothing is known.
   */
  readonly tool: string | null;
  /** The pattern that matched; undefined for add-ons and `none`. */
  readonly pattern: WorkPattern | undefined;
  /** How sure that is; null for `none`. */
  readonly confidence: Confidence | null;
  /** True where nothing is known of a run because what it runs is too long to be read. */
  readonly isUnread?: boolean;
  /** Owners one of which would make it no such work, if it is there: anybody may write an owner that is not. */
  readonly unlessPipelineStep?: readonly Owner[];
}

/** Where what was classified names the node that it works on; in its pods' placement where no tool says otherwise. */
export function nodeSourceOf({ pattern }: Classification): NodeSource {
  return pattern?.node ?? { in: 'pods' };
}

/** A pattern with its tool, and how convincing it is. */
export interface CataloguePattern {
  readonly tool: string;
  readonly strength: number;
  readonly pattern: WorkPattern;
}

/** A pattern that describes an object if none of these owners is there. */
export interface Disputed {
  readonly entry: CataloguePattern;
  readonly owners: readonly Owner[];
}

/** Everything by which objects are classified. */
export interface Catalogue {
  /** All patterns, the strongest evidence first. */
  readonly patterns: readonly CataloguePattern[];
  /** The pattern that describes an object best for each kind of work that it shows, the strongest evidence first. */
  patternsFor(inspection: Inspection): readonly CataloguePattern[];
  /** The same of those that do not describe it only because of owners that are written on it. */
  disputedFor(inspection: Inspection): readonly Disputed[];
  /** The tool that delivers an object, the first that claims it. */
  delivererOf(inspection: Inspection): string | undefined;
}

/** Puts all patterns of some tools in the order of their evidence; tools and patterns keep their order within it. */
export function catalogueFromTools(tools: readonly Tool[]): Catalogue {
  const patterns = tools
    .flatMap((tool) =>
      tool.patterns.map((pattern) => ({ tool: tool.id, strength: strengthOf(pattern.match), pattern })),
    )
    .sort((a, b) => b.strength - a.strength || particularityOf(b.pattern.match) - particularityOf(a.pattern.match));
  const deliveries = tools.flatMap((tool) => (tool.delivers ?? []).map((match) => ({ tool: tool.id, match })));
  const opposing = patterns.flatMap(({ pattern }) => pattern.match.notOwners ?? []);
  const byPattern = new MatcherIndex(patterns.map((entry) => ({ entry, match: entry.pattern.match })));
  const byDelivery = new MatcherIndex(deliveries);
  return {
    patterns,
    patternsFor: (inspection) => {
      const found: CataloguePattern[] = [];
      for (const { match, entry } of byPattern.candidates(inspection)) {
        const isKnown = found.some(({ pattern }) => pattern.work === entry.pattern.work);
        if (!isKnown && matches(match, inspection)) found.push(entry);
      }
      return found;
    },
    disputedFor: (inspection) => {
      if (!inspection.object.owners.some((owner) => isOfKind(owner, opposing))) return [];
      const found: Disputed[] = [];
      for (const { match, entry } of byPattern.candidates(inspection)) {
        const { notOwners = [], ...others } = match;
        const owners = inspection.object.owners.filter((owner) => isOfKind(owner, notOwners));
        const isKnown = found.some(({ entry: { pattern } }) => pattern.work === entry.pattern.work);
        if (owners.length > 0 && !isKnown && matches(others, inspection)) found.push({ entry, owners });
      }
      return found;
    },
    delivererOf: (inspection) =>
      byDelivery.candidates(inspection).find(({ match }) => matches(match, inspection))?.tool,
  };
}

/**
 * Classifies one object; `user` is who writes it, where that is known. The strongest evidence wins, the user's own label
 * among it; a DaemonSet that nothing claims is an add-on. Other workloads that a delivery tool brings are `none`: the same
 * tools deliver applications, and the rule for add-ons looks at any template change that is pinned to a node.
 */
export function classify(object: WorkObject, catalogue: Catalogue, user = ''): Classification {
  return classifyFully(object, catalogue, user)[0];
}

/**
 * The classification of an object, and after it what it is besides by weaker evidence of another kind of work: a label or
 * an owner that says backup is written by anybody, and takes no scan off the object. Last comes what it would be if the
 * owners that speak against it are not there.
 */
export function classifyFully(
  object: WorkObject,
  catalogue: Catalogue,
  user = '',
): readonly [Classification, ...Classification[]] {
  const inspection = new Inspection(object, user);
  const labelled = labelledAs(object);
  const entries = catalogue.patternsFor(inspection);
  const found = entries.map((entry) => (saysMore(labelled, entry) ? labelled : classificationBy(entry, object)));
  const isMore = labelled !== undefined && found.every(({ work }) => work !== labelled.work);
  const [first, ...others] = isMore ? [...found, labelled] : found;
  const main = first ?? deliveredBy(catalogue.delivererOf(inspection), object);
  const read = main.pattern === undefined && isUnread(inspection) ? { ...main, isUnread: true } : main;
  const disputed = catalogue
    .disputedFor(inspection)
    .filter(({ entry }) => [main, ...others].every(({ work }) => work !== entry.pattern.work))
    .map(({ entry, owners }) => ({ ...classificationBy(entry, object), unlessPipelineStep: owners }));
  return [read, ...others, ...disputed];
}

/** Of a run everything has to be read before it is let go as nothing, or as the add-on that its label says; a service is none. */
function isUnread(inspection: Inspection): boolean {
  return isOfKind(inspection.object, LABELLED_KINDS) && !inspection.isKeptUp && !inspection.isWhole;
}

function classificationBy({ tool, pattern }: CataloguePattern, object: WorkObject): Classification {
  return { work: pattern.work, tool, pattern: inRoleOf(object, pattern), confidence: confidenceOf(pattern.match) };
}

/** A label is more than a guess by image and command, but it never turns one kind of work into another. */
function saysMore(
  labelled: Classification | undefined,
  { strength, pattern }: CataloguePattern,
): labelled is Classification {
  return labelled?.work === pattern.work && strength < LABEL_STRENGTH;
}

function labelledAs(object: WorkObject): Classification | undefined {
  const label =
    object.labels.get(WORK_LABEL) ?? object.template?.labels.get(WORK_LABEL) ?? object.jobLabels.get(WORK_LABEL);
  if (label === 'addon') return { work: 'addon', tool: 'labelled', pattern: undefined, confidence: 'stated' };
  const mayBeLabelled = isOfKind(object, [SCHEDULE_KIND, ...LABELLED_KINDS]);
  if (!mayBeLabelled || (label !== 'backup' && label !== 'scan')) return undefined;
  return { work: label, tool: 'labelled', pattern: inRoleOf(object, LABELLED[label]), confidence: 'stated' };
}

function deliveredBy(tool: string | undefined, object: WorkObject): Classification {
  return isAddon(object)
    ? { work: 'addon', tool: tool ?? 'daemonset', pattern: undefined, confidence: 'certain' }
    : { work: 'none', tool: tool ?? null, pattern: undefined, confidence: null };
}

/** The pattern of work that its user labelled as such: refused where it reaches a node in maintenance; whoever asked has to do it again. */
function labelPattern(work: 'backup' | 'scan'): WorkPattern {
  return {
    work,
    what: `work labelled ${WORK_LABEL}: ${work}`,
    role: 'leaf',
    match: { labels: { [WORK_LABEL]: [work] } },
    node: { in: 'pods' },
    afterDenial: 'failed',
  };
}

/** Kinds whose work the user's label decides: what a CronJob or Deployment makes carries the label of its template. */
export const LABELLED_KINDS: readonly Kind[] = [KUBERNETES.Pod, KUBERNETES.Job];

/** What the user's label makes of an object, by the label's value. */
export const LABELLED = { backup: labelPattern('backup'), scan: labelPattern('scan') };

/** The kind whose objects start nothing when they are written: the Jobs that they make are decided. */
export const SCHEDULE_KIND = KUBERNETES.CronJob;

function inRoleOf(object: WorkObject, pattern: WorkPattern): WorkPattern {
  return object.groupKind === SCHEDULE_KIND.groupKind ? { ...pattern, role: 'schedule' } : pattern;
}

function isAddon(object: WorkObject): boolean {
  if (object.groupKind === 'apps/DaemonSet') return true;
  const controller = controllerOf(object);
  return object.kind === 'Pod' && controller !== undefined && controller.groupKind === 'apps/DaemonSet';
}
