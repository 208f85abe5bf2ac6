import { expect, test } from 'vitest';
import { proxyFromEnvironment } from '../../../shared/cluster/live/proxy.ts';

const P = 'http://proxy:3128';

test.each<[string, Record<string, string>, string | undefined]>([
  ['https://api.example', {}, undefined],
  ['https://api.example', { HTTPS_PROXY: P }, P],
  ['https://api.example', { https_proxy: P }, P],
  ['https://api.example', { HTTPS_PROXY: 'proxy:3128' }, P],
  ['https://api.example', { HTTP_PROXY: P }, undefined],
  ['http://api.example', { HTTP_PROXY: P }, P],
  ['https://localhost:6443', { HTTPS_PROXY: P }, undefined],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: P }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: P }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: '*' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: 'other, example' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: '.example' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: '*.example' }, undefined],
  ['https://example', { HTTPS_PROXY: P, NO_PROXY: '.example' }, P],
  ['https://notexample', { HTTPS_PROXY: P, NO_PROXY: 'example' }, P],
  ['https://api.example:6443', { HTTPS_PROXY: P, NO_PROXY: 'api.example:443' }, P],
  ['https://api.example', { HTTPS_PROXY: P, no_proxy: 'api.example:443' }, undefined],
  ['https://10.1.2.3', { HTTPS_PROXY: P, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3', { HTTPS_PROXY: P, NO_PROXY: '10.0.0.0/8,10.0.0.0/99,x/8' }, P],
  ['https://10.1.2.3', { HTTPS_PROXY: P, NO_PROXY: '10.1.2.3' }, undefined],
  ['https://[fd00::1]', { HTTPS_PROXY: P, NO_PROXY: 'fd00::/8' }, undefined],
  ['https://[fd00::1]', { HTTPS_PROXY: P, NO_PROXY: '[fd00::1]:443' }, undefined],
])('%s with %j', (server, env, proxy) => {
  expect(proxyFromEnvironment(server, env)).toBe(proxy);
});
