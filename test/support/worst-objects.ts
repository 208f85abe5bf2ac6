import type { WorstRequest } from './filled-requests.ts';
import { WORST_PLACEMENTS } from './worst-placements.ts';
import { WORST_RUNS } from './worst-runs.ts';

/** Requests that an API server accepts and that are meant to keep whoever judges them busy; each makes one anew. */
export const WORST: Readonly<Record<string, () => WorstRequest>> = { ...WORST_RUNS, ...WORST_PLACEMENTS };
