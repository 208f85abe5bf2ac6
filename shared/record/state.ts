/** Value of the state label: moving workloads away, done with it, or on the way back. */
export type MaintenanceState = 'initiated' | 'complete' | 'returning';

const STATES: readonly string[] = ['initiated', 'complete', 'returning'] satisfies MaintenanceState[];

/** Reads the state label. A node with a record and no readable label is `initiated`: nothing says more. */
export function stateFromLabel(label: string | undefined): MaintenanceState {
  return isState(label) ? label : 'initiated';
}

function isState(label: string | undefined): label is MaintenanceState {
  return label !== undefined && STATES.includes(label);
}

/** The state in the words people see: `Initiated`, `Complete`, `Returning`. */
export function renderState(state: MaintenanceState): string {
  return `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
}
