import { PAGE } from './page-bundle.ts';

/** A file that the browser loads. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

/** Whether the icon says that something is in maintenance is the page's to choose. */
const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>kubectl maint</title>
<link rel="icon" href="/idle.svg">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body><div id="page"></div><noscript>This page needs JavaScript.</noscript></body>
</html>
`;

function icon(colour: string, sign: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="${colour}"/>${sign}</svg>`;
}

const HOOK = '<path d="M4.5 8.5l2.5 2.5 4.5-5.5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/>';
const BAR = '<path d="M8 3.5v5.5M8 11.7v.8" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"/>';

/** What the server serves to anybody who may reach it: it holds nothing of a cluster. */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
  '/': { type: 'text/html; charset=utf-8', body: HTML },
  '/page.js': { type: 'text/javascript; charset=utf-8', body: PAGE.script },
  '/page.css': { type: 'text/css; charset=utf-8', body: PAGE.style },
  '/idle.svg': { type: 'image/svg+xml', body: icon('#2f7d4f', HOOK) },
  '/maintenance.svg': { type: 'image/svg+xml', body: icon('#b3560a', BAR) },
};
