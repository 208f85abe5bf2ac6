import { explainRecord, WHY_ANNOTATION, type MaintenanceRecord } from '../../shared/index.ts';

/**
 * The annotation that goes with a record: whose it is, why, since when and until when, for the API server's own policies.
 * Each part is cut to length where it is composed. That the end has passed is not in it: it is written once.
 */
export function whyFor(record: MaintenanceRecord): Readonly<Record<string, string>> {
  return { [WHY_ANNOTATION]: explainRecord({ kind: 'record', record }, -Infinity) };
}
