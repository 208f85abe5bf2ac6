import type { NodeRow } from '../../wire.ts';
import { isRowInMaintenance, isLate } from './node-view.ts';

/** A node and whose it is. */
export interface Placed {
  readonly cluster: string;
  readonly row: NodeRow;
}

export const FILTERS = ['all', 'maintenance', 'overdue', 'cordoned', 'not ready'] as const;
export type Filter = (typeof FILTERS)[number];

export const SORTS = ['name', 'state', 'until', 'pods left'] as const;
export type Sort = (typeof SORTS)[number];

/** What of the nodes is shown, and in which order. */
export interface Listing {
  readonly filter: Filter;
  readonly search: string;
  readonly sort: Sort;
  readonly isDescending: boolean;
}

/** The nodes that are shown. Pure. */
export function listed(
  all: readonly Placed[],
  { filter, search, sort, isDescending }: Listing,
  now: number,
): readonly Placed[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const shown = all.filter((one) => passes(filter, one.row, now) && words.every((word) => textOf(one).includes(word)));
  const sign = isDescending ? -1 : 1;
  return shown.sort((a, b) => sign * compare(sort, a, b) || byName(a, b));
}

function passes(filter: Filter, row: NodeRow, now: number): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'maintenance':
      return isRowInMaintenance(row);
    case 'overdue':
      return isLate(row, now);
    case 'cordoned':
      return !row.schedulable;
    case 'not ready':
      return !row.ready;
  }
}

/** Everything that somebody may look for. */
function textOf({ cluster, row }: Placed): string {
  const said = row.claims.flatMap(({ owner, reason = '', ticket = '' }) => [owner, reason, ticket]);
  return [cluster, row.name, ...row.roles, row.stateText, ...said].join(' ').toLowerCase();
}

/** What needs somebody comes first. */
const STATES = ['Unreadable', 'Initiated', 'Returning', 'Complete', 'Cordoned', 'None'];

function compare(sort: Sort, a: Placed, b: Placed): number {
  switch (sort) {
    case 'name':
      return 0;
    case 'state':
      return STATES.indexOf(a.row.state) - STATES.indexOf(b.row.state);
    case 'until':
      return momentOf(a.row) - momentOf(b.row);
    case 'pods left':
      return (b.row.podsLeft ?? -1) - (a.row.podsLeft ?? -1);
  }
}

/** Whatever has no end comes last. */
function momentOf({ until }: NodeRow): number {
  return until === null ? Number.MAX_SAFE_INTEGER : Date.parse(until);
}

function byName(a: Placed, b: Placed): number {
  if (a.row.name !== b.row.name) return a.row.name < b.row.name ? -1 : 1;
  return a.cluster < b.cluster ? -1 : 1;
}
