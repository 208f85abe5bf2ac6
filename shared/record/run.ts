import { isSameClaim, type ClaimKey } from './claims.ts';
import type { Claim, ClaimRun, MaintenanceRecord } from './record.ts';
import type { MaintenanceState } from './state.ts';

/** What a run does on a node; `stopped`: nothing any more, and it has left the node in maintenance. */
export type RunStep = 'draining' | 'running' | 'rebooting' | 'returning' | 'stopped';

/** A claim that a run over nodes made. */
export interface RunClaim extends Claim {
  readonly run: ClaimRun;
}

/** The claims of runs that have not said that they stopped. One that was killed says nothing, and counts. */
export function runClaims({ claims }: MaintenanceRecord): readonly RunClaim[] {
  return claims.filter((claim): claim is RunClaim => claim.run !== undefined && claim.run.step !== STOPPED);
}

const STOPPED: RunStep = 'stopped';

/** The record with what its run does on the node now; as it was where the claim is not there any more. */
export function withRunStep(record: MaintenanceRecord, key: ClaimKey, step: RunStep): MaintenanceRecord {
  const stepped = (claim: Claim): Claim =>
    claim.run === undefined || !isSameClaim(claim, key) ? claim : { ...claim, run: { ...claim.run, step } };
  return { ...record, claims: record.claims.map(stepped) };
}

/**
 * The value of RUN_LABEL on what the run of a claim makes on a node: the last part of the claim's id. Before a slash stands the
 * name of the run, where it has one, and both together are no label's value.
 */
export function runLabelOf(claimId: string): string {
  return claimId.slice(claimId.lastIndexOf('/') + 1);
}

/** What a run does on a node. That the node is on its way back its state says. */
export function stepOf({ step }: ClaimRun, state: MaintenanceState): string {
  return state === 'returning' && step !== STOPPED ? 'returning' : step;
}

/** `3 of 12: rebooting` */
export function renderRun(run: ClaimRun, state: MaintenanceState): string {
  return `${run.number} of ${run.of}: ${stepOf(run, state)}`;
}
