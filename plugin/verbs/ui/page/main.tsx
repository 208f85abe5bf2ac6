import { effect } from '@preact/signals';
import { render } from 'preact';
import * as z from 'zod/mini';
import { Page } from './screens/page.tsx';
import { follow } from './server.ts';
import { icon, now, route, title } from './store.ts';
import { routeFrom } from './view/route.ts';

/** How often ages and countdowns move on. */
const TICK_MS = 1000;

// Its compiler of forms would be refused by the page's own Content-Security-Policy.
z.config({ jitless: true });

addEventListener('hashchange', () => {
  route.value = routeFrom(location.hash);
  // Another screen begins at its top, for the eye and for the keyboard: when it is there.
  document.getElementById('main')?.focus({ preventScroll: true });
  requestAnimationFrame(() => {
    scrollTo(0, 0);
  });
});
setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
effect(() => {
  document.title = title.value;
});
effect(() => {
  document.querySelector('link[rel=icon]')?.setAttribute('href', icon.value);
});
const place = document.getElementById('page');
if (place !== null) render(<Page />, place);
void follow();
