/** A moment in the reader's own zone, to the second, with the zone's name. */
export function exactly(at: string | number): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return String(at);
  return moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}

/** The hour, with its day where the line is longer than one. */
export function tickText(at: number, spanMs: number): string {
  const hour = { hour: '2-digit', minute: '2-digit' } as const;
  const day = { month: 'short', day: 'numeric' } as const;
  return new Date(at).toLocaleString(undefined, spanMs > 24 * 3_600_000 ? { ...day, ...hour } : hour);
}
