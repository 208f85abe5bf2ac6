import type { Commands, VerbEntry } from './command-line/verb.ts';

/**
 * Every command, in the order of its help; what belongs to one is loaded when it is asked for. A new one is a folder beside
 * these, and an entry here.
 */
export const VERBS: readonly VerbEntry[] = [
  { name: 'on', load: async () => (await import('./verbs/on/verb.ts')).on },
  { name: 'off', load: async () => (await import('./verbs/off/verb.ts')).off },
  { name: 'run', load: async () => (await import('./verbs/run/verb.ts')).run },
  { name: 'attach', load: async () => (await import('./verbs/attach/verb.ts')).attach },
  { name: 'allow', load: async () => (await import('./verbs/allow/verb.ts')).allow },
  { name: 'redo', load: async () => (await import('./verbs/redo/verb.ts')).redo },
  { name: 'status', load: async () => (await import('./verbs/status/verb.ts')).status },
  { name: 'ui', load: async () => (await import('./verbs/ui/verb.ts')).uiVerb(() => COMMANDS) },
  { name: 'check', load: async () => (await import('./verbs/check/verb.ts')).check },
  { name: 'doctor', load: async () => (await import('./verbs/doctor/verb.ts')).doctor },
  { name: 'completion', load: async () => (await import('./verbs/completion/verb.ts')).completion },
  { name: 'version', load: async () => (await import('./verbs/version/verb.ts')).version },
];

/** These commands, and the hidden one that completes them. */
export const COMMANDS: Commands = {
  verbs: VERBS,
  completing: async (words, all) => (await import('./verbs/completion/complete-flags.ts')).completing(words, all),
};
