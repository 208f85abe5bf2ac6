declare const MAINT_VERSION: string | undefined;

/** The version of this build; sources that run unbundled are not a release. */
export const VERSION: string = typeof MAINT_VERSION === 'undefined' ? '0.0.0-source' : MAINT_VERSION;
