import type { GateState } from '../../../plugin/health/gate.ts';

/** A node that is as `off` wants it, but for what a test says of it. */
export function gateState(more: Partial<GateState> = {}): GateState {
  return {
    node: 'n1',
    addons: [],
    ready: true,
    heartbeatAge: 3,
    pressures: [],
    problems: [],
    cleanFor: 0,
    healthyFor: 30,
    ...more,
  };
}
