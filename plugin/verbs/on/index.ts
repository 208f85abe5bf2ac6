/** What this room offers to `run`, which is made of `on` and `off` around a command. */
export { newClaimId } from './choose.ts';
export { CLAIM_FLAGS, claimFlags, markFlags } from './claim-flags.ts';
export { DRAIN_FLAGS, drainFlags, paceFlags } from './drain-flags.ts';
export { type OnEvent, type OnReport, findingsOnce } from './events.ts';
export type { OnOperation } from './flags.ts';
export { takeIntoMaintenance } from './on.ts';
export { refusedFor, surveyNodes } from './preflight.ts';
export { sharedByDrains } from './shared-by-drains.ts';
export { tellInWords } from './text.ts';
