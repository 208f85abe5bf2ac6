import { clean, isForbidden, MaintError, messageOf } from '../../../shared/index.ts';
import { unknown, type Diagnosis } from './diagnosis.ts';
import { refusalText } from './quotation.ts';
import type { Readings } from './readings.ts';

/** A check, and what the documentation says of it. */
export interface Check {
  /** One word that scripts may compare. */
  readonly id: string;
  /** The question, as a sentence. */
  readonly asks: string;
  /** When it warns and when it fails, for the table in docs/doctor.md; empty where it never does. */
  readonly warns: string;
  readonly fails: string;
  /** Reads and judges. What could not be read becomes a warning; throws only on a bug, and when interrupted. */
  readonly examine: (readings: Readings) => Promise<readonly Diagnosis[]>;
}

/** A check from its two halves: reading the cluster, and a pure judgement of what was read. */
export function checkOf<T>({
  read,
  judge,
  ...told
}: Omit<Check, 'examine'> & {
  readonly read: (readings: Readings) => Promise<T>;
  readonly judge: (reading: T) => readonly Diagnosis[];
}): Check {
  return {
    ...told,
    examine: async (readings) => {
      try {
        return judge(await read(readings));
      } catch (thrown) {
        return [unreadable(thrown, readings)];
      }
    },
  };
}

const ROLE = 'ask for the ClusterRole kubectl-maint-viewer of the chart: it has every right that doctor reads with';
const AGAIN = 'run it again; if that does not help, look at the API server and at the way to it';

/** Longest message of the API server in a line, in characters. */
const MAX_WHY = 300;

function unreadable(thrown: unknown, { signal, interrupted }: Readings): Diagnosis {
  if (interrupted()) throw thrown;
  if (isForbidden(thrown)) return unknown(refusalText(messageOf(thrown)), ROLE);
  if (thrown instanceof MaintError) return unknown(clean(thrown.message, MAX_WHY), thrown.hint ?? AGAIN);
  if (signal.aborted) return unknown('the API server did not answer in time', AGAIN);
  throw thrown;
}
