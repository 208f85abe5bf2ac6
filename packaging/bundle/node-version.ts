/** Oldest Node.js that runs the bins; the same as `engines` in package.json. */
export const MINIMUM_NODE: readonly [number, number] = [22, 19];
