/** What this room offers to `run`, which is made of `on` and `off` around a command. */
export type { OffOperation } from './flags.ts';
export { HEALTH_FLAGS, healthFlags } from './health-flags.ts';
export { tellUnseen } from './kept-off.ts';
export { runOffFor } from './off.ts';
export { tellOffInWords } from './text.ts';
