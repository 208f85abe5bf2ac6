/** What we use of it; its types are a package of their own. */
declare module 'cross-spawn' {
  export { spawn as default } from 'node:child_process';
}
