import type { Placed } from './listing.ts';
import { isRowInMaintenance, isLate } from './node-view.ts';

/** What everybody is reminded of while something is in maintenance: in the banner, in the title and in the icon. */
export interface Reminder {
  readonly isNeeded: boolean;
  readonly isLate: boolean;
  readonly text: string;
  readonly title: string;
  readonly icon: '/idle.svg' | '/maintenance.svg';
}

/** Nodes that a banner names. */
const NAMED = 3;

/** Pure. */
export function reminderOf(all: readonly Placed[], now: number): Reminder {
  const held = all.filter(({ row }) => isRowInMaintenance(row));
  if (held.length === 0) return IDLE;
  const late = held.filter(({ row }) => isLate(row, now));
  const names = held.slice(0, NAMED).map(({ row }) => row.name);
  const more = held.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const overdue = late.length === 0 ? '' : `, ${late.length} overdue`;
  return {
    isNeeded: true,
    isLate: late.length > 0,
    text: `${nodes(held.length)} in maintenance${overdue}: ${list}`,
    title: `(${held.length}${late.length > 0 ? '!' : ''}) in maintenance - kubectl maint`,
    icon: '/maintenance.svg',
  };
}

const IDLE: Reminder = { isNeeded: false, isLate: false, text: '', title: 'kubectl maint', icon: '/idle.svg' };

function nodes(count: number): string {
  return count === 1 ? '1 node is' : `${count} nodes are`;
}
