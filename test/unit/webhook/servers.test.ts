import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import express from 'express';
import { expect, test } from 'vitest';
import { listenSecurely } from '../../../webhook/servers.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';

const LOOPBACK = '127.0.0.1';

/** The certificate that a new connection is shown, verified by the authority. */
function shown(port: number, ca: string): Promise<DetailedPeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port, ca, ALPNProtocols: ['http/1.1'] }, () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a renewed certificate is shown to the next connection, without a restart', async () => {
  const now = Date.now();
  const authority = await issueAuthority(now);
  const first = await issueLeaf(authority, [LOOPBACK], now);
  const second = await issueLeaf(authority, [LOOPBACK], now);
  const server = await listenSecurely(express(), { host: LOOPBACK, port: 0 }, first);
  const serialOf = ({ certificate }: { certificate: string }) => new X509Certificate(certificate).serialNumber;
  expect((await shown(server.port, authority.certificate)).serialNumber).toBe(serialOf(first));
  server.present(second);
  expect((await shown(server.port, authority.certificate)).serialNumber).toBe(serialOf(second));
  await server.close(0);
});
