import { describe, expect, it } from 'vitest';
import { redirected } from '../../../control-plane/releases/request.ts';
import { readSource } from '../../../control-plane/releases/source.ts';

const FILE = { host: 'dl.k8s.io', path: '/release/x' } as const;

describe('MAINT_DOWNLOADS', () => {
  it.each([
    [undefined, 'https://dl.k8s.io/release/x'],
    ['', 'https://dl.k8s.io/release/x'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/dl.k8s.io/release/x'],
    ['https://mirror.example/releases/', 'https://mirror.example/releases/dl.k8s.io/release/x'],
    ['off', undefined],
  ])('%j', (MAINT_DOWNLOADS, address) => {
    expect(readSource({ MAINT_DOWNLOADS })?.(FILE).href).toBe(address);
  });

  it.each(['of', 'mirror.example', 'file:///tmp'])('%j is refused', (MAINT_DOWNLOADS) => {
    expect(() => readSource({ MAINT_DOWNLOADS })).toThrow(`MAINT_DOWNLOADS is "${MAINT_DOWNLOADS}": say "off"`);
  });
});

describe('a redirect', () => {
  it.each([
    ['https://a.example/x', 'https://b.example/y', 'https://b.example/y'],
    ['https://a.example/x', '/y', 'https://a.example/y'],
    ['http://a.example/x', 'http://b.example/y', 'http://b.example/y'],
  ])('from %s to %s', (from, to, href) => {
    expect(redirected(new URL(from), to).href).toBe(href);
  });

  it.each([
    ['https://a.example/x', 'http://b.example/y'],
    ['http://a.example/x', 'file:///etc/passwd'],
    ['http://a.example/x', 'http://'],
  ])('from %s to %s is refused', (from, to) => {
    expect(() => redirected(new URL(from), to)).toThrow(`a.example redirected to ${to}`);
  });
});
