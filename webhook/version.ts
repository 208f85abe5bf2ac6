/** Put in place by the build. */
declare const MAINT_VERSION: string | undefined;

/** Version of this build; `0.0.0-source` where the sources run without one. */
export const VERSION = typeof MAINT_VERSION === 'string' ? MAINT_VERSION : '0.0.0-source';
