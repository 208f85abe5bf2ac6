import type { Survey } from '../../../../plugin/preflight/survey.ts';

/** Nothing that any check of the preflight would speak of. */
export const EMPTY_SURVEY: Survey = {
  chosen: [],
  plans: [],
  movedByCordon: [],
  nodes: [],
  budgetsOf: () => [],
  outOfTurn: new Map(),
  nodeClaims: new Map(),
  endOf: () => undefined,
  leastEndOf: () => undefined,
  now: 0,
  unknownInside: [],
  owners: new Map(),
  room: { moving: 0, without: [], nowhere: new Map(), foreign: 0, looked: 0, candidates: 0 },
  missingRights: [],
  registered: 'yes',
  pace: { maxUnavailable: undefined },
  allowLastNode: false,
  data: [],
  acceptedLoss: [],
  awaitedData: [],
};
