import { renderElapsed } from '../elapsed.ts';
import { PACE_AFTER_MS } from './limits.ts';

/** Bytes that have come of those that will, as far as hosts have said how many; after this long. */
export interface DownloadProgress {
  readonly received: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

const MEGABYTE = 1_000_000;

/** `120 of 350 MB in 30s, about 57s to go`. */
export function renderDownload({ received, total, elapsedMs }: DownloadProgress): string {
  const elapsed = renderElapsed(elapsedMs);
  if (total === undefined) return `${megabytes(received)} MB in ${elapsed}`;
  const done = `${megabytes(received)} of ${megabytes(total)} MB in ${elapsed}`;
  return received === 0 ? done : `${done}, about ${renderElapsed((elapsedMs * (total - received)) / received)} to go`;
}

/** Whether a file would take longer than it may, by the pace that it has had. */
export function isTooSlow({ received, total, elapsedMs }: DownloadProgress, mostMs: number): boolean {
  if (elapsedMs > mostMs) return true;
  if (elapsedMs < PACE_AFTER_MS || total === undefined) return false;
  return received === 0 || (elapsedMs * total) / received > mostMs;
}

/** Of several files together; the total is known when it is known of all. */
export function sum(
  files: readonly (readonly [received: number, total: number | undefined])[],
): Pick<DownloadProgress, 'received' | 'total'> {
  const totals = files.map(([, total]) => total).filter((total) => total !== undefined);
  return {
    received: files.reduce((all, [received]) => all + received, 0),
    total: totals.length < files.length ? undefined : totals.reduce((all, total) => all + total, 0),
  };
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}
