/** Longest reason or ticket that a claim or exception may carry, in characters: two lines of a terminal and of a denial. */
export const MAX_TEXT = 256;
