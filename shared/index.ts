/** The only entry point of shared/: everything that plugin and webhook must agree on. */
export * from './labels.ts';
export { MaintError, ClusterRefusal, isForbidden, isNotFound, messageOf, type MaintErrorCode } from './errors.ts';
export { parsed, refused, renderProblem, type Parsed, type Problem } from './problem.ts';
export { DURATION, parseDuration, renderDuration, renderLeft, renderEnd } from './duration.ts';
export { problemsFromIssue, strict } from './schema.ts';
export { distinctKinds, isOfKind, KUBERNETES, type Kind } from './kinds.ts';
export { eachOnce, once } from './once.ts';

export * from './record/record.ts';
export * from './record/claims.ts';
export * from './record/exceptions.ts';
export * from './record/run.ts';
export * from './record/state.ts';

export * from './facts/json.ts';
export * from './facts/node.ts';
export * from './facts/node-table.ts';
export * from './facts/pod.ts';
export * from './facts/budget.ts';
export { amountsAt, plus, requestsOfPodSpec, type Amounts } from './facts/requests.ts';
export {
  daemonSetFromObjects,
  GENERATION_LABEL,
  isOutdated,
  REVISION_HASH_LABEL,
  type DaemonSetFacts,
} from './facts/daemonset.ts';
export { supposedControllerUser } from './facts/controllers.ts';
export { controllerOf, MAX_NAME } from './facts/work.ts';
export type { WorkObject } from './facts/work.ts';

export { isOpenTo, toleratesCordon } from './scheduling/placement.ts';
export { matchesTerm, termsFromVolume, type NodeSelectorTerm } from './scheduling/affinity.ts';
export { labelSelectorFrom, renderSelector, selects, type LabelSelector } from './scheduling/selectors.ts';

export { TOOLS, CATALOGUE } from './targets/registry.ts';
export {
  LABELLED_KINDS,
  catalogueFromTools,
  classify,
  classifyFully,
  LABELLED,
  SCHEDULE_KIND,
  type Catalogue,
} from './targets/classify.ts';
export { LABEL_STRENGTH, type Accepted, type Confidence, type Matcher } from './targets/matcher.ts';
export { insideWorkFrom, type InsidePattern } from './targets/inside.ts';
export type { AfterDenial, Beginning, NodeSource, Tool, Work, WorkPattern } from './targets/tool.ts';

export { decidingLabels, hasBegunInCel } from './policy/change.ts';
export { holdsAddons } from './policy/rules/addon-hold.ts';
export { FLOOR_RULES, isExcepted, LIFTABLE_RULES } from './policy/exceptions.ts';
export { ARMED_ENTRIES, ENTRIES, RULES, type RuleId } from './policy/registry.ts';
export type { AskedEntry, EntryOperation, MatchCondition } from './policy/entry.ts';
export { ROLLOUT_POD } from './policy/rules/addon-entries.ts';
export {
  DEFAULT_POLICY,
  isEnforced,
  ruleForTool,
  type PolicyConfig,
  type RuleMode,
  type Scope,
} from './policy/config.ts';
export { policyFromValue } from './policy/config-file.ts';
export { BUILT_IN_POLICY, LABELLED_TOOL, type Policy } from './policy/policy.ts';
export { evaluate, type Situation } from './policy/evaluate.ts';
export { decide, type FetchNeed } from './policy/decide.ts';
export { explainScansKeptOff, keepsScansOff, scansKeptOff, type ScansKeptOff } from './policy/scans-kept-off.ts';
export { needKey, NO_ANSWERS, type Answer, type Need } from './policy/needs.ts';
export { creationOf, requestFromReview, type Operation, type ReviewRequest } from './policy/request.ts';
export { breaksGuard, quorumWithout, type Quorum } from './policy/guards.ts';
export { afterDenialByController } from './policy/after-denial.ts';
export { keptOffNodes, keptOutOfCluster } from './policy/details.ts';
export {
  explainAfter,
  explainBriefly,
  explainDenial,
  explainNode,
  explainRecord,
  explainRight,
  explainWarnings,
} from './policy/explain.ts';
export { clean, joinNames, MAX_QUOTE } from './words.ts';
export type { Decision, Finding, Verdict } from './policy/verdict.ts';

export {
  EMPTY_REGISTER,
  MAX_LISTED,
  MAX_WHY,
  REGISTER_GROUP,
  REGISTER_KIND,
  REGISTER_NAME,
  REGISTER_PLURAL,
  REGISTER_VERSION,
  registeredNodes,
  registerOf,
  type RegisterSpec,
} from './register/register.ts';

export type * from './cluster/ports.ts';
export type { Written } from './cluster/written.ts';
export * from './cluster/paths.ts';
export { eventAboutNode, NODE_EVENT_NAMESPACE, type NodeEvent } from './cluster/node-event.ts';
export { answersFromCluster } from './cluster/answers.ts';
export { readAll } from './cluster/read-all.ts';
export { isPassing, pauseAfter, retry, retryAfterMs, type BackOff } from './cluster/retry.ts';
export { insideGrants, lookupGrants, mergedGrants, type Grant } from './cluster/grants.ts';
export {
  connectCluster,
  connectInCluster,
  kubeconfigNames,
  type ConnectOptions,
  type Exchange,
} from './cluster/live/connect.ts';
export { yamlReader } from './yaml/reader.ts';
export { textFromBytes } from './yaml/text.ts';
export type { YamlDocument, YamlRemark } from './yaml/documents.ts';

export { refusalFromAnswer } from './cluster/live/refusal.ts';
export { warningsIn } from './cluster/live/warnings.ts';
