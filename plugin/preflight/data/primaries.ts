import { notice, type DataFinding, type DataObject } from './system.ts';

/** A database whose primary goes. */
export interface LeavingPrimary {
  readonly database: DataObject;
  /** How many members it has. */
  readonly members: number;
  /** How many of the others are Ready on nodes that stay. */
  readonly successors: number;
}

/** What becomes of databases whose primary goes. Their data is on volumes: what is at stake is service. */
export function aboutPrimaries(primaries: readonly LeavingPrimary[]): readonly DataFinding[] {
  const of = (some: readonly LeavingPrimary[]): readonly DataObject[] => some.map(({ database }) => database);
  const single = primaries.filter(({ members }) => members <= 1);
  const alone = primaries.filter(({ members, successors }) => members > 1 && successors === 0);
  return [
    ...notice('down until its only instance is Ready elsewhere', of(single)),
    ...notice(
      'the primary goes, and no other instance that stays is Ready to take over: the drain may wait',
      of(alone),
    ),
    ...notice(
      'the primary goes: another instance takes over, and connections break',
      of(primaries.filter(({ members, successors }) => members > 1 && successors > 0)),
    ),
  ];
}
