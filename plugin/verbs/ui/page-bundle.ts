/** What the browser runs, as text. Only a build has it: packaging/bundle/page.ts puts it in the place of this file. */
export const PAGE: Readonly<Record<'script' | 'style', string>> = { script: '', style: '' };
