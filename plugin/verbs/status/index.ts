/** What this room offers to `ui`, which shows on a page what `status` says. */
export { FollowedNodes } from './following.ts';
export { isOfInterest, statusFrom, type NodeStatus } from './node-status.ts';
export { readFromEvents, releasedDuring } from './from-events.ts';
export { tellStatus } from './notes.ts';
export { readingMemory } from './held.ts';
export { drainLeft } from './readings.ts';
export { reportOn } from './report.ts';
export { stateInWords } from './state.ts';
export { Unreadable } from './unreadable.ts';
